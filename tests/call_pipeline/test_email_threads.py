"""An exported thread is taken in once, kept with the transcripts, and scored for every employee who wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared.call_pipeline.usecases import read_thread
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.call_pipeline.usecases.email_threads import EmailThreads, TakenThread
from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.wire import email_message
from shared.conversations.wire.email_thread import thread_heads
from shared.kernel.errors import Rejected
from shared.observations.contract import DealContext
from shared.platform.records.tombstones import SALT, path_of
from shared.ports.documents import Delete, Put
from tests.harness.call_world import JOE, MIA, SCORER, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, FusedDocuments
from tests.harness.sent_events import NOON
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")


def export(*writers: str, to: str = "carla@acme.example") -> bytes:
    """A thread in which each writes in turn, and a customer is asked."""
    messages = "".join(
        f"From x@y Tue Mar  3 10:0{number}:00 2026\nFrom: {writer}\nTo: {to}\n"
        f"Date: Tue, 3 Mar 2026 10:0{number}:00 +0000\nMessage-ID: <m{number}@example.com>\nSubject: Pilot\n\n"
        f"What would the pilot have to show, in your eyes? ({number})\n\n"
        for number, writer in enumerate(writers)
    )
    return messages.encode()


@pytest.fixture
def calls(tmp_path: Path) -> CallWorld:
    return new_call_world(tmp_path, FRAMEWORK)


def threads(calls: CallWorld) -> EmailThreads:
    process = calls.process()
    live = FusedDocuments(calls.world.store, Fuse())
    return EmailThreads(
        ThreadPeople(live), process.call_records, process.transcripts, CallTasks(process.tasks, calls.world.clock)
    )


def take(
    calls: CallWorld, *writers: str, to: str = "carla@acme.example", context: DealContext | None = None
) -> TakenThread:
    raw = export(*writers, to=to)
    heads = thread_heads(raw, thread_id="acme-1")
    return threads(calls).take(ADMINISTRATOR, heads, raw, context or DealContext())


def test_everyone_of_ours_who_wrote_is_scored(calls: CallWorld) -> None:
    context = DealContext.model_validate({"industry": "healthcare", "deal_id": "006A"})
    taken = take(calls, JOE, "carla@acme.example", MIA, context=context)
    calls.work()

    assert taken.record.employees == (JOE, MIA)
    assert [body["employee_id"] for body in calls.posted] == [JOE, MIA]
    assert calls.posted[0]["observation_source"] == "email"
    assert calls.posted[0]["context"] == {"industry": "healthcare", "deal_id": "006A"}
    assert calls.process().call_records.get("email-acme-1").state == "observed"


def test_who_has_been_erased_is_not_brought_back_by_a_colleagues_export(calls: CallWorld) -> None:
    calls.world.store.commit(
        [
            Put(SALT, {"salt": "s"}),
            Put(path_of("s", MIA), {"run_id": "r", "erased_at": NOON}),
            Delete(f"employees/{MIA}"),
        ]
    )
    taken = take(calls, JOE, "carla@acme.example", MIA)
    calls.work()
    again = take(calls, JOE, "carla@acme.example", MIA)

    assert (taken.record.employees, again.duplicate) == ((JOE,), True)
    kept = calls.process().transcripts.conversation("email", "acme-1")
    assert kept is not None
    assert [turn.text for turn in kept.turns][2] == "[removed]"
    assert MIA not in str(kept), "an address is a voice, too"


@pytest.mark.parametrize("home_domains", [frozenset(), frozenset({"augmentcode.com"})], ids=["unknown", "known"])
def test_mail_among_colleagues_is_noted_and_never_scored(calls: CallWorld, home_domains: frozenset[str]) -> None:
    calls.settings = replace(calls.settings, home_domains=home_domains)
    take(calls, JOE, MIA, to=f"{MIA}, {JOE}")
    calls.work()

    record = calls.process().call_records.get("email-acme-1")
    assert (record.state, record.customers, record.employees) == ("internal", False, (JOE, MIA))
    assert calls.posted == []
    assert calls.process().transcripts.conversation("email", "acme-1") is None
    assert take(calls, JOE, MIA, to=f"{MIA}, {JOE}").duplicate is False, "it is looked at anew"


def test_a_colleague_without_a_record_is_a_customer_until_the_companys_domain_is_known(calls: CallWorld) -> None:
    own = (frozenset({"augmentcode.com"}), "internal"), (frozenset({"@augmentcode.com"}), "internal")
    for home_domains, state in ((frozenset(), "observed"), *own):
        world = replace(calls, settings=replace(calls.settings, home_domains=home_domains))
        take(world, JOE, MIA, to=f"{MIA}, new@eu.augmentcode.com")
        world.work()
        assert world.process().call_records.get("email-acme-1").state == state
        world.process().transcripts.forget("email", "acme-1")


def test_words_are_read_in_the_task_and_not_before(calls: CallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(*_: object, **__: object) -> None:
        raise AssertionError("a request reads headers alone")

    with monkeypatch.context() as patched:
        patched.setattr(read_thread, "parse_thread", unread)
        patched.setattr(email_message, "as_text", unread)
        taken = take(calls, JOE, "carla@acme.example")
    assert (taken.record.state, taken.record.employees) == ("discovered", (JOE,))
    calls.work()
    assert calls.process().call_records.get("email-acme-1").state == "observed"
    assert calls.process().transcripts.exports("email", "acme-1") == (), "what came is kept no longer than it takes"


def test_a_mail_that_nobody_can_read_says_so_on_its_page(calls: CallWorld) -> None:
    raw = f"From: {JOE}\nTo: carla@acme.example\nDate: Tue, 3 Mar 2026 10:00:00 +0000\n\n-- \nJoe\n".encode()
    threads(calls).take(ADMINISTRATOR, thread_heads(raw, thread_id="acme-1"), raw, DealContext())
    calls.work()
    record = calls.process().call_records.get("email-acme-1")
    assert (record.state, record.last_error) == ("failed", "No message says anything of its own.")


def test_a_process_that_dies_while_it_reads_leaves_nothing_out(calls: CallWorld) -> None:
    take(calls, JOE, "carla@acme.example")
    name, task = calls.world.tasks[0]
    for point in range(40):
        try:
            calls.run(name, task, Fuse(point))
        except Died:
            continue
        break
    assert point > 3
    assert len({body["observation_id"] for body in calls.posted}) == 1
    assert calls.process().call_records.get("email-acme-1").state == "observed"


def test_what_came_and_was_forgotten_before_it_was_read_says_so(calls: CallWorld) -> None:
    take(calls, JOE, "carla@acme.example", MIA)
    calls.process().transcripts.forget_exports("email", "acme-1")
    calls.work()
    assert calls.process().call_records.get("email-acme-1").state == "failed"


def test_the_same_export_twice_is_one_thread(calls: CallWorld) -> None:
    take(calls, JOE)
    calls.work()

    again = take(calls, JOE)
    calls.work()

    assert again.duplicate is True
    assert len(calls.posted) == 1


def test_a_longer_export_is_analysed_again_and_the_later_analysis_stands(calls: CallWorld) -> None:
    take(calls, JOE, "carla@acme.example")
    calls.work()
    take(calls, JOE, "carla@acme.example", JOE)
    calls.work()

    versions = [body["analysis_metadata"]["analysis_version"] for body in calls.posted]
    assert versions == [analysis_version(SCORER.number, before) for before in (0, 1)]


def test_a_thread_in_which_nobody_of_ours_wrote_says_so(calls: CallWorld) -> None:
    with pytest.raises(Rejected, match="no active employee"):
        take(calls, "carla@acme.example")
    assert calls.files.list() == []


def test_a_process_that_dies_before_it_queues_leaves_the_rest_to_the_next_request(calls: CallWorld) -> None:
    take(calls, JOE)
    calls.world.tasks.clear()

    take(calls, JOE)
    calls.work()

    assert len(calls.posted) == 1


def test_after_a_year_the_words_are_gone_and_nobody_can_be_asked_again(calls: CallWorld) -> None:
    take(calls, JOE)
    calls.work()
    calls.world.clock.forward(days=366)
    calls.process().calls.reanalyse_call.ask("email-acme-1", ADMINISTRATOR)
    calls.work()

    record = calls.process().call_records.get("email-acme-1")
    assert (record.state, record.last_error) == (
        "failed",
        "its words are gone, and nobody can be asked for them again",
    )
