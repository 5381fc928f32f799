"""Ends what a mail is one of, by its link: looking at it changes nothing, since whatever scans mails follows links."""

from __future__ import annotations

from dataclasses import dataclass

from shared.kernel.errors import NotFound
from shared.notifications.domain.channels import RULES, Channel, Mode
from shared.notifications.domain.one_click import OneClick
from shared.notifications.records import Delivery, NotificationDeliveries, PreferenceRecords, Preferences
from shared.notifications.usecases.write_letter import may_end
from shared.platform.domain.notice_kind import NoticeKind
from shared.ports.ambient import Clock


@dataclass(frozen=True, slots=True)
class Ending:
    """Says what a link ends. kind: None for the daily summary; is_over: it is off; may_end: somebody may end it"""

    kind: NoticeKind | None
    about: str
    is_over: bool
    may_end: bool


class EndByLink:
    """Reads links. Whoever has one needs no session: it came to the person's own address."""

    def __init__(
        self, links: OneClick, deliveries: NotificationDeliveries, preferences: PreferenceRecords, clock: Clock
    ) -> None:
        self._links = links
        self._deliveries = deliveries
        self._preferences = preferences
        self._clock = clock

    def look(self, token: str) -> Ending:
        """Returns what a link ends, and ends nothing. Raises NotFound for one that was not made here."""
        delivery = self._delivery(token)
        return _ending(delivery, self._preferences.of(delivery.employee_id))

    def end(self, token: str) -> Ending:
        """Ends it; what is over stays so. Raises NotFound."""
        delivery = self._delivery(token)
        if not may_end(delivery):
            return self.look(token)
        now = self._clock.now()

        def changed(known: Preferences) -> Preferences:
            off: dict[NoticeKind, Mode] = dict.fromkeys(_kinds(delivery, known), "off")
            if not off:
                return known
            chosen = {**known.modes.get(delivery.channel, {}), **off}
            return known.changed(modes={**known.modes, delivery.channel: chosen}, changed_at=now)

        return _ending(delivery, self._preferences.change(delivery.employee_id, changed))

    def _delivery(self, token: str) -> Delivery:
        name = self._links.read(token)
        delivery = None if name is None else self._deliveries.get(name)
        if delivery is None:
            raise NotFound("This link has been cut off, or is older than a year.")
        return delivery


def _ending(delivery: Delivery, known: Preferences) -> Ending:
    about = "The daily summary" if delivery.kind is None else RULES[delivery.kind].about
    return Ending(delivery.kind, about, may_end(delivery) and not _kinds(delivery, known), may_end(delivery))


def _kinds(delivery: Delivery, known: Preferences) -> list[NoticeKind]:
    """Returns the kinds that go on and that a link may end: its own, or what the summary would have."""
    channel: Channel = delivery.channel
    if delivery.kind is not None:
        return [] if known.mode(channel, delivery.kind) == "off" else [delivery.kind]
    return [kind for kind in RULES if known.mode(channel, kind) == "daily"]
