"""Builds what people see and choose of notifications; what sends them is beside it, in notify.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.mail_outbox import mail_outbox, offered_channels

if TYPE_CHECKING:
    from shared.notifications.device_records import DeviceRecords
    from shared.notifications.domain.invitation_link import InvitationLinks
    from shared.notifications.domain.one_click import OneClick
    from shared.notifications.records import NotificationDeliveries, PreferenceRecords
    from shared.notifications.usecases.delivery_history import DeliveryHistory
    from shared.notifications.usecases.end_by_link import EndByLink
    from shared.notifications.usecases.own_devices import OwnDevices
    from shared.notifications.usecases.own_settings import OwnSettings
    from shared.notifications.usecases.reach import Reach
    from shared.notifications.usecases.show_outbox import ShowOutbox


class NotificationsUseCases(Wiring):
    """Makes each use case of notifications when it is first asked for."""

    @wired
    def outbox(self) -> ShowOutbox:
        from shared.notifications.usecases.show_outbox import ShowOutbox

        return ShowOutbox(mail_outbox(self._on), platform(self._on).audit)

    @wired
    def settings(self) -> OwnSettings:
        from shared.notifications.usecases.own_settings import OwnSettings

        return OwnSettings(self.reach, self._on.clock)

    @wired
    def history(self) -> DeliveryHistory:
        from shared.notifications.usecases.delivery_history import DeliveryHistory

        return DeliveryHistory(self.deliveries, self.devices_kept, platform(self._on).audit)

    @wired
    def ending(self) -> EndByLink:
        from shared.notifications.usecases.end_by_link import EndByLink

        return EndByLink(self.links, self.deliveries, self.preferences, self._on.clock)

    @wired
    def links(self) -> OneClick:
        from shared.notifications.domain.one_click import OneClick

        return OneClick(self._on.secrets.get("unsubscribe-key"), self._on.portal_url)

    @wired
    def invitation_links(self) -> InvitationLinks:
        from shared.notifications.domain.invitation_link import InvitationLinks

        return InvitationLinks(self._on.secrets.get("invitation-key"), self._on.portal_url)

    @wired
    def reach(self) -> Reach:
        from infra.wiring.ports.work_calendar import work_calendar
        from shared.notifications.usecases.reach import Reach

        on = self._on
        zone = work_calendar(on.connected.settings).zone
        return Reach(self.preferences, people(on).records, self.devices_kept, offered_channels(on), zone)

    @wired
    def devices(self) -> OwnDevices:
        from infra.wiring.ports.web_push import push_services, vapid
        from shared.notifications.usecases.own_devices import OwnDevices

        on = self._on
        key = on.once(vapid).key if "push" in offered_channels(on) else None
        return OwnDevices(self.devices_kept, push_services(on), key, on.clock)

    @wired
    def devices_kept(self) -> DeviceRecords:
        from shared.notifications.device_records import DeviceRecords

        return DeviceRecords(documents(self._on))

    @wired
    def deliveries(self) -> NotificationDeliveries:
        from shared.notifications.records import NotificationDeliveries

        return NotificationDeliveries(documents(self._on))

    @wired
    def preferences(self) -> PreferenceRecords:
        from shared.notifications.records import PreferenceRecords

        return PreferenceRecords(documents(self._on))


def notifications(on: Environment) -> NotificationsUseCases:
    """Returns the use cases of notifications on an environment."""
    return on.once(NotificationsUseCases)
