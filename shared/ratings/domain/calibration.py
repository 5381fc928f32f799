"""Learns from many people's scores how noisy scores are, how far levels wander, and how far each scorer leans.

Per competency the parameters of the level's filter are those under which the scores are most likely, with weak priors
at the defaults, so that little data changes little. The filter takes neighbours' likeness for more noise, which is
right for a level and wrong for a likelihood: one would learn a wide drift from scores that hang together. So every
third score of a person makes a series of its own (a composite likelihood; C. Varin, N. Reid, D. Firth, An overview of
composite likelihood methods, Statistica Sinica 21, 2011), in which what neighbours share has faded.

How alike neighbours are is then the likeness at which the surprises of neighbouring scores go together as much as they
must, given the filter's gains.

A scorer's lean is learnt from blind reviews alone, where a person scored without seeing the scorer's score: pairs that
a reviewer chose to change say nothing of those that were left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from itertools import pairwise
from math import exp, isfinite, sqrt
from statistics import stdev
from typing import Final

import numpy as np
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]

from shared.frameworks.domain.parameters import Factor, Lean, Noise, Parameters
from shared.kernel.columns import Fractions, running
from shared.ratings.domain.calibration_scores import APART, CompetencyScores
from shared.ratings.domain.level import Filtered, Scores, columns_of, filtered, log_likelihood, surprises
from shared.ratings.domain.skills_together import factor_of
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

LEAST_OBSERVATIONS: Final = 30
"""Scores of one competency below which the defaults stand."""
MOST_LIKENESS: Final = 0.8
"""Neighbours are never taken to be more alike than this: the noise would be without bounds."""
USUAL_PEOPLE: Final = 50
"""People per competency who tell what is usual."""
LEAST_PAIRS: Final = 10
"""Blind pairs from which on their own deviation is taken."""
REVIEW_DEVIATION: Final = 10.0
"""Points by which a scorer and a person differ about one conversation, beside the lean; until enough pairs exist."""
_PRIORS: Final = {"sigma": 0.4, "drift": 0.5, "spread": 0.5, "practice": 0.4, "transfer": 0.5}
"""Standard deviations of the priors on the logarithms."""
_MEAN_PRIOR: Final = 15.0
_LIKENESS_PRIOR: Final = 0.6
_EVALUATIONS: Final = 400
_STEP: Final = 0.3


def calibrated(
    scores: Mapping[str, CompetencyScores], differences: Mapping[str, Sequence[float]], before: Parameters
) -> Parameters:
    """Returns the parameters learnt anew; their version, and which scorers are untrusted, stay those of `before`.

    scores: by competency. differences: by scorer, (its score - a person's blind score) of each blind pair, in points
    What comes out as no number is not learnt: the default stands.
    """
    told = {scorer: lean_of(found) for scorer, found in sorted(differences.items()) if len(found)}
    leans = {scorer: lean for scorer, lean in told.items() if _is_told(lean)}
    enough = {name: found for name, found in sorted(scores.items()) if len(found) >= LEAST_OBSERVATIONS}
    usual = _usual(list(enough.values()), leans, before.default)
    usual = usual if _is_told(usual) else before.default
    noises = {name: noise_of(found, leans, usual) for name, found in enough.items()}
    factor = factor_of(enough, leans)
    return replace(
        before,
        competencies={name: found for name, found in noises.items() if _is_told(found)},
        scorers=leans,
        factor=factor if _is_told(factor) else Factor(),
    )


def _is_told(found: Noise | Lean | Factor) -> bool:
    return all(isfinite(value) for value in astuple(found))


def lean_of(differences: Sequence[float]) -> Lean:
    """Returns how far a scorer leans, from (its score - a person's blind score) of each pair.

    The mean of a normal variable under a normal prior around no lean (Gelman et al., Bayesian Data Analysis, 2013,
    ch. 2.5).
    """
    pairs, default = len(differences), Lean()
    if not pairs:
        return default
    deviation = stdev(differences) if pairs >= LEAST_PAIRS else REVIEW_DEVIATION
    noise = max(deviation, 1.0) ** 2
    variance = 1.0 / (1.0 / default.error**2 + pairs / noise)
    return Lean(variance * sum(differences) / noise, sqrt(variance), pairs)


def _usual(every: Sequence[CompetencyScores], leans: Mapping[str, Lean], default: Noise) -> Noise:
    """Returns what is most likely of all competencies together, each with a mean of its own: one alone tells little of
    how far levels wander and people lie apart."""
    if len(every) < 2:
        return default
    parts = [one.only(one.person <= np.unique(one.person)[:USUAL_PEOPLE][-1]) for one in every]
    series = [_series(one, APART) for one in parts]
    scorers = sorted({scorer for one in parts for scorer in one.scorers})
    joined = [
        replace(one, scorer=np.array([scorers.index(name) for name in part.scorers])[one.scorer])
        for one, part in zip(series, parts, strict=True)
    ]
    means = np.array([one.score.mean() for one in series])
    found = _most_likely(
        _joined(joined),
        [leans.get(scorer, Lean()) for scorer in scorers],
        default,
        (means - means.mean()).repeat([len(one.start) for one in series]),
    )
    return replace(found, mean=default.mean)


def noise_of(scores: CompetencyScores, leans: Mapping[str, Lean], usual: Noise) -> Noise:
    """Returns how one competency's scores lie around people's levels. usual: where the priors have their middle"""
    known = [leans.get(scorer, Lean()) for scorer in scores.scorers]
    noise = _most_likely(_series(scores, APART), known, usual)
    calls = _series(scores.only(~scores.practice), 1)
    noise = replace(noise, likeness=_likeness(calls, known, noise))
    # A rating's filter begins with its window: until then the levels have wandered apart.
    wandered = max(0, int(scores.day.max() - scores.day.min()) - RATING_WINDOW_DAYS)
    noise = replace(noise, spread=sqrt(noise.spread**2 + noise.drift**2 * wandered))
    return replace(noise, mean_error=_mean_error(scores, known, noise), observations=len(scores))


def _mean_error(scores: CompetencyScores, leans: Sequence[Lean], noise: Noise) -> float:
    """Returns the standard error of the population's mean: people and their scores are few, and scorers lean."""
    people = len(np.unique(scores.person))
    drawn = (noise.spread**2 + (noise.sigma * noise.inflation) ** 2 * people / len(scores)) / people
    shares = np.bincount(scores.scorer, minlength=len(leans)) / len(scores)
    leaning = sum((one.error * share) ** 2 for one, share in zip(leans, shares.tolist(), strict=True))
    return sqrt(drawn + leaning)


def _series(scores: CompetencyScores, apart: int) -> Scores:
    """Returns a row of scores per person and, for `apart` above 1, every how manieth they are."""
    order = np.lexsort((scores.scorer, scores.score, scores.practice, scores.day, scores.person))
    person = scores.person[order]
    first = np.flatnonzero(np.diff(person, prepend=person[:1] - 1))
    place = np.arange(len(order)) - first.repeat(np.diff(first, append=len(order)))
    row = person * apart + place % apart
    into = np.argsort(row, kind="stable")
    count = np.unique(row, return_counts=True)[1]
    order = order[into]
    columns = (scores.day[order], scores.score[order], scores.practice[order], scores.scorer[order])
    return Scores(running(count)[:-1], count, *columns)


def _joined(every: Sequence[Scores]) -> Scores:
    """Returns the rows of several one after the other."""
    count = np.concatenate([one.count for one in every])
    columns = [
        np.concatenate(column)
        for column in zip(*((one.day, one.score, one.practice, one.scorer) for one in every), strict=True)
    ]
    return Scores(running(count)[:-1], count, *columns)


def _filtered(scores: Scores, leans: Sequence[Lean], noise: Noise, means: Fractions | float = 0.0) -> Filtered:
    """Filters all rows; on the first day of all scores everybody's level is as the population's. means: by row, how far
    its population's mean is from that of the noise"""
    since = np.full(len(scores.start), scores.day.min())
    columns = columns_of([noise]).of(np.zeros_like(since))
    return filtered(scores, columns._replace(mean=columns.mean + means), leans, since, since)


def _most_likely(scores: Scores, leans: Sequence[Lean], default: Noise, means: Fractions | float = 0.0) -> Noise:
    names = [name for name in _PRIORS if name in ("sigma", "drift", "spread") or scores.practice.any()]

    def tried(values: Fractions) -> Noise:
        deviations = {name: getattr(default, name) * exp(value) for name, value in zip(names, values[1:], strict=True)}
        return replace(default, likeness=0.0, mean=default.mean + 10 * float(values[0]), **deviations)

    def cost(values: Fractions) -> float:
        away = (10 * values[0] / _MEAN_PRIOR) ** 2
        away += sum((value / _PRIORS[name]) ** 2 for name, value in zip(names, values[1:], strict=True))
        return 0.5 * float(away) - log_likelihood(scores, _filtered(scores, leans, tried(values), means))

    begin = np.zeros(len(names) + 1)
    begin[0] = (float(scores.score.mean()) - default.mean) / 10
    # Nelder and Mead begin with steps of a share of each value: of 0 there is none.
    corners = begin + _STEP * np.eye(len(begin) + 1, len(begin), -1)
    options = {"maxfev": _EVALUATIONS, "xatol": 0.01, "fatol": 0.02, "initial_simplex": corners}
    return tried(minimize(cost, begin, method="Nelder-Mead", options=options).x)


def _likeness(scores: Scores, leans: Sequence[Lean], noise: Noise) -> float:
    if not (scores.count > 1).any():
        return noise.likeness

    def cost(likeness: float) -> float:
        deviates = _more_alike(scores, leans, replace(noise, likeness=likeness))
        return 0.5 * deviates**2 + 0.5 * (likeness / _LIKENESS_PRIOR) ** 2

    # Of two minima the lower: at a high likeness the filter hardly moves, and any surprises fit.
    tried = np.linspace(0.0, MOST_LIKENESS, 9).tolist()
    costs = [cost(likeness) for likeness in tried]
    least = next((place for place, (here, after) in enumerate(pairwise(costs)) if here <= after), len(tried) - 1)
    bounds = (tried[max(0, least - 1)], tried[min(len(tried) - 1, least + 1)])
    found = minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 0.005})
    return float(found.x)


def _more_alike(scores: Scores, leans: Sequence[Lean], noise: Noise) -> float:
    """Returns by how many standard errors neighbouring surprises go together more than they must under a likeness.

    The filter takes its error for independent of the next score's noise, which it is not. So the variance of its error
    and its covariance with the noise are carried along, at the filter's gains; the covariance of two neighbouring
    surprises follows from them.
    """
    found = _filtered(scores, leans, noise)
    own = noise.sigma**2
    level = found.spread - (noise.sigma * noise.inflation) ** 2
    gain = (level - found.doubt) / level
    # A score at an edge tells less: its surprise goes with the level only so far.
    told = gain * found.spread / level
    columns = columns_of([noise]).of(np.zeros(len(scores.score), np.int64))
    surprise = surprises(scores.score, found.expected, found.spread, np.zeros(len(scores.score)), columns)[0]
    order = np.argsort(-scores.count, kind="stable")
    start, counts = scores.start[order], scores.count[order]
    variance, shared = np.full(len(start), noise.spread**2), np.zeros(len(start))
    day = np.full(len(start), scores.day.min())
    together = expected = weight = 0.0
    for step in range(int(counts.max()) - 1):
        rows = int(np.searchsorted(-counts, -step - 1, side="left"))
        at, k = start[:rows] + step, gain[start[:rows] + step]
        variance, shared = variance[:rows] + noise.drift**2 * (scores.day[at] - day[:rows]), shared[:rows]
        day = scores.day[at]
        both = told[at] * told[at + 1]
        scale = 1 / np.sqrt(found.spread[at] * found.spread[at + 1])
        with_noise = shared + own
        must = (1 - k) * (variance + shared) - k * with_noise + noise.likeness * with_noise
        together += float((surprise[at] * surprise[at + 1] * scale).sum())
        expected += float((both * must * scale).sum())
        weight += float(both.sum())
        variance = (1 - k) ** 2 * variance - 2 * k * (1 - k) * shared + k * k * own
        shared = noise.likeness * ((1 - k) * shared - k * own)
    return (together - expected) / sqrt(weight)
