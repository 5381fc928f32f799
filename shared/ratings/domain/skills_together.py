"""Learns how alike the skills of one person are: the correlation between people's levels in two competencies.

Scores hold noise, which scores of one call share. So levels' covariances are taken from products of scores of different
days, and variances from scores that are no neighbours, which hang together: the means of such products are of the
levels alone (C. Spearman, The proof and measurement of association between two things, American Journal of Psychology
15, 1904). The correlation of all pairs together has a jackknife error over people, and is drawn to
the default by it; below LEAST_PEOPLE the default stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Factor, Lean
from shared.kernel.columns import Fractions, Numbers
from shared.ratings.domain.calibration_scores import APART, CompetencyScores

LEAST_PEOPLE: Final = 30
"""People with scores in two competencies below which the default stands."""
MOST_LIKENESS: Final = 0.9
PRIOR_DEVIATION: Final = Factor().uncertainty
"""Of correlations between organisations, around the default."""


class _Products(NamedTuple):
    """Holds what one person's scores say, by pair of competencies and by competency; NaN where they say nothing."""

    covariance: Fractions
    variance: Fractions


def factor_of(scores: Mapping[str, CompetencyScores], leans: Mapping[str, Lean]) -> Factor:
    """Returns how alike one's skills are. scores: by competency, a person under one number in all of them"""
    default = Factor()
    names = sorted(scores)
    if len(names) < 2:
        return default
    table = _by_person([_centred(scores[name], leans) for name in names])
    found = [_products(one) for one in table.values()]
    found = [one for one in found if np.isfinite(one.covariance).any() and np.isfinite(one.variance).any()]
    if len(found) < LEAST_PEOPLE:
        return default
    covariance, variance = np.array([one.covariance for one in found]), np.array([one.variance for one in found])
    pairs = np.triu_indices(len(names), 1)
    estimate, error = _with_error(covariance, variance, pairs)
    if estimate is None:
        return default
    told, prior = 1 / max(error, 1e-3) ** 2, 1 / PRIOR_DEVIATION**2
    likeness = (estimate * told + default.likeness * prior) / (told + prior)
    return Factor(min(max(likeness, 0.0), MOST_LIKENESS), len(found), round((told + prior) ** -0.5, 3))


def _centred(scores: CompetencyScores, leans: Mapping[str, Lean]) -> tuple[Numbers, Numbers, Fractions]:
    """Returns (person, day, deviation from the mean of people's means) of conversations, in order of person and day."""
    calls = scores.only(~scores.practice)
    bias = np.array([leans.get(scorer, Lean()).bias for scorer in calls.scorers] or [0.0])
    value = calls.score - (bias[calls.scorer] if len(calls) else 0.0)
    order = np.lexsort((value, calls.day, calls.person))
    person, day, value = calls.person[order], calls.day[order], value[order]
    _, of = np.unique(person, return_inverse=True)
    means = np.bincount(of, value) / np.bincount(of) if len(of) else np.zeros(1)
    return person, day, value - means.mean()


def _by_person(every: Sequence[tuple[Numbers, Numbers, Fractions]]) -> dict[int, list[tuple[Numbers, Fractions]]]:
    """Returns by person (days, deviations) per competency."""
    table: dict[int, list[tuple[Numbers, Fractions]]] = {}
    nothing = np.zeros(0, np.int64), np.zeros(0)
    for place, (person, day, value) in enumerate(every):
        starts = np.flatnonzero(np.diff(person, prepend=-1))
        ends = [*starts[1:].tolist(), len(person)][: len(starts)]  # of no conversation: none
        for start, end in zip(starts.tolist(), ends, strict=True):
            row = table.setdefault(int(person[start]), [nothing] * len(every))
            row[place] = (day[start:end], value[start:end])
    return table


def _products(skills: Sequence[tuple[Numbers, Fractions]]) -> _Products:
    days = np.unique(np.concatenate([day for day, _ in skills]))
    sums, counts = np.zeros((len(days), len(skills))), np.zeros((len(days), len(skills)))
    variance = np.full(len(skills), np.nan)
    for place, (day, value) in enumerate(skills):
        at = np.searchsorted(days, day)
        np.add.at(sums[:, place], at, value)
        np.add.at(counts[:, place], at, 1)
        if len(value) > APART:
            lagged = sum(float((value[lag:] * value[: len(value) - lag]).sum()) for lag in range(APART, len(value)))
            lags = len(value) - APART
            variance[place] = lagged / (lags * (lags + 1) / 2)
    products = np.outer(sums.sum(0), sums.sum(0)) - sums.T @ sums
    number = np.outer(counts.sum(0), counts.sum(0)) - counts.T @ counts
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = np.where(number > 0, products / number, np.nan)
    return _Products(covariance[np.triu_indices(len(skills), 1)], variance)


def _with_error(
    covariance: Fractions, variance: Fractions, pairs: tuple[Numbers, Numbers]
) -> tuple[float | None, float]:
    """Returns the correlation of all pairs together, None where levels do not differ, and its jackknife error."""
    there, known = np.isfinite(covariance), np.isfinite(variance)
    covariance, variance = np.where(there, covariance, 0.0), np.where(known, variance, 0.0)
    people = len(covariance)
    sums = covariance.sum(0), there.sum(0), variance.sum(0), known.sum(0)
    whole = _correlation(*sums, pairs)
    if whole is None:
        return None, 0.0
    without = [
        _correlation(
            sums[0] - covariance[one], sums[1] - there[one], sums[2] - variance[one], sums[3] - known[one], pairs
        )
        for one in range(people)
    ]
    told = np.array([whole if one is None else one for one in without])
    return whole, sqrt((people - 1) / people * float(((told - told.mean()) ** 2).sum()))


def _correlation(
    covariance: Fractions, there: Numbers, variance: Fractions, known: Numbers, pairs: tuple[Numbers, Numbers]
) -> float | None:
    levels = np.where(known > 1, variance / np.maximum(known, 1), 0.0)
    scale = np.sqrt(np.maximum(levels[pairs[0]], 0.0) * np.maximum(levels[pairs[1]], 0.0))
    usable = (there > 1) & (scale > 0)
    if not usable.any():
        return None
    return float((covariance[usable] / there[usable]).sum() / scale[usable].sum())
