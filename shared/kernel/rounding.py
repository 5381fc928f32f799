"""Rounds exactly: a single number, or a whole column of them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from shared.kernel.columns import Numbers


@overload
def half_up(numerator: int, denominator: int) -> int: ...
@overload
def half_up(numerator: Numbers, denominator: Numbers | int) -> Numbers: ...
def half_up(numerator: Any, denominator: Any) -> Any:
    """Returns numerator / denominator, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent(share: float) -> int:
    """Returns a share 0-1 in whole per cent, rounded half up: 17 of 40 is 43 wherever it is said.

    A share is rounded by the decimals that it is written with: 0.285 is 28.499… in binary, and means 28.5.
    """
    return _whole(Decimal(repr(share)) * 100)


def whole(value: float) -> int:
    """Returns a number rounded half up, by the decimals that it is written with."""
    return _whole(Decimal(repr(value)))


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
