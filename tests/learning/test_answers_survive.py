"""Answers survive a process that dies anywhere, senders at once, and years of answering."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from infra.wiring.learning import LearningUseCases, learning
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.learning.answer_records import FULL_PAGE_BYTES, AnswerRecords
from shared.learning.contract import LessonsBody
from shared.learning.domain.answer_entry import Answer, review_id_of
from shared.learning.domain.review import QuestionKey, Review
from shared.learning.messages import AnswersRecorded
from shared.ports.documents import Query
from tests.functions.conftest import FRAMEWORK
from tests.harness.call_world import JOE, CallEnvironment, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, Numbers, unavailable
from tests.harness.sent_events import NOON
from tests.learning.lesson_files import answer_body, lesson_body

LEARNER = Caller(email=JOE, role="employee", employee_id=JOE)
REVIEWED = {"name": "Sam Safe", "role": "Head of training", "reviewed_on": "2025-01-05"}
SENT = {"answers": [answer_body(number, NOON.isoformat(), right=number == 1) for number in (1, 2)]}
TAUGHT = {"framework_id": "sales_engineering", "competencies": ["discovery"], "reviewer": REVIEWED}


def process(world: CallWorld, fuse: Fuse | None = None) -> LearningUseCases:
    """A new process, which knows nothing but what is stored."""
    on = CallEnvironment(world, fuse or Fuse(), None)
    on.ports["clips"] = world.files
    return learning(on)


def taught(folder: Path) -> CallWorld:
    """Joe, and a lesson of two questions."""
    made = new_call_world(folder, FRAMEWORK)
    body = LessonsBody.model_validate({"lessons": [lesson_body() | TAUGHT]})
    process(made).publish.publish(ADMINISTRATOR, body)
    return made


@pytest.fixture
def world(tmp_path: Path) -> CallWorld:
    return taught(tmp_path)


def facts(world: CallWorld) -> list[AnswersRecorded]:
    told = [data for topic, data in world.world.facts if topic == "answers-recorded"]
    return [AnswersRecorded.model_validate(one) for one in told]


def outcome(world: CallWorld) -> tuple[Any, Any]:
    """What is kept, but for when it was received, and what was posted, each event once."""
    pages = [one.data["answers"] for one in world.world.store.query(Query("learner_reviews"))]
    kept = sorted((key, text.split("|", 2)[2]) for page in pages for key, text in page.items())
    return kept, sorted({json.dumps(one, sort_keys=True) for one in world.posted})


def through(world: CallWorld) -> None:
    """The phone sends until it is answered, and what is told of is recorded."""
    process(world).answers.take(LEARNER, SENT)
    for fact in facts(world):
        process(world).checks.record(fact)


@pytest.mark.parametrize("failure", [Died, unavailable], ids=["dies", "is not answered"])
def test_whatever_fails_while_answers_are_taken_nothing_is_lost_or_twice(
    world: CallWorld, tmp_path: Path, failure: Any
) -> None:
    through(world)
    wanted = outcome(world)
    assert [len(one) for one in wanted] == [2, 1]
    for point in range(1_000):
        again = taught(tmp_path)
        fuse = Fuse(point, failure)
        with suppress(Died, Retryable):
            process(again, fuse).answers.take(LEARNER, SENT)
        if not fuse.blown:
            break
        through(again)
        assert outcome(again) == wanted, point
    assert point >= 4, "there were moments to fail at"


@pytest.mark.parametrize("failure", [Died, unavailable], ids=["dies", "is not answered"])
def test_whatever_fails_while_a_check_is_recorded_it_is_one_event(tmp_path: Path, failure: Any) -> None:
    for point in range(1_000):
        world = taught(tmp_path)
        process(world).answers.take(LEARNER, SENT)
        (fact,) = facts(world)
        fuse = Fuse(point, failure)
        with suppress(Died, Retryable):
            process(world, fuse).checks.record(fact)
        if not fuse.blown:
            break
        process(world).checks.record(fact)
        assert len(outcome(world)[1]) == 1, point
        assert len(world.world.store.query(Query("events"))) == 1, point
    assert point >= 2, "there were moments to fail at"


def test_a_check_is_recorded_alike_in_whichever_order_its_answers_are_told_of(world: CallWorld) -> None:
    """Answers one at a time, six of them: three checks, whichever fact comes first, and however often."""
    for round_ in range(3):
        for number in (1, 2):
            at = (NOON - timedelta(hours=9 - round_)).isoformat()
            body = {"answers": [answer_body(number, at, right=(round_ + number) % 2 == 0)]}
            process(world).answers.take(LEARNER, body)
    told = facts(world)
    for fact in told:
        process(world).checks.record(fact)
    wanted = outcome(world)
    assert len(wanted[1]) == 3
    world.posted.clear()
    for fact in [*reversed(told), *told[2:]]:
        process(world).checks.record(fact)
    assert outcome(world) == wanted


def test_of_many_that_send_the_same_at_once_one_is_taken(world: CallWorld) -> None:
    results: list[list[str]] = []
    faults: list[BaseException] = []
    ready = threading.Barrier(6)

    def send() -> None:
        taking = process(world).answers
        ready.wait()
        try:
            results.append([one.status for one in taking.take(LEARNER, SENT).results])
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert [sum(one[place] == "taken" for one in results) for place in (0, 1)] == [1, 1]
    assert len(outcome(world)[0]) == 2


def test_what_is_received_later_comes_after_everything_before(world: CallWorld) -> None:
    """Clocks of machines differ: an answer that an instance with a slow clock takes in is still a later one."""
    process(world).answers.take(LEARNER, {"answers": SENT["answers"][:1]})
    world.world.clock.forward(hours=-1)
    process(world).answers.take(LEARNER, {"answers": SENT["answers"][1:]})
    first, second = sorted(process(world).kept.answers.of(JOE), key=lambda one: one.question)
    assert first.received_at < second.received_at


def test_ten_thousand_answers_of_one_learner_stay_within_a_document(world: CallWorld) -> None:
    records = AnswerRecords(world.world.store, Numbers(world.world))
    at = NOON - timedelta(days=400)
    sent = [
        Answer(
            2,
            Review(
                review_id=review_id_of(f"{number}-of-a-long-time"),
                question=QuestionKey(f"a_lesson_with_a_long_name_{number % 50}", f"q{number % 4}"),
                lesson_version=12,
                competencies=("K1", "K2", "S1"),
                right=number % 7 != 0,
                hazard=number % 5 == 0,
                answered_at=at + timedelta(minutes=number * 50),
                received_at=at + timedelta(minutes=number * 50),
            ),
        )
        for number in range(10_000)
    ]
    for start in range(0, len(sent), 200):
        assert len(records.add(JOE, sent[start : start + 200]).fresh) == 200
    pages = world.world.store.query(Query("learner_reviews"))
    sizes = [sum(len(key) + len(text) + 2 for key, text in page.data["answers"].items()) for page in pages]
    assert max(sizes) < FULL_PAGE_BYTES + 200 * 200 < 1_000_000
    assert sum(len(page.data["answers"]) for page in pages) == 10_000
    assert records.add(JOE, sent[:200]).fresh == frozenset(), "those of a full page are known"

    begun = perf_counter()
    feed = process(world).feed.open(LEARNER)
    assert perf_counter() - begun < 5, "seconds"
    assert feed.progress.lessons == 1
