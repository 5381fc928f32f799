"""An exported thread is taken in once, kept with the transcripts, and scored for every employee who wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.call_pipeline.usecases.email_threads import EmailThreads
from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.domain.conversation import Conversation
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Rejected
from shared.observations.contract import DealContext
from shared.platform.records.tombstones import SALT, path_of
from shared.ports.documents import Delete, Put
from tests.harness.call_world import JOE, MIA, SCORER, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Fuse, FusedDocuments
from tests.harness.sent_events import NOON
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")


def thread(*writers: str, thread_id: str = "acme-1") -> Conversation:
    """A thread in which each writes in turn, and a customer is asked."""
    messages = "".join(
        f"From x@y Tue Mar  3 10:0{number}:00 2026\nFrom: {writer}\nTo: carla@acme.example\n"
        f"Date: Tue, 3 Mar 2026 10:0{number}:00 +0000\nMessage-ID: <m{number}@example.com>\nSubject: Pilot\n\n"
        f"What would the pilot have to show, in your eyes? ({number})\n\n"
        for number, writer in enumerate(writers)
    )
    return parse_thread(messages.encode(), thread_id=thread_id)


@pytest.fixture
def calls(tmp_path: Path) -> CallWorld:
    return new_call_world(tmp_path, FRAMEWORK)


def threads(calls: CallWorld) -> EmailThreads:
    process = calls.process()
    live = FusedDocuments(calls.world.store, Fuse())
    return EmailThreads(
        ThreadPeople(live), process.call_records, process.transcripts, CallTasks(process.tasks, calls.world.clock)
    )


def test_everyone_of_ours_who_wrote_is_scored(calls: CallWorld) -> None:
    taken = threads(calls).take(
        ADMINISTRATOR,
        thread(JOE, "carla@acme.example", MIA),
        DealContext.model_validate({"industry": "healthcare", "deal_id": "006A"}),
    )
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
    taken = threads(calls).take(ADMINISTRATOR, thread(JOE, "carla@acme.example", MIA), DealContext())
    again = threads(calls).take(ADMINISTRATOR, thread(JOE, "carla@acme.example", MIA), DealContext())

    assert (taken.record.employees, again.duplicate) == ((JOE,), True)
    kept = calls.process().transcripts.conversation("email", "acme-1")
    assert kept is not None
    assert [turn.text for turn in kept.turns][2] == "[removed]"
    assert MIA not in str(kept), "an address is a voice, too"


def test_the_same_export_twice_is_one_thread(calls: CallWorld) -> None:
    threads(calls).take(ADMINISTRATOR, thread(JOE), DealContext())
    calls.work()

    again = threads(calls).take(ADMINISTRATOR, thread(JOE), DealContext())
    calls.work()

    assert again.duplicate is True
    assert len(calls.posted) == 1


def test_a_longer_export_is_analysed_again_and_the_later_analysis_stands(calls: CallWorld) -> None:
    threads(calls).take(ADMINISTRATOR, thread(JOE, "carla@acme.example"), DealContext())
    calls.work()
    threads(calls).take(ADMINISTRATOR, thread(JOE, "carla@acme.example", JOE), DealContext())
    calls.work()

    versions = [body["analysis_metadata"]["analysis_version"] for body in calls.posted]
    assert versions == [analysis_version(SCORER.number, before) for before in (0, 1)]


def test_a_thread_in_which_nobody_of_ours_wrote_says_so(calls: CallWorld) -> None:
    with pytest.raises(Rejected, match="no active employee"):
        threads(calls).take(ADMINISTRATOR, thread("carla@acme.example"), DealContext())
    assert calls.files.list() == []


def test_a_process_that_dies_before_it_queues_leaves_the_rest_to_the_next_request(calls: CallWorld) -> None:
    threads(calls).take(ADMINISTRATOR, thread(JOE), DealContext())
    calls.world.tasks.clear()

    threads(calls).take(ADMINISTRATOR, thread(JOE), DealContext())
    calls.work()

    assert len(calls.posted) == 1


def test_after_a_year_the_words_are_gone_and_nobody_can_be_asked_again(calls: CallWorld) -> None:
    threads(calls).take(ADMINISTRATOR, thread(JOE), DealContext())
    calls.work()
    calls.world.clock.forward(days=366)
    calls.process().calls.reanalyse_call.ask("email-acme-1", ADMINISTRATOR)
    calls.work()

    record = calls.process().call_records.get("email-acme-1")
    assert (record.state, record.last_error) == (
        "failed",
        "its words are gone, and nobody can be asked for them again",
    )
