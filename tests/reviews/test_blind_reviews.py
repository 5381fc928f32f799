"""A review is blind only where the person's own scores came before any sight of the scorer's."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.ports.documents import Query
from shared.reviews.contract import OwnScores, ReviewView
from shared.reviews.records import Review
from tests.harness.crash_harness import ADMINISTRATOR, CrashEnvironment, CrashHarness, Fuse, Process
from tests.harness.sent_events import call
from tests.reviews.opened import (
    COLLEAGUE,
    CONFIRM,
    CORRECT,
    EMPLOYEE,
    JOE,
    MIA,
    OBJECTION,
    REJECT,
    REVIEW,
    REVIEWER,
    decided,
    deliver,
    world,
)

__all__ = ["world"]

MANAGER = Caller(email=MIA, role="manager", employee_id=MIA)
OWN = {"scores": [{"competency": "discovery", "score": 55}], "not_observed": ["listening"]}


def gave(world: CrashHarness, who: Caller = REVIEWER, **body: Any) -> ReviewView:
    return world.process().reviews.own_scores.give(who, REVIEW, validated(OwnScores, body or OWN))


def stored(world: CrashHarness) -> Review:
    (found,) = [Review.read(one) for one in world.store.query(Query("reviews"))]
    return found


def test_who_is_to_decide_sees_nothing_of_the_scores_before_the_own(world: CrashHarness) -> None:
    covered = world.process().reviews.show.get(REVIEWER, REVIEW)

    assert covered.awaits_own_scores
    assert [one.competency for one in covered.scores] == ["discovery", "listening"]
    told = {name for one in covered.scores for name, value in one.model_dump().items() if value not in (None, [])}
    assert told == {"competency", "name"}
    assert not world.process().reviews.show.get(EMPLOYEE, REVIEW).awaits_own_scores


def test_the_objection_and_former_decisions_are_covered_as_they_tell_of_scores(world: CrashHarness) -> None:
    decided(world, REVIEWER, CORRECT)
    world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)

    covered = world.process().reviews.show.get(ADMINISTRATOR, REVIEW)

    assert (covered.contested, covered.contest, covered.decision, covered.earlier) == (True, None, None, [])


def test_own_scores_then_the_scorers_then_a_blind_decision_that_keeps_both(world: CrashHarness) -> None:
    shown = gave(world)
    assert (shown.awaits_own_scores, shown.blind) == (False, True)
    assert [(one.competency, one.score, one.own_score) for one in shown.scores] == [
        ("discovery", 80, 55),
        ("listening", 70, None),
    ]

    answer = decided(world, REVIEWER, CONFIRM)

    assert answer.decision is not None
    assert answer.decision.blind
    assert [(one.score, one.own_score, one.person_score) for one in answer.scores] == [(80, 55, 80), (70, None, 70)]
    (fact,) = [data for topic, data in world.facts if topic == "review-decided"]
    assert fact["blind"] is True
    assert [(one["scorer_score"], one["own_score"], one["person_score"]) for one in fact["pairs"]] == [
        (80, 55, 80),
        (70, None, 70),
    ]


def test_a_decision_without_own_scores_is_not_blind(world: CrashHarness) -> None:
    answer = decided(world, REVIEWER, CONFIRM)

    assert answer.decision is not None
    assert not answer.decision.blind
    assert [one.own_score for one in answer.scores] == [None, None]


def test_who_skips_sees_the_scores_and_can_give_none_afterwards(world: CrashHarness) -> None:
    assert gave(world, skip=True).scores[0].score == 80
    with pytest.raises(Conflict, match="have seen the analyst's scores already"):
        gave(world)

    answer = decided(world, REVIEWER, CONFIRM)

    assert answer.decision is not None
    assert not answer.decision.blind


def test_the_same_own_scores_again_are_answered_and_others_refused(world: CrashHarness) -> None:
    first = gave(world)
    assert gave(world) == first
    with pytest.raises(Conflict):
        gave(world, scores=[{"competency": "discovery", "score": 80}], not_observed=["listening"])
    assert len(stored(world).looks) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"scores": [{"competency": "discovery", "score": 50}]}, "listening: give a score"),
        ({"not_observed": ["discovery", "listening", "closing"]}, "'closing' has no score in this call"),
        ({}, "give `scores` and `not_observed`, or `skip`"),
        ({"skip": True, "not_observed": ["discovery"]}, "not both"),
        ({"not_observed": ["discovery", "discovery"]}, "named twice"),
        ({"scores": [{"competency": "discovery", "score": 101}]}, "less than or equal to 100"),
    ],
)
def test_own_scores_are_of_all_of_the_call(world: CrashHarness, body: dict[str, Any], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        world.process().reviews.own_scores.give(REVIEWER, REVIEW, validated(OwnScores, body))
    assert stored(world).looks == ()


def test_only_who_may_decide_gives_own_scores(world: CrashHarness) -> None:
    for who in (EMPLOYEE, COLLEAGUE, MANAGER):
        with pytest.raises(Forbidden):
            gave(world, who)


def test_another_analysis_is_looked_at_anew_and_who_has_seen_the_former_is_not_blind(world: CrashHarness) -> None:
    seen = gave(world).event_id
    world.process().record(call("again", source_id="c1", confidence=0.2, analysis=1001, scores={"discovery": 61}))
    deliver(world)

    with pytest.raises(Conflict, match="analysed again"):
        gave(world, not_observed=["discovery", "listening"], event_id=seen)
    assert world.process().reviews.show.get(REVIEWER, REVIEW).awaits_own_scores
    assert not gave(world, scores=[{"competency": "discovery", "score": 50}]).blind
    assert gave(world, ADMINISTRATOR, not_observed=["discovery"]).blind


def test_who_has_seen_the_scores_on_a_profile_since_is_not_blind(world: CrashHarness) -> None:
    world.process().people.profile_access.open(REVIEWER, JOE, page="history")

    assert not gave(world).blind
    assert gave(world, ADMINISTRATOR).blind


def test_a_view_before_the_call_was_scored_shows_nothing_of_it(world: CrashHarness) -> None:
    world.process().people.profile_access.open(REVIEWER, JOE, page="history")
    world.clock.forward(hours=2)
    world.process().record(call("later", source_id="c1", confidence=0.2, analysis=1001, scores={"discovery": 61}))
    deliver(world)

    assert gave(world, scores=[{"competency": "discovery", "score": 50}]).blind


def test_who_saw_the_scores_of_an_earlier_analysis_on_a_profile_is_not_blind(world: CrashHarness) -> None:
    world.clock.forward(days=3)
    world.process().people.profile_access.open(REVIEWER, JOE, page="history")
    world.clock.forward(days=3)
    world.process().record(call("later", source_id="c1", confidence=0.2, analysis=1001, scores={"discovery": 61}))
    deliver(world)

    assert not gave(world, scores=[{"competency": "discovery", "score": 50}]).blind
    assert gave(world, ADMINISTRATOR, not_observed=["discovery"]).blind


def test_who_saw_a_decided_review_is_not_blind_when_a_contest_opens_it_again(world: CrashHarness) -> None:
    decided(world, REVIEWER, REJECT)
    assert world.process().reviews.show.get(ADMINISTRATOR, REVIEW).scores[0].score == 80
    world.process().reviews.contest.contest(EMPLOYEE, REVIEW, OBJECTION)

    shown = world.process().reviews.show.get(ADMINISTRATOR, REVIEW)

    assert (shown.awaits_own_scores, shown.blind) == (False, False)


def test_from_blind_reviews_the_scorers_lean_is_learnt_and_from_others_nothing(world: CrashHarness) -> None:
    """Each own score is 25 under the scorer's; every decision confirms the scorer's."""
    for number in range(6):
        world.process().record(call(f"more{number}", confidence=0.1, analysis=1000, scores={"discovery": 80}))
        deliver(world)
        review = review_id_of("gong", f"more{number}", JOE)
        if number:
            body = validated(OwnScores, {"scores": [{"competency": "discovery", "score": 55}]})
            world.process().reviews.own_scores.give(REVIEWER, review, body)
        decided(world, REVIEWER, CONFIRM, review)
    local = DuckDBWarehouse(":memory:", world.clock)
    said = [data for topic, data in world.facts if topic == "review-decided"]
    messages = [RawMessage(f"m{number}", world.clock.now(), data) for number, data in enumerate(said)]
    with closing(local):
        local.ingest_raw("review-decided", messages)
        local.refresh()
        rows = local.ask("blind_pairs")
        assert [(row["source"], row["difference"]) for row in rows] == [("gong", 25)] * 5
        on = CrashEnvironment(world, Fuse())
        on.ports["warehouse"] = local
        assert Process(on).calibrate.run().pairs == 5
        shown = Process(on).calibration.show(ADMINISTRATOR)
    (lean,) = shown.scorers
    assert (lean.scorer, lean.pairs, lean.learnt) == ("gong", 5, True)
    assert lean.bias > 5
