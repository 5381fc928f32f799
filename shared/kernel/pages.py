"""Holds one page of a list that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")

Position = tuple[datetime, str]
"""Where a page ended: the moment that the list is in the order of, and the id of the last item."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's order. next: where the next page continues; None on the last"""

    items: tuple[T, ...]
    next: Position | None

    def each(self, make: Callable[[T], S]) -> Page[S]:
        """Returns the same page of what is made of each item."""
        return Page(tuple(make(item) for item in self.items), self.next)
