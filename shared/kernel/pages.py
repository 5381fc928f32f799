"""Holds one page of a list that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.kernel.records import Record, Stored

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R", bound=Record)

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


def page_of(kind: type[R], found: Sequence[Stored], limit: int, order: str) -> Page[R]:
    """Returns a page of what can be read of the documents that a query found, which was for one more than the limit.

    order: the field that the list is in the order of; the page ends where its last document stands, readable or not
    """
    shown = found[:limit]
    places = [(document.data[order], document.id) for document in _placed(shown, order)]
    return Page(tuple(kind.readable(shown)), places[-1] if places and len(found) > limit else None)


def newest_first(found: Iterable[Stored], order: str) -> list[Stored]:
    """Returns what several queries found in one order."""
    placed = _placed(found, order)
    return sorted(placed, key=lambda document: (document.data[order], document.id), reverse=True)


def _placed(found: Iterable[Stored], order: str) -> list[Stored]:
    return [document for document in found if isinstance(document.data.get(order), datetime)]
