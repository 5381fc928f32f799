"""Leads through lists that go on: where the next page begins, and what an address may ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlencode

from shared.kernel.errors import Rejected
from shared.kernel.reading import page_end


def cursor(text: str | None) -> tuple[datetime, str] | None:
    """Reads a cursor from an address: `2026-11-23T07:41:00+00:00~id`; raises Rejected."""
    if not text:
        return None
    at, _, key = text.partition("~")
    try:
        return page_end(at, key)
    except ValueError:
        raise Rejected("this address does not lead to a page of the list", field="after") from None


def following(address: str, more: tuple[datetime, str] | None, query: Mapping[str, str] | None = None) -> str | None:
    """Returns the address of a list's next page; None on the last. query: what else the list was asked for"""
    if more is None:
        return None
    at, key = more
    return f"{address}?{urlencode({**(query or {}), 'after': f'{at.isoformat()}~{key}'})}"


def one_of(given: str, accepted: Collection[str], name: str) -> str:
    """Returns what was asked for, or "" for nothing. Raises Rejected for anything else. name: of the parameter"""
    if given and given not in accepted:
        raise Rejected(f"{given[:40]!r} is none of {', '.join(accepted)}", field=name)
    return given
