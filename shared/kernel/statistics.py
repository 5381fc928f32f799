"""Computes probabilities and intervals that several capabilities show."""

from __future__ import annotations

from math import erf, sqrt

Z_NINETY_FIVE = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution: where an interval decides about a scorer.
What is shown of people has 80 % (`weights.Z_EIGHTY`)."""
_ROOT = sqrt(2.0)


def wilson(successes: float, trials: int, z: float) -> tuple[float, float]:
    """Returns the Wilson score interval of a share, as fractions (E. B. Wilson, 1927); (0, 1) without trials.

    successes: a whole number, or a sum of probabilities; z: standard deviations to either side, e.g. Z_NINETY_FIVE
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def mean_interval(mean: float, number: int, deviation: float, z: float) -> tuple[float, float]:
    """Returns where the mean of so many draws lies, cut to 0-100. deviation: of one draw, in the mean's unit"""
    half = z * deviation / sqrt(number)
    return max(0.0, mean - half), min(100.0, mean + half)


def normal(value: float) -> float:
    """Returns the standard normal distribution function."""
    return 0.5 * (1.0 + erf(value / _ROOT))
