"""Pauses a channel that will never reach a person there, or forgets a device, and tells them in the portal."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.log_events import LogEvent
from shared.notifications.records import Delivery, PausedChannel, address_digest
from shared.notifications.usecases.reach import Reach
from shared.platform.usecases.notices import Notifications
from shared.ports.ambient import Log


class PauseChannel:
    """Follows addresses that refuse for ever."""

    def __init__(self, reach: Reach, notices: Notifications, log: Log) -> None:
        self.reach = reach
        self._notices = notices
        self._log = log

    def pause(self, delivery: Delivery, address: str, now: datetime) -> None:
        """Sends a person nothing more over a channel until they ask for it, or their address is another.

        A device that is not reached any more is forgotten, and the person told when it was the last one. They are told
        before: told twice it is one notice.
        """
        if delivery.device is not None:
            self._forget(delivery, delivery.device)
            return
        channel, known = delivery.channel, address_digest(delivery.channel, address)
        facts = {"channel": channel}
        self._notices.tell(delivery.employee_id, "notifications.paused", facts, once=f"{known} {delivery.delivery_id}")
        paused = PausedChannel(at=now, address=known)
        self.reach.preferences.change(
            delivery.employee_id, lambda one: one.changed(paused={**one.paused, channel: paused})
        )
        self._log.event(LogEvent.NOTIFICATION_PAUSED, "WARNING", channel=channel, delivery_id=delivery.delivery_id)

    def _forget(self, delivery: Delivery, device: str) -> None:
        own, channel = delivery.employee_id, delivery.channel
        if all(one.device_id == device for one in self.reach.devices.of(own)):
            facts = {"channel": channel}
            self._notices.tell(own, "notifications.paused", facts, once=f"{device} {delivery.delivery_id}")
        self.reach.devices.remove(device, own)
        self._log.event(LogEvent.NOTIFICATION_PAUSED, "WARNING", channel=channel, delivery_id=delivery.delivery_id)
