"""Columns of numbers, and what is done with stretches of them.

Sums over a stretch are `np.add.reduceat`, sums over its end are differences of running totals.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Fractions = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

NEVER: Final = -(1 << 40)
"""A day, or a sum, below all others; stands where there is none."""
HUGE: Final = 1 << 60
FEW: Final = 50
"""Values up to which a loop is quicker than NumPy's steps."""


def whole(values: Sequence[int], lowest: int, highest: int) -> Numbers:
    """Returns numbers out of entries as a column. Raises ValueError or TypeError for what is no whole number (NumPy
    would cut off fractions and read texts), or none that may stand there: it would be counted for somebody else."""
    column = integers(values)
    if len(column) and not lowest <= column.min() <= column.max() <= highest:
        raise ValueError("an entry holds what cannot stand there")
    return column


def is_whole(value: object, lowest: int, highest: int) -> bool:
    """Tells whether a value may stand in a column of `whole` numbers."""
    return isinstance(value, int) and lowest <= value <= highest


def integers(values: Sequence[int]) -> Numbers:
    """Returns whole numbers as a column, in half of the time that NumPy takes for a list."""
    try:
        return np.frombuffer(array("q", values), np.int64)
    except OverflowError:
        raise ValueError("an entry holds a number that is too large") from None


def running(values: Numbers | Flags) -> Numbers:
    """Returns running totals, beginning with 0: totals[b] - totals[a] is the sum of a … b - 1."""
    totals = np.zeros(len(values) + 1, np.int64)
    values.cumsum(out=totals[1:])
    return totals


def within(sizes: Numbers) -> Numbers:
    """Returns 0 … size - 1 for each size, one after the other."""
    totals = running(sizes)
    found: Numbers = np.arange(totals[-1]) - totals[:-1].repeat(sizes)
    return found


def across(table: Numbers, places: Numbers | Flags) -> Numbers:
    """Returns each row of a table at some places, as `table[:, places]` does.

    For an index into two dimensions NumPy lets go of the interpreter, however little there is to do, and gets it back
    late while other threads are busy. For one dimension it does not.
    """
    return np.array([row[places] for row in table])


def ends(values: Numbers) -> Numbers:
    """Returns the positions of the last of equal neighbours."""
    last = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=last[:-1])
    return last.nonzero()[0]


def optional(values: Numbers, there: Flags) -> list[int | None]:
    """Returns the values, None where there is none."""
    if len(values) <= FEW:
        return [value if flag else None for value, flag in zip(values.tolist(), there.tolist(), strict=True)]
    if there.all():
        complete: list[int | None] = values.tolist()
        return complete
    column = np.empty(len(values), object)
    if there.any():
        column[there] = values[there]
    found: list[int | None] = column.tolist()
    return found


def named(values: Numbers, names: Sequence[Any]) -> list[Any]:
    """Returns the values' names."""
    return list(map(names.__getitem__, values.tolist()))


def chosen(flag: Any, yes: Any, no: Any) -> Any:
    """Returns `yes` where the flag is true, and `no` elsewhere."""
    if isinstance(flag, np.ndarray):
        return np.where(flag, yes, no)
    return yes if flag else no


def lower(one: Any, other: Any) -> Any:
    """Returns the lower of two whole numbers."""
    return chosen(one < other, one, other)


def higher(one: Any, other: Any) -> Any:
    """Returns the higher of two whole numbers."""
    return chosen(one > other, one, other)
