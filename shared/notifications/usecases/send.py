"""Makes an attempt to send, and decides what comes next.

A task may come twice, late, or after another has done its work. So an attempt begins with a commit that says that it
has begun, and until its lease is over nobody else begins one: of any number of tasks one sends. A process that dies
in between leaves an attempt of which nobody knows whether it arrived. It is made again only where the other side knows
the letter by its key (docs/decisions/2026-11-29-notifications.md); else it stays, and is shown, as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.log_events import LogEvent
from shared.notifications.domain.channels import RULES, Channel
from shared.notifications.domain.timing import again_at
from shared.notifications.messages import NotifyTask
from shared.notifications.ports.channel import Sending, Sent
from shared.notifications.records import Delivery, NotificationDeliveries
from shared.notifications.usecases.notify_queue import NotifyQueue
from shared.notifications.usecases.pause_channel import PauseChannel
from shared.notifications.usecases.reach import Reach, Reached, Way
from shared.notifications.usecases.write_letter import WriteLetter
from shared.ports.ambient import Clock, Log

LEASE: Final = timedelta(minutes=10)
"""Longer than a function may run: whoever began an attempt has ended, one way or the other."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Holds the ways out, and what every attempt looks at."""

    channels: Mapping[Channel, Sending]
    clock: Clock
    log: Log


class Send:
    """Works off the tasks of deliveries."""

    def __init__(
        self,
        deliveries: NotificationDeliveries,
        writing: WriteLetter,
        queue: NotifyQueue,
        pausing: PauseChannel,
        outside: Outside,
    ) -> None:
        self._deliveries = deliveries
        self._writing = writing
        self._queue = queue
        self._pausing = pausing
        self._outside = outside

    @property
    def _reach(self) -> Reach:
        return self._pausing.reach

    def attempt(self, task: NotifyTask) -> None:
        """Does what a task asks for. Raises Retryable: done again, it sends nothing again that was noted."""
        delivery, now = self._deliveries.get(task.name), self._outside.clock.now()
        if delivery is None or delivery.is_over or delivery.state == "gathered":
            return
        opens = delivery.lease_until or delivery.due_at
        if now < opens:
            self._queue.look(delivery, task.looks + 1, opens)
            return
        if delivery.state == "waiting" and task.attempt != delivery.attempts:
            self._queue.next(delivery)  # of an attempt that has been made; the next one has a task of its own
            return
        person = self._reach.person(delivery.employee_id)
        if person is None:
            self._end(delivery, delivery.ended("withdrawn", now, "left"))
            return
        self._go_on(delivery, person, now)

    def _go_on(self, delivery: Delivery, person: Reached, now: datetime) -> None:
        way = self._reach.way(person, delivery.channel, delivery.device)
        against = self._reach.against(person, way, delivery.channel, delivery.kind)
        sending = self._outside.channels.get(delivery.channel)
        if delivery.state == "sending" and not _may_repeat(delivery, sending):
            self._end(delivery, delivery.ended("unknown", now, "interrupted"))
        elif against is not None or way is None or sending is None:
            self._end(delivery, delivery.ended("withdrawn", now, against or "off"))
        elif (awake := self._awake(delivery, person, now)) > now:
            self._end(delivery, delivery.changed(state="waiting", lease_until=None, due_at=awake))
        else:
            self._send(delivery, person, way, sending)

    def _awake(self, delivery: Delivery, person: Reached, now: datetime) -> datetime:
        urgent = delivery.kind is not None and RULES[delivery.kind].urgent
        # A summary comes at the hour that was chosen for it, whatever else was.
        return now if urgent or delivery.kind is None else person.hours.awake(now)

    def _send(self, delivery: Delivery, person: Reached, way: Way, sending: Sending) -> None:
        now = self._outside.clock.now()
        letter = self._writing.of(delivery, person, way, now)
        if letter is None:
            self._end(delivery, delivery.ended("withdrawn", now, "read" if delivery.kind is None else "nothing"))
            return
        begun = delivery.changed(
            state="sending",
            attempts=delivery.attempts + 1,
            repeated=delivery.repeated + (delivery.state == "sending"),
            lease_until=now + LEASE,
        )
        if self._deliveries.change(delivery.delivery_id, lambda one: begun if one == delivery else None) is None:
            return  # another has begun: the task of that attempt goes on
        sent = sending.send(letter)
        self._settle(begun, sent, sending, letter.address)

    def _settle(self, begun: Delivery, sent: Sent, sending: Sending, address: str) -> None:
        now = self._outside.clock.now()
        self._outside.log.event(
            LogEvent.NOTIFICATION_ATTEMPTED,
            "INFO" if sent.verdict == "arrived" else "WARNING",
            delivery_id=begun.delivery_id,
            channel=begun.channel,
            attempt=begun.attempts,
            verdict=sent.verdict,
            fault=sent.fault,
        )
        if sent.verdict == "address":
            self._pausing.pause(begun, address, now)
        after = _after(begun, sent, sending, now)
        self._end(begun, after)

    def _end(self, before: Delivery, after: Delivery) -> None:
        """Writes what a delivery has become, unless another has been at it, and has its next step made."""
        if self._deliveries.change(before.delivery_id, lambda one: after if one == before else None) is not None:
            self._queue.next(after)


def _may_repeat(delivery: Delivery, sending: Sending | None) -> bool:
    return sending is None or sending.repeats is None or delivery.repeated < sending.repeats


def _after(begun: Delivery, sent: Sent, sending: Sending, now: datetime) -> Delivery:
    """Returns a delivery as it is after an attempt."""
    if sent.verdict == "arrived":
        return begun.ended("delivered", now)
    if sent.verdict in ("address", "refused"):
        return begun.ended("failed", now, "address" if sent.verdict == "address" else "refused", sent.fault)
    uncertain = sent.verdict == "uncertain"
    if uncertain and not _may_repeat(begun, sending):
        return begun.ended("unknown", now, "interrupted", sent.fault)
    tries = begun.tries + 1
    again = again_at(begun.delivery_id, tries, now, sent.after_seconds)
    if again is None:
        return begun.ended("unknown" if uncertain else "failed", now, "given_up", sent.fault)
    return begun.changed(
        state="waiting",
        tries=tries,
        due_at=again,
        lease_until=None,
        fault=sent.fault,
        repeated=begun.repeated + uncertain,
    )
