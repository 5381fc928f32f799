"""Finds the trend: is a person getting better, or is it noise?

Within one source class only: the move from practice to real customers would look like a decline otherwise.

d = mean of the newest half - mean of the oldest half (the middle one of an odd number is left out);
improving when d >= max(3, 1.28 * s * sqrt(2 / floor(n / 2))), declining likewise; fewer than 6: insufficient. In the
field s = sigma * sqrt((1 + rho) / (1 - rho)), as neighbouring conversations are alike; in practice its own sigma.
Last against first instead would raise 42 % false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, Final

import numpy as np

from shared.kernel.columns import Fractions, Numbers
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
    kind = by_practice(practice, rating.basis) * PRACTICE
    count = np.where(kind == PRACTICE, practice, fields)
    variance = np.where(kind == PRACTICE, noise.practice, noise.field)
    found = np.full(len(count), _INSUFFICIENT)
    rows = (count >= TREND_LEAST).nonzero()[0]
    if len(rows):
        end = series.end[series.at.reshape(-1)[kind[rows] * len(kind) + rows]]
        found[rows] = _of_newest(series.total, end, count[rows], np.sqrt(variance[rows]))
    return found


def by_practice(practice: Any, basis: Any) -> Any:
    """Tells of one row, or of each of several, whether its trend is that of practice, or else of the field."""
    return (practice > 0) & (basis != FIELD_BASIS)


def _of_newest(total: Numbers, end: Numbers, count: Numbers, sigma: Fractions) -> Numbers:
    """Returns the trend of the last `count` scores before each end."""
    half = count // 2
    newest = total[end] - total[end - half]
    oldest = total[end - count + half] - total[end - count]
    found: Numbers = _move(newest - oldest, half, sigma, np.sqrt(2 / half))
    return found


def trend_of(scores: Sequence[int], variance: float) -> int:
    """Returns the trend of one row's scores, in order of time, in plain numbers."""
    half = len(scores) // 2
    if len(scores) < TREND_LEAST:
        return _INSUFFICIENT
    moved: int = _move(sum(scores[-half:]) - sum(scores[:half]), half, sqrt(variance), sqrt(2 / half))
    return moved


def _move(moved: Any, half: Any, sigma: Any, root: Any) -> Any:
    """Judges the difference between the newest half's sum and the oldest's, of one row or of each of several.

    sigma: in points; root: sqrt(2 / half)
    """
    difference, reach = moved / half, TREND_Z * sigma * 100 * root
    improving = (difference >= TREND_CHANGE) & (difference >= reach)
    declining = (difference <= -TREND_CHANGE) & (difference <= -reach)
    return _STABLE + 1 * improving - declining
