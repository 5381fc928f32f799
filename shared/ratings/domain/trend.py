"""Finds the trend: is a person getting better, or is it noise?

Within one kind only: the move from practice to real customers would look like a decline otherwise.

The slope of the scores over their days is fitted by generalised least squares, for noise of which neighbours are alike
(an autoregression of the first order; D. Cochrane, G. H. Orcutt, Journal of the American Statistical Association 44,
1949, with the first score kept: S. J. Prais, C. B. Winsten, 1954). With known noise no linear test finds more.

improving when slope >= 1.28 standard errors and the change from the first day to the newest is at least 3 points,
declining likewise; fewer than 6, or all on one day: insufficient. sigma and rho are the competency's; practice has a
sigma of its own, and sessions that are not alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from operator import mul
from typing import Any, Final, NamedTuple

import numpy as np

from shared.kernel.columns import Fractions, Numbers, integers, running, within
from shared.observations.domain.entry import FIELD, PRACTICE
from shared.ratings.domain.level import NoiseColumns
from shared.ratings.domain.rating import FIELD_BASIS, Rating
from shared.ratings.domain.series import Series
from shared.ratings.domain.skill_rating import Trend
from shared.ratings.domain.weights import TREND_CHANGE, TREND_LEAST, TREND_Z

TRENDS: Final[tuple[Trend, ...]] = ("insufficient", "declining", "stable", "improving")
_INSUFFICIENT, _DECLINING, _STABLE, _IMPROVING = range(4)


def trends(series: Series, rating: Rating, noise: NoiseColumns) -> Numbers:
    """Returns by row the trend of practice, or of the field where only that counts; positions in TRENDS."""
    practice, fields = rating.number[PRACTICE], rating.number[FIELD]
    practised = by_practice(practice, rating.basis)
    count = np.where(practised, practice, fields)
    found = np.full(len(count), _INSUFFICIENT)
    rows = (count >= TREND_LEAST).nonzero()[0]
    if len(rows):
        kind = np.where(practised[rows], PRACTICE, FIELD)
        likeness = np.where(practised[rows], 0.0, noise.likeness[rows])
        widened = np.where(practised[rows], noise.practice[rows], noise.field[rows])
        end = series.end[series.at.reshape(-1)[kind * len(count) + rows]]
        found[rows] = _of_newest(series.day, series.score, end, count[rows], widened, likeness)
    return found


def by_practice(practice: Any, basis: Any) -> Any:
    """Tells of one row, or of each of several, whether its trend is that of practice, or else of the field."""
    return (practice > 0) & (basis != FIELD_BASIS)


class Moving(NamedTuple):
    """Scores of one row whose trend is asked for, in order of time, with their days; variance and likeness of them"""

    days: Sequence[int]
    scores: Sequence[int]
    variance: float
    likeness: float


def trends_of(rows: Sequence[Moving]) -> list[int]:
    """Returns the trends of a few rows."""
    return [_trend_of(row) if len(row.scores) >= TREND_LEAST else _INSUFFICIENT for row in rows]


def _trend_of(row: Moving) -> int:
    if row.likeness != 0:
        # No loop repeats the order in which NumPy adds fractions.
        day, score, count = integers(row.days), integers(row.scores), np.array([len(row.scores)])
        variance, likeness = np.array([row.variance]), np.array([row.likeness])
        return int(_of_newest(day, score, count, count, variance, likeness)[0])
    # All sums are whole, and the same in any order.
    days = [day - row.days[0] for day in row.days]
    crossed, squares = float(sum(days)), float(sum(map(mul, days, days)))
    level, moved = float(sum(row.scores)), float(sum(map(mul, days, row.scores)))
    sums = float(len(days)), crossed, squares, level, moved
    return int(_judged(sums, days[-1], sqrt(row.variance), 1.0, sqrt))


def _of_newest(
    days: Numbers, scores_of: Numbers, end: Numbers, count: Numbers, widened: Fractions, likeness: Fractions
) -> Numbers:
    """Returns the trend of the last `count` scores before each end. widened: the variance, as NoiseColumns has it"""
    sigma = np.sqrt(widened * (1 - likeness) / (1 + likeness))
    first = running(count)[:-1]
    at = (end - count).repeat(count) + within(count)
    alike = likeness.repeat(count)
    alike[first] = 0.0
    day = (days[at] - days[end - count].repeat(count)).astype(np.float64)
    # The first score has no neighbour before it: it stands for itself, with the weight that the others have.
    weight = np.ones(len(at))
    weight[first] = np.sqrt(1 - likeness**2)
    one = weight * (1 - alike)
    later = weight * (day - alike * np.roll(day, 1))
    scores = weight * (scores_of[at] - alike * np.roll(scores_of[at], 1))
    sums = np.add.reduceat([one * one, one * later, later * later, one * scores, later * scores], first, axis=1)
    found: Numbers = _judged(sums, day[first + count - 1], sigma, np.sqrt(1 - likeness**2), np.sqrt)
    return found


def _judged(sums: Any, span: Any, sigma: Any, own: Any, root: Callable[[Any], Any]) -> Any:
    """Judges the slope of one row, in numbers, or of each of several, in columns.

    sums: of 1, days, days squared, scores, and days times scores, each weighted; span: days from the first to the last
    sigma: in points; own: the weight of a score beside its neighbour; root: takes the square root
    """
    ones, crossed, squares, level, moved = sums
    told = ones * squares - crossed * crossed
    # All on one day tell nothing, and are not divided by it.
    told = told * ((told > 0) & (span > 0)) + 1.0 * (span <= 0)
    slope = (ones * moved - crossed * level) / told
    error = 100 * sigma * own * root(ones / told)
    clear = (abs(slope) >= TREND_Z * error) & (abs(slope) * span >= TREND_CHANGE)
    moving = _STABLE + clear * ((_DECLINING - _STABLE) + (_IMPROVING - _DECLINING) * (slope > 0))
    return moving * (span > 0)
