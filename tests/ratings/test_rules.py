"""Achievement rules against a walk that evaluates the rule on every single day, and the specification's examples."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Rule
from shared.ratings.domain.rules import Standing, counted, judge, witnesses
from tests.harness.speed import examples
from tests.ratings.builders import GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE


class History(NamedTuple):
    """(day, hundredths) in order of time; exams are among the practices."""

    field: list[tuple[int, int]]
    practice: list[tuple[int, int]]
    exams: list[int]
    lessons: list[int]

    @property
    def last(self) -> int:
        return max([day for day, _ in self.field + self.practice] + self.lessons, default=0)


def standing(rule: Rule, as_of: int, history: History) -> Standing:
    return judge(
        rule,
        as_of,
        [day for day, _ in history.field],
        [score for _, score in history.field],
        [day for day, _ in history.practice],
        [score for _, score in history.practice],
        history.exams,
        history.lessons,
    )


class OnOneDay(NamedTuple):
    """decisions: averages are plain means over the rule's own window, bars inclusive; an absent minimum is neutral."""

    satisfied: bool
    contradicts: bool
    practice_meets: bool


def on_one_day(rule: Rule, day: int, history: History) -> OnOneDay:
    def verdict(observations: list[tuple[int, int]], count: int | None, bar: float | None) -> tuple[bool, bool]:
        in_window = [score for when, score in observations if day - rule.observation_window_days <= when <= day]
        if (count is None and bar is None) or len(in_window) < max(count or 0, 1):
            return False, False
        meets = Fraction(sum(in_window), len(in_window)) >= Fraction(str(bar or 0)) * 100
        return meets, not meets

    field_meets, contradicts = verdict(history.field, rule.min_field_observations, rule.min_field_score)
    practice_meets, _ = verdict(history.practice, rule.min_validation_attempts, rule.min_validation_score)
    if rule.field_overrides_validation:
        satisfied = field_meets or (practice_meets and not contradicts)
    else:
        satisfied = (field_meets or not rule.wants_field) and (practice_meets or not rule.wants_validation)
    return OnOneDay(satisfied, contradicts, practice_meets)


def oracle(rule: Rule, as_of: int, history: History) -> Standing:
    """Every day from the first observation to `as_of`, one after the other."""
    every = [day for day, _ in history.field + history.practice] + history.lessons
    lifetime = rule.expires_after_days
    validated_on: int | None = None
    for day in range(min(every, default=as_of), as_of + 1):
        satisfied, contradicts, _ = on_one_day(rule, day, history)
        if lifetime is None:
            if satisfied:
                validated_on = day
            elif contradicts:
                validated_on = None
            continue
        if not satisfied:
            continue
        if validated_on is not None and rule.requires_recertification and day > validated_on + lifetime:
            expired_on = validated_on + lifetime
            if not any(expired_on < exam <= day for exam in history.exams):
                continue
        validated_on = day
    now = on_one_day(rule, as_of, history)
    noted = Standing("in_progress", None, None, now.contradicts, None, now.contradicts and now.practice_meets)
    if not any(day <= as_of for day in every):
        return Standing("not_started")
    if validated_on is None:
        return noted
    if lifetime is None:
        return noted._replace(status="validated", validated_on=validated_on)
    until = validated_on + lifetime
    return noted._replace(
        status="validated" if as_of <= until else "expired", validated_on=validated_on, expires_on=until
    )


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
    return History(field, [(day, score) for day, score, _ in practice], exams, lessons)


@settings(max_examples=examples(250), deadline=None)
@given(rules(), histories(), st.integers(0, 60))
def test_agrees_with_a_walk_over_every_day(rule: Rule, history: History, as_of: int) -> None:
    assert standing(rule, as_of, history)._replace(ended_on=None) == oracle(rule, as_of, history)


@settings(max_examples=examples(250), deadline=None)
@given(rules(), histories(), st.data())
def test_the_witnesses_decide_whatever_else_is_removed(rule: Rule, history: History, data: st.DataObject) -> None:
    def spans(of: History) -> list[tuple[int, int]]:
        return witnesses(
            rule,
            [day for day, _ in of.field],
            [score for _, score in of.field],
            [day for day, _ in of.practice],
            [score for _, score in of.practice],
            of.exams,
        )

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
    )
    whole = history._replace(lessons=[])
    last = max(arrivals)
    for as_of in range(last, last + 30):
        after = standing(rule, as_of, part)._replace(ended_on=None)
        assert after == standing(rule, as_of, whole)._replace(ended_on=None)

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
        assert standing(GENERAL_DISCOVERY, 100, history()) == Standing("not_started")

    def test_any_evidence_is_progress_a_lesson_too(self) -> None:
        assert standing(GENERAL_DISCOVERY, 100, history(lessons=[90])).status == "in_progress"
        assert standing(GENERAL_DISCOVERY, 100, history(practice=days_and(99, 90))).status == "in_progress"

    def test_three_role_plays_averaging_exactly_eighty(self) -> None:
        sessions = days_and(70, 10) + days_and(80, 20) + days_and(90, 30)

        assert standing(GENERAL_DISCOVERY, 30, history(practice=sessions)) == Standing("validated", 30)

    def test_a_hundredth_less_is_not_enough(self) -> None:
        sessions = days_and(70, 10) + days_and(80, 20) + days_and(89.99, 30)

        assert standing(GENERAL_DISCOVERY, 30, history(practice=sessions)).status == "in_progress"

    def test_three_real_calls_validate_without_practice(self) -> None:
        assert standing(GENERAL_DISCOVERY, 30, history(field=days_and(75, 10, 20, 30))).status == "validated"

    def test_two_weak_calls_do_not_contradict_practice_three_do(self) -> None:
        sessions = days_and(85, 10, 20, 30)
        two = standing(GENERAL_DISCOVERY, 33, history(days_and(60, 31, 32), sessions))
        three = standing(GENERAL_DISCOVERY, 33, history(days_and(60, 31, 32, 33), sessions))

        assert (two.status, two.field_contradicts) == ("validated", False)
        assert (three.status, three.field_contradicts, three.discrepancy) == ("in_progress", True, True)

    def test_holds_beyond_its_window_until_the_field_contradicts(self) -> None:
        sessions = days_and(85, 10, 20, 30)
        calls = days_and(60, 401, 402, 403)

        assert standing(GENERAL_DISCOVERY, 400, history(practice=sessions)) == Standing("validated", 100)
        assert standing(GENERAL_DISCOVERY, 402, history(calls, sessions)).status == "validated"
        assert standing(GENERAL_DISCOVERY, 403, history(calls, sessions)) == Standing(
            "in_progress", field_contradicts=True, ended_on=403
        )

    def test_the_window_includes_both_its_ends(self) -> None:
        sessions = days_and(85, 10, 20, 30)

        assert standing(GENERAL_DISCOVERY, 100, history(practice=sessions)).validated_on == 100
        assert standing(GENERAL_DISCOVERY, 101, history(practice=sessions)).validated_on == 100

    def test_counts_and_means_in_the_window(self) -> None:
        found = counted(GENERAL_DISCOVERY, 100, [9, 10, 100], [1, 7000, 8002], [101], [9000])

        assert found == (2, 75.01, 0, None)


class TestPlatformKnowledge:
    """ "Pass certification exam (85+) AND demonstrate in 2 customer calls (80+). Expires after 6 months, re-cert." """

    EXAM = days_and(85, 10)
    CALLS = days_and(80, 20, 30)

    def test_both_must_meet(self) -> None:
        assert standing(PLATFORM_KNOWLEDGE, 30, history(practice=self.EXAM, exams=[10])).status == "in_progress"
        assert standing(PLATFORM_KNOWLEDGE, 30, history(self.CALLS)).status == "in_progress"

        both = standing(PLATFORM_KNOWLEDGE, 30, history(self.CALLS, self.EXAM, [10]))
        assert both == Standing("validated", 30, 210)

    def test_is_valid_from_the_last_day_it_was_satisfied(self) -> None:
        seventy = standing(PLATFORM_KNOWLEDGE, 120, history(self.CALLS, self.EXAM, [10]))

        assert seventy == Standing("validated", 70, 250), "the exam leaves the window of 60 days after day 70"

    def test_expires(self) -> None:
        past = history(self.CALLS, self.EXAM, [10])

        assert standing(PLATFORM_KNOWLEDGE, 250, past).status == "validated"
        assert standing(PLATFORM_KNOWLEDGE, 251, past) == Standing("expired", 70, 250)

    def test_practice_does_not_bring_it_back_an_exam_does(self) -> None:
        calls = self.CALLS + days_and(90, 300, 310)
        practised = history(calls, self.EXAM + days_and(95, 305), [10])
        certified = history(calls, self.EXAM + days_and(95, 305), [10, 305])

        assert standing(PLATFORM_KNOWLEDGE, 310, practised) == Standing("expired", 70, 250)
        assert standing(PLATFORM_KNOWLEDGE, 310, certified) == Standing("validated", 310, 490)

    def test_without_recertification_practice_is_enough(self) -> None:
        rule = replace(PLATFORM_KNOWLEDGE, requires_recertification=False)
        calls = self.CALLS + days_and(90, 300, 310)

        assert standing(rule, 310, history(calls, self.EXAM + days_and(95, 305), [10])).status == "validated"

    def test_an_expiry_is_not_cut_short_by_the_field(self) -> None:
        rule = replace(GENERAL_DISCOVERY, expires_after_days=100)
        weak = history(days_and(50, 120, 121, 122), days_and(90, 10, 20, 30))

        assert standing(rule, 122, weak) == Standing("validated", 100, 200, True)


class TestMinimums:
    @pytest.mark.parametrize(
        ("rule", "field", "practice", "status"),
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
    def test_an_absent_one_is_neutral(self, rule: Rule, field: list[int], practice: list[int], status: str) -> None:
        on_a_day = history([(5, 100 * score) for score in field], [(5, 100 * score) for score in practice])

        assert standing(rule, 5, on_a_day).status == status
