"""Chooses between numbers, or between columns of them, place by place: a formula stands once for both."""

from __future__ import annotations

from typing import Any

import numpy as np


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
