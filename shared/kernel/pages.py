"""Holds one page of a list that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")

Position = tuple[datetime, str]
"""Where a page ended: the moment that the list is in the order of, and the id of the last item."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's order. next: where the next page continues; None on the last"""

    items: tuple[T, ...]
    next: Position | None
