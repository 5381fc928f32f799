"""Shows and changes what a person is sent beyond the portal, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.notifications.domain.channels import CHANNELS
from shared.notifications.domain.telling import CHANNEL_NAMES

if TYPE_CHECKING:
    from shared.notifications.contract import SettingsBody, SettingsView

MODES = (("now", "At once"), ("daily", "In the daily summary"), ("off", "Not at all"))
FIELDS = ("quiet_from", "quiet_until", "daily_at", "zone", "slack_address")


@dataclass(frozen=True)
class Settings:
    """Holds what is chosen, and what somebody entered that cannot be taken."""

    view: SettingsView
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_settings(on: Environment, visit: Visit) -> PageOrRedirect:
    return present(Settings(notifications(on).settings.show(visit.caller, visit.caller.employee_id or "")))


def change_settings(on: Environment, visit: Visit) -> PageOrRedirect:
    """Saves the form, or has a paused channel tried again."""
    own, settings = visit.caller.employee_id or "", notifications(on).settings
    resumed = [channel for channel in CHANNELS if channel == visit.form.get("resume")]
    if resumed:
        settings.resume(visit.caller, own, resumed[0])
        return Redirect("/notifications/settings?done=notified")
    try:
        settings.change(visit.caller, own, _body(visit.form))
    except Rejected as problem:
        known = settings.show(visit.caller, own)
        return present(Settings(known, visit.form, refusals(problem, FIELDS)))
    return Redirect("/notifications/settings?done=notified")


def present(settings: Settings) -> Page:
    view = settings.view
    kept = {
        "quiet_from": view.quiet_from or "",
        "quiet_until": view.quiet_until or "",
        "daily_at": view.daily_at,
        "zone": view.zone or "",
        **{f"{one.channel}.{one.kind}": one.mode for one in view.choices},
    }
    connected = [one for one in view.channels if one.connected]
    kinds = {one.kind: one for one in view.choices}
    variables = {
        "view": view,
        "connected": connected,
        "kinds": list(kinds.values()),
        "rules": {f"{one.channel}.{one.kind}": one for one in view.choices},
        "entered": {**kept, **settings.entered},
        "errors": settings.errors,
        "MODES": MODES,
        "NAMES": CHANNEL_NAMES,
    }
    return Page("notification_settings/notification_settings.html", variables, "notifications")


def _body(form: Mapping[str, str]) -> SettingsBody:
    """Reads the form. Raises Rejected."""
    from shared.notifications.contract import SettingsBody

    choices = [
        {"channel": channel, "kind": kind, "mode": mode}
        for channel, _, kind, mode in ((*name.partition("."), mode) for name, mode in form.items())
        if channel in CHANNEL_NAMES and kind
    ]
    times = {name: form[name].strip() for name in FIELDS if form.get(name, "").strip()}
    return validated(SettingsBody, {"choices": choices, **times, "forget_slack": form.get("forget_slack") == "yes"})
