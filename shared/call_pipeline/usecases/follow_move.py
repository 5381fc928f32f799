"""Lets everything follow that rests on whose a voice is: observations, escalations, and the new analysis."""

from __future__ import annotations

from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.records import CallRecord
from shared.intake.usecases.void_event import Part, VoidEvent
from shared.kernel.access import Caller
from shared.privacy.usecases.escalations import Escalations

MOVED = "Another person's call: "
"""Begins the reason that the history of the person shows who was taken for the speaker."""


class FollowMove:
    """Brings to its end what a corrected call asks for; again does no harm."""

    def __init__(self, voiding: VoidEvent, escalations: Escalations, tasks: CallTasks) -> None:
        self._voiding = voiding
        self._escalations = escalations
        self._tasks = tasks

    def follow(self, caller: Caller, record: CallRecord) -> None:
        """Makes void what was observed about the wrong people, moves the escalations, has the call analysed.

        Last the task: until then the call is seen not to have been analysed. Raises Retryable.
        """
        reasons = {one.employee_id: c.reason for c in record.corrections for one in c.was}
        for employee_id, former in record.misheard.items():
            # Also what was sent and is not in the ledger: it may yet be taken in from the quarantine.
            part = Part(record.source, record.call_id, employee_id, former.observation_id)
            self._voiding.void_part(caller, part, MOVED + reasons[employee_id])
        if record.corrections:
            self._escalations.follow(caller, record)
        if record.corrections and record.state == "discovered":
            self._tasks.queue(record, "immediate")
