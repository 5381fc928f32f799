"""Answers how many people are likely ready: at or above the bar in every core competency at the same time.

A person's skills go together: one factor per person carries their likeness, and given the factor they are independent.
Scorers' errors move everybody's levels alike: that shared error is integrated at fixed Gauss-Hermite nodes, and at each
node the number of people is a sum of independent yes and no (a Poisson binomial, of which mean and variance are kept).
Both are whole millionths, so that teams add up to their organisation exactly, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from tests.proofs.numbers.level import Fractions, normal

LIKENESS = 0.3
"""Correlation between two competencies of one person beyond what the scores say, until it is learnt."""
MILLION = 1_000_000

_SHARED_NODES, _shared_weights = np.polynomial.hermite_e.hermegauss(7)
_SHARED_WEIGHTS = _shared_weights / _shared_weights.sum()
_OWN_NODES, _own_weights = np.polynomial.hermite_e.hermegauss(9)
_OWN_WEIGHTS = _own_weights / _own_weights.sum()


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many of some people are likely ready, at each node of the shared error, in millionths of a person.

    people:   whose core competencies have all been seen
    expected: the sum of their probabilities; spread: the sum of p (1 - p)
    """

    people: int
    expected: tuple[int, ...]
    spread: tuple[int, ...]

    def __add__(self, other: Outlook) -> Outlook:
        return Outlook(
            self.people + other.people,
            tuple(a + b for a, b in zip(self.expected, other.expected, strict=True)),
            tuple(a + b for a, b in zip(self.spread, other.spread, strict=True)),
        )

    def likely(self) -> float:
        """Returns how many are likely ready."""
        return float(_SHARED_WEIGHTS @ np.array(self.expected)) / MILLION

    def interval(self) -> tuple[float, float]:
        """Returns the 80 % interval of the number that are ready, within 0 and the people."""
        return self._quantile(0.1), self._quantile(0.9)

    def _quantile(self, share: float) -> float:
        means = np.array(self.expected) / MILLION
        deviations = np.sqrt(np.maximum(np.array(self.spread) / MILLION, 1e-9))
        low, high = 0.0, float(self.people)
        for _ in range(40):
            middle = (low + high) / 2
            below = [normal((middle - m) / d) for m, d in zip(means.tolist(), deviations.tolist(), strict=True)]
            low, high = (middle, high) if float(_SHARED_WEIGHTS @ np.array(below)) < share else (low, middle)
        return (low + high) / 2


NOBODY = Outlook(0, (0,) * len(_SHARED_NODES), (0,) * len(_SHARED_NODES))


def ready(
    mean: Fractions, deviation: Fractions, shared: Fractions, bar: Fractions, likeness: float = LIKENESS
) -> Fractions:
    """Returns per person and shared node the probability that every level is at or above its bar.

    mean, deviation, shared: per person and core competency, as Levels has them; bar: per core competency, points
    """
    own = np.sqrt(np.maximum(deviation**2 - shared**2, 1e-9))
    common, apart = sqrt(likeness), sqrt(1 - likeness)
    found = np.zeros((len(mean), len(_SHARED_NODES)))
    for place, error in enumerate(_SHARED_NODES.tolist()):
        distance = (mean + shared * error - bar) / own
        for factor, weight in zip(_OWN_NODES.tolist(), _OWN_WEIGHTS.tolist(), strict=True):
            found[:, place] += weight * _normal((distance + common * factor) / apart).prod(axis=1)
    return found


def outlook(probabilities: Fractions) -> Outlook:
    """Returns how many of these people are likely ready. probabilities: as `ready` gives them"""
    millionths = np.round(probabilities * MILLION).astype(np.int64)
    spread = np.round(probabilities * (1 - probabilities) * MILLION).astype(np.int64)
    return Outlook(len(probabilities), tuple(millionths.sum(axis=0).tolist()), tuple(spread.sum(axis=0).tolist()))


def _normal(values: Fractions) -> Fractions:
    return np.array([normal(value) for value in values.ravel().tolist()]).reshape(values.shape)
