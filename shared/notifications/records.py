"""Keeps what each person chose, and what became of everything that was sent.

notification_preferences/<employee id>   what goes where, when; channels that do not reach the person
notification_deliveries/<delivery id>    one notice on one channel (of push: to one device), or a summary of several; no
                                         word of what it says
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, TypeVar

from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.notifications.domain.channels import RULES, Channel, Mode
from shared.notifications.domain.delivery_state import State, Why
from shared.notifications.domain.timing import Hours
from shared.people.domain.whereabouts import zone_in_force
from shared.platform.domain.notice_kind import NoticeKind
from shared.platform.records.notices import Notice
from shared.ports.documents import Create, Documents, Put, Query, Reader, Transaction, Where

KEPT: Final = timedelta(days=365)
"""As long as the notices themselves; until then the link in a mail works."""
MOST_IN_SUMMARY: Final = 200
QUIET: Final = ("20:00", "07:00")
DAILY: Final = "08:00"

R = TypeVar("R", bound=Record)


class PausedChannel(Record, frozen=True, kw_only=True):
    """Says that a channel does not reach somebody. address: a digest, so that a new address is not held up"""

    at: datetime
    address: str


class Preferences(Record, frozen=True, kw_only=True):
    """Holds what somebody chose. modes: by channel and kind, where something was chosen

    quiet: from when until when ("20:00"), empty for never; zone: None where the organisation's holds
    slack_address: a webhook of the person's own, which is a secret
    names_on_devices: whether devices show the names of customers and people, also where they lie locked
    """

    employee_id: str
    modes: Mapping[Channel, Mapping[NoticeKind, Mode]] = {}
    quiet: tuple[str, ...] = QUIET
    daily: str = DAILY
    zone: str | None = None
    slack_address: str | None = None
    names_on_devices: bool = False
    paused: Mapping[Channel, PausedChannel] = {}
    changed_at: datetime | None = None

    def mode(self, channel: Channel, kind: NoticeKind) -> Mode:
        """Returns how a kind goes over a channel for this person."""
        rule = RULES[kind]
        chosen = self.modes.get(channel, {}).get(kind, rule.otherwise(channel))
        if channel == "email" and rule.mandatory and chosen == "off":
            return "now"
        return "now" if rule.urgent and chosen == "daily" else chosen

    def hours(self, otherwise: tzinfo) -> Hours:
        """Returns when the person may be disturbed. otherwise: the zone of who chose none"""
        quiet = (time.fromisoformat(self.quiet[0]), time.fromisoformat(self.quiet[1])) if self.quiet else None
        return Hours(zone_in_force(self.zone, otherwise=otherwise), quiet, time.fromisoformat(self.daily))

    def is_paused(self, channel: Channel, address: str) -> bool:
        """Tells whether a channel is known not to reach the person at an address."""
        paused = self.paused.get(channel)
        return paused is not None and paused.address == address_digest(channel, address)


class Delivery(Record, frozen=True, kw_only=True):
    """Tells of one notice on one channel, or of a summary.

    notices:     what it tells; one, but for a summary
    attempts:    how often it was begun; tries: how many of these have failed
    repeated:    attempts that were made though an earlier one may have arrived
    lease_until: until then whoever began the present attempt may be at it
    device:      of push: to which device of the person it goes
    in_summary:  the delivery that has this one in it
    """

    delivery_id: str
    employee_id: str
    channel: Channel
    kind: NoticeKind | None
    notices: tuple[str, ...]
    state: State
    due_at: datetime
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    tries: int = 0
    repeated: int = 0
    why: Why | None = None
    fault: str | None = None
    lease_until: datetime | None = None
    in_summary: str | None = None
    finished_at: datetime | None = None
    device: str | None = None

    @property
    def is_over(self) -> bool:
        """Tells whether nothing more happens to it."""
        return self.state not in ("waiting", "gathered", "sending")

    def ended(self, state: State, now: datetime, why: Why | None = None, fault: str | None = None) -> Delivery:
        """Returns it as it is for ever."""
        return self.changed(state=state, why=why, fault=fault, finished_at=now, lease_until=None)


class PreferenceRecords:
    """Reads and writes what people chose."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, employee_id: str, reader: Reader | None = None) -> Preferences:
        """Returns what somebody chose; what holds for everybody where they chose nothing."""
        found = (reader or self._documents).get(_preferences(employee_id))
        return Preferences(employee_id=employee_id) if found is None else Preferences.read(found)

    def zone_of(self, employee_id: str) -> str | None:
        """Returns the time zone that somebody chose; None where they chose none."""
        return self.of(employee_id).zone

    def change(self, employee_id: str, change: Callable[[Preferences], Preferences]) -> Preferences:
        """Changes what somebody chose as it stands."""

        def work(transaction: Transaction) -> Preferences:
            changed = change(self.of(employee_id, transaction))
            transaction.write(Put(_preferences(employee_id), changed.stored()))
            return changed

        return self._documents.transact(work)


class NotificationDeliveries:
    """Reads and writes deliveries."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, delivery_id: str, reader: Reader | None = None) -> Delivery | None:
        """Returns a delivery."""
        if not is_document_name(delivery_id):
            return None
        found = (reader or self._documents).get(_delivery(delivery_id))
        return None if found is None else Delivery.read(found)

    def add(self, planned: list[Delivery], notice: Notice) -> list[Delivery]:
        """Writes those deliveries of a notice that are not known; returns all of them as they are kept.

        Nothing, where the notice is gone: who has been erased is told nothing.
        """

        def work(transaction: Transaction) -> list[Delivery]:
            if transaction.get(f"notifications/{notice.notification_id}") is None:
                return []
            known = [self.get(one.delivery_id, transaction) for one in planned]  # all of it before anything is written
            for one, before in zip(planned, known, strict=True):
                if before is None:
                    transaction.write(Create(_delivery(one.delivery_id), one.stored()))
            return [before or one for one, before in zip(planned, known, strict=True)]

        return self._documents.transact(work)

    def change(self, delivery_id: str, change: Callable[[Delivery], Delivery | None]) -> Delivery | None:
        """Changes one as it stands; None where there is none, or nothing to change."""

        def work(transaction: Transaction) -> Delivery | None:
            known = self.get(delivery_id, transaction)
            changed = None if known is None else change(known)
            if changed is not None:
                transaction.write(Put(_delivery(delivery_id), changed.stored()))
            return changed

        return self._documents.transact(work)

    @staticmethod
    def _gathered(reader: Reader, like: Delivery) -> list[Delivery]:
        where = [
            Where("employee_id", "==", like.employee_id),
            Where("channel", "==", like.channel),
            Where("state", "==", "gathered"),
        ]
        if like.device is not None:
            where.append(Where("device", "==", like.device))
        found = reader.query(Query("notification_deliveries", where, limit=MOST_IN_SUMMARY))
        return list(Delivery.readable(found))

    def summarise(self, first: Delivery, now: datetime) -> Delivery | None:
        """Puts everything that was kept for a person and is due into one delivery; None where another did so."""

        def work(transaction: Transaction) -> Delivery | None:
            known = self.get(first.delivery_id, transaction)
            if known is None or known.state != "gathered":
                return None
            due = [one for one in self._gathered(transaction, known) if one.due_at <= now]
            due.sort(key=lambda one: (one.created_at, one.delivery_id))
            summary = known.changed(
                delivery_id=digest("summary", known.delivery_id),
                kind=None,
                notices=tuple(name for one in due for name in one.notices),
                state="waiting",
                created_at=now,
                due_at=now,
                expires_at=now + KEPT,
            )
            transaction.write(Create(_delivery(summary.delivery_id), summary.stored()))
            for one in due:
                over = one.ended("summarised", now).changed(in_summary=summary.delivery_id)
                transaction.write(Put(_delivery(one.delivery_id), over.stored()))
            return summary

        return self._documents.transact(work)

    def page(self, employee_id: str | None, *, limit: int, after: Position | None = None) -> Page[Delivery]:
        """Returns those of one person, or of everybody, the newest first."""
        where = [] if employee_id is None else [Where("employee_id", "==", employee_id)]
        found = self._documents.query(
            Query("notification_deliveries", where, order_by=[("created_at", "desc")], limit=limit + 1, after=after)
        )
        return page_of(Delivery, found, limit, "created_at")


def delivery_id(notification_id: str, channel: Channel, device: str | None = None) -> str:
    """Returns the id of the one delivery of a notice on a channel; of push for each device one."""
    return digest("notification-delivery", notification_id, channel, *([] if device is None else [device]))


def address_digest(channel: Channel, address: str) -> str:
    """Returns what stands for an address where the address itself need not stand."""
    return digest("notification-address", channel, address)


def _preferences(employee_id: str) -> str:
    return f"notification_preferences/{employee_id}"


def _delivery(name: str) -> str:
    return f"notification_deliveries/{name}"
