"""Shows what connects the platform to its vendors: every setting with what is in force, and what to register there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from functions.portal.health.page import STATES
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.declarations.declared import Declared
from infra.declarations.integration_settings import DECLARED, WEBHOOK_PATH
from infra.wiring.environment import Environment
from infra.wiring.operations import operations

if TYPE_CHECKING:
    from shared.operations.contract import IntegrationHealth


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


def show_integrations(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows every integration's settings and what is in force; of a secret, whether the health check found it set."""
    health = operations(on).health
    latest = health.latest(visit.caller)
    states = {item.name: item for item in latest.integrations}
    secrets = health.secrets(visit.caller)
    items = [_integration(on, declared, secrets, states.get(declared.health or "")) for declared in DECLARED]
    return present(Integrations(tuple(items), latest.checked_at, visit.now))


def _integration(
    on: Environment, declared: Declared, secrets: Mapping[str, bool], checked: IntegrationHealth | None
) -> Integration:
    in_force = on.connected.settings_set()
    settings = tuple(
        Setting(
            name=setting.name,
            about=setting.about,
            is_set=secrets.get(setting.name) if setting.secret else setting.name in in_force,
            value=None if setting.secret else in_force.get(setting.name),
            default=setting.default,
            without=setting.without,
            secret=setting.secret,
        )
        for setting in declared.settings
    )
    return Integration(
        name=declared.name,
        about=declared.about,
        settings=settings,
        steps=declared.steps,
        scopes=tuple((scope.name, scope.about) for scope in declared.scopes),
        address=f"{on.api_url}{declared.path}" if declared.path else None,
        registered=on.connected.webhook_url if declared.path == WEBHOOK_PATH else None,
        state=checked.state if checked else None,
        detail=checked.detail if checked else "",
    )


def present(view: Integrations) -> Page:
    return Page("integrations/integrations.html", {"view": view, "states": STATES}, "health")
