"""A request that takes longer than it was given takes nothing from the one that has its key by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from shared.kernel.errors import Conflict, StillRunning
from shared.platform.records.kept_answers import KeptAnswer, KeptAnswers
from shared.platform.usecases.answer_once import KEPT, LEASE, Answered, AnswerOnce, Sent
from tests.harness.crash_harness import Watch

SENT = Sent("mirror@example.com", "k", "f")
FIRST, SECOND = Answered(201, {}, "first"), Answered(201, {}, "second")


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[SqliteDocuments]:
    made = SqliteDocuments(tmp_path / "documents.sqlite", durable=False)
    yield made
    made.close()


def outlived(once: AnswerOnce, clock: Watch, meanwhile: Callable[[], None], end: Callable[[], Answered]) -> Answered:
    """A first request that does something when its lease is over, and ends then."""

    def first() -> Answered:
        clock.forward(seconds=LEASE.total_seconds() + 1)
        meanwhile()
        return end()

    return once.answer(SENT, first)


def failing() -> Answered:
    raise Conflict("it is known")


def test_its_failure_does_not_free_the_key_of_the_one_that_runs(documents: SqliteDocuments) -> None:
    clock = Watch()
    once, answers, running = AnswerOnce(KeptAnswers(documents), clock), KeptAnswers(documents), []

    def begin_another() -> None:
        held = answers.get(SENT.caller, SENT.key)
        assert held is not None
        now = clock.now()
        second = KeptAnswer(caller=SENT.caller, fingerprint="f", started_at=now, expires_at=now + KEPT)
        assert answers.begin(SENT.key, second, over=held.stamp)
        running.append(second)

    with pytest.raises(Conflict):
        outlived(once, clock, begin_another, failing)
    with pytest.raises(StillRunning):
        once.answer(SENT, lambda: FIRST)
    answers.answered(SENT.key, running[0].changed(status=201, body="second"))
    assert once.answer(SENT, lambda: FIRST).body == "second"


@pytest.mark.parametrize("end", [lambda: FIRST, failing])
def test_what_the_other_was_answered_stays(documents: SqliteDocuments, end: Callable[[], Answered]) -> None:
    clock = Watch()
    once = AnswerOnce(KeptAnswers(documents), clock)
    with suppress(Conflict):
        outlived(once, clock, lambda: assert_second(once), end)
    assert once.answer(SENT, failing) == SECOND


def assert_second(once: AnswerOnce) -> None:
    assert once.answer(SENT, lambda: SECOND) == SECOND


def test_what_failed_may_succeed(documents: SqliteDocuments) -> None:
    once = AnswerOnce(KeptAnswers(documents), Watch())
    with pytest.raises(Conflict):
        once.answer(SENT, failing)
    assert once.answer(SENT, lambda: FIRST) == FIRST
