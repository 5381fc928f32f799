"""Reviews from end to end: who may look when, what a decision does, how an employee contests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected, Retryable
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.ports.documents import Put, Query
from shared.reviews.contract import ReviewDecision
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Died, Fuse, Process, new_crash_harness, unavailable
from tests.harness.sent_events import call
from tests.harness.speed import Moments
from tests.reviews.opened import (
    COLLEAGUE,
    CONFIRM,
    CORRECT,
    EMPLOYEE,
    ENID,
    FRAMEWORK,
    JOE,
    MIA,
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


MANAGER = Caller(email=MIA, role="manager", employee_id=MIA)
MACHINE = Caller(email="m@demo.iam.gserviceaccount.com", scopes=frozenset({"administration"}))


class TestDeciding:
    def test_a_confirmed_score_counts(self, world: CrashHarness) -> None:
        assert counts(world)["discovery"] is None
        answer = decided(world, REVIEWER, CONFIRM)
        assert (answer.state, answer.outcome) == ("decided", "confirmed")
        assert counts(world)["discovery"] == 80
        assert counts(world)["listening"] == 70

    def test_a_corrected_one_counts_as_corrected_and_a_dropped_one_not_at_all(self, world: CrashHarness) -> None:
        answer = decided(world, REVIEWER, CORRECT)
        assert answer.outcome == "corrected"
        assert counts(world)["discovery"] == 60
        assert counts(world)["listening"] is None
        assert [(one.competency, one.score, one.person_score) for one in answer.scores] == [
            ("discovery", 80, 60),
            ("listening", 70, None),
        ]

    def test_nothing_of_a_rejected_call_counts(self, world: CrashHarness) -> None:
        assert decided(world, REVIEWER, REJECT).outcome == "rejected"
        assert counts(world)["discovery"] is None
        assert counts(world)["listening"] is None

    def test_the_fact_has_the_pairs_and_no_words(self, world: CrashHarness) -> None:
        decided(world, REVIEWER, CORRECT)
        (fact,) = [data for topic, data in world.facts if topic == "review-decided"]
        assert fact["pairs"] == [
            {
                "competency": "discovery",
                "scorer_score": 80,
                "person_score": 60,
                "own_score": None,
                "reason": "low_confidence",
            },
            {
                "competency": "listening",
                "scorer_score": 70,
                "person_score": None,
                "own_score": None,
                "reason": "alongside",
            },
        ]
        assert (fact["decision"], fact["reason"], fact["sampled"]) == ("corrected", "low_confidence", False)
        assert fact["reviewed_by_role"] == "enablement"
        assert "Hm" not in json.dumps(world.facts)

    def test_the_second_of_two_reviewers_is_told(self, world: CrashHarness) -> None:
        decided(world, REVIEWER, CONFIRM)
        with pytest.raises(Conflict, match="decided already: confirmed"):
            decided(world, ADMINISTRATOR, REJECT)

    def test_the_same_decision_again_is_answered_as_the_first_time(self, world: CrashHarness) -> None:
        first = decided(world, REVIEWER, CORRECT)
        assert decided(world, REVIEWER, CORRECT) == first
        assert len(world.store.query(Query("events"))) == 2

    def test_who_looked_at_an_older_analysis_looks_again(self, world: CrashHarness) -> None:
        seen = world.process().reviews.show.get(REVIEWER, REVIEW).event_id
        world.process().record(call("again", source_id="c1", confidence=0.2, analysis=1001))
        with pytest.raises(Conflict, match="analysed again"):
            world.process().reviews.decide.decide(REVIEWER, REVIEW, CONFIRM.model_copy(update={"event_id": seen}))

    def test_a_decision_is_about_scores_that_there_are(self, world: CrashHarness) -> None:
        for body, field in (
            ({"decision": "correct", "scores": [{"competency": "closing", "score": 1}]}, "scores.0"),
            ({"decision": "correct", "drop": ["closing"]}, "drop.0"),
            ({"decision": "correct", "drop": ["discovery", "listening"]}, "drop"),
        ):
            with pytest.raises(Rejected) as refused:
                decided(world, REVIEWER, ReviewDecision.model_validate(body))
            assert refused.value.field == field

    @pytest.mark.parametrize(
        "body",
        [
            {"decision": "correct"},
            {"decision": "confirm", "drop": ["discovery"]},
            {"decision": "correct", "drop": ["a", "a"]},
            {"decision": "correct", "scores": [{"competency": "a", "score": 101}]},
        ],
    )
    def test_a_decision_that_contradicts_itself_is_refused(self, body: dict[str, Any]) -> None:
        with pytest.raises(Rejected):
            validated(ReviewDecision, body)

    def test_a_decision_outlives_a_newer_analysis(self, world: CrashHarness) -> None:
        decided(world, REVIEWER, CORRECT)
        world.process().record(call("again", source_id="c1", confidence=0.2, analysis=1001))
        deliver(world)
        item = world.process().reviews.show.get(REVIEWER, REVIEW)
        assert (item.state, item.outcome, item.analysis_version) == ("decided", "corrected", 1000)
        assert counts(world)["discovery"] == 60


class TestWhoMay:
    def test_the_employee_sees_it_at_once_and_the_manager_two_days_later(self, world: CrashHarness) -> None:
        def sees(who: Caller) -> bool:
            listed = [one.review_id for one in world.process().reviews.show.page(who).items]
            try:
                world.process().reviews.show.get(who, REVIEW)
            except Forbidden:
                assert listed == []
                return False
            assert listed == [REVIEW]
            return True

        assert [sees(who) for who in (EMPLOYEE, REVIEWER, MANAGER, COLLEAGUE)] == [True, True, False, False]
        world.clock.forward(hours=48)
        assert [sees(who) for who in (EMPLOYEE, REVIEWER, MANAGER, COLLEAGUE)] == [True, True, True, False]

    def test_the_wait_can_be_switched_off(self, world: CrashHarness) -> None:
        world.store.commit([Put("settings/reviews", {"employee_first_hours": 0})])
        assert world.process().reviews.show.get(MANAGER, REVIEW).may_decide

    def test_a_manager_decides_about_direct_reports_once_they_are_open(self, world: CrashHarness) -> None:
        with pytest.raises(Forbidden, match="sees these scores first"):
            decided(world, MANAGER, CONFIRM)
        world.clock.forward(hours=48)
        assert decided(world, MANAGER, CONFIRM).outcome == "confirmed"

    @pytest.mark.parametrize("who", [EMPLOYEE, COLLEAGUE, MACHINE, replace(REVIEWER, email=JOE, employee_id=JOE)])
    def test_others_do_not_and_nobody_decides_about_their_own(self, world: CrashHarness, who: Caller) -> None:
        world.clock.forward(hours=72)
        with pytest.raises(Forbidden):
            decided(world, who, CONFIRM)
        assert not [topic for topic, _ in world.facts if topic == "review-decided"]

    def test_a_view_by_enablement_leaves_an_audit_record_and_a_refused_one_does_not(self, world: CrashHarness) -> None:
        world.facts.clear()
        world.process().reviews.show.get(REVIEWER, REVIEW)
        world.process().reviews.show.get(EMPLOYEE, REVIEW)
        with pytest.raises(Forbidden):
            world.process().reviews.show.get(MANAGER, REVIEW)
        assert [(fact["actor"], fact["action"]) for _, fact in world.facts] == [(ENID, "review.viewed")]

    def test_there_is_no_review_of_an_unknown_id(self, world: CrashHarness) -> None:
        with pytest.raises(NotFound):
            world.process().reviews.show.get(REVIEWER, "nothing")


class TestListing:
    def test_filters_and_pages(self, world: CrashHarness) -> None:
        for number in range(5):
            world.clock.forward(minutes=1)
            world.process().record(call(f"more{number}", confidence=0.1))
        deliver(world)
        reviews = world.process().reviews.show
        decided(world, REVIEWER, CONFIRM, review_id_of("gong", "more4", JOE))

        assert len(reviews.page(REVIEWER).items) == 6
        assert [one.source_id for one in reviews.page(REVIEWER, state="decided").items] == ["more4"]
        assert reviews.page(REVIEWER, reason="sample").items == ()
        assert len(reviews.page(REVIEWER, employee_id=JOE, reason="low_confidence").items) == 6
        with pytest.raises(Forbidden):
            reviews.page(COLLEAGUE, employee_id=JOE)

        found, after = [], None
        while True:
            page = reviews.page(EMPLOYEE, limit=2, after=after)
            found += [one.source_id for one in page.items]
            after = page.next
            if after is None:
                break
        assert found == ["more4", "more3", "more2", "more1", "more0", "c1"]

    def test_a_large_team_is_one_list(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shared.reviews.records.IN_ONE_QUERY", 2)
        world = new_crash_harness(tmp_path, FRAMEWORK)
        team = [f"se{number}@example.com" for number in range(5)]
        lines = [f"{one},{one},employee,{MIA}" for one in team]
        world.process().people.import_people.from_csv(
            ADMINISTRATOR, "\n".join(["name,email,role,manager", f"Mia,{MIA},manager,", *lines]).encode()
        )
        for number, employee in enumerate(team):
            world.clock.forward(minutes=1)
            world.process().record(call(f"c{number}", employee=employee, confidence=0.1))
        deliver(world)
        world.clock.forward(hours=49)
        reviews = world.process().reviews.show
        first = reviews.page(MANAGER, limit=3)
        second = reviews.page(MANAGER, limit=3, after=first.next)
        assert [one.source_id for one in (*first.items, *second.items)] == ["c4", "c3", "c2", "c1", "c0"]
        assert second.next is None
        world.store.close()


def contested(world: CrashHarness) -> None:
    decided(world, REVIEWER, CORRECT)
    world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)


ACTS: dict[str, tuple[Callable[[CrashHarness], None], Callable[[Process], object]]] = {
    "decide": (lambda world: None, lambda process: process.reviews.decide.decide(REVIEWER, REVIEW, CORRECT)),
    "decide after a contest": (contested, lambda process: process.reviews.decide.decide(ADMINISTRATOR, REVIEW, REJECT)),
    "contest": (
        lambda world: None,
        lambda process: process.reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION),
    ),
}


class TestCrashes:
    @pytest.mark.parametrize("name", ACTS)
    @pytest.mark.parametrize("failure", [Died, unavailable])
    def test_after_the_retry_nothing_tells_of_a_crash(
        self, tmp_path: Path, name: str, failure: Callable[[], BaseException], moments: Moments
    ) -> None:
        before, act = ACTS[name]

        def outcome(point: int | None) -> tuple[Any, Any, int]:
            world = begun(tmp_path)
            before(world)
            fuse = Fuse(point, failure)
            try:
                act(world.process(fuse))
            except (Died, Retryable):
                act(world.process())
            deliver(world)
            result = (world.documents(), world.published(), fuse.passed)
            world.store.close()
            for path in tmp_path.iterdir():
                path.unlink()
            return result

        documents, published, points = outcome(None)
        assert points > 2
        assert any(path.startswith("reviews/") for path in documents)
        for point in moments.of(range(points)):
            assert outcome(point)[:2] == (documents, published), f"failed at {point}"

    def test_the_sweep_does_what_a_reviewer_who_never_returns_left(self, tmp_path: Path, moments: Moments) -> None:
        for point in moments.of(range(1, 12)):
            world = begun(tmp_path)
            fuse = Fuse(point)
            try:
                world.process(fuse).reviews.decide.decide(REVIEWER, REVIEW, CORRECT)
            except Died:
                assert world.process().reviews.following.finish() in (0, 1)
            assert world.process().reviews.following.finish() == 0
            deliver(world)
            assert counts(world)["discovery"] == 60, f"died at {point}"
            assert [key for key in world.published() if key[0] == "review-decided"]
            world.store.close()
