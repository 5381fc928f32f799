"""Tells which recorder's call a link leads to: two sources that name one recording report one call."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

Recorded = tuple[str, str]
"""(the recorder's name as a source, its id of the call)."""

_GONG_ID = re.compile(r"[0-9]{6,25}")


def recorded_as(link: str | None) -> Recorded | None:
    """Returns the call that a link of a known recorder names: https://<any host of>.gong.io/call?id=<digits>."""
    if not link:
        return None
    try:
        address = urlsplit(link)
        host = (address.hostname or "").lower()
        ids = parse_qs(address.query).get("id", [])
    except ValueError:
        return None
    if (host != "gong.io" and not host.endswith(".gong.io")) or address.path.rstrip("/") != "/call":
        return None
    return ("gong", ids[0]) if len(ids) == 1 and _GONG_ID.fullmatch(ids[0]) else None
