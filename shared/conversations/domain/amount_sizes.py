"""Says how large a deal is by its amount, where nobody says it in a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SIZES: Final = ((250_000.0, "enterprise"), (50_000.0, "mid-market"), (0.0, "smb"))
"""(least amount in US dollars, size), the largest first; an organisation may set others."""


def size_of(dollars: float, sizes: Sequence[tuple[float, str]] = SIZES) -> str | None:
    """Returns the size of an amount in US dollars; None below the least."""
    return next((size for least, size in sizes if dollars >= least), None)
