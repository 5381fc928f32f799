"""Estimates how good a person is in the field from scores that are noisy, lean and cut at 0 and 100.

The level is a random walk seen with noise, a local-level model filtered in order of time (A. C. Harvey, Forecasting,
Structural Time Series Models and the Kalman Filter, 1989, ch. 4). Neighbouring conversations are alike: their noise is
autoregressive and part of the state. Practice is seen through an offset of the person's own, which stays the same from
one session to the next, so that no number of sessions makes practice certain of the field. A score of 0 or 100 says
only "at most" or "at least": it updates by the moments of the truncated normal (assumed density filtering;
P. S. Maybeck, Stochastic Models, 1982, vol. 2, ch. 12).

What the scores of one scorer share does not shrink with their number: its variance is added at the end, by the share
that the scorer's scores have in the estimate.

All series are filtered at once, step by step: the first score of each, then the second, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, erfc, exp, log, pi, sqrt
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Fractions = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

LOWEST, HIGHEST = 0.0, 100.0
Z_EIGHTY = 1.2816
"""Half of an 80 % interval, in standard deviations."""


_LEVEL, _OFFSET, _NOISE = range(3)
_SEEN: Fractions = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
"""What of the state a score shows: in the field the level and the noise, in practice the level and the offset."""


@dataclass(frozen=True, slots=True)
class Series:
    """Scores of many skills, one skill's after the other's, each in order of time.

    start, count: per skill, where its scores lie; every count is at least 1
    day:          per score, whole days since 1970-01-01 UTC
    score:        per score, points 0-100, as it was given
    practice:     per score, whether it was given in practice
    scorer:       per score, the number of its scorer in `Scorers`
    """

    start: Numbers
    count: Numbers
    day: Numbers
    score: Fractions
    practice: Flags
    scorer: Numbers


@dataclass(frozen=True, slots=True)
class Skills:
    """What is known of each skill's competency, a value per skill; points, and points per square root of a day.

    mean, spread: of the population's levels
    field, practice: standard deviation of one score around the level
    likeness: correlation of neighbouring conversations' scores around the level, from 0 to below 1
    offset: standard deviation between people of what practice adds to the level
    drift:  how far a level wanders in a day
    """

    mean: Fractions
    spread: Fractions
    field: Fractions
    likeness: Fractions
    practice: Fractions
    offset: Fractions
    drift: Fractions


@dataclass(frozen=True, slots=True)
class Scorers:
    """What is known of each scorer: by how many points its scores are too high, and that figure's standard error."""

    bias: Fractions
    error: Fractions


@dataclass(frozen=True, slots=True)
class Levels:
    """Per skill the level's mean and standard deviation on one day, in points; the mean may lie outside 0-100.

    shared: the part of the deviation that comes of scorers' errors, which other people's levels have as well
    """

    mean: Fractions
    deviation: Fractions
    shared: Fractions

    def interval(self) -> tuple[Fractions, Fractions]:
        """Returns the 80 % credible interval's ends, cut to 0-100."""
        reach = Z_EIGHTY * self.deviation
        return np.clip(self.mean - reach, LOWEST, HIGHEST), np.clip(self.mean + reach, LOWEST, HIGHEST)

    def at_least(self, bar: Fractions) -> Fractions:
        """Returns the probability, 0-1, that each level is at or above its bar (points)."""
        distance = (self.mean - bar) / np.maximum(self.deviation, 1e-9)
        return np.array([normal(value) for value in distance.tolist()])


def levels(series: Series, skills: Skills, scorers: Scorers, since: int, as_of: int) -> Levels:
    """Returns each skill's level on the day `as_of`, from scores of the days `since` to `as_of`."""
    state = _State(skills, since, len(series.start))
    gains = np.zeros(len(series.day))
    for rows, places in _steps(series):
        _go_on(state, series, rows, places)
        bias = scorers.bias[series.scorer[places]]
        gains[places] = state.see(rows, series.score[places], series.practice[places], bias)
    state.wander(np.arange(len(series.start)), np.full(len(series.start), as_of))
    shared = _shared(series, scorers, gains)
    return Levels(state.mean, np.sqrt(state.variance + shared), np.sqrt(shared))


def log_likelihood(series: Series, skills: Skills, scorers: Scorers, since: int) -> float:
    """Returns the logarithm of how likely the scores are, by the filter's own predictions."""
    state = _State(skills, since, len(series.start))
    total = 0.0
    for rows, places in _steps(series):
        _go_on(state, series, rows, places)
        bias, score = scorers.bias[series.scorer[places]], series.score[places]
        mean, variance, _ = state.predicted(rows, series.practice[places])
        likelihood = -0.5 * (np.log(2 * pi * variance) + (score - bias - mean) ** 2 / variance)
        for at in np.flatnonzero((score <= LOWEST) | (score >= HIGHEST)).tolist():
            edge = HIGHEST if score[at] >= HIGHEST else LOWEST
            beyond = (mean[at] + bias[at] - edge) / sqrt(variance[at])
            likelihood[at] = _log_normal(beyond if edge == HIGHEST else -beyond)
        total += float(likelihood.sum())
        state.see(rows, score, series.practice[places], bias)
    return total


def normal(value: float) -> float:
    """Returns the standard normal distribution function."""
    return 0.5 * (1.0 + erf(value / sqrt(2.0)))


def _go_on(state: _State, series: Series, rows: Numbers, places: Numbers) -> None:
    state.wander(rows, series.day[places])
    state.converse(rows[~series.practice[places]])


def _steps(series: Series) -> Iterator[tuple[Numbers, Numbers]]:
    """Yields for every step the skills that have a score there, and where it lies."""
    longest_first = np.argsort(-series.count, kind="stable")
    counts = -series.count[longest_first]
    for step in range(int(series.count.max(initial=0))):
        rows = longest_first[: np.searchsorted(counts, -step, side="left")]
        yield rows, series.start[rows] + step


class _State:
    """Per skill the means and covariances of (level, what practice adds, the noise of the latest conversation)."""

    def __init__(self, skills: Skills, since: int, size: int) -> None:
        self._skills = skills
        self._day = np.full(size, since)
        self._mean = np.zeros((size, 3))
        self._mean[:, _LEVEL] = skills.mean
        self._covariance = np.zeros((size, 3, 3))
        self._covariance[:, _LEVEL, _LEVEL] = skills.spread**2
        self._covariance[:, _OFFSET, _OFFSET] = skills.offset**2
        self._covariance[:, _NOISE, _NOISE] = skills.field**2

    @property
    def mean(self) -> Fractions:
        """The levels' means."""
        mean: Fractions = self._mean[:, _LEVEL]
        return mean

    @property
    def variance(self) -> Fractions:
        """The levels' variances."""
        variance: Fractions = self._covariance[:, _LEVEL, _LEVEL]
        return variance

    def wander(self, rows: Numbers, day: Numbers) -> None:
        """Lets the levels wander until a day."""
        self._covariance[rows, _LEVEL, _LEVEL] += self._skills.drift[rows] ** 2 * (day - self._day[rows])
        self._day[rows] = day

    def converse(self, rows: Numbers) -> None:
        """Goes on to the next conversation, whose noise is like that of the one before."""
        likeness = self._skills.likeness[rows]
        self._mean[rows, _NOISE] *= likeness
        self._covariance[rows, :, _NOISE] *= likeness[:, None]
        self._covariance[rows, _NOISE, :] *= likeness[:, None]
        self._covariance[rows, _NOISE, _NOISE] += (1 - likeness**2) * self._skills.field[rows] ** 2

    def predicted(self, rows: Numbers, practice: Flags) -> tuple[Fractions, Fractions, Fractions]:
        """Returns the mean and the variance of the next score, and its covariance with the state."""
        parts = _SEEN[practice.astype(np.int64)]
        with_state = (self._covariance[rows] @ parts[:, :, None])[:, :, 0]
        variance = (with_state * parts).sum(axis=1) + practice * self._skills.practice[rows] ** 2
        return (self._mean[rows] * parts).sum(axis=1), variance, with_state

    def see(self, rows: Numbers, score: Fractions, practice: Flags, bias: Fractions) -> Fractions:
        """Takes one score of each skill in; how much of it went into the level, 0-1."""
        mean, variance, with_state = self.predicted(rows, practice)
        surprise = score - bias - mean
        shrink = 1.0 / variance
        for at in np.flatnonzero((score <= LOWEST) | (score >= HIGHEST)).tolist():
            edge = HIGHEST if score[at] >= HIGHEST else LOWEST
            surprise[at], shrink[at] = _cut(edge, float(mean[at] + bias[at]), float(variance[at]))
        self._mean[rows] += with_state * (surprise / variance)[:, None]
        self._covariance[rows] -= with_state[:, :, None] * with_state[:, None, :] * shrink[:, None, None]
        gain: Fractions = with_state[:, _LEVEL] * shrink
        return gain


def _cut(edge: float, mean: float, variance: float) -> tuple[float, float]:
    """Returns for a score at an edge (the surprise to take in, what the covariance shrinks by per covariance squared).

    The moments of a normal variable cut at the edge: mean + sd h, variance (1 - h (h + z)), h the inverse Mills ratio.
    """
    deviation = sqrt(variance)
    towards = 1.0 if edge == HIGHEST else -1.0
    distance = towards * (mean - edge) / deviation
    ratio = exp(-0.5 * distance**2 - 0.5 * log(2 * pi) - _log_normal(distance))
    return towards * deviation * ratio, ratio * (ratio + distance) / variance


def _log_normal(value: float) -> float:
    """Returns the logarithm of the normal distribution function, by its asymptotic series far below zero."""
    if value > -30:
        return log(max(0.5 * erfc(-value / sqrt(2.0)), 1e-300))
    square = value * value
    return -0.5 * square - 0.5 * log(2 * pi) - log(-value) + log(1 - 1 / square + 3 / square**2)


def _shared(series: Series, scorers: Scorers, gains: Fractions) -> Fractions:
    """Returns per skill the variance that its scorers' errors add: each by the square of its share in the estimate."""
    if not scorers.error.any():
        return np.zeros(len(series.start))
    share = np.zeros(len(series.day))
    left = np.ones(len(series.start))
    for rows, places in reversed(list(_steps(series))):
        share[places] = gains[places] * left[rows]
        left[rows] *= 1.0 - gains[places]
    skill = np.repeat(np.arange(len(series.start)), series.count)
    sums = np.zeros((len(series.start), len(scorers.error)))
    np.add.at(sums, (skill, series.scorer), share)
    added: Fractions = (sums**2) @ scorers.error**2
    return added
