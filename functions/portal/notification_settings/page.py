"""Shows and changes what a person is sent beyond the portal, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.portal.shell.assets import WORKER
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.coaching import coaching
from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.notifications.domain.channels import CHANNELS
from shared.notifications.domain.telling import CHANNEL_NAMES

if TYPE_CHECKING:
    from shared.coaching.contract import CoachAgreementBody, CoachAgreementView
    from shared.notifications.contract import DeviceBody, SettingsBody, SettingsView

MODES = (("now", "At once"), ("daily", "In the daily summary"), ("off", "Not at all"))
FIELDS = ("quiet_from", "quiet_until", "daily_at", "zone", "slack_address")
DEVICE = ("endpoint", "p256dh", "auth")


@dataclass(frozen=True)
class Settings:
    """Holds what is chosen, and what somebody entered that cannot be taken. key: of push; None where it is off

    coach: whether the coach may write to them
    """

    view: SettingsView
    key: str | None = None
    coach: CoachAgreementView | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_settings(on: Environment, visit: Visit) -> PageOrRedirect:
    here, own = notifications(on), visit.caller.employee_id or ""
    return present(Settings(here.settings.show(visit.caller, own), here.devices.key, _coach(on, visit.caller)))


def change_settings(on: Environment, visit: Visit) -> PageOrRedirect:
    """Saves the form, has a paused channel tried again, or turns push on or off on a device."""
    own, settings, devices = visit.caller.employee_id or "", notifications(on).settings, notifications(on).devices
    if "remove_device" in visit.form:
        devices.remove(visit.caller, own, visit.form["remove_device"])
        return Redirect("/notifications/settings?done=notified")
    resumed = [channel for channel in CHANNELS if channel == visit.form.get("resume")]
    if resumed:
        settings.resume(visit.caller, own, resumed[0])
        return Redirect("/notifications/settings?done=notified")
    try:
        if "coach" in visit.form:
            coaching(on).agreement.take(visit.caller, own, _agreement(visit.form))
        elif "add_device" in visit.form:
            devices.turn_on(visit.caller, own, _device(visit.form))
        else:
            settings.change(visit.caller, own, _body(visit.form))
    except Rejected as problem:
        known, coach = settings.show(visit.caller, own), _coach(on, visit.caller)
        if "add_device" in visit.form:  # nothing of it was typed: it is one message
            told = " ".join(refusals(problem, DEVICE).values())
            return present(Settings(known, devices.key, coach, errors={"endpoint": told}))
        return present(Settings(known, devices.key, coach, visit.form, refusals(problem, (*FIELDS, "phone"))))
    return Redirect("/notifications/settings?done=notified")


def present(settings: Settings) -> Page:
    view = settings.view
    kept = {
        "quiet_from": view.quiet_from or "",
        "quiet_until": view.quiet_until or "",
        "daily_at": view.daily_at,
        "zone": view.zone or "",
        "names_on_devices": "yes" if view.names_on_devices else "",
        **{f"{one.channel}.{one.kind}": one.mode for one in view.choices},
    }
    connected = [one for one in view.channels if one.connected]
    kinds = {one.kind: one for one in view.choices}
    variables = {
        "view": view,
        "key": settings.key,
        "coach": settings.coach,
        "worker": WORKER,
        "connected": connected,
        "kinds": list(kinds.values()),
        "rules": {f"{one.channel}.{one.kind}": one for one in view.choices},
        "entered": {**kept, **settings.entered},
        "errors": settings.errors,
        "MODES": MODES,
        "NAMES": CHANNEL_NAMES,
    }
    return Page("notification_settings/notification_settings.html", variables, "notifications")


def _coach(on: Environment, caller: Caller) -> CoachAgreementView | None:
    """Returns what somebody agreed to about the coach; None for who does not learn here."""
    if "learning.own" not in caller.permissions or caller.employee_id is None:
        return None
    return coaching(on).agreement.show(caller, caller.employee_id)


def _agreement(form: Mapping[str, str]) -> CoachAgreementBody:
    """Reads the form about the coach. Raises Rejected."""
    from shared.coaching.contract import CoachAgreementBody

    version = form.get("version", "")
    return validated(
        CoachAgreementBody,
        {
            "agreed": form["coach"] == "agree",
            "version": int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0,
            "phone": form.get("phone", "").strip() or None,
        },
    )


def _body(form: Mapping[str, str]) -> SettingsBody:
    """Reads the form. Raises Rejected."""
    from shared.notifications.contract import SettingsBody

    choices = [
        {"channel": channel, "kind": kind, "mode": mode}
        for channel, _, kind, mode in ((*name.partition("."), mode) for name, mode in form.items())
        if channel in CHANNEL_NAMES and kind
    ]
    times = {name: form[name].strip() for name in FIELDS if form.get(name, "").strip()}
    checks = {name: form.get(name) == "yes" for name in ("forget_slack", "names_on_devices")}
    return validated(SettingsBody, {"choices": choices, **times, **checks})


def _device(form: Mapping[str, str]) -> DeviceBody:
    """Reads what the browser gave. Raises Rejected."""
    from shared.notifications.contract import DeviceBody

    return validated(
        DeviceBody, {**{name: form.get(name, "") for name in DEVICE}, "name": form.get("device_name", "")[:60]}
    )
