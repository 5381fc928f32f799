"""Time to a milestone: Kaplan and Meier's estimate, with those who have not reached it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.kernel.statistics import wilson
from shared.learning.domain.breaks import Break
from shared.learning.domain.milestone import Milestone, Spell, kaplan_meier, reached_on, spell
from shared.ratings.domain.weights import Z_EIGHTY

BEGUN = date(2026, 8, 1)


@dataclass(frozen=True)
class Case:
    """What lifelines makes of some learners. steps: days, then the share that has reached it and its interval"""

    name: str
    days: list[int]
    reached: list[int]
    alpha: float
    steps: list[list[float]]

    @property
    def spells(self) -> list[Spell]:
        return [Spell(days, bool(reached)) for days, reached in zip(self.days, self.reached, strict=True)]


FILE: Final = Path(__file__).with_name("kaplan_meier_by_lifelines.json")
CASES: Final = [Case(**one) for one in json.loads(FILE.read_text("utf-8"))["cases"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.alpha}")
def test_shares_and_intervals_are_those_of_an_implementation_of_others(case: Case) -> None:
    steps = kaplan_meier(case.spells, NormalDist().inv_cdf(1 - case.alpha / 2)).steps
    assert [one.days for one in steps] == [row[0] for row in case.steps]
    for one, row in zip(steps, case.steps, strict=True):
        assert [*one.share] == pytest.approx(row[1:], abs=1e-9)


def test_the_median_has_the_interval_of_an_implementation_of_others() -> None:
    """lifelines.utils.median_survival_times, of the same fit."""
    assert kaplan_meier(CASES[-1].spells).until() == (62, 57, 66)


def test_unfinished_learners_are_not_left_out() -> None:
    """Three of ten are there after 60 days. Of these three alone the median would be 40 days."""
    spells = [Spell(30, True), Spell(40, True), Spell(60, True), *[Spell(60, False)] * 7]
    curve = kaplan_meier(spells)
    assert (curve.learners, curve.reached, curve.followed) == (10, 3, 60)
    assert curve.until() == (None, 60, None)
    found = curve.by(60)
    assert found is not None
    assert found.value == pytest.approx(0.3)
    assert found.low < 0.3 < found.high
    assert curve.by(61) is None, "nobody was followed so long"


def test_who_stops_on_the_day_on_which_another_arrives_was_going_then() -> None:
    (step,) = kaplan_meier([Spell(10, True), Spell(10, False), Spell(9, False)]).steps
    assert (step.going, step.reached, step.share.value) == (2, 1, 0.5)


def test_before_anybody_has_reached_it_the_share_may_still_be_more_than_none() -> None:
    curve = kaplan_meier([Spell(20, False)] * 8 + [Spell(30, True)])
    assert curve.by(10) == (0.0, 0.0, wilson(0, 9, Z_EIGHTY)[1])
    assert kaplan_meier([]).by(0) is None
    assert kaplan_meier([Spell(5, False)]).by(5) == (0.0, 0.0, wilson(0, 1, Z_EIGHTY)[1])
    assert kaplan_meier([]).until() == (None, None, None)


def test_where_all_have_reached_it_that_is_not_certain_of_the_next() -> None:
    at_once = kaplan_meier([Spell(10, True)] * 5).by(10)
    assert at_once == (1.0, wilson(5, 5, Z_EIGHTY)[0], 1.0)
    curve = kaplan_meier([Spell(10, True), Spell(20, True), Spell(30, True)])
    (_, before, last) = curve.steps
    assert last.share == (1.0, before.share.low, 1.0)
    assert curve.by(400) == last.share, "nobody is left to be followed"


def test_a_milestone_is_reached_with_the_last_of_its_competencies() -> None:
    site = Milestone("first_site_visit", "First site visit", ("K2", "B1"))
    assert reached_on(site, {"K2": date(2026, 9, 1), "B1": date(2026, 8, 1), "S1": None}) == date(2026, 9, 1)
    assert reached_on(site, {"K2": date(2026, 9, 1), "B1": None}) is None
    assert reached_on(site, {"K2": date(2026, 9, 1)}) is None
    assert reached_on(Milestone("none", "None", ()), {}) is None


def test_days_of_breaks_are_no_days_of_learning() -> None:
    away = [Break(BEGUN + timedelta(days=10), BEGUN + timedelta(days=19))]
    reached = BEGUN + timedelta(days=30)
    assert spell(BEGUN, reached, reached + timedelta(days=50)) == (30, True)
    assert spell(BEGUN, reached, reached + timedelta(days=50), away) == (20, True)
    assert spell(BEGUN, None, BEGUN + timedelta(days=15), away) == (9, False)
    assert spell(BEGUN, BEGUN + timedelta(days=16), BEGUN + timedelta(days=15)) == (15, False), "not yet"
    assert spell(BEGUN, None, BEGUN) == (0, False)


spells = some.lists(some.builds(Spell, some.integers(0, 40), some.booleans()), max_size=30)


@settings(max_examples=200, deadline=None)
@given(spells, some.randoms(use_true_random=False))
def test_a_curve_rises_within_its_interval_whatever_the_order_of_learners(found: list[Spell], chance: Random) -> None:
    curve = kaplan_meier(found)
    shuffled = [*found]
    chance.shuffle(shuffled)
    assert kaplan_meier(shuffled) == curve
    shares = [one.share.value for one in curve.steps]
    assert shares == sorted(shares)
    for one in curve.steps:
        assert 0 <= one.share.low <= one.share.value <= one.share.high <= 1
        assert one.share.low < one.share.high
    assert sum(one.reached for one in curve.steps) == curve.reached == sum(one.reached for one in found)


@settings(max_examples=100, deadline=None)
@given(some.lists(some.integers(1, 40), min_size=1, max_size=30))
def test_with_everybody_there_it_is_the_plain_share(days: list[int]) -> None:
    curve = kaplan_meier([Spell(one, True) for one in days])
    for one in curve.steps:
        assert one.share.value == pytest.approx(sum(day <= one.days for day in days) / len(days))
