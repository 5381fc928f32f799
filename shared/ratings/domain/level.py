"""Estimates how good a person is in the field, from scores that are noisy, lean and are cut at 0 and 100.

The level is a random walk seen with noise: a local-level model, filtered in order of time (A. C. Harvey, Forecasting,
Structural Time Series Models and the Kalman Filter, 1989, ch. 4). It begins on a window's first day with the
population's mean and spread, and wanders by `drift` a day. A conversation shows it with a standard deviation of

    s = sigma * sqrt((1 + rho) / (1 - rho))

since neighbouring conversations are alike. Practice shows the level and what practice adds to it, which is the person's
own and the same in all sessions: no number of sessions makes practice certain of the field. A score of 0 or 100 says
only "at most" or "at least"; it updates by the moments of the truncated normal (assumed density filtering; P. S.
Maybeck, Stochastic Models, Estimation, and Control, 1982, vol. 2, ch. 12).

What the scores of one scorer share does not shrink with their number: the variance of each scorer's bias is added at
the end, by the share that its scores have in the estimate.

All rows are filtered at once, step by step: the first score of each, then the second, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import erf, erfc, exp, log, pi, sqrt
from typing import Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Lean, Noise
from shared.kernel.columns import Flags, Fractions, Numbers

LOWEST: Final = 0.0
HIGHEST: Final = 100.0
_FAR: Final = 30.0
"""Standard deviations from which on the normal distribution's tail is written as its asymptotic series."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of rows, one row's after the other's, each in order of time.

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
    """What is known of each row's competency: `Noise` as variances, by row; the mean in points."""

    mean: Fractions
    spread: Fractions
    field: Fractions
    practice: Fractions
    transfer: Fractions
    drift: Fractions

    def of(self, places: Numbers) -> NoiseColumns:
        """Returns those at some places, one or several times."""
        return NoiseColumns(*(column[places] for column in self))


class Filtered(NamedTuple):
    """What the filter made of scores.

    mean, variance: by row, as of its last day; shared: the part of the variance that its scorers' errors add
    expected, spread: by score, the mean and the variance that the filter expected of it
    after, doubt: by score, the level's mean and variance once it was taken in
    """

    mean: Fractions
    variance: Fractions
    shared: Fractions
    expected: Fractions
    spread: Fractions
    after: Fractions
    doubt: Fractions


def columns_of(noises: Iterable[Noise]) -> NoiseColumns:
    """Returns rows' noises as columns."""
    values = [
        (
            one.mean,
            one.spread**2,
            (one.sigma * one.inflation) ** 2,
            one.practice**2,
            one.transfer**2,
            one.drift**2,
        )
        for one in noises
    ]
    return NoiseColumns(*np.array(values, np.float64).reshape(-1, 6).T)


def filtered(scores: Scores, noise: NoiseColumns, leans: Sequence[Lean], since: Numbers, until: Numbers) -> Filtered:
    """Filters all rows. since, until: by row the day on which its level is as the population's, and the last day"""
    state = _State(noise, since, len(leans))
    size = len(scores.day)
    found = Filtered(state.mean, state.level, np.zeros(len(since)), *(np.empty(size) for _ in range(4)))
    bias = np.array([one.bias for one in leans])[scores.scorer] if size else np.empty(0)
    for rows, places in _steps(scores):
        state.wander(rows, scores.day[places])
        practice = scores.practice[places]
        expected, spread = state.predicted(rows, practice)
        found.expected[places], found.spread[places] = expected + bias[places], spread
        gain = state.see(rows, scores.score[places], practice, bias[places])
        state.share(rows, scores.scorer[places], gain)
        found.after[places], found.doubt[places] = state.mean[rows], state.level[rows]
    state.wander(np.arange(len(since)), until)
    shared = np.zeros(len(since))
    for number, one in enumerate(leans):
        shared += (one.error * state.shares[:, number]) ** 2
    return found._replace(variance=state.level + shared, shared=shared)


def log_likelihood(scores: Scores, found: Filtered) -> float:
    """Returns the logarithm of how likely the scores are: the normal density between the cuts, the tail at them."""
    away = scores.score - found.expected
    likelihood = -0.5 * (np.log(2 * pi * found.spread) + away * away / found.spread)
    for at in _at_edges(scores.score):
        beyond = away[at] / sqrt(found.spread[at])
        likelihood[at] = _log_normal(-beyond if scores.score[at] >= HIGHEST else beyond)
    return float(likelihood.sum())


def probability_above(mean: float, deviation: float, bar: float) -> float:
    """Returns the probability that a level is at or above a bar."""
    if deviation <= 0:
        return 1.0 if mean >= bar else 0.0
    return normal((mean - bar) / deviation)


def normal(value: float) -> float:
    """Returns the standard normal distribution function."""
    return 0.5 * (1.0 + erf(value / sqrt(2.0)))


def _steps(scores: Scores) -> Iterator[tuple[Numbers, Numbers]]:
    """Yields for every step the rows that have a score there, and where it lies."""
    longest_first = np.argsort(-scores.count, kind="stable")
    counts = -scores.count[longest_first]
    for step in range(int(scores.count.max(initial=0))):
        rows = longest_first[: np.searchsorted(counts, -step, side="left")]
        yield rows, scores.start[rows] + step


class _State:
    """Holds by row the means of (level, what practice adds), their covariances, and the scorers' shares."""

    def __init__(self, noise: NoiseColumns, since: Numbers, scorers: int) -> None:
        self._noise = noise
        self._day = since.copy()
        self.mean = noise.mean.copy()
        self._added = np.zeros(len(since))
        self.level = noise.spread.copy()
        self._both = np.zeros(len(since))
        self._transfer = noise.transfer.copy()
        self.shares = np.zeros((len(since), scorers))

    def wander(self, rows: Numbers, day: Numbers) -> None:
        """Lets the levels wander until a day."""
        self.level[rows] += self._noise.drift[rows] * (day - self._day[rows])
        self._day[rows] = day

    def predicted(self, rows: Numbers, practice: Flags) -> tuple[Fractions, Fractions]:
        """Returns the mean and the variance of the next score."""
        mean, spread = self.mean[rows], self.level[rows] + self._noise.field[rows]
        if practice.any():
            mean = np.where(practice, mean + self._added[rows], mean)
            of_both = self.level[rows] + 2 * self._both[rows] + self._transfer[rows] + self._noise.practice[rows]
            spread = np.where(practice, of_both, spread)
        return mean, spread

    def see(self, rows: Numbers, score: Fractions, practice: Flags, bias: Fractions) -> Fractions:
        """Takes one score of each row in; how much of it went into the level, 0-1."""
        mean, variance = self.predicted(rows, practice)
        surprise = score - bias - mean
        shrink = 1.0 / variance
        for at in _at_edges(score):
            surprise[at], shrink[at] = _cut(float(score[at]), float(mean[at] + bias[at]), float(variance[at]))
        with_level = self.level[rows] + np.where(practice, self._both[rows], 0.0)
        with_added = self._both[rows] + np.where(practice, self._transfer[rows], 0.0)
        step = surprise / variance
        self.mean[rows] += with_level * step
        self._added[rows] += with_added * step
        self.level[rows] -= with_level * with_level * shrink
        self._both[rows] -= with_level * with_added * shrink
        self._transfer[rows] -= with_added * with_added * shrink
        gain: Fractions = with_level * shrink
        return gain

    def share(self, rows: Numbers, scorer: Numbers, gain: Fractions) -> None:
        """Notes how much of each level is each scorer's."""
        self.shares[rows] *= (1.0 - gain)[:, None]
        self.shares[rows, scorer] += gain


def _at_edges(score: Fractions) -> list[int]:
    found: list[int] = np.flatnonzero((score <= LOWEST) | (score >= HIGHEST)).tolist()
    return found


def _cut(score: float, mean: float, variance: float) -> tuple[float, float]:
    """Returns for a score at an edge (the surprise to take in, what the covariance shrinks by per covariance squared).

    The moments of a normal variable cut at the edge: mean + sd h, variance (1 - h (h + z)), h the inverse Mills ratio.
    """
    deviation = sqrt(variance)
    edge, towards = (HIGHEST, 1.0) if score >= HIGHEST else (LOWEST, -1.0)
    distance = towards * (mean - edge) / deviation
    ratio = exp(-0.5 * distance**2 - 0.5 * log(2 * pi) - _log_normal(distance))
    return towards * deviation * ratio, ratio * (ratio + distance) / variance


def _log_normal(value: float) -> float:
    """Returns the logarithm of the normal distribution function."""
    if value > -_FAR:
        return log(max(0.5 * erfc(-value / sqrt(2.0)), 1e-300))
    square = value * value
    return -0.5 * square - 0.5 * log(2 * pi) - log(-value) + log(1 - 1 / square + 3 / square**2)
