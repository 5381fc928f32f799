"""Makes a delivery of a notice for every channel that it goes over, and gathers what is kept for the day."""

from __future__ import annotations

from shared.notifications.domain.channels import RULES
from shared.notifications.messages import NotifyTask
from shared.notifications.records import KEPT, Delivery, NotificationDeliveries, delivery_id
from shared.notifications.usecases.notify_queue import NotifyQueue
from shared.notifications.usecases.reach import Reach, Reached, Way
from shared.platform.records.notices import Notice, NoticeRecords
from shared.ports.ambient import Clock


class PlanDeliveries:
    """Spreads notices over channels. Told again, it makes no other delivery: each has the id of notice and channel,
    and of push of the device."""

    def __init__(
        self,
        notices: NoticeRecords,
        deliveries: NotificationDeliveries,
        reach: Reach,
        queue: NotifyQueue,
        clock: Clock,
    ) -> None:
        self._notices = notices
        self._deliveries = deliveries
        self._reach = reach
        self._queue = queue
        self._clock = clock

    def plan(self, task: NotifyTask) -> None:
        """Makes a notice's deliveries and their first steps. Raises Retryable."""
        notice = self._notices.get(task.name)
        if notice is None or notice.carried:
            return
        person = self._reach.person(notice.employee_id)
        if person is not None:
            chosen = [self._planned(notice, person, way) for way in self._reach.ways(person)]
            for made in self._deliveries.add([one for one in chosen if one is not None], notice):
                self._queue.next(made)
        self._notices.mark_carried(notice.notification_id)

    def gather(self, task: NotifyTask) -> None:
        """Sends what was kept for a person until now in one summary. Raises Retryable."""
        known, now = self._deliveries.get(task.name), self._clock.now()
        if known is None:
            return
        if known.state == "gathered" and now < known.due_at:
            self._queue.look(known, task.looks + 1, known.due_at)
            return
        made = self._deliveries.summarise(known, now)
        if made is None and known.in_summary is not None:
            made = self._deliveries.get(known.in_summary)
        if made is not None:
            self._queue.next(made)

    def _planned(self, notice: Notice, person: Reached, way: Way) -> Delivery | None:
        channel = way.channel
        if self._reach.against(person, way, channel, notice.kind) == "off":
            return None
        now, daily = self._clock.now(), person.preferences.mode(channel, notice.kind) == "daily"
        awake = now if RULES[notice.kind].urgent else person.hours.awake(now)
        return Delivery(
            delivery_id=delivery_id(notice.notification_id, channel, way.device),
            employee_id=notice.employee_id,
            channel=channel,
            kind=notice.kind,
            notices=(notice.notification_id,),
            state="gathered" if daily else "waiting",
            due_at=person.hours.summary(now) if daily else awake,
            created_at=now,
            expires_at=now + KEPT,
            device=way.device,
        )
