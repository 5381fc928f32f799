"""Achievement rules against a walk that evaluates the rule on every single day, and the specification's examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Rule
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.entry import NO_SCORE
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.retention import ClassScores, witnesses
from tests.harness.speed import examples
from tests.ratings import oracle_days
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    PLATFORM_KNOWLEDGE,
    field,
    framework,
    practice,
    rated_together,
    state,
)
from tests.ratings.oracle_days import Seen, Status


class History(NamedTuple):
    """(day, hundredths) in order of time; exams are among the practices, and so is what was failed."""

    field: list[tuple[int, int]]
    practice: list[tuple[int, int]]
    exams: list[int]
    lessons: list[int]
    failed: frozenset[int] = frozenset()

    @property
    def passed_exams(self) -> list[int]:
        return [day for day in self.exams if day not in self.failed]

    @property
    def last(self) -> int:
        return max([day for day, _ in self.field + self.practice] + self.lessons, default=0)


def statuses(rule: Rule, days: Sequence[int], history: History) -> list[Status]:
    """The status on each of some days."""
    general = replace(rule, competency="discovery", context=())
    kinds = (history.field, history.practice, [(day, NO_SCORE) for day in history.lessons])
    rows = rated_together([kinds] * len(days), general, as_of=days, exams=history.exams, failed=history.failed)
    return [
        Status(row.status, row.validated_on, row.expires_on, row.field_misses, row.contradicted, row.under_doubt)
        for row in rows
    ]


def status(rule: Rule, as_of: int, history: History) -> Status:
    return statuses(rule, [as_of], history)[0]


def walked(rule: Rule, as_of: int, history: History) -> Status:
    """Every day from the first observation to `as_of`, one after the other."""
    seen = [
        Seen(day * SECONDS_PER_DAY, "", kind, score, "", day in exams, False, day in failed)
        for kind, scores, exams, failed in (
            ("field", history.field, [], frozenset()),
            ("validation", history.practice, history.passed_exams, history.failed),
        )
        for day, score in [(day, Fraction(score)) for day, score in scores]
    ]
    seen += [Seen(day * SECONDS_PER_DAY, "", "learning", None, "", False, False) for day in history.lessons]
    return oracle_days.status_of(rule, [one for one in seen if one.day <= as_of], as_of)


BARS = st.sampled_from([None, 50.0, 75.0, 80.0])
COUNTS = st.sampled_from([None, 1, 2, 3])
SCORES = st.sampled_from([0, 5000, 7499, 7500, 8000, 10_000])
DAYS = st.integers(0, 40)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    rule = Rule(
        "discovery",
        min_validation_attempts=draw(COUNTS),
        min_validation_score=draw(BARS),
        min_field_observations=draw(COUNTS),
        min_field_score=draw(BARS),
        observation_window_days=draw(st.integers(1, 9)),
        expires_after_days=draw(st.sampled_from([None, 1, 4, 12])),
        requires_recertification=draw(st.booleans()),
        field_overrides_validation=draw(st.booleans()),
    )
    return rule if rule.wants_field or rule.wants_validation else replace(rule, min_field_score=75)


@st.composite
def histories(draw: st.DrawFn) -> History:
    field = sorted(draw(st.lists(st.tuples(DAYS, SCORES), max_size=10)))
    practice = sorted(draw(st.lists(st.tuples(DAYS, SCORES, st.booleans()), max_size=10)))
    exams = [day for day, _, is_exam in practice if is_exam]
    lessons = sorted(draw(st.lists(DAYS, max_size=1)))
    failed = draw(st.frozensets(st.sampled_from([day for day, _, _ in practice] or [0]), max_size=3))
    return History(field, [(day, score) for day, score, _ in practice], exams, lessons, failed)


@settings(max_examples=examples(250), deadline=None)
@given(rules(), histories(), st.integers(0, 60))
def test_agrees_with_a_walk_over_every_day(rule: Rule, history: History, as_of: int) -> None:
    assert status(rule, as_of, history) == walked(rule, as_of, history)


@settings(max_examples=examples(250), deadline=None)
@given(rules(), histories(), st.data())
def test_the_witnesses_decide_whatever_else_is_removed(rule: Rule, history: History, data: st.DataObject) -> None:
    def spans(of: History) -> list[tuple[int, int]]:
        field, practice = (
            ClassScores([day for day, _ in one], [score for _, score in one], [day in failed for day, _ in one])
            for one, failed in ((of.field, frozenset[int]()), (of.practice, of.failed))
        )
        return witnesses(rule, field, practice)

    arrivals = [day for day, _ in history.field + history.practice]
    if not arrivals:
        assert spans(history) == []
        return
    kept = [*spans(history), (max(arrivals) - rule.observation_window_days, max(arrivals))]

    def stays(day: int) -> bool:
        return any(start <= day <= end for start, end in kept) or data.draw(st.booleans())

    days = {day: stays(day) for day in sorted({*arrivals})}
    part = History(
        [(day, score) for day, score in history.field if days[day]],
        [(day, score) for day, score in history.practice if days[day]],
        [day for day in history.exams if days[day]],
        [],
        history.failed,
    )
    whole = history._replace(lessons=[])
    last = max(arrivals)
    days_after = range(last, last + 30)
    after, expected = (statuses(rule, days_after, one) for one in (part, whole))
    assert after == expected

    def held_by(spans: list[tuple[int, int]], of: History) -> set[int]:
        return {day for day, _ in of.field + of.practice if any(start <= day <= end for start, end in spans)}

    base = (last - rule.observation_window_days, last)
    assert held_by([*spans(part), base], part) == held_by([*spans(whole), base], whole)


def days_and(score: float, *days: int) -> list[tuple[int, int]]:
    return [(day, round(score * 100)) for day in days]


def history(
    field: list[tuple[int, int]] | None = None,
    practice: list[tuple[int, int]] | None = None,
    exams: list[int] | None = None,
    lessons: list[int] | None = None,
) -> History:
    return History(sorted(field or []), sorted(practice or []), exams or [], lessons or [])


class TestDiscovery:
    """ "Complete 3 role-plays averaging 80+, OR demonstrate 75+ in 3 real calls." """

    def test_nothing_yet(self) -> None:
        assert status(GENERAL_DISCOVERY, 100, history()) == Status("not_started")

    def test_any_evidence_is_progress_a_lesson_too(self) -> None:
        assert status(GENERAL_DISCOVERY, 100, history(lessons=[90])).status == "in_progress"
        assert status(GENERAL_DISCOVERY, 100, history(practice=days_and(99, 90))).status == "in_progress"

    def test_three_role_plays_averaging_exactly_eighty(self) -> None:
        sessions = days_and(70, 10) + days_and(80, 20) + days_and(90, 30)

        assert status(GENERAL_DISCOVERY, 30, history(practice=sessions)) == Status("validated", 30)

    def test_a_hundredth_less_is_not_enough(self) -> None:
        sessions = days_and(70, 10) + days_and(80, 20) + days_and(89.99, 30)

        assert status(GENERAL_DISCOVERY, 30, history(practice=sessions)).status == "in_progress"

    def test_three_real_calls_validate_without_practice(self) -> None:
        assert status(GENERAL_DISCOVERY, 30, history(field=days_and(75, 10, 20, 30))).status == "validated"

    def test_two_weak_calls_do_not_contradict_practice_three_do(self) -> None:
        sessions = days_and(85, 10, 20, 30)
        two = status(GENERAL_DISCOVERY, 33, history(days_and(50, 31, 32), sessions))
        three = status(GENERAL_DISCOVERY, 33, history(days_and(50, 31, 32, 33), sessions))

        assert (two.status, two.misses) == ("validated", False)
        assert (three.status, three.misses) == ("in_progress", True)

    def test_holds_beyond_its_window_until_the_field_contradicts(self) -> None:
        sessions = days_and(85, 10, 20, 30)
        calls = days_and(50, 401, 402, 403)

        assert status(GENERAL_DISCOVERY, 400, history(practice=sessions)) == Status("validated", 30)
        assert status(GENERAL_DISCOVERY, 402, history(calls, sessions)) == Status("validated", 30, under_doubt=True)
        ended = Status("in_progress", contradicted=True)
        assert status(GENERAL_DISCOVERY, 403, history(calls, sessions)) == ended

    def test_one_bad_call_puts_it_under_doubt_and_good_ones_bring_it_back(self) -> None:
        sessions, bad = days_and(85, 10, 20, 30), days_and(30, 40, 41, 42)
        one, three = status(GENERAL_DISCOVERY, 40, history(bad[:1], sessions)), history(bad, sessions)

        assert (one.status, one.under_doubt) == ("validated", True)
        assert status(GENERAL_DISCOVERY, 42, three).contradicted
        better = history(bad + days_and(90, *range(50, 60)), sessions)
        assert status(GENERAL_DISCOVERY, 59, better).status == "validated"

    def test_a_rating_of_thirty_is_not_validated(self) -> None:
        """Three calls at 80, then four at 30."""
        calls = days_and(80, 1, 10, 20) + days_and(30, 40, 45, 50, 55)

        assert status(GENERAL_DISCOVERY, 55, history(calls)).status == "in_progress"

    def test_calls_at_twenty_end_what_was_practised_years_ago(self) -> None:
        calls = days_and(20, *range(1000, 1010))

        assert status(GENERAL_DISCOVERY, 1010, history(calls, days_and(85, 10, 20, 30))).contradicted

    def test_a_bad_result_never_renews(self) -> None:
        sessions = days_and(90, 10, 20, 30) + days_and(70, 60)

        assert status(GENERAL_DISCOVERY, 60, history(practice=sessions)).validated_on == 30

    def test_a_window_heals_when_a_bad_score_ages_out(self) -> None:
        sessions = days_and(0, 1) + days_and(85, 10, 20, 30)

        assert status(GENERAL_DISCOVERY, 91, history(practice=sessions)).status == "in_progress"
        assert status(GENERAL_DISCOVERY, 92, history(practice=sessions)) == Status("validated", 30)

    def test_the_window_includes_both_its_ends(self) -> None:
        sessions = days_and(85, 10, 20, 30)

        late = days_and(85, 100)
        assert status(GENERAL_DISCOVERY, 100, history(practice=sessions[:1] + late + late)).status == "validated"
        assert status(GENERAL_DISCOVERY, 101, history(practice=sessions[:1] + late + late)).validated_on == 100
        assert status(GENERAL_DISCOVERY, 101, history(practice=sessions[:1] + days_and(85, 101, 101))).status == (
            "in_progress"
        )

    def test_counts_and_means_in_the_window(self) -> None:
        calls = [field(0.01, 9), field(70, 10), field(80.02, 100)]
        found = Projection(state(*calls, practice(90, 101)), framework(GENERAL_DISCOVERY), PARAMETERS, 100)

        assert found.progress("discovery", "") == (GENERAL_DISCOVERY, 2, 75.01, 0, None)


class TestPlatformKnowledge:
    """ "Pass certification exam (85+) AND demonstrate in 2 customer calls (80+). Expires after 6 months, re-cert." """

    EXAM = days_and(85, 10)
    CALLS = days_and(80, 20, 30)

    def test_both_must_meet(self) -> None:
        assert status(PLATFORM_KNOWLEDGE, 30, history(practice=self.EXAM, exams=[10])).status == "in_progress"
        assert status(PLATFORM_KNOWLEDGE, 30, history(self.CALLS)).status == "in_progress"

        both = status(PLATFORM_KNOWLEDGE, 30, history(self.CALLS, self.EXAM, [10]))
        assert both == Status("validated", 10, 190)

    @pytest.mark.parametrize("as_of", [30, 70, 120, 190])
    def test_is_valid_from_its_exam_on_whatever_the_day(self, as_of: int) -> None:
        assert status(PLATFORM_KNOWLEDGE, as_of, history(self.CALLS, self.EXAM, [10])) == Status("validated", 10, 190)

    def test_expires_after_its_days_and_not_after_its_window_as_well(self) -> None:
        past = history(self.CALLS, self.EXAM, [10])

        assert status(PLATFORM_KNOWLEDGE, 191, past) == Status("expired", 10, 190)

    @pytest.mark.parametrize(("day", "renewed"), [(129, 10), (130, 130), (190, 190), (250, 250)])
    def test_an_exam_renews_in_the_last_sixty_days_or_after(self, day: int, renewed: int) -> None:
        calls = self.CALLS + days_and(80, day - 2, day - 1)
        again = history(calls, self.EXAM + days_and(90, day), [10, day])

        assert status(PLATFORM_KNOWLEDGE, day, again).validated_on == renewed

    def test_an_exam_renews_nothing_while_the_calls_are_missing(self) -> None:
        again = history(self.CALLS, self.EXAM + days_and(90, 180), [10, 180])

        assert status(PLATFORM_KNOWLEDGE, 180, again) == Status("validated", 10, 190)

    def test_practice_does_not_bring_it_back_an_exam_does(self) -> None:
        calls = self.CALLS + days_and(90, 300, 304)
        practised = history(calls, self.EXAM + days_and(95, 305), [10])
        certified = history(calls, self.EXAM + days_and(95, 305), [10, 305])

        assert status(PLATFORM_KNOWLEDGE, 310, practised) == Status("expired", 10, 190)
        assert status(PLATFORM_KNOWLEDGE, 310, certified) == Status("validated", 305, 485)

    def test_the_first_exam_takes_over_from_what_was_practised(self) -> None:
        rule = replace(PLATFORM_KNOWLEDGE, min_field_observations=None, min_field_score=None)
        practised = history(practice=days_and(90, 10, 40), exams=[40])

        assert status(rule, 30, practised._replace(practice=days_and(90, 10), exams=[])).validated_on == 10
        assert status(rule, 40, practised).validated_on == 40

    def test_a_rule_that_asks_nothing_of_the_field_is_not_contradicted_by_it(self) -> None:
        rule = replace(PLATFORM_KNOWLEDGE, min_field_observations=None, min_field_score=None)
        weak = history(days_and(20, *range(50, 60)), self.EXAM, [10])

        assert status(rule, 60, weak) == Status("validated", 10, 190)

    def test_without_recertification_practice_is_enough(self) -> None:
        rule = replace(PLATFORM_KNOWLEDGE, requires_recertification=False)
        calls = self.CALLS + days_and(90, 300, 310)

        assert status(rule, 310, history(calls, self.EXAM + days_and(95, 305), [10])).status == "validated"

    def test_an_expiry_does_not_keep_the_field_from_ending_it(self) -> None:
        rule = replace(GENERAL_DISCOVERY, expires_after_days=100)
        weak = history(days_and(50, 120, 121, 122), days_and(90, 10, 20, 30))

        assert status(rule, 122, weak).contradicted
        assert status(rule, 131, weak).contradicted
        assert status(rule, 213, weak) == Status("expired", 30, 130)


class TestFailed:
    """A failed activity counts in the averages and never as an attempt, never validates, never recertifies."""

    def test_the_only_exam_validates_nothing(self) -> None:
        calls, exam = days_and(80, 20, 30), days_and(85, 10)

        failed = status(PLATFORM_KNOWLEDGE, 30, history(calls, exam, [10])._replace(failed=frozenset({10})))
        assert failed == Status("in_progress")

    def test_three_attempts_are_three_that_were_passed(self) -> None:
        sessions = history(practice=days_and(90, 10, 20, 30))

        assert status(GENERAL_DISCOVERY, 30, sessions._replace(failed=frozenset({20}))).status == "in_progress"
        more = history(practice=days_and(90, 10, 20, 30, 31))._replace(failed=frozenset({20}))
        assert status(GENERAL_DISCOVERY, 31, more).status == "validated"

    def test_its_score_is_part_of_the_mean(self) -> None:
        sessions = history(practice=days_and(85, 10, 20, 30) + days_and(60, 31))._replace(failed=frozenset({31}))

        assert status(GENERAL_DISCOVERY, 30, sessions).status == "validated"
        assert status(replace(GENERAL_DISCOVERY, expires_after_days=1), 33, sessions) == Status("expired", 30, 31)

    def test_an_expired_skill_stays_expired_after_a_failed_exam(self) -> None:
        calls, exams = days_and(80, 20, 30) + days_and(90, 300, 310), days_and(85, 10) + days_and(95, 305)
        again = history(calls, exams, [10, 305])._replace(failed=frozenset({305}))

        assert status(PLATFORM_KNOWLEDGE, 310, again) == Status("expired", 10, 190)

    def test_only_what_was_failed_is_at_the_bar(self) -> None:
        sessions = history(practice=days_and(78, 10, 20, 30) + days_and(90, 31, 35))

        assert status(GENERAL_DISCOVERY, 35, sessions._replace(failed=frozenset({31, 35}))).status == "in_progress"
        assert status(GENERAL_DISCOVERY, 35, sessions).validated_on == 35

    def test_a_rule_misses_what_was_failed(self) -> None:
        sessions = [practice(90, 10), practice(60, 11, passed=False)]
        found = Projection(state(*sessions), framework(GENERAL_DISCOVERY), PARAMETERS, 12)

        progress = found.progress("discovery", "")
        assert progress == (GENERAL_DISCOVERY, 0, None, 1, 75)
        assert progress is not None
        assert progress.validation_missing == 2


class TestMinimums:
    @pytest.mark.parametrize(
        ("rule", "field", "practice", "expected"),
        [
            (Rule("d", min_field_score=70), [70], [], "validated"),
            (Rule("d", min_field_observations=2), [0, 0], [], "validated"),
            (Rule("d", min_field_observations=2), [100], [], "in_progress"),
            (Rule("d", min_validation_score=70), [], [70], "validated"),
            (Rule("d", min_validation_score=70), [100, 100, 100], [69], "in_progress"),
            (Rule("d", min_validation_score=70, field_overrides_validation=False), [], [70], "validated"),
            (Rule("d", min_field_score=70, field_overrides_validation=False), [70], [0], "validated"),
            (
                Rule("d", min_field_score=70, min_validation_attempts=1, field_overrides_validation=False),
                [70],
                [],
                "in_progress",
            ),
        ],
    )
    def test_an_absent_one_is_neutral(self, rule: Rule, field: list[int], practice: list[int], expected: str) -> None:
        on_a_day = history([(5, 100 * score) for score in field], [(5, 100 * score) for score in practice])

        assert status(rule, 5, on_a_day).status == expected
