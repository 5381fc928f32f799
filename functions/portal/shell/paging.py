"""Leads through lists that go on: where the next page begins."""

from __future__ import annotations

from collections.abc import Mapping
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
