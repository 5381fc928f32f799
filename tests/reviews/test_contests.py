"""Whoever was scored contests the scores, and a person decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.ids import review_id_of
from shared.reviews.contract import Contest, ReviewDecision
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness
from tests.harness.sent_events import call
from tests.reviews.opened import (
    COLLEAGUE,
    CONFIRM,
    CORRECT,
    EMPLOYEE,
    JOE,
    OBJECTION,
    REJECT,
    REVIEW,
    REVIEWER,
    begun,
    counts,
    decided,
    deliver,
    world,
)

__all__ = ["world"]


class TestContesting:
    def test_scores_that_count_are_contested_and_go_on_to_count_until_a_person_has_decided(
        self, tmp_path: Path
    ) -> None:
        world = begun(tmp_path, confidence=0.9)
        assert world.process().reviews.show.page(REVIEWER).items == ()
        answer = world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)
        assert (answer.state, answer.reasons) == ("open", ["contested"])
        deliver(world)
        assert counts(world)["discovery"] == 80

        answer = decided(world, REVIEWER, CORRECT)
        assert (answer.state, (answer.contest and answer.contest.answered)) == ("decided", True)
        assert counts(world)["discovery"] == 60
        assert "I was not" not in json.dumps(world.facts)
        world.store.close()

    def test_a_decision_can_be_contested_once_and_the_answer_is_final(self, world: CrashHarness) -> None:
        decided(world, REVIEWER, CORRECT)
        world.clock.forward(days=29)
        assert world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION).state == "open"
        answer = decided(world, ADMINISTRATOR, CONFIRM)
        assert answer.outcome == "corrected", "what stood before the contest is what was confirmed"
        assert [one.decision for one in answer.earlier] == ["corrected"]
        assert counts(world)["discovery"] == 60
        with pytest.raises(Conflict, match="final"):
            world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)

    def test_a_rejected_call_that_is_contested_may_count_after_all(self, world: CrashHarness) -> None:
        decided(world, REVIEWER, REJECT)
        world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)
        body = ReviewDecision.model_validate(
            {"decision": "correct", "scores": [{"competency": "discovery", "score": 90}]}
        )
        decided(world, ADMINISTRATOR, body)
        assert counts(world)["discovery"] == 90
        assert counts(world)["listening"] == 70

    def test_a_contest_outlives_a_newer_analysis(self, world: CrashHarness) -> None:
        world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)
        world.process().record(call("again", source_id="c1", analysis=1001))
        deliver(world)
        item = world.process().reviews.show.get(REVIEWER, REVIEW)
        assert (item.state, item.reasons, item.analysis_version) == ("open", ["contested"], 1001)

    def test_only_the_own_scores_and_only_for_a_while(self, world: CrashHarness) -> None:
        with pytest.raises(Forbidden):
            world.process().reviews.contest.contest(COLLEAGUE, REVIEW, OBJECTION)
        with pytest.raises(NotFound):
            world.process().reviews.contest.contest(COLLEAGUE, review_id_of("gong", "elsewhere", JOE), OBJECTION)
        with pytest.raises(Rejected, match="has no score in this call"):
            world.process().reviews.contest.contest(EMPLOYEE, REVIEW, Contest(reason="No", competencies=["closing"]))
        world.clock.forward(days=31)
        assert not world.process().reviews.show.get(EMPLOYEE, REVIEW).may_contest
        with pytest.raises(Conflict, match="30 days"):
            world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)

    def test_the_same_objection_again_is_answered_as_the_first_time(self, world: CrashHarness) -> None:
        first = world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)
        world.clock.forward(minutes=1)
        assert world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION) == first
        with pytest.raises(Conflict, match="contested already"):
            world.process().reviews.contest.contest(EMPLOYEE, REVIEW, Contest(reason="Something else"))

    def test_a_contested_score_that_counted_is_a_pair_of_its_own_reason(self, tmp_path: Path) -> None:
        world = begun(tmp_path, confidence=0.9)
        world.process().reviews.contest.contest(EMPLOYEE, REVIEW, Contest(reason="No", competencies=["listening"]))
        decided(world, REVIEWER, CONFIRM)
        (fact,) = [data for topic, data in world.facts if topic == "review-decided"]
        assert {one["competency"]: one["reason"] for one in fact["pairs"]} == {
            "discovery": "alongside",
            "listening": "contested",
        }
        world.store.close()
