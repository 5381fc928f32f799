"""The level's estimate equals what the normal distribution says, written down at once instead of step by step."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proofs.numbers.level import Levels, Scorers, Series, Skills, levels, log_likelihood

SINCE, AS_OF = 20_000, 20_090
UNSCORED = Scorers(np.zeros(1), np.zeros(1))

Score = tuple[int, float, bool, int]
"""Day, points, whether in practice, scorer."""


def series(*skills: list[Score]) -> Series:
    counts = [len(scores) for scores in skills]
    flat = [score for scores in skills for score in sorted(scores, key=lambda score: score[0])]
    return Series(
        start=np.array([sum(counts[:n]) for n in range(len(counts))], np.int64),
        count=np.array(counts, np.int64),
        day=np.array([score[0] for score in flat], np.int64),
        score=np.array([score[1] for score in flat]),
        practice=np.array([score[2] for score in flat], np.bool_),
        scorer=np.array([score[3] for score in flat], np.int64),
    )


def known(size: int, **values: float) -> Skills:
    given_values = {
        "mean": 72.0, "spread": 8.0, "field": 12.0, "practice": 9.0, "offset": 10.0, "drift": 0.35, "likeness": 0.3,
        **values,
    }  # fmt: skip
    return Skills(**{name: np.full(size, value) for name, value in given_values.items()})


def at_once(scores: list[Score], skill: Skills, scorers: Scorers = UNSCORED) -> tuple[float, float, float]:
    """Mean and deviation of the level, and the scores' log likelihood, from the one joint normal distribution."""
    scores = sorted(scores, key=lambda score: score[0])
    days = np.array([score[0] - SINCE for score in scores], float)
    practice = np.array([score[2] for score in scores], float)
    seen = np.array([score[1] - scorers.bias[score[3]] for score in scores])
    mean, spread, drift, offset = (float(x[0]) for x in (skill.mean, skill.spread, skill.drift, skill.offset))
    walk = spread**2 + drift**2 * np.minimum(days[:, None], days[None, :])
    in_field = np.flatnonzero(practice == 0)
    apart = np.abs(np.arange(len(in_field))[:, None] - np.arange(len(in_field))[None, :])
    covariance = walk + offset**2 * np.outer(practice, practice) + np.diag(practice * skill.practice[0] ** 2)
    covariance[np.ix_(in_field, in_field)] += skill.field[0] ** 2 * skill.likeness[0] ** apart
    with_level = spread**2 + drift**2 * days
    gain = np.linalg.solve(covariance, with_level)
    surprise = seen - mean
    variance = spread**2 + drift**2 * (AS_OF - SINCE) - gain @ with_level
    _, determinant = np.linalg.slogdet(2 * np.pi * covariance)
    likelihood = -0.5 * (determinant + surprise @ np.linalg.solve(covariance, surprise))
    return mean + float(gain @ surprise), sqrt(float(variance)), float(likelihood)


SCORES = st.lists(
    st.tuples(
        st.integers(SINCE, AS_OF),
        st.floats(0.5, 99.5),
        st.booleans(),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(SCORES, min_size=1, max_size=5), st.floats(0, 2), st.floats(0.1, 20))
def test_scores_between_the_cuts_give_the_normal_posterior(
    skills: list[list[Score]], drift: float, offset: float
) -> None:
    scorers = Scorers(np.array([3.0, -5.0]), np.zeros(2))
    model = known(len(skills), drift=drift, offset=offset)
    found = levels(series(*skills), model, scorers, SINCE, AS_OF)
    expected = [at_once(scores, model, scorers) for scores in skills]
    assert found.mean == pytest.approx([mean for mean, _, _ in expected])
    assert found.deviation == pytest.approx([deviation for _, deviation, _ in expected])
    total = sum(likelihood for _, _, likelihood in expected)
    assert log_likelihood(series(*skills), model, scorers, SINCE) == pytest.approx(total)


@pytest.mark.parametrize("edge", [0.0, 100.0])
@pytest.mark.parametrize("mean", [2.0, 50.0, 97.0])
def test_a_score_at_a_cut_says_only_at_least_or_at_most(edge: float, mean: float) -> None:
    model = known(1, mean=mean, drift=0.0)
    found = levels(series([(AS_OF, edge, False, 0)]), model, UNSCORED, AS_OF, AS_OF)
    grid = np.linspace(mean - 80, mean + 80, 40_001)
    beyond = (grid - edge) / 12.0 * (1 if edge else -1)
    weight = np.exp(-0.5 * ((grid - mean) / 8.0) ** 2) * np.array([0.5 * (1 + erf(x / sqrt(2))) for x in beyond])
    weight /= weight.sum()
    centre = float(weight @ grid)
    assert found.mean[0] == pytest.approx(centre, abs=1e-3)
    assert found.deviation[0] == pytest.approx(sqrt(float(weight @ (grid - centre) ** 2)), abs=1e-3)


def test_practice_alone_never_makes_the_field_certain() -> None:
    many = [(SINCE + day, 90.0, True, 0) for day in range(90)]
    found = levels(series(many), known(1), UNSCORED, SINCE, AS_OF)
    # Level and offset share what practice shows by their variances: 8 and 10 points leave at least 6 unknown.
    assert found.deviation[0] > 8 * 10 / sqrt(8**2 + 10**2)


def test_what_a_scorers_scores_share_does_not_shrink_with_their_number() -> None:
    scores = [(SINCE + 4 * day, 80.0, False, 0) for day in range(20)]
    exact = levels(series(scores), known(1), UNSCORED, SINCE, AS_OF)
    leaning = levels(series(scores), known(1), Scorers(np.zeros(1), np.full(1, 4.0)), SINCE, AS_OF)
    added = leaning.deviation[0] ** 2 - exact.deviation[0] ** 2
    assert 0.6 * 16 < added < 16
    both = [(day, score, practice, place % 2) for place, (day, score, practice, _) in enumerate(scores)]
    halves = levels(series(both), known(1), Scorers(np.zeros(2), np.full(2, 4.0)), SINCE, AS_OF)
    assert halves.deviation[0] < leaning.deviation[0]


def test_intervals_are_cut_and_probabilities_follow_the_level() -> None:
    found = Levels(np.array([97.0, 70.0, 80.0]), np.array([8.0, 8.0, 4.0]), np.zeros(3))
    low, high = found.interval()
    assert high[0] == 100
    assert low[1] == pytest.approx(70 - 1.2816 * 8)
    bars = np.array([75.0, 75.0, 75.0])
    expected = [0.5 * (1 + erf((mean - 75) / deviation / sqrt(2))) for mean, deviation in ((97, 8), (70, 8), (80, 4))]
    assert found.at_least(bars) == pytest.approx(expected)
