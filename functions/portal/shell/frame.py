"""Describes what surrounds every page: who is looking, where they may go, and how the page is addressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Place:
    """A destination in the navigation. count: things waiting there, None when nothing is counted."""

    name: str
    label: str
    href: str
    icon: str
    group: str
    count: int | None = None


@dataclass(frozen=True)
class Frame:
    """The page's surroundings.

    places:        where this viewer may go, in order
    token:         the session's CSRF token, for every form
    here:          the address of this page, to come back to after changing the theme
    demonstration: the sign-in proves nothing: say so on every page
    filling:       what is being done while the demonstration is not complete
    """

    viewer: str
    role: str
    places: tuple[Place, ...]
    token: str
    here: str
    theme: Theme = "system"
    demonstration: bool = False
    filling: str = ""

    @property
    def groups(self) -> tuple[tuple[str, tuple[Place, ...]], ...]:
        names = dict.fromkeys(place.group for place in self.places)
        return tuple((name, tuple(p for p in self.places if p.group == name)) for name in names)


@dataclass(frozen=True)
class Notice:
    """News of what just happened, or what needs attention. tone: accent, attention or danger."""

    title: str
    text: str = ""
    tone: str = "accent"
