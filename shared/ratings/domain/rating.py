"""Computes ratings: a pure function of (set of observations, framework, parameters, day).

For one employee, competency and context, over the observations of the last 90 days:

    field >= 3                    field only                     high from 10 if sure, else medium
    field 1-2, validation >= 1    0.7 field + 0.3 validation     medium
    field 1-2                     field                          low
    validation >= 2               validation                     medium from 5, else low
    validation 1, or a quiz       no rating, a preliminary one   unknown
    nothing now, something before the last rating, stale         unknown

Each kind is rated as R = sum(w * s) / sum(w) in exact integers, rounded half up to hundredths, with the weights of
`weights`. Confidence drops one step when the newest observation is over 60 days old. Learning never moves a rating
that field or validation has set.

All of it is done for columns of rows: for one skill of one person, or for all skills of many people.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import HUGE, NEVER, Flags, Fractions, Numbers, across
from shared.kernel.rounding import half_up
from shared.observations.domain.entry import FIELD, LEARNING, PRACTICE
from shared.ratings.domain.interval import Levels, levels_of
from shared.ratings.domain.level import NoiseColumns
from shared.ratings.domain.series import Series
from shared.ratings.domain.skill_rating import Basis, Confidence, is_sure
from shared.ratings.domain.weights import (
    APART_COUNT,
    APART_POINTS,
    APART_Z,
    FIELD_ALONE,
    FIELD_HIGH,
    FIELD_TENTHS,
    OLD_DAYS,
    RATING_WINDOW_DAYS,
    VALIDATION_ALONE,
    VALIDATION_MEDIUM,
    VALIDATION_TENTHS,
    WEIGHTS,
)

BASES: Final[tuple[Basis, ...]] = ("none", "preliminary", "field_few", "blend", "validation", "field")
_NONE, _PRELIMINARY, _FIELD_FEW, _BLEND, _VALIDATION, FIELD_BASIS = range(6)
CONFIDENCES: Final[tuple[Confidence, ...]] = ("unknown", "low", "medium", "high")
_UNKNOWN, _LOW, _MEDIUM, _HIGH = range(4)

_TENTHS: Final[Numbers] = np.array([(0, 0), (0, 0), (10, 0), (FIELD_TENTHS, VALIDATION_TENTHS), (0, 10), (10, 0)]).T
"""By basis what field and practice weigh, in tenths."""
_CONFIDENCE: Final[Numbers] = np.array([_UNKNOWN, _UNKNOWN, _LOW, _MEDIUM, _LOW, _MEDIUM])
"""By basis the least confidence while its newest observation is recent."""

_BY_AGE: Final[Numbers] = np.array([*WEIGHTS, 0])
"""w by age in days; what is older than the window has the last one."""


class KindSums(NamedTuple):
    """Holds what the ratings of each row's kinds are made of: exact sums over the window, by kind and row.

    number: how many; weight: sum(w), at least 1; weighted: sum(w * s) in hundredths; squared: sum(w * w);
    age: of the newest one in days
    """

    number: Numbers
    weight: Numbers
    weighted: Numbers
    squared: Numbers
    age: Numbers


class Rating(NamedTuple):
    """Columns by row.

    stale:     something was observed by field or practice, but nothing in the rating window; its rating is that of the
               day of the last such observation, its confidence unknown
    number:    by kind, how many observations are in the window
    counted:   by kind, how many the rating rests on: of a stale one those of the window that ended with its day
    of_kind:  by kind, its own rating
    level, deviation, shared: where the level in the field lies, by what the rating rests on (see `Levels`)
    comparable, apart: practice and field have enough to be told apart, and are, by more than their noise
    """

    stale: Flags
    number: Numbers
    counted: Numbers
    of_kind: Numbers
    basis: Numbers
    confidence: Numbers
    level: Fractions
    deviation: Fractions
    shared: Fractions
    rated: Flags
    rating: Numbers
    has_preliminary: Flags
    preliminary: Numbers
    comparable: Flags
    apart: Flags


def rate(series: Series, parameters: Parameters, noise: NoiseColumns) -> Rating:
    """Rates all rows (see the module). Raises ValueError for parameters that give no numbers."""
    as_of = series.rows.as_of
    newest = np.maximum(series.newest[FIELD], series.newest[PRACTICE])
    stale = (newest > NEVER) & (newest < as_of - RATING_WINDOW_DAYS)
    day = np.where(stale, newest, as_of)
    sums = _kind_sums(series, day)
    basis = _basis(sums.number, stale)
    tenths = across(_TENTHS, basis)
    rated = basis >= _FIELD_FEW
    of_kind = half_up(sums.weighted, sums.weight)
    field, practice, learning = of_kind
    number = sums.number
    if stale.any():
        number = number.copy()
        number[:LEARNING, stale] = 0
    comparable = np.minimum(number[FIELD], number[PRACTICE]) >= APART_COUNT
    level = levels_of(series, noise, parameters, day, sums.number)
    return Rating(
        stale=stale,
        number=number,
        counted=sums.number,
        of_kind=of_kind,
        basis=basis,
        confidence=np.where(stale, _UNKNOWN, _confidence(sums, basis, tenths, level)),
        level=level.mean,
        deviation=level.deviation,
        shared=level.shared,
        rated=rated,
        rating=_mean_of_kinds(sums, tenths),
        has_preliminary=basis == _PRELIMINARY,
        preliminary=np.where(sums.number[PRACTICE] > 0, practice, learning),
        comparable=comparable,
        apart=comparable & (np.abs(practice - field) >= np.maximum(APART_POINTS, APART_Z * _difference(sums, noise))),
    )


def _basis(number: Numbers, stale: Flags) -> Numbers:
    """Returns by row which branch applies (see the module), a position in BASES."""
    fields, practice, learning = number
    quiz = (practice > 0) | ((learning > 0) & ~stale)
    without_field = np.where(practice >= VALIDATION_ALONE, _VALIDATION, np.where(quiz, _PRELIMINARY, _NONE))
    with_field = np.where(fields >= FIELD_ALONE, FIELD_BASIS, np.where(practice > 0, _BLEND, _FIELD_FEW))
    return np.where(fields > 0, with_field, without_field)


def _kind_sums(series: Series, day: Numbers) -> KindSums:
    """Returns the sums over the rating window as of each row's day; learning's window is always today's."""
    today = np.where(series.kind == LEARNING, series.rows.as_of[series.row], day[series.row])
    age = np.minimum(today.repeat(series.size) - series.day, RATING_WINDOW_DAYS + 1)
    weight = _BY_AGE[age]
    sums = series.sums(age <= RATING_WINDOW_DAYS, weight, weight * series.score, weight * weight)
    number, weights, weighted, squared, newest = series.by_kind(*sums, today - series.day[series.end - 1])
    return KindSums(number, np.maximum(weights, 1), weighted, squared, newest)


def _difference(sums: KindSums, noise: NoiseColumns) -> Fractions:
    """Returns the standard error of practice's rating less the field's, in hundredths of a point."""
    of_mean = sums.squared / sums.weight**2
    found: Fractions = 100 * np.sqrt(noise.field * of_mean[FIELD] + noise.practice * of_mean[PRACTICE])
    return found


def _confidence(sums: KindSums, basis: Numbers, tenths: Numbers, level: Levels) -> Numbers:
    fields, practice, _ = sums.number
    sure = (fields >= FIELD_HIGH) & is_sure(level.deviation)
    fresh = _CONFIDENCE[basis] + ((basis == FIELD_BASIS) & sure)
    fresh += (basis == _VALIDATION) & (practice >= VALIDATION_MEDIUM)
    age = np.where(tenths > 0, sums.age[:LEARNING], HUGE)
    age = np.minimum(age[FIELD], age[PRACTICE])
    old = (age > OLD_DAYS) & (age < HUGE)
    found: Numbers = fresh - old
    return found


def _mean_of_kinds(sums: KindSums, tenths: Numbers) -> Numbers:
    """Returns the mean of field and practice by their shares; 0 where neither counts."""
    weight = np.where(tenths > 0, sums.weight[:LEARNING], 1)
    across = tenths * sums.weighted[:LEARNING] * weight[::-1]
    found: Numbers = half_up(across[FIELD] + across[PRACTICE], 10 * weight[FIELD] * weight[PRACTICE])
    return found
