"""Better, or noise? Examples, the formula, and the share of false alarms by simulation."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from random import Random

import pytest

from shared.frameworks.domain.parameters import Noise, Parameters
from shared.ratings.domain.skill_rating import Trend
from tests.ratings.builders import TODAY, History, rated_together

SIGMA = 12.0


def trends(people: Sequence[Sequence[int]], sigma: float = SIGMA, likeness: float = 0.0) -> list[Trend]:
    """The trends of people with these scores (hundredths), evenly over the window, all of them in the field."""
    histories: list[History] = [
        ([(TODAY - 90 + 90 * place // max(1, len(scores) - 1), score) for place, score in enumerate(scores)], [], [])
        for scores in people
    ]
    parameters = Parameters(default=Noise(sigma=sigma, likeness=likeness))
    return [row.trend for row in rated_together(histories, parameters=parameters)]


def points(*scores: float) -> list[int]:
    return [round(score * 100) for score in scores]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((), "insufficient"),
        ((50, 50, 50, 90, 90), "insufficient"),
        ((50, 50, 50, 90, 90, 90), "improving"),
        ((90, 90, 90, 50, 50, 50), "declining"),
        ((70, 70, 70, 75, 75, 75), "stable"),
        ((50, 50, 50, 0, 90, 90, 90), "improving"),
    ],
)
def test_examples(scores: tuple[float, ...], expected: Trend) -> None:
    assert trends([points(*scores)]) == [expected]


def test_scores_of_one_day_have_no_trend() -> None:
    history: History = ([(TODAY, score) for score in points(50, 50, 50, 90, 90, 90)], [], [])
    assert rated_together([history])[0].trend == "insufficient"


@pytest.mark.parametrize("count", [6, 10, 31, 91])
@pytest.mark.parametrize("sigma", [0.5, 12.0])
def test_the_bar_is_the_larger_of_three_points_and_the_noise(count: int, sigma: float) -> None:
    """Of a straight line the change is what it is; its standard error is sigma * 90 / sqrt(sum((t - mean t)^2))."""
    days = [90 * place // (count - 1) for place in range(count)]
    middle = sum(days) / count
    error = sigma * 90 / sqrt(sum((day - middle) ** 2 for day in days))
    bar = max(3.0, 1.28 * error)
    above, below = ([round(5000 + 100 * change * day / 90) for day in days] for change in (bar + 0.05, bar - 0.05))
    assert trends([above, below, above[::-1], below[::-1]], sigma)[:2] == ["improving", "stable"]
    falling, staying = ([10_000 - score for score in scores] for scores in (above, below))
    assert trends([falling, staying], sigma) == ["declining", "stable"]


@pytest.mark.long
@pytest.mark.parametrize("likeness", [0.0, 0.5])
@pytest.mark.parametrize("count", [6, 7, 20, 40])
def test_about_ten_percent_of_the_unchanged_on_either_side(count: int, likeness: float) -> None:
    """z = 1.28 on either side; the bar of 3 points only ever lowers it."""
    chance = Random(20260210 + count)
    people = 4000
    found = trends([unchanged(count, likeness, chance) for _ in range(people)], SIGMA, likeness)

    assert 0.083 < found.count("improving") / people < 0.117
    assert 0.083 < found.count("declining") / people < 0.117


def unchanged(count: int, likeness: float, chance: Random) -> list[int]:
    noise = [chance.gauss(0, 1)]
    for _ in range(count - 1):
        noise.append(likeness * noise[-1] + sqrt(1 - likeness**2) * chance.gauss(0, 1))
    return [round(7000 + 100 * SIGMA * one) for one in noise]


def test_last_against_first_would_raise_forty_two_percent() -> None:
    chance = Random(42)
    people = 6000
    alarms = sum(chance.gauss(70, SIGMA) - chance.gauss(70, SIGMA) >= 3.5 for _ in range(people))

    assert 0.40 < alarms / people < 0.44


def test_a_real_improvement_is_found() -> None:
    chance = Random(7)
    people = [[round(chance.gauss(5000 + 300 * number, 1200)) for number in range(12)] for _ in range(500)]

    assert trends(people).count("improving") / 500 > 0.95


def test_the_bar_is_higher_where_neighbouring_calls_are_alike() -> None:
    scores = points(*[60.0] * 6, *[70.0] * 6)
    assert [trends([scores], 10.0, likeness) for likeness in (0.0, 0.5)] == [["improving"], ["stable"]]
