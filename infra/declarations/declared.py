"""Describes how an integration is declared: its settings, secrets, rights and steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """name: an environment variable, or a secret's name where `secret`

    about:   what it means, in a sentence
    default: in force where it is not set; None: nothing is
    without: what is so without it, where there is no default
    """

    name: str
    about: str
    default: str | None = None
    without: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A right that the vendor grants. name: as the vendor writes it"""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Declared:
    """One integration. health: its name in the health check; None: nothing can be asked there

    path:  of ours that the other side calls, None where it calls nothing
    steps: what an administrator does on the vendor's side, in order
    """

    name: str
    about: str
    settings: tuple[Setting, ...]
    health: str | None = None
    path: str | None = None
    scopes: tuple[Scope, ...] = ()
    steps: tuple[str, ...] = ()
