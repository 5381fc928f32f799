"""How many are likely ready: the sums, against a reference of its own and against drawn levels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ratings.domain import likely_ready
from shared.ratings.domain.likely_ready import LIKENESS, CoreLevel, LikelyReady, of_person, together
from tests.harness.speed import examples
from tests.proofs.numbers import likely_ready as reference

levels = st.builds(
    CoreLevel,
    level=st.integers(3000, 10_000),
    deviation=st.integers(200, 1200),
    shared=st.integers(0, 190),
    bar=st.sampled_from([7000, 7500, 8000]),
)
teams = st.integers(1, 4).flatmap(
    lambda count: st.lists(st.lists(levels, min_size=count, max_size=count), min_size=1, max_size=6)
)


@settings(max_examples=examples(60), deadline=None)
@given(teams)
def test_is_what_the_reference_says(people: list[list[CoreLevel]]) -> None:
    level, deviation, shared, bar = np.array(people, float).transpose(2, 0, 1) / 100
    expected = reference.outlook(reference.ready(level, deviation, shared, bar))
    found = together(map(of_person, people))
    assert found.number == pytest.approx(expected.likely(), abs=2e-4)
    assert found.interval == pytest.approx(expected.interval(), abs=2e-3)


def test_is_what_drawn_levels_say() -> None:
    """40 people in five skills that go together, under a scorer's error that all share."""
    chance = np.random.default_rng(9)
    level, own, shared, bar = chance.normal(79, 4, (40, 5)), 4.0, 2.5, 75.0
    draws = 4000
    factor = chance.normal(0, 1, (draws, 40, 1))
    apart = chance.normal(0, 1, (draws, 40, 5))
    error = chance.normal(0, 1, (draws, 1, 1))
    drawn = level + own * (np.sqrt(LIKENESS) * factor + np.sqrt(1 - LIKENESS) * apart) + shared * error
    numbers = (drawn >= bar).all(axis=2).sum(axis=1)
    deviation = 100 * np.hypot(own, shared)
    found = together(
        of_person([CoreLevel(100 * one, deviation, 100 * shared, 100 * bar) for one in person])
        for person in level.tolist()
    )
    assert found.number == pytest.approx(numbers.mean(), abs=0.25)
    # The distribution has steps of one person.
    assert found.interval == pytest.approx(np.quantile(numbers, [0.1, 0.9]), abs=0.8)


def test_teams_add_up_to_their_organisation() -> None:
    people = [of_person([CoreLevel(7000 + 37 * n, 500, 120, 7500)]) for n in range(31)]
    whole = together(people)
    assert together([together(people[20:]), together(people[:20])]) == whole
    assert together([]) == LikelyReady()
    assert LikelyReady().interval == pytest.approx((0, 0), abs=1e-9)


def test_who_is_sure_counts_whole_or_not_at_all() -> None:
    assert of_person([CoreLevel(9500, 10, 0, 7500)]).number == pytest.approx(1, abs=1e-6)
    assert of_person([CoreLevel(9500, 10, 0, 7500), CoreLevel(6000, 10, 0, 7500)]).number == pytest.approx(0, abs=1e-6)
    assert of_person([CoreLevel(7500, 400, 0, 7500)]).number == pytest.approx(0.5, abs=1e-4)


def test_the_quadratures_are_gauss_hermites() -> None:
    for table, size in ((likely_ready._SHARED, 7), (likely_ready._OWN, 9)):
        nodes, weights = np.polynomial.hermite_e.hermegauss(size)
        assert np.array(sorted(table)) == pytest.approx(np.column_stack([nodes, weights / weights.sum()]), abs=1e-12)


def test_more_skills_are_harder_and_higher_levels_easier() -> None:
    one = CoreLevel(7800, 500, 100, 7500)
    by_count = [of_person([one] * count).number for count in range(1, 6)]
    assert all(more < less for less, more in pairwise(by_count))
    assert of_person([one._replace(level=8000)]).number > of_person([one]).number
