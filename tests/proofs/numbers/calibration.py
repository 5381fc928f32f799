"""Learns from many people's scores how noisy scores are, how far levels wander, and how far each scorer leans.

Per competency the parameters of the level's filter are those under which the scores are most likely, with weak priors
at the defaults, so that little data changes little: log-normal for deviations, normal for the mean and for how alike
neighbouring conversations are (around not at all).

A scorer's lean is learnt from blind reviews alone, where a person scored without seeing the scorer's score: pairs that
a reviewer chose to change say nothing of those that were left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from tests.proofs.numbers.level import Fractions, Scorers, Series, Skills, log_likelihood

LEAST_OBSERVATIONS = 30
"""Scores of one competency below which the defaults stand."""
MOST_LIKENESS = 0.8
"""Neighbouring conversations are never taken to be more alike than this: the noise would be without bounds."""
REVIEW_DEVIATION = 10.0
"""Points by which a scorer and a person differ about one conversation, beside the lean; until 10 pairs exist."""
LEAST_PAIRS = 10
_EVALUATIONS = 400


@dataclass(frozen=True, slots=True)
class Noise:
    """The parameters of one competency, in points; drift in points per square root of a day.

    sigma:    standard deviation of one conversation's score around the person's level
    likeness: correlation of neighbouring conversations' scores around the level, 0 to MOST_LIKENESS
    drift:    how far a level wanders in a day
    mean, spread: of the population's levels
    practice: standard deviation of one session's score around the person's level in practice
    offset:   standard deviation between people of what practice adds to the level in the field
    observations: how many scores these were learnt from; 0 for defaults
    """

    sigma: float = 12.0
    likeness: float = 0.0
    drift: float = 0.35
    mean: float = 70.0
    spread: float = 10.0
    practice: float = 12.0
    offset: float = 10.0
    observations: int = 0


DEFAULTS = Noise()
_PRIOR = {"sigma": 0.4, "drift": 0.5, "spread": 1.0, "practice": 0.4, "offset": 0.5}
"""Standard deviations of the priors on the logarithms."""
_MEAN_PRIOR = 15.0
_LIKENESS_PRIOR = 0.3


@dataclass(frozen=True, slots=True)
class Lean:
    """By how many points a scorer's scores are too high, the figure's standard error, and its pairs."""

    bias: float
    error: float
    pairs: int


def calibrated(series: Series, scorers: Scorers, since: int, defaults: Noise = DEFAULTS) -> Noise:
    """Returns the parameters of one competency, from the scores of its general skill, one series per person.

    since: the day on which everybody's level is as the population's
    """
    observations = len(series.day)
    if observations < LEAST_OBSERVATIONS:
        return defaults
    names = ["sigma", "drift", "spread"]
    if series.practice.any():
        names += ["practice", "offset"]
    size = len(series.start)

    def cost(values: Fractions) -> float:
        tried = _from_values(defaults, names, values)
        away = sum((log(getattr(tried, one) / getattr(defaults, one)) / _PRIOR[one]) ** 2 for one in names)
        away += ((tried.mean - defaults.mean) / _MEAN_PRIOR) ** 2 + (tried.likeness / _LIKENESS_PRIOR) ** 2
        return 0.5 * away - log_likelihood(series, skills_of(tried, size), scorers, since)

    begin = np.array([*(log(getattr(defaults, one)) for one in names), 0.2, float(np.mean(series.score))])
    found: Any = minimize(
        cost, begin, method="Nelder-Mead", options={"maxfev": _EVALUATIONS, "xatol": 0.01, "fatol": 0.02}
    )
    return replace(_from_values(defaults, names, found.x), observations=observations)


def skills_of(noise: Noise, size: int) -> Skills:
    """Returns the parameters of `size` skills of one competency."""
    return Skills(
        mean=np.full(size, noise.mean),
        spread=np.full(size, noise.spread),
        field=np.full(size, noise.sigma),
        likeness=np.full(size, noise.likeness),
        practice=np.full(size, noise.practice),
        offset=np.full(size, noise.offset),
        drift=np.full(size, noise.drift),
    )


def lean(differences: Fractions, default_error: float) -> Lean:
    """Returns how far a scorer leans, from (its score − a person's blind score) of each pair.

    A normal prior around no lean, `default_error` points wide (Gelman et al., Bayesian Data Analysis, 2013, ch. 2.5).
    """
    pairs = len(differences)
    if pairs == 0:
        return Lean(0.0, default_error, 0)
    deviation = float(np.std(differences, ddof=1)) if pairs >= LEAST_PAIRS else REVIEW_DEVIATION
    variance = 1.0 / (1.0 / default_error**2 + pairs / max(deviation, 1.0) ** 2)
    return Lean(variance * float(np.sum(differences)) / max(deviation, 1.0) ** 2, sqrt(variance), pairs)


def _from_values(defaults: Noise, names: list[str], values: Fractions) -> Noise:
    deviations: dict[str, Any] = {name: exp(float(value)) for name, value in zip(names, values[:-2], strict=True)}
    likeness = min(MOST_LIKENESS, max(0.0, float(values[-2])))
    return replace(defaults, mean=float(values[-1]), likeness=likeness, **deviations)
