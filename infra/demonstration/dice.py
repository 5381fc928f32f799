"""Chance that gives the same numbers on every platform and Python version.

Only `Random.random()` is guaranteed to repeat for a seed; `choice` and `gauss` are not, and `log` and `cos` differ in
the last bit between platforms. Everything here is built on `random()` and on additions and multiplications.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of chance of its own for each name: one person more does not change another one's history."""

    def __init__(self, *name: object):
        self._random = Random(":".join(str(part) for part in name)).random

    def chance(self, probability: float) -> bool:
        """Returns True with the given probability (0-1)."""
        return self._random() < probability

    def between(self, low: float, high: float) -> float:
        """Draws uniformly from [low, high)."""
        return low + (high - low) * self._random()

    def whole(self, low: int, high: int) -> int:
        """Draws a whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def normal(self, mean: float, deviation: float) -> float:
        """Draws nearly normally: twelve uniforms' sum less six has mean 0 and deviation 1 (Irwin-Hall), within ±6."""
        return mean + deviation * (sum(self._random() for _ in range(12)) - 6)

    def pick(self, several: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """Draws one of several, by weight if weights are given."""
        if weights is None:
            return several[int(self._random() * len(several))]
        left = self._random() * sum(weights)
        for item, weight in zip(several, weights, strict=True):
            left -= weight
            if left < 0:
                return item
        return several[-1]

    def some(self, several: Sequence[T], count: int) -> list[T]:
        """Draws `count` different ones, in their own order."""
        left = list(range(len(several)))
        taken = sorted(left.pop(int(self._random() * len(left))) for _ in range(min(count, len(left))))
        return [several[index] for index in taken]
