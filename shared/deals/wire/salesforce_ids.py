"""Reads the ids of Salesforce: 15 characters that differ by case, or the same with three more that say the case."""

from __future__ import annotations

import re
from typing import Final

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def eighteen(value: str) -> str | None:
    """Returns an id with its 18 characters, case as it came; None where it is none, or its last three are wrong.

    Case is never folded: ids that differ by it alone are of different records.
    """
    if not _ID.fullmatch(value):
        return None
    short = value[:15]
    whole = short + "".join(_letter(short[at : at + 5]) for at in (0, 5, 10))
    return whole if value in (short, whole) else None


def _letter(five: str) -> str:
    return _SUFFIX[sum(1 << at for at, one in enumerate(five) if "A" <= one <= "Z")]
