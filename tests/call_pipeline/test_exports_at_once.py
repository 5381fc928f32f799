"""Several exports of one thread at once: each is kept, all are read, and the order makes no difference."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from threading import Barrier

import pytest

from shared.call_pipeline.usecases import read_thread
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.call_pipeline.usecases.email_threads import EmailThreads, TakenThread
from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallRecord
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.conversations.wire.email_thread import thread_heads
from shared.kernel.errors import Retryable
from shared.observations.contract import DealContext
from tests.harness.call_world import JOE, MIA, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Fuse, FusedDocuments
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
CARLA = "carla@acme.example"
ID = "email-acme-1"


def mail(writer: str, number: int, words: str, *, to: str = CARLA) -> bytes:
    return (
        f"From: {writer}\nTo: {to}\nDate: Tue, 3 Mar 2026 10:0{number}:00 +0000\n"
        f"Message-ID: <m{number}@example.com>\nReferences: <m0@example.com>\nSubject: Pilot\n\n{words}\n"
    ).encode()


FIRST = mail(JOE, 1, "What would the pilot have to show, in your eyes?")
SECOND = mail(CARLA, 2, "That a build takes ten minutes and not an hour, on an ordinary day.", to=JOE)
THIRD = mail(MIA, 3, "Who decides on it when the ten minutes are shown to hold?")
ALL = (FIRST, SECOND, THIRD)
QUESTIONS = (
    "Who reviews a change before it ships",
    "How long does a build take today",
    "Which team is called at night",
    "Where do your services run",
    "What did the last outage cost",
    "When is the budget decided",
    "Why did the pilot of last year end",
    "Whom should we meet next",
)


@pytest.fixture
def calls(tmp_path: Path) -> CallWorld:
    return new_call_world(tmp_path, FRAMEWORK)


def take(calls: CallWorld, raw: bytes, context: DealContext | None = None) -> TakenThread:
    process = calls.process()
    threads = EmailThreads(
        ThreadPeople(FusedDocuments(calls.world.store, Fuse())),
        process.call_records,
        process.transcripts,
        CallTasks(process.tasks, calls.world.clock),
    )
    return threads.take(ADMINISTRATOR, thread_heads(raw, thread_id="acme-1"), raw, context or DealContext())


def kept(calls: CallWorld) -> Conversation:
    found = calls.process().transcripts.conversation("email", "acme-1")
    assert found is not None
    return found


def words(calls: CallWorld) -> list[str]:
    return [turn.text for turn in kept(calls).turns]


def waiting(calls: CallWorld) -> tuple[bytes, ...]:
    return calls.process().transcripts.exports("email", "acme-1")


def record(calls: CallWorld) -> CallRecord:
    return calls.process().call_records.get(ID)


@pytest.mark.parametrize("order", [one for one in permutations(ALL) if one[0] is not SECOND])
def test_whatever_came_before_the_task_is_read_in_any_order(calls: CallWorld, order: Sequence[bytes]) -> None:
    taken = [take(calls, raw).duplicate for raw in order]
    calls.work()

    assert taken == [False, False, False]
    assert words(calls) == [raw.decode().split("\n\n")[1].strip() for raw in ALL]
    assert (record(calls).employees, record(calls).state) == ((JOE, MIA), "observed")
    assert [body["employee_id"] for body in calls.posted] == [JOE, MIA], "of one thread one observation each"
    assert waiting(calls) == ()
    assert [take(calls, raw).duplicate for raw in ALL] == [True] * 3


@pytest.mark.parametrize("order", [one for one in permutations(ALL) if one[0] is not SECOND])
def test_whatever_came_after_the_task_is_read_in_any_order(calls: CallWorld, order: Sequence[bytes]) -> None:
    for raw in order:
        take(calls, raw)
        calls.work()

    assert words(calls) == [raw.decode().split("\n\n")[1].strip() for raw in ALL]
    assert (record(calls).employees, record(calls).analysis) == ((JOE, MIA), 2)


def test_what_an_export_does_not_name_stays_in_either_order(tmp_path: Path) -> None:
    deal = DealContext.model_validate({"industry": "healthcare", "deal_id": "006A"})
    for contexts in ((deal, None), (None, deal)):
        calls = new_call_world(tmp_path, FRAMEWORK)
        for raw, context in zip((FIRST, THIRD), contexts, strict=True):
            take(calls, raw, context)
        assert (record(calls).deal.deal_id, record(calls).context) == ("006A", {"industry": "healthcare"})


def test_a_request_that_another_one_overtakes_loses_nothing(calls: CallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    take(calls, FIRST)
    calls.work()
    _once_before(monkeypatch, TranscriptStore, "keep_export", lambda: take(calls, SECOND))

    assert take(calls, THIRD).duplicate is False
    calls.work()

    assert len(words(calls)) == 3


@pytest.mark.parametrize("overtaken", ["parse_thread", "keep_instead"])
def test_a_task_that_a_later_one_overtakes_takes_nothing_back(
    calls: CallWorld, monkeypatch: pytest.MonkeyPatch, overtaken: str
) -> None:
    take(calls, FIRST)
    name, task = calls.world.tasks.pop()

    def another() -> None:
        take(calls, THIRD)
        calls.work()

    place: object = read_thread if overtaken == "parse_thread" else TranscriptStore
    _once_before(monkeypatch, place, overtaken, another)
    with pytest.raises(Retryable, match="another request"):
        calls.run(name, task)

    assert calls.run(name, task).superseded is True, "delivered again it has nothing to do"
    assert (len(words(calls)), record(calls).state, record(calls).employees) == (2, "observed", (JOE, MIA))
    assert waiting(calls) == ()


def test_a_later_request_ends_as_it_finds_and_not_as_an_earlier_task_does(
    calls: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier task finds a mail among colleagues, of which nothing would count."""
    calls.settings = replace(calls.settings, home_domains=frozenset({"example.com"}))
    take(calls, mail(JOE, 1, "Shall we show them the ten minutes?", to=MIA))
    name, task = calls.world.tasks.pop()

    def another() -> None:
        take(calls, THIRD)
        calls.work()
        assert record(calls).state == "observed"

    _once_before(monkeypatch, read_thread, "parse_thread", another)
    assert calls.run(name, task).superseded is True
    assert (record(calls).state, len(record(calls).observations)) == ("observed", 2)
    assert all(calls.standing("acme-1", who).source_id == "acme-1" for who in (JOE, MIA))


def test_many_at_once_are_all_read(tmp_path: Path) -> None:
    calls = new_call_world(tmp_path, FRAMEWORK)
    mails = [mail(JOE, number, f"{one}?") for number, one in enumerate(QUESTIONS, 1)]
    together = Barrier(len(mails))

    def send(raw: bytes) -> None:
        together.wait()
        while True:
            try:
                take(calls, raw)
                break
            except Retryable:
                pass  # sent again, as the answer asks
        for name, task in list(calls.world.tasks):
            with suppress(Retryable):  # delivered again below
                calls.run(name, task)

    with ThreadPoolExecutor(len(mails)) as senders:
        list(senders.map(send, mails))
    calls.work()

    assert sorted(words(calls)) == sorted(raw.decode().split("\n\n")[1].strip() for raw in mails)
    assert (record(calls).state, waiting(calls)) == ("observed", ())


def test_an_export_that_nobody_can_read_takes_no_other_with_it(calls: CallWorld) -> None:
    take(calls, FIRST)
    take(calls, mail(JOE, 4, "x" * 3))
    calls.process().transcripts.keep_export("email", "acme-1", b"[")
    calls.work()

    assert words(calls)[0] == "What would the pilot have to show, in your eyes?"
    assert (record(calls).state, waiting(calls)) == ("observed", ())


def test_exports_that_are_too_much_together_are_read_one_after_the_other(
    calls: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.conversations.wire.email_export.MAX_TEXT_OF_ALL", 130)
    for raw in ALL:
        take(calls, raw)
    calls.work()
    assert len(words(calls)) == 3


class TestAsAnEarlierVersionKeptThem:
    def test_an_export_that_waits_is_read(self, calls: CallWorld) -> None:
        take(calls, THIRD)
        calls.files.write("exports/email/acme-1", FIRST)
        calls.work()

        assert len(words(calls)) == 2
        assert calls.files.read("exports/email/acme-1") is None
        assert take(calls, FIRST).duplicate is True

    def test_one_that_was_read_is_known_by_its_digest(self, calls: CallWorld) -> None:
        take(calls, FIRST)
        calls.work()
        digest = hashlib.sha256(FIRST).hexdigest()
        calls.files.delete(f"threads/email/acme-1/{digest}")
        calls.files.write("exports/email/acme-1", f"sha256 {digest}".encode())

        assert take(calls, FIRST).duplicate is True
        assert take(calls, THIRD).duplicate is False
        calls.work()
        assert len(words(calls)) == 2


def test_a_thread_is_forgotten_with_all_that_came_of_it(calls: CallWorld) -> None:
    take(calls, FIRST)
    calls.work()
    take(calls, THIRD)
    calls.process().transcripts.forget("email", "acme-1")
    assert calls.files.list() == []


def _once_before(monkeypatch: pytest.MonkeyPatch, place: object, name: str, happens: Callable[[], object]) -> None:
    """Has something happen just before a function does its work, the first time."""
    function = getattr(place, name)

    def after(*given: object, **more: object) -> object:
        monkeypatch.setattr(place, name, function)
        happens()
        return function(*given, **more)

    monkeypatch.setattr(place, name, after)
