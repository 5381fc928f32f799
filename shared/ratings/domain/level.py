"""Estimates how good a person is in the field, from scores that are noisy, lean and are cut at 0 and 100.

The level is a random walk seen with noise: a local-level model, filtered in order of time (A. C. Harvey, Forecasting,
Structural Time Series Models and the Kalman Filter, 1989, ch. 4). It begins on a window's first day with the
population's mean and spread, and wanders by `drift` a day. A conversation shows it with a standard deviation of

    s = sigma * sqrt((1 + rho) / (1 - rho))

since neighbouring conversations are alike. Practice shows the level and what practice adds to it, which is the person's
own and the same in all sessions: no number of sessions makes practice certain of the field. A score of 0 or 100 says
only "at most" or "at least"; it updates by the moments of the truncated normal (assumed density filtering; P. S.
Maybeck, Stochastic Models, Estimation, and Control, 1982, vol. 2, ch. 12). Those are of sigma, by which scores reach
the edge, and not of s: what such a score tells is put as a score with a variance of its own (a normal site; T. Minka,
Expectation propagation, 2001), and that is widened as s widens sigma. With s in the moments every score at the edge
would be taken for a rarer one than it is, and the levels of people who often reach it would lie too high.

What the scores of one scorer share does not shrink with their number: the variance of each scorer's bias is added at
the end, by the share that its scores have in the estimate; and so is the error of the population's mean.

Many rows are filtered at once, step by step: the first score of each, then the second, and so on. A few are filtered
one after the other. Both do the same sums in the same order, so that a person's rating is the same bytes either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import erfc, exp, log, pi, sqrt
from typing import Any, Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Lean, Noise
from shared.kernel.columns import Flags, Fractions, Numbers
from shared.ratings.domain.weights import FEW_ROWS

LOWEST: Final = 0.0
HIGHEST: Final = 100.0
_LEAST: Final = 0.01
"""The variance of a score at the least: none is exact."""
_FAR: Final = 30.0
"""Standard deviations from which on the normal distribution's tail is written as its asymptotic series."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of rows, one row's after the other's, each in order of time, also within a day.

    start, count: by row, where its scores lie
    day, score:   by score, whole days and points 0-100 as given
    practice:     by score, whether it was given in practice
    scorer:       by score, the number of its scorer among the leans
    """

    start: Numbers
    count: Numbers
    day: Numbers
    score: Fractions
    practice: Flags
    scorer: Numbers


class NoiseColumns(NamedTuple):
    """Lays out how scores lie around the levels of each row's competency: `Noise` as variances, by row (or of one row,
    as numbers); the mean and its error in points, the likeness as it is. field: of a mean of many, which alike
    neighbours widen"""

    mean: Any
    spread: Any
    field: Any
    practice: Any
    transfer: Any
    drift: Any
    likeness: Any
    mean_error: Any

    def of(self, places: Numbers) -> NoiseColumns:
        """Returns those at some places, one or several times."""
        return NoiseColumns(*(column[places] for column in self))


_SurpriseOf = Callable[[Any, Any, Any, Any, NoiseColumns], tuple[Any, Any]]


class Filtered(NamedTuple):
    """Holds what the filter made of scores.

    mean, variance: by row, as of its last day; shared: the part of the variance that everybody shares
    expected, spread: by score, the mean and the variance that the filter expected of it
    after, doubt: by score, the level's mean and variance once it was taken in
    """

    mean: Any
    variance: Any
    shared: Any
    expected: Any
    spread: Any
    after: Any
    doubt: Any


def variances(noise: Noise) -> NoiseColumns:
    """Returns the noise of one row."""
    return NoiseColumns(
        noise.mean,
        noise.spread**2,
        max((noise.sigma * noise.inflation) ** 2, _LEAST),
        max(noise.practice**2, _LEAST),
        noise.transfer**2,
        noise.drift**2,
        noise.likeness,
        noise.mean_error,
    )


def columns_of(noises: Iterable[Noise]) -> NoiseColumns:
    """Returns rows' noises as columns."""
    return NoiseColumns(*np.array([*map(variances, noises)], np.float64).reshape(-1, 8).T)


def filtered(scores: Scores, noise: NoiseColumns, leans: Sequence[Lean], since: Numbers, until: Numbers) -> Filtered:
    """Filters all rows. since, until: by row the day on which its level is as the population's, and the last day"""
    rows, size = len(since), len(scores.day)
    found = Filtered(*(np.zeros(rows) for _ in range(3)), *(np.empty(size) for _ in range(4)))
    bias = np.array([one.bias for one in leans])[scores.scorer]
    shares = np.zeros((rows, len(leans)))
    (_row_by_row if rows <= FEW_ROWS else _step_by_step)(scores, bias, noise, since, found, shares)
    last = since.copy()
    some = scores.count > 0
    last[some] = scores.day[(scores.start + scores.count - 1)[some]]
    variance, shared = _since_last(found.variance, noise, until - last, shares.T, leans)
    return found._replace(variance=variance, shared=shared + np.zeros(rows))


def level_on(until: int, taken: Taken, noise: NoiseColumns, leans: Sequence[Lean]) -> tuple[float, float, float]:
    """Returns what `Filtered` has by row, of one row whose scores were taken in, in plain numbers."""
    variance, shared = _since_last(taken.level.level, noise, until - taken.day, taken.share, leans)
    return taken.level.mean, variance, shared


def _since_last(variance: Any, noise: NoiseColumns, days: Any, shares: Any, leans: Sequence[Lean]) -> tuple[Any, Any]:
    """Returns a level's variance so many days after its last score, with what everybody shares, and that: of one row
    as numbers, of several as columns. shares: by scorer

    What no score has moved is the population's mean, whose error comes from the same scorers: it adds to theirs.
    """
    root = sqrt if isinstance(variance, float) else np.sqrt
    errors = [one.error * share for one, share in zip(leans, shares, strict=True)]
    error = root(sum(error * error for error in errors)) + (1.0 - sum(shares)) * noise.mean_error
    return variance + noise.drift * days + error * error, error * error


class _Level(NamedTuple):
    """Holds the means of a level and of what practice adds to it, their variances, and what both share: of one row as
    numbers, of several as columns."""

    mean: Any
    added: Any
    level: Any
    transfer: Any
    both: Any


def _seen(
    before: _Level, noise: NoiseColumns, days: Any, practised: Any, score: Any, bias: Any, surprise_of: _SurpriseOf
) -> tuple[_Level, Any, Any, Any]:
    """Takes one score in, of one row or of each of several; returns what is known then, what was expected of the score,
    its variance, and how much of it went into the level, 0-1.

    days: since the score before; practised: 1 for a score given in practice, else 0
    """
    level = before.level + noise.drift * days
    expected = before.mean + practised * before.added + bias
    spread = level + noise.field
    spread = spread + practised * (2.0 * before.both + before.transfer + noise.practice - noise.field)
    surprise, shrink = surprise_of(score, expected, spread, practised, noise)
    with_level = level + practised * before.both
    with_added = before.both + practised * before.transfer
    step = surprise / spread
    after = _Level(
        before.mean + with_level * step,
        before.added + with_added * step,
        level - with_level * with_level * shrink,
        before.transfer - with_added * with_added * shrink,
        before.both - with_level * with_added * shrink,
    )
    return after, expected, spread, with_level * shrink


class Taken(NamedTuple):
    """Holds what is known of a row once its scores were taken in.

    day: of the last one; share: by scorer; seen: by score what `Filtered` has of it, from `expected` to `doubt`
    """

    level: _Level
    day: float
    share: list[float]
    seen: list[tuple[float, float, float, float]]


Said = tuple[int, float, float, float, int]
"""A score of one row: its day, 1 for practice, points, its scorer's bias, and its scorer."""


def nothing_taken(noise: NoiseColumns, since: int, scorers: int) -> Taken:
    """Returns what is known of a row before its first score. scorers: how many leans there are"""
    return Taken(_Level(noise.mean, 0.0, noise.spread, noise.transfer, 0.0), since, [0.0] * scorers, [])


def taken_in(before: Taken, said: Iterable[Said], noise: NoiseColumns) -> Taken:
    """Takes in more scores of a row, in order of time."""
    level, last, share, seen = before
    seen = [*seen]
    for day, practised, score, lean, scorer in said:
        level, expected, spread, gain = _seen(level, noise, day - last, practised, score, lean, _surprise)
        last = day
        share = [one * (1.0 - gain) for one in share]
        share[scorer] += gain
        seen.append((expected, spread, level.mean, level.level))
    return Taken(level, last, share, seen)


def _row_by_row(
    scores: Scores, bias: Fractions, noise: NoiseColumns, since: Numbers, found: Filtered, shares: Fractions
) -> None:
    """Filters rows one after the other, in plain numbers: of a few rows that is many times as quick."""
    columns = (scores.day, scores.practice * 1.0, scores.score, bias, scores.scorer)
    said: list[Any] = [*zip(*(column.tolist() for column in columns), strict=True)]
    noises = map(NoiseColumns._make, zip(*(column.tolist() for column in noise), strict=True))
    stretches = zip(since.tolist(), scores.start.tolist(), scores.count.tolist(), strict=True)
    for row, (of_row, (first_day, start, count)) in enumerate(zip(noises, stretches, strict=True)):
        past = start + count
        taken = taken_in(nothing_taken(of_row, first_day, shares.shape[1]), said[start:past], of_row)
        for column, values in zip(found[-4:], zip(*taken.seen, strict=True), strict=False):
            column[start:past] = values
        found.mean[row], found.variance[row], shares[row] = taken.level.mean, taken.level.level, taken.share


def _step_by_step(
    scores: Scores, bias: Fractions, noise: NoiseColumns, since: Numbers, found: Filtered, shares: Fractions
) -> None:
    """Filters all rows at once: the first score of each, then the second, and so on."""
    order = np.argsort(-scores.count, kind="stable")
    start, counts, day, noise = scores.start[order], -scores.count[order], since[order], noise.of(order)
    zero = np.zeros(len(order))
    known, share = np.array([noise.mean, zero, noise.spread, noise.transfer, zero]), shares[order]
    for step in range(-int(counts.min(initial=0))):
        rows = int(np.searchsorted(counts, -step, side="left"))
        at = start[:rows] + step
        came, practised = scores.day[at], scores.practice[at] * 1.0
        after, expected, spread, gain = _seen(
            _Level(*known[:, :rows]),
            NoiseColumns(*(column[:rows] for column in noise)),
            came - day[:rows],
            practised,
            scores.score[at],
            bias[at],
            surprises,
        )
        known[:, :rows], day[:rows] = after, came
        share[:rows] *= (1.0 - gain)[:, None]
        share[np.arange(rows), scores.scorer[at]] += gain
        found.expected[at], found.spread[at] = expected, spread
        found.after[at], found.doubt[at] = after.mean, after.level
    found.mean[order], found.variance[order], shares[order] = known[0], known[2], share


def log_likelihood(scores: Scores, found: Filtered) -> float:
    """Returns the logarithm of how likely the scores are: the normal density between the cuts, the tail at them."""
    away = scores.score - found.expected
    likelihood = -0.5 * (np.log(2 * pi * found.spread) + away * away / found.spread)
    edges = _at_edges(scores.score)
    cut = zip(*(column[edges].tolist() for column in (away, found.spread, scores.score)), strict=True)
    beyond = [(gone / sqrt(spread), score) for gone, spread, score in cut]
    likelihood[edges] = [_log_normal(-far if score >= HIGHEST else far) for far, score in beyond]
    return float(likelihood.sum())


def _surprise(
    score: float, expected: float, spread: float, practised: float, noise: NoiseColumns
) -> tuple[float, float]:
    """Returns the surprise of a score, and what the variances shrink by per covariance squared."""
    if LOWEST < score < HIGHEST:
        return score - expected, 1.0 / spread
    return _edge(score, expected, spread, practised, noise.practice, noise.field, noise.likeness)


def _edge(
    score: float, expected: float, spread: float, practised: float, practice: float, field: float, likeness: float
) -> tuple[float, float]:
    """Returns what `_surprise` does of a score at an edge. practice, field, likeness: of the noise"""
    if practised:
        return _cut(score, expected, spread, practice, 1.0)
    return _cut(score, expected, spread, field, (1 + likeness) / (1 - likeness))


def surprises(
    score: Fractions, expected: Fractions, spread: Fractions, practised: Fractions, noise: NoiseColumns
) -> tuple[Fractions, Fractions]:
    """Returns by score what `_surprise` does of one."""
    surprise, shrink = score - expected, 1.0 / spread
    edges = _at_edges(score)
    if edges:
        columns = (score, expected, spread, practised, noise.practice, noise.field, noise.likeness)
        seen = zip(*(column[edges].tolist() for column in columns), strict=True)
        cut = [_edge(*one) for one in seen]
        surprise[edges], shrink[edges] = zip(*cut, strict=True)
    return surprise, shrink


def _at_edges(score: Fractions) -> list[int]:
    found: list[int] = np.flatnonzero((score <= LOWEST) | (score >= HIGHEST)).tolist()
    return found


def _cut(score: float, mean: float, spread: float, noise: float, widened: float) -> tuple[float, float]:
    """Returns for a score at an edge (the surprise to take in, what the covariance shrinks by per covariance squared).

    spread: the variance that is expected of the score; noise: the part of it around the level, which is `widened` by
    that factor since neighbours are alike

    The moments of a normal variable cut at the edge: mean + sd h, variance (1 - h (h + z)), h the inverse Mills ratio.
    They are those after a score of this mean and variance: mean + sd / (h + z), variance 1 / shrink - known.
    """
    known = spread - noise
    deviation = sqrt(known + noise / widened)
    edge, towards = (HIGHEST, 1.0) if score >= HIGHEST else (LOWEST, -1.0)
    distance = towards * (mean - edge) / deviation
    ratio = exp(-0.5 * distance**2 - 0.5 * log(2 * pi) - _log_normal(distance))
    shrink = ratio * (ratio + distance) / deviation**2
    if shrink <= 0.0:
        return 0.0, 0.0  # so far beyond the edge that a score there tells nothing
    whole = known + widened * (1.0 / shrink - known)
    return spread * towards * deviation / (ratio + distance) / whole, 1.0 / whole


def _log_normal(value: float) -> float:
    """Returns the logarithm of the normal distribution function."""
    if value > -_FAR:
        return log(max(0.5 * erfc(-value / sqrt(2.0)), 1e-300))
    square = value * value
    return -0.5 * square - 0.5 * log(2 * pi) - log(-value) + log(1 - 1 / square + 3 / square**2)
