"""Trend: is a person getting better, or is it noise?

Within one source class only: the move from practice to real customers would look like a decline otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from typing import Literal

Trend = Literal["improving", "stable", "declining", "insufficient"]

LEAST_OBSERVATIONS = 6
LEAST_CHANGE = 300
"""3 points, in hundredths: less is not worth a manager's attention, however certain."""

ONE_SIDED_TEN_PERCENT = 1.28
"""z at which about 10 % of people without any change are called improving, and 10 % declining, whatever their n."""


def trend(scores: Sequence[int], sigma: float) -> Trend:
    """The trend of scores (hundredths of a point) in order of time.

    d = mean of the newest half - mean of the oldest half (the middle one of an odd number is left out);
    improving when d >= max(3, 1.28 * sigma * sqrt(2 / floor(n / 2))), declining likewise; fewer than 6: insufficient.
    sigma: spread of a single observation, in points. Last against first instead would raise 42 % false alarms.
    """
    count = len(scores)
    if count < LEAST_OBSERVATIONS:
        return "insufficient"
    half = count // 2
    difference = (sum(scores[count - half :]) - sum(scores[:half])) / half
    bar = _bar(half, sigma)
    if difference >= bar:
        return "improving"
    return "declining" if difference <= -bar else "stable"


@lru_cache(maxsize=1_000)
def _bar(half: int, sigma: float) -> float:
    """The change in hundredths that is more than noise, with so many observations in each half."""
    return max(LEAST_CHANGE, ONE_SIDED_TEN_PERCENT * sigma * 100 * sqrt(2 / half))
