"""Publishes what is pending about a person's ratings, and takes it off the list.

Each delivery publishes all that is pending; a sweep catches what a crash left.
"""

from __future__ import annotations

from datetime import timedelta

from shared.ports.ambient import Clock
from shared.ports.messages import Bus, Message
from shared.ratings.records import Facts, RatingsRecords
from shared.ratings.usecases.skill_facts import as_published

TOPICS = {"r": "skill-changed", "d": "discrepancy-changed"}
"""By the first letter of what is pending, small or capital."""
SWEPT_AFTER = timedelta(minutes=2)
"""What has been pending for so long was left by a crash; younger entries may be on their way."""
SWEPT_WITHIN = timedelta(hours=1)


class PublishPending:
    """Publishes pending facts."""

    def __init__(self, records: RatingsRecords, bus: Bus, clock: Clock) -> None:
        self._records = records
        self._bus = bus
        self._clock = clock

    def publish(self, employee_id: str, pending: Facts) -> None:
        """Publishes facts in the order of their revisions, topic by topic."""
        if not pending:
            return
        ordered = sorted(pending.items(), key=lambda item: (int(item[1]["revision"]), item[0]))
        for letter, topic in TOPICS.items():
            facts = [as_published(fact) for key, fact in ordered if key[0].lower() == letter]
            messages = [Message(fact, {"employee_id": employee_id}) for fact in facts]
            if messages:
                self._bus.publish(topic, messages)
        self._records.take_off(employee_id, pending)

    def sweep(self) -> int:
        """Publishes what crashes of the last hour left pending; returns how many employees were helped.

        What is older is published with the employee's next update, at the latest by the nightly recalculation.
        """
        now = self._clock.now()
        helped = 0
        for one in self._records.left_pending(now - SWEPT_WITHIN, now - SWEPT_AFTER):
            self.publish(one.employee_id, one.pending)
            helped += 1
        return helped
