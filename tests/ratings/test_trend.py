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


def trends(people: Sequence[Sequence[int]], sigma: float) -> list[Trend]:
    """The trends of people with these scores (hundredths), all of them in the field."""
    histories: list[History] = [([(TODAY, score) for score in scores], [], []) for scores in people]
    return [row.trend for row in rated_together(histories, parameters=Parameters(default=Noise(sigma=sigma)))]


def trend(scores: Sequence[int], sigma: float) -> Trend:
    return trends([scores], sigma)[0]


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
        ((50, 50, 50, 0, 90, 90, 90), "improving"),  # the middle one of an odd number is left out
    ],
)
def test_examples(scores: tuple[float, ...], expected: Trend) -> None:
    assert trend(points(*scores), SIGMA) == expected


@pytest.mark.parametrize("count", [6, 7, 10, 25, 200])
@pytest.mark.parametrize("sigma", [0.0, 2.0, 12.0])
def test_the_bar_is_the_larger_of_three_points_and_the_noise(count: int, sigma: float) -> None:
    half = count // 2
    bar = max(3.0, 1.28 * sigma * sqrt(2 / half))
    least = -(-bar * 100 // 1) / 100  # the next hundredth above
    middle = [50.0] * (count % 2)

    assert trend(points(*[40.0] * half, *middle, *[40 + least] * half), sigma) == "improving"
    assert trend(points(*[40.0] * half, *middle, *[40 + least - 0.02] * half), sigma) == "stable"
    assert trend(points(*[40 + least] * half, *middle, *[40.0] * half), sigma) == "declining"


@pytest.mark.long
@pytest.mark.parametrize("count", [6, 7, 10, 20, 40])
def test_about_ten_percent_of_the_unchanged_on_either_side(count: int) -> None:
    """z = 1.28 on either side; the bar of 3 points only ever lowers it."""
    chance = Random(20260210 + count)
    people = 6000
    found: dict[Trend, int] = {"improving": 0, "declining": 0, "stable": 0}
    for one in trends([[round(chance.gauss(7000, 1200)) for _ in range(count)] for _ in range(people)], SIGMA):
        found[one] += 1

    assert 0.085 < found["improving"] / people < 0.115
    assert 0.085 < found["declining"] / people < 0.115


def test_last_against_first_would_raise_forty_two_percent() -> None:
    chance = Random(42)
    people = 6000
    alarms = sum(chance.gauss(70, SIGMA) - chance.gauss(70, SIGMA) >= 3.5 for _ in range(people))

    assert 0.40 < alarms / people < 0.44


def test_a_real_improvement_is_found() -> None:
    chance = Random(7)
    people = [[round(chance.gauss(5000 + 300 * number, 1200)) for number in range(12)] for _ in range(500)]

    assert trends(people, SIGMA).count("improving") / 500 > 0.85


def test_the_bar_is_higher_where_neighbouring_calls_are_alike() -> None:
    scores = points(*[60.0] * 6, *[72.0] * 6)
    histories: list[History] = [([(TODAY, score) for score in scores], [], [])]

    def found(likeness: float) -> Trend:
        parameters = Parameters(default=Noise(sigma=10.0, likeness=likeness))
        return rated_together(histories, parameters=parameters)[0].trend

    assert (found(0.0), found(0.5)) == ("improving", "stable")
