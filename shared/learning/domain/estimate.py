"""Holds a share with how sure it is: no page shows one without."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from shared.kernel.statistics import wilson
from shared.ratings.domain.weights import Z_EIGHTY


class Estimate(NamedTuple):
    """A share (0-1) and its 80 % interval."""

    value: float
    low: float
    high: float


def share_of(number: int, trials: int) -> Estimate | None:
    """Returns the share of so many trials, with Wilson's interval; None without trials."""
    return Estimate(number / trials, *wilson(number, trials, Z_EIGHTY)) if trials else None


def mean_of(probabilities: Collection[float]) -> Estimate | None:
    """Returns the mean of probabilities; None of none.

    The interval is that of a share whose trials went as often well as these probabilities promise together: a few
    questions say little of a competency, however surely each of them is answered.
    """
    if not probabilities:
        return None
    total = sum(probabilities)
    return Estimate(total / len(probabilities), *wilson(total, len(probabilities), Z_EIGHTY))
