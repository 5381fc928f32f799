"""What connects the platform to its vendors: every setting with what is in force, and what to register with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.portal.pages.health import STATES


@dataclass(frozen=True)
class Setting:
    """One setting. value: what is set, None where nothing is or where it is secret; default: in force then.

    is_set:  None: not known here (a secret, before the first health check)
    without: what is so where nothing is set and there is no default
    """

    name: str
    about: str
    is_set: bool | None
    value: str | None = None
    default: str | None = None
    without: str = ""
    secret: bool = False

    @property
    def state(self) -> str:
        if self.is_set is None:
            return "Not known yet"
        return "Set" if self.is_set else "Default" if self.default else "Not set"


@dataclass(frozen=True)
class Integration:
    """One integration. state, detail: of the last health check, None where nothing can be asked.

    address: to register on the other side, None where it calls nothing; registered: the address that was set up there
    scopes: (name, what for)
    """

    name: str
    about: str
    settings: tuple[Setting, ...]
    steps: tuple[str, ...] = ()
    scopes: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    registered: str | None = None
    state: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Integrations:
    """checked_at: of the health check that the states and the secrets are from, None before the first."""

    items: tuple[Integration, ...]
    checked_at: datetime | None
    now: datetime


def present(view: Integrations) -> Mapping[str, Any]:
    return {"view": view, "states": STATES}
