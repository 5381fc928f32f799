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

All of it is done for columns of rows, of one person or of many people; what is a formula also takes the plain numbers
of one row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import mul
from typing import Any, Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.columns import HUGE, NEVER, Numbers, chosen, lower
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

_BY_AGE: Final[Numbers] = np.array([*WEIGHTS, 0])
"""w by age in days; what is older than the window has the last one."""

_NO_SUMS: Final = (0, 1, 0, 0, 0)
"""One kind's sums where nothing was observed."""


class KindSums(NamedTuple):
    """Holds what the ratings of each row's kinds are made of: exact sums over the window, by kind, and by row.

    number: how many; weight: sum(w), at least 1; weighted: sum(w * s) in hundredths; squared: sum(w * w);
    age: of the newest one in days
    """

    number: tuple[Any, Any, Any]
    weight: tuple[Any, Any, Any]
    weighted: tuple[Any, Any, Any]
    squared: tuple[Any, Any, Any]
    age: tuple[Any, Any, Any]


class Rating(NamedTuple):
    """Columns by row, or the numbers of one row.

    stale:     something was observed by field or practice, but nothing in the rating window; its rating is that of the
               day of the last such observation, its confidence unknown
    number:    by kind, how many observations are in the window
    counted:   by kind, how many the rating rests on: of a stale one those of the window that ended with its day
    of_kind:  by kind, its own rating
    level, deviation, shared: where the level in the field lies, by what the rating rests on (see `Levels`)
    comparable, apart: practice and field have enough to be told apart, and are, by more than their noise
    """

    stale: Any
    number: tuple[Any, Any, Any]
    counted: tuple[Any, Any, Any]
    of_kind: tuple[Any, Any, Any]
    basis: Any
    confidence: Any
    level: Any
    deviation: Any
    shared: Any
    rated: Any
    rating: Any
    has_preliminary: Any
    preliminary: Any
    comparable: Any
    apart: Any


def rate(series: Series, parameters: Parameters, noise: NoiseColumns) -> Rating:
    """Rates all rows (see the module). Raises ValueError for parameters that give no numbers."""
    as_of = series.rows.as_of
    newest = np.maximum(series.newest[FIELD], series.newest[PRACTICE])
    stale = is_stale(newest, as_of)
    day = np.where(stale, newest, as_of)
    sums = _kind_sums(series, day)
    level = levels_of(series, noise, parameters, day, sums.number[FIELD])
    return rated(sums, stale, level, 100 * np.sqrt(difference(sums, noise)))


def is_stale(newest: Any, as_of: Any) -> Any:
    """Tells whether nothing is in the rating window though there was something. newest: its day, NEVER without any"""
    return (newest > NEVER) & (newest < as_of - RATING_WINDOW_DAYS)


def rated(sums: KindSums, stale: Any, level: Levels, error: Any) -> Rating:
    """Returns the rating of one row, in numbers, or of each of several, in columns.

    error: the standard error of practice's rating less the field's, in hundredths of a point (see `difference`)
    """
    fields, practices, learnings = sums.number
    basis = _basis(fields, practices, learnings, stale)
    tenths = _tenths(basis)
    field, practice, learning = (half_up(*of) for of in zip(sums.weighted, sums.weight, strict=True))
    fresh = 1 - 1 * stale
    comparable = lower(fields, practices) * fresh >= APART_COUNT
    return Rating(
        stale=stale,
        number=(fields * fresh, practices * fresh, learnings),
        counted=sums.number,
        of_kind=(field, practice, learning),
        basis=basis,
        confidence=_confidence(sums, basis, tenths, level) * fresh,
        level=level.mean,
        deviation=level.deviation,
        shared=level.shared,
        rated=basis >= _FIELD_FEW,
        rating=_mean_of_kinds(sums, tenths),
        has_preliminary=basis == _PRELIMINARY,
        preliminary=chosen(practices > 0, practice, learning),
        comparable=comparable,
        apart=comparable & (abs(practice - field) >= APART_POINTS) & (abs(practice - field) >= APART_Z * error),
    )


def _basis(fields: Any, practice: Any, learning: Any, stale: Any) -> Any:
    """Returns which branch applies (see the module), a position in BASES."""
    quiz = (practice > 0) | ((learning > 0) & (stale == 0))
    without_field = chosen(practice >= VALIDATION_ALONE, _VALIDATION, chosen(quiz, _PRELIMINARY, _NONE))
    with_field = chosen(fields >= FIELD_ALONE, FIELD_BASIS, chosen(practice > 0, _BLEND, _FIELD_FEW))
    return chosen(fields > 0, with_field, without_field)


def _tenths(basis: Any) -> tuple[Any, Any]:
    """Returns what field and practice weigh, in tenths."""
    blend = basis == _BLEND
    field = 10 * ((basis == FIELD_BASIS) | (basis == _FIELD_FEW)) + FIELD_TENTHS * blend
    return field, 10 * (basis == _VALIDATION) + VALIDATION_TENTHS * blend


def _kind_sums(series: Series, day: Numbers) -> KindSums:
    """Returns the sums over the rating window as of each row's day; learning's window is always today's."""
    today = np.where(series.kind == LEARNING, series.rows.as_of[series.row], day[series.row])
    age = np.minimum(today.repeat(series.size) - series.day, RATING_WINDOW_DAYS + 1)
    weight = _BY_AGE[age]
    sums = series.sums(age <= RATING_WINDOW_DAYS, weight, weight * series.score, weight * weight)
    number, weights, weighted, squared, newest = series.by_kind(*sums, today - series.day[series.end - 1])
    return KindSums(tuple(number), tuple(np.maximum(weights, 1)), tuple(weighted), tuple(squared), tuple(newest))


def kind_sums(kinds: Sequence[tuple[Sequence[int], Sequence[int]]], day: int, as_of: int) -> KindSums:
    """Returns the sums of one row, in plain numbers. kinds: the days of each, in order of time, and the scores"""
    found = []
    for kind, (days, scores) in enumerate(kinds):
        if not days:
            found.append(_NO_SUMS)
            continue
        today = as_of if kind == LEARNING else day
        first, past = bisect_left(days, today - RATING_WINDOW_DAYS), bisect_right(days, today)
        weights = [WEIGHTS[today - one] for one in days[first:past]]
        weighted = sum(map(mul, weights, scores[first:past]))
        squared = sum(map(mul, weights, weights))
        found.append((past - first, sum(weights) or 1, weighted, squared, today - days[-1]))
    return KindSums(*zip(*found, strict=True))


def difference(sums: KindSums, noise: NoiseColumns) -> Any:
    """Returns the variance of practice's rating less the field's, in points, of one row or of each of several."""
    field, practice = (squared / weight**2 for squared, weight in zip(sums.squared[:2], sums.weight[:2], strict=True))
    return noise.field * field + noise.practice * practice


def _confidence(sums: KindSums, basis: Any, tenths: tuple[Any, Any], level: Levels) -> Any:
    """Returns the confidence, a position in CONFIDENCES, of what is not stale."""
    fields, practices, _ = sums.number
    blend, field, validation = (basis == one for one in (_BLEND, FIELD_BASIS, _VALIDATION))
    fresh = _LOW * (basis >= _FIELD_FEW) + (_MEDIUM - _LOW) * (blend | field)
    fresh = fresh + (field & (fields >= FIELD_HIGH) & is_sure(level.deviation))
    fresh = fresh + (validation & (practices >= VALIDATION_MEDIUM))
    age = lower(*(chosen(share > 0, of_kind, HUGE) for share, of_kind in zip(tenths, sums.age, strict=False)))
    return fresh - ((age > OLD_DAYS) & (age < HUGE))


def _mean_of_kinds(sums: KindSums, tenths: tuple[Any, Any]) -> Any:
    """Returns the mean of field and practice by their shares; 0 where neither counts."""
    field, practice = (chosen(share > 0, weight, 1) for share, weight in zip(tenths, sums.weight, strict=False))
    total = tenths[FIELD] * sums.weighted[FIELD] * practice + tenths[PRACTICE] * sums.weighted[PRACTICE] * field
    return half_up(total, 10 * field * practice)
