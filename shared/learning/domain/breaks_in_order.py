"""Keeps a learner's breaks in order: none lies over another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.kernel.errors import Rejected
from shared.learning.domain.breaks import Break


def with_break(breaks: Sequence[Break], new: Break) -> tuple[Break, ...]:
    """Returns the breaks with one more, or with another end of the one that begins on the same day.

    Raises Rejected for one that ends before it begins, or lies over another one.
    """
    if new.ends is not None and new.ends < new.begins:
        raise Rejected(f"ends: {new.ends} is before the break begins, on {new.begins}", field="ends")
    others = [one for one in breaks if one.begins != new.begins]
    for one in others:
        if one.begins <= (new.ends or date.max) and new.begins <= (one.ends or date.max):
            raise Rejected(f"begins: there is a break from {one.begins} to {one.ends or 'an open end'}", field="begins")
    return tuple(sorted([*others, new], key=lambda one: one.begins))
