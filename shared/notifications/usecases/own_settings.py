"""Shows and changes what somebody is sent, and when: their own affair alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden
from shared.notifications.domain.channels import CHANNELS, RULES, Channel, Mode
from shared.notifications.records import Preferences, address_digest
from shared.notifications.usecases.reach import Reach
from shared.platform.domain.notice_kind import NoticeKind
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from shared.notifications.contract import SettingsBody, SettingsView


class OwnSettings:
    """Reads and writes choices."""

    def __init__(self, reach: Reach, clock: Clock) -> None:
        self._reach = reach
        self._clock = clock

    @staticmethod
    def admit(caller: Caller, employee_id: str) -> None:
        """Lets somebody to what is their own. Raises Forbidden."""
        require(caller, "notifications.read")
        if not is_own(caller, employee_id):
            raise Forbidden("what somebody is sent is their own affair")

    def show(self, caller: Caller, employee_id: str) -> SettingsView:
        """Returns what somebody is sent, and when. Raises Forbidden for others'."""
        self.admit(caller, employee_id)
        return self._shown(self._reach.preferences.of(employee_id))

    def change(self, caller: Caller, employee_id: str, body: SettingsBody) -> SettingsView:
        """Puts choices in place of the earlier ones. A channel that is paused stays so. Raises Forbidden."""
        self.admit(caller, employee_id)
        modes: dict[Channel, dict[NoticeKind, Mode]] = {}
        for choice in body.choices:
            modes.setdefault(choice.channel, {})[choice.kind] = choice.mode
        quiet = (body.quiet_from, body.quiet_until) if body.quiet_from and body.quiet_until else ()
        now = self._clock.now()

        def changed(known: Preferences) -> Preferences:
            slack = None if body.forget_slack else body.slack_address or known.slack_address
            return known.changed(
                modes=modes,
                quiet=quiet,
                daily=body.daily_at,
                zone=body.zone,
                slack_address=slack,
                names_on_devices=body.names_on_devices,
                changed_at=now,
            )

        return self._shown(self._reach.preferences.change(employee_id, changed))

    def resume(self, caller: Caller, employee_id: str, channel: Channel) -> SettingsView:
        """Sends over a paused channel again, from the next notice on. Raises Forbidden."""
        self.admit(caller, employee_id)

        def changed(known: Preferences) -> Preferences:
            return known.changed(paused={name: one for name, one in known.paused.items() if name != channel})

        return self._shown(self._reach.preferences.change(employee_id, changed))

    def _shown(self, known: Preferences) -> SettingsView:
        from shared.notifications.contract import ChannelView, ChoiceView, DeviceView, SettingsView

        reach = self._reach
        devices = reach.devices.of(known.employee_id)
        employee = reach.employees.get(known.employee_id)
        return SettingsView(
            employee_id=known.employee_id,
            channels=[
                ChannelView(
                    channel=channel,
                    connected=channel in reach.offered,
                    paused_at=_paused_at(known, channel),
                )
                for channel in CHANNELS
            ],
            choices=[
                ChoiceView(
                    channel=channel,
                    kind=kind,
                    about=rule.about,
                    mode=known.mode(channel, kind),
                    urgent=rule.urgent,
                    mandatory=rule.mandatory and channel == "email",
                )
                for channel in CHANNELS
                for kind, rule in RULES.items()
            ],
            quiet_from=known.quiet[0] if known.quiet else None,
            quiet_until=known.quiet[1] if known.quiet else None,
            daily_at=known.daily,
            zone=known.zone,
            zone_in_force=str(known.hours(reach.zone_of(employee)).zone),
            zone_from="chosen" if known.zone else "record" if employee and employee.zone else "organisation",
            slack_address_set=known.slack_address is not None,
            names_on_devices=known.names_on_devices,
            devices=[DeviceView(device_id=one.device_id, name=one.name, since=one.since) for one in devices],
            changed_at=known.changed_at,
        )


def _paused_at(known: Preferences, channel: Channel) -> datetime | None:
    paused = known.paused.get(channel)
    if paused is None:
        return None
    address = known.slack_address or known.employee_id if channel == "slack" else known.employee_id
    return paused.at if paused.address == address_digest(channel, address) else None
