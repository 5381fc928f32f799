"""Answers how many people are likely ready: with every core level at or above its bar at the same time.

The skills of one person go together. One factor per person carries their likeness; given the factor they are
independent. Scorers' errors move everybody's levels alike: that shared error is integrated at fixed Gauss-Hermite
nodes. At each node the number of people who are ready is a sum of independent yes and no (a Poisson binomial), of which
mean and variance are kept, in whole millionths: so teams add up to their organisation exactly, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

from shared.frameworks.domain.parameters import Factor
from shared.kernel.statistics import normal

LIKENESS: Final = Factor().likeness
"""Correlation between two competencies of one person, until it is learnt."""
MILLION: Final = 1_000_000

# Nodes and weights of the Gauss-Hermite quadrature for the standard normal distribution, 7 and 9 of them.
_SHARED: Final = tuple(
    (sign * node, weight)
    for node, weight, signs in (
        (0.0, 0.45714285714285713, (1,)),
        (1.154405394739968, 0.24012317860501275, (-1, 1)),
        (2.3667594107345415, 0.030757123967586512, (-1, 1)),
        (3.7504397177257425, 0.0005482688559722184, (-1, 1)),
    )
    for sign in signs
)
_OWN: Final = tuple(
    (sign * node, weight)
    for node, weight, signs in (
        (0.0, 0.4063492063492065, (1,)),
        (1.0232556637891326, 0.24409750289493904, (-1, 1)),
        (2.0768479786778303, 0.049916406765217904, (-1, 1)),
        (3.2054290028564703, 0.0027891413212317697, (-1, 1)),
        (4.512745863399783, 2.2345844007746544e-05, (-1, 1)),
    )
    for sign in signs
)


class CoreLevel(NamedTuple):
    """A person's level in one core competency, in hundredths of a point.

    level, deviation: of the level in the field; shared: the part of the deviation that scorers' errors have
    bar: at or above it the person is ready in it
    """

    level: float
    deviation: float
    shared: float
    bar: float

    @property
    def own(self) -> float:
        """Returns the part of the deviation that is the person's own."""
        return sqrt(max(self.deviation**2 - self.shared**2, 1.0))


@dataclass(frozen=True, slots=True)
class LikelyReady:
    """How many of some people are likely ready, at each node of the shared error, in millionths of a person.

    people:   of whom it is known
    expected: the sum of their probabilities; spread: the sum of p (1 - p)
    """

    people: int = 0
    expected: tuple[int, ...] = (0,) * len(_SHARED)
    spread: tuple[int, ...] = (0,) * len(_SHARED)

    def __add__(self, other: LikelyReady) -> LikelyReady:
        return LikelyReady(
            self.people + other.people,
            tuple(a + b for a, b in zip(self.expected, other.expected, strict=True)),
            tuple(a + b for a, b in zip(self.spread, other.spread, strict=True)),
        )

    @property
    def number(self) -> float:
        """Returns how many are likely ready."""
        return sum(weight * of_node for (_, weight), of_node in zip(_SHARED, self.expected, strict=True)) / MILLION

    @property
    def said(self) -> tuple[float, float, float]:
        """Returns the number and the ends of its interval as they are told: to a tenth."""
        low, high = self.interval
        return round(self.number, 1), round(low, 1), round(high, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """Returns the 80 % interval of how many are ready, within 0 and the people."""
        return self._quantile(0.1), self._quantile(0.9)

    def _quantile(self, share: float) -> float:
        nodes = [
            (weight, mean / MILLION, sqrt(max(variance / MILLION, 1e-9)))
            for (_, weight), mean, variance in zip(_SHARED, self.expected, self.spread, strict=True)
        ]
        low, high = 0.0, float(self.people)
        for _ in range(40):
            middle = (low + high) / 2
            below = sum(weight * normal((middle - mean) / deviation) for weight, mean, deviation in nodes)
            low, high = (middle, high) if below < share else (low, middle)
        return (low + high) / 2


def of_person(levels: Sequence[CoreLevel], likeness: float = LIKENESS) -> LikelyReady:
    """Returns one person's part of the number. levels: in every core competency, at least one"""
    return of_chances(chances_of(levels, likeness))


def of_chances(chances: Sequence[int]) -> LikelyReady:
    """Returns one person's part of the number. chances: as chances_of returns them"""
    expected = tuple(chances) if len(chances) > 1 else tuple(chances) * len(_SHARED)
    return LikelyReady(1, expected, tuple(round(one * (MILLION - one) / MILLION) for one in expected))


def chances_of(levels: Sequence[CoreLevel], likeness: float = LIKENESS) -> list[int]:
    """Returns how likely a person is ready at each node of the shared error, in millionths; one number where scorers
    have none. levels: in every core competency, at least one"""
    own = [one.own for one in levels]
    chances: list[int] = []
    for error, _ in _SHARED if any(one.shared for one in levels) else _SHARED[:1]:
        distances = [
            (one.level + one.shared * error - one.bar) / deviation for one, deviation in zip(levels, own, strict=True)
        ]
        chances.append(round(MILLION * _all_at_once(distances, likeness)))
    return chances


def together(parts: Iterable[LikelyReady]) -> LikelyReady:
    """Returns the number of several people, or teams."""
    return sum(parts, LikelyReady())


def _all_at_once(distances: Sequence[float], likeness: float) -> float:
    """Returns the probability that every level is at its bar, given the distances in own deviations."""
    common, apart = sqrt(likeness), sqrt(1 - likeness)
    found = 0.0
    for factor, weight in _OWN:
        for distance in distances:
            weight *= normal((distance + common * factor) / apart)
        found += weight
    return found
