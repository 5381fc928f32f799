"""Says which ids can be told apart by who reads them, and what no name needs.

Two ids that look alike are two people, events or deals: a character that does not show, turns the direction of
writing, or is a space at an end or beside another makes such pairs. What is stored under such an id is still read; none
is taken in any more.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, name

_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters, marks and signs that show nothing: fillers, joiners of graphemes, selectors of variants."""
_JOINERS: Final = "\u200c\u200d"
"""Of the format characters, those without which words of some scripts are misspelt."""


def odd_in_id(text: str) -> str | None:
    """Returns the first character that no id may have; None where all show."""
    if text != text.strip(" ") or "  " in text:
        return " "
    if text.isprintable() and (text.isascii() or not _UNSEEN.search(text)):
        return None
    return next(one for one in text if not one.isprintable() or _UNSEEN.match(one))


def odd_in_name(text: str) -> str | None:
    """Returns the first character that no name may have: a control, or what is for layout alone; None without any."""
    if text.isprintable():
        return None
    return next((one for one in text if one not in _JOINERS and category(one) in ("Cc", "Cf", "Cs")), None)


def without_odd(text: str) -> str:
    """Returns a text as a name: without what no name may have. Somebody copied it, and nobody can see that."""
    return text if text.isprintable() else "".join(one for one in text if odd_in_name(one) is None)


def called(character: str) -> str:
    """Returns a character as a message names it: it may not show."""
    return f"U+{ord(character):04X} ({name(character, 'without a name')})"
