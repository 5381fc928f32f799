"""Says how sure a rating is: where the person's level in the field lies, by the filter of `level`.

What the rating rests on enters: the field's scores of the rating window, and practice until it leaves the rating, from
three field observations on. Learning never does. The level is that of the row's day: what is stale has wandered since.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, Final, NamedTuple

import numpy as np

from shared.frameworks.domain.parameters import Lean, Parameters
from shared.kernel.columns import Flags, Numbers, running
from shared.observations.domain.entry import FIELD, PRACTICE
from shared.ratings.domain.level import NoiseColumns, Scores, Taken, columns_of, filtered, level_on
from shared.ratings.domain.score_table import leans_of
from shared.ratings.domain.series import Rows, Series
from shared.ratings.domain.weights import FIELD_ALONE, RATING_WINDOW_DAYS

_UNLIKELY: Final = 1e9
"""A mean or a variance from which on parameters are no parameters."""


class Levels(NamedTuple):
    """Holds by row the mean and the standard deviation of the level, and the part of that which the scorers' errors
    have, in points; of one row as numbers."""

    mean: Any
    deviation: Any
    shared: Any


def noise_of(rows: Rows, parameters: Parameters) -> NoiseColumns:
    """Returns how the scores of each row's competency lie around people's levels."""
    return columns_of([parameters.noise_of(name) for name, _ in rows.names]).of(rows.skill)


def levels_of(series: Series, noise: NoiseColumns, parameters: Parameters, day: Numbers, fields: Numbers) -> Levels:
    """Returns the levels as of the rows' own days. Raises ValueError for parameters that give no numbers.

    day: by row the last one of the rating's window; fields: how many observations of the field are in it
    """
    row, kind = series.row.repeat(series.size), series.kind.repeat(series.size)
    practised = kind == PRACTICE
    enters: Flags = (kind == FIELD) | (practised & (fields[row] < FIELD_ALONE))
    at = (enters & (day[row] - series.day <= RATING_WINDOW_DAYS)).nonzero()[0]
    if practised[at].any():
        # In order of time: a row's series stand one after the other, the field's first, which so is first in a second.
        first = int(series.at_second.min())
        span = int(series.at_second.max()) - first + 1
        at = at[np.argsort(row[at] * span + (series.at_second[at] - first), kind="stable")]
    count = np.bincount(row[at], minlength=len(series.rows))
    scores = Scores(
        running(count)[:-1], count, series.day[at], series.score[at] / 100, practised[at], series.scorer[at]
    )
    found = filtered(scores, noise, leans_of(parameters), day - RATING_WINDOW_DAYS, series.rows.as_of)
    if not _likely(found.mean, found.variance).all():
        raise ValueError("the parameters give no deviation")
    return Levels(found.mean, np.sqrt(found.variance), np.sqrt(found.shared))


def level_of(taken: Taken, noise: NoiseColumns, leans: Sequence[Lean], until: int) -> Levels:
    """Returns the level of one row, in plain numbers, given what was taken in of what enters (see the module)."""
    mean, variance, shared = level_on(until, taken, noise, leans)
    if not _likely(mean, variance):
        raise ValueError("the parameters give no deviation")
    return Levels(mean, sqrt(variance), sqrt(shared))


def _likely(mean: Any, variance: Any) -> Any:
    """Tells of one row, or of each of several, whether what was made of its scores can be a level."""
    return (abs(mean) < _UNLIKELY) & (variance >= 0) & (variance < _UNLIKELY)
