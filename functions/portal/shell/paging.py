"""Leads through lists that go on: where the next page begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from shared.platform.edges.query import place_to


def following(address: str, more: tuple[datetime, str] | None, query: Mapping[str, str] | None = None) -> str | None:
    """Returns the address of a list's next page; None on the last. query: what else the list was asked for"""
    return None if more is None else f"{address}?{urlencode({**(query or {}), 'after': place_to(more)})}"
