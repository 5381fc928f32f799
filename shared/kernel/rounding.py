"""Rounds exactly: a single number, or a whole column of them."""

from __future__ import annotations

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
