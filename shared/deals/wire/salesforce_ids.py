"""Reads the ids of Salesforce: 15 characters that differ by case, or the same with three more that say the case."""

from __future__ import annotations

import re
from typing import Final

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
DEALS_BEGIN: Final = "006"
"""The ids of deals: an event, or another CRM's deal, is called whatever its organisation likes."""
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def eighteen(value: str) -> str | None:
    """Returns an id with its 18 characters, case as it came; None where it is none, or its last three are wrong.

    Case is never folded: ids that differ by it alone are of different records. Where somebody on the way folded all 18
    characters, the last three still say how the others were.
    """
    if len(value) == 18 and value in (value.lower(), value.upper()):
        value = _unfolded(value.upper())
    if not _ID.fullmatch(value):
        return None
    short = value[:15]
    whole = short + "".join(_letter(short[at : at + 5]) for at in (0, 5, 10))
    return whole if value in (short, whole) else None


def one_deal_id(value: str) -> str:
    """Returns a deal's id as the platform's own reading names the deal: Salesforce's with 18 characters, others as
    they are."""
    return (eighteen(value) or value) if value[:3] == DEALS_BEGIN else value


def fifteen(value: str) -> str | None:
    """Returns an id with its 15 characters; None where it is none."""
    whole = eighteen(value)
    return None if whole is None else whole[:15]


def _unfolded(upper: str) -> str:
    """Returns an id in upper case as its last three characters say that it was."""
    bits = [_SUFFIX.find(letter) >> at & 1 for letter in upper[15:] for at in range(5)]
    return "".join(one if bit else one.lower() for one, bit in zip(upper, bits, strict=False)) + upper[15:]


def _letter(five: str) -> str:
    return _SUFFIX[sum(1 << at for at, one in enumerate(five) if "A" <= one <= "Z")]
