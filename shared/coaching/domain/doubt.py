"""Asks somebody back about what may be danger, and reads what they press and write.

A press names the message that it is about and needs no state: in whatever order it comes, danger wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from shared.coaching.domain.conversation import Doubt
from shared.coaching.domain.safety import KINDS, StopKind

ANSWERED_WITHIN: Final = timedelta(minutes=10)
"""Then a person is told: long enough to put tools down and read, short enough for whoever cannot."""
Reply = Literal["danger", "harmless", "person"]
"""What somebody answers: that there is danger, that there is none, or that they want a person."""
PRESSED: Final[Mapping[str, Reply]] = {
    "danger_now": "danger",
    "danger_none": "harmless",
    "self_unsafe": "danger",
    "self_safe": "harmless",
    "self_person": "person",
}
"""What a button means, by its name."""
_WORD: Final = re.compile(r"[^\W_]+")
_MOST: Final = 200


def buttons_of(doubt: Doubt) -> Sequence[str]:
    """Returns the buttons below the question, by their names."""
    if doubt.kind != "self_harm":
        return (f"danger_now:{doubt.doubt_id}", f"danger_none:{doubt.doubt_id}")
    person = () if doubt.learner is None else (f"self_person:{doubt.doubt_id}",)
    return (f"self_safe:{doubt.doubt_id}", f"self_unsafe:{doubt.doubt_id}", *person)


def pressed_in(payload: str | None) -> tuple[str, Reply] | None:
    """Returns the doubt that a pressed button is about, and what it answers; None for every other button."""
    name, _, which = (payload or "")[:300].partition(":")
    return (which, PRESSED[name]) if which and name in PRESSED else None


@dataclass(frozen=True, slots=True)
class YesAndNo:
    """Knows how people write yes and no.

    plain: words after either that add nothing; denied: not after `not`; urgent: with these it is danger that they mean
    """

    yes: frozenset[str]
    no: frozenset[str]
    plain: frozenset[str]
    denied: frozenset[str]
    urgent: frozenset[str]

    def written(self, text: str, kind: StopKind) -> Reply | None:
        """Returns what somebody answers who writes yes or no; None where it is no answer, or more than one.

        Asked whether there is danger, a yes with whatever follows is one, and a no has to stand alone; asked whether
        they are safe, the other way round.
        """
        words = _words(text)
        if not words or len(text) > _MOST:
            return None
        first, rest = words[0], frozenset(words[1:])
        danger, harmless = (self.no, self.yes) if kind == "self_harm" else (self.yes, self.no)
        if first in danger:
            return "danger"
        adds = not rest <= self.plain or (first == "not" and rest & self.denied)
        return "harmless" if first in harmless and not adds else None

    def beside(self, text: str) -> str:
        """Returns what follows a yes or no, which may be a request of its own; empty where it may be about danger."""
        words = _words(text)
        return "" if len(text) > _MOST or self.urgent & set(words) else " ".join(words[1:])


def _words(text: str) -> list[str]:
    return [one.casefold() for one in _WORD.findall(text[:_MOST].replace("'", "").replace("’", ""))]


def gravest(kinds: Sequence[StopKind]) -> StopKind:
    """Returns the kind that needs a person most."""
    return min(kinds, key=KINDS.index)
