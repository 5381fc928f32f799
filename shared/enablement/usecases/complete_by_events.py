"""Closes assignments by what systems report: a session of practice, a lesson, an exam.

What is done is worked out anew from the ledger each time, so that it does not matter whether the report or the
assignment came first, how often either is told, or that a report was recorded by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from shared.enablement.domain.completion import LOOKED_BACK, Completion, completed_by, counts_from
from shared.enablement.records import Activity, Assignment, AssignmentRecords
from shared.enablement.usecases.deal_store import DealStore
from shared.observations.domain.observation import Kind
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger, RecentEvent
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock

KINDS: Final[tuple[Kind, ...]] = ("validation", "learning")
WHOLE: Final = 100.0
"""Of a lesson, in per cent."""


class CompleteByEvents:
    """Follows what is recorded of people."""

    def __init__(
        self,
        assignments: AssignmentRecords,
        ledger: Ledger,
        employees: EmployeeRecords,
        store: DealStore,
        clock: Clock,
    ) -> None:
        self._store = store
        self._assignments = assignments
        self._ledger = ledger
        self._employees = employees
        self._clock = clock

    def observe(self, fact: ObservationRecorded) -> list[Assignment]:
        """Brings a person's assignments to where an event has them; what is of the field closes none. Returns those
        that changed. Raises Retryable."""
        content = fact.scenario_id or fact.content_id
        if fact.kind not in KINDS or content is None:
            return []
        employee_id = self._employees.present_id(fact.employee_id)
        asked = [
            one
            for one in self._assignments.latest(employee_id)
            if one.state != "cancelled" and any(each.content_id == content for each in one.activities)
        ]
        known = self._known(employee_id, asked)
        found = [changed for one in asked if (changed := self._change(one.assignment_id, known)) is not None]
        for one in asked:  # also of what an attempt before this one changed, and died before it told
            self._store.tell_again(one.deal_id)
        return found

    def settle(self, assignment: Assignment) -> Assignment:
        """Returns an assignment that has just been written as what was done before has it. Raises Retryable."""
        known = self._known(assignment.employee_id, [assignment])
        return (self._change(assignment.assignment_id, known) if known else None) or assignment

    def _change(self, assignment_id: str, known: Sequence[Completion]) -> Assignment | None:
        now = self._clock.now()
        return self._assignments.change(assignment_id, partial(_settled, known=known, now=now))

    def _known(self, employee_id: str, asked: Sequence[Assignment]) -> list[Completion]:
        if not asked:
            return []
        since = min(one.created_at for one in asked) - LOOKED_BACK
        return [
            completion
            for kind in KINDS
            for event in self._ledger.happened_since([employee_id], kind, since)[employee_id]
            for completion in _completions(event)
        ]


def _completions(event: RecentEvent) -> Iterator[Completion]:
    """Yields what an event says is done; nothing for one that is void, was failed, or is not through."""
    if event.standing in ("void", "rejected"):
        return
    fact = ObservationRecorded.model_validate(json.loads(event.message))
    through = fact.kind != "learning" or (fact.completion_percentage or 0) >= WHOLE
    content = fact.scenario_id or fact.content_id
    if content is not None and through and fact.passed is not False:
        yield Completion(event.event_id, content, event.occurred_at)


def _settled(found: Assignment | None, known: Sequence[Completion], now: datetime) -> Assignment | None:
    """Returns an assignment as events have it; None where nothing about it changes.

    What the person said stays. A report that was a mistake opens the assignment again until it is due; after that it
    stays as it was closed.
    """
    if found is None or found.state == "cancelled":
        return None
    activities = tuple(_activity(one, found, known) for one in found.activities)
    if activities == found.activities:
        return None
    after = found.changed(activities=activities)
    if not after.minutes_left:
        return after if found.state == "done" else after.closed(now, "completed")
    if found.state == "open":
        return after
    return after.reopened(now) if found.due_at > now else None


def _activity(one: Activity, assignment: Assignment, known: Sequence[Completion]) -> Activity:
    if one.done_at is not None and one.done_by is None:
        return one
    since = counts_from(one.activity_type, assignment.created_at, for_a_deal=assignment.trigger == "deal")
    done = completed_by(one.content_id, since, known)
    return one.changed(done_at=done.at if done else None, done_by=done.event_id if done else None)
