"""Reminds people of what is not done, and tells managers where nothing is, before it is due.

Each assignment says when it is to be looked at next. It is told of before that is noted, and a notice is given once, so
that a crash in between tells nobody twice. What is done, withdrawn or being moved to another day is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from shared.deals.records import DealRecord, DealRecords
from shared.enablement.domain.due_date import DAY
from shared.enablement.domain.reminders import GRACE, steps
from shared.enablement.records import Assignment, AssignmentRecords, AssignmentSettings, SettingsRecords
from shared.enablement.usecases.tell_people import TellPeople
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ports.documents import Documents

IN_ONE_LOOK: Final = 200
MOST_LOOKS: Final = 20
"""In one run; what is left is the next run's."""
SOON: Final = timedelta(minutes=15)
_RISKS: Final = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Reminded:
    """Counts who was told."""

    people: int = 0
    managers: int = 0


class Remind:
    """Looks at what is open."""

    def __init__(self, documents: Documents, calendars: WorkCalendars, telling: TellPeople, clock: Clock) -> None:
        self._assignments = AssignmentRecords(documents)
        self._settings = SettingsRecords(documents)
        self._deals = DealRecords(documents)
        self._employees = EmployeeRecords(documents)
        self._calendars = calendars
        self._telling = telling
        self._clock = clock

    def remind(self) -> Reminded:
        """Tells whoever is to be told now, those with the highest risk first. Raises Retryable."""
        settings, now = self._settings.get(), self._clock.now()
        told = Reminded()
        for _ in range(MOST_LOOKS):
            found = self._assignments.to_look_at(now, limit=IN_ONE_LOOK)
            deals = {one.deal_id: self._deals.get(one.deal_id) for one in found if one.deal_id is not None}
            for one in sorted(found, key=lambda each: _urgency(each, deals.get(each.deal_id or ""))):
                more = self._look(one, deals.get(one.deal_id or ""), settings, now)
                told = Reminded(told.people + more.people, told.managers + more.managers)
            if len(found) < IN_ONE_LOOK:
                break
        return told

    def _look(self, one: Assignment, deal: DealRecord | None, settings: AssignmentSettings, now: datetime) -> Reminded:
        if one.trigger == "deal" and not _stands(one, deal):
            # It is being withdrawn or moved: whoever does that is on the way.
            self._note(one, now, next_step_at=now + SOON)
            return Reminded()
        employee = self._employees.find(one.employee_id)
        if employee is not None and not employee.active and now < one.due_at:
            # Nobody is told of who has left; who comes back before it is due is.
            self._note(one, now, next_step_at=now + DAY)
            return Reminded()
        if employee is None or now >= one.due_at:
            self._note(one, now, next_step_at=None)
            return Reminded()
        when = steps(one.created_at, one.due_at, settings.remind_after, self._calendars.of(employee))
        if one.reminded_at is None and now < when.remind_at:
            self._note(one, now, next_step_at=when.remind_at)
        elif one.reminded_at is None:
            self._telling.reminded(one)
            later = None if when.escalate_at is None else max(when.escalate_at, now + GRACE)
            self._note(one, now, reminded_at=now, next_step_at=later)
            return Reminded(people=1)
        elif when.escalate_at is not None and now < when.escalate_at:
            self._note(one, now, next_step_at=when.escalate_at)
        else:
            told = settings.escalate and when.escalate_at is not None and self._escalate(one, deal)
            self._note(one, now, escalated_at=now if told else one.escalated_at, next_step_at=None)
            return Reminded(managers=int(told))
        return Reminded()

    def _escalate(self, one: Assignment, deal: DealRecord | None) -> bool:
        if one.escalated_at is not None or any(each.done_at is not None for each in one.activities):
            return False
        return self._telling.not_begun(one, deal.risk.overall_risk if deal and deal.risk else None)

    def _note(self, one: Assignment, now: datetime, **fields: datetime | None) -> None:
        self._assignments.change(one.assignment_id, partial(_noted, looked_at=one, fields=fields))


def _noted(found: Assignment | None, looked_at: Assignment, fields: dict[str, datetime | None]) -> Assignment | None:
    """Notes a step, unless something else about the assignment has changed its dates meanwhile."""
    if found is None or found.state != "open" or found.due_at != looked_at.due_at:
        return None
    return found.changed(**fields)


def _stands(one: Assignment, deal: DealRecord | None) -> bool:
    meeting = deal.deal.meeting if deal is not None and deal.is_open else None
    return (
        meeting is not None
        and meeting.at == one.meeting_at
        and deal is not None
        and deal.employee_id == one.employee_id
    )


def _urgency(one: Assignment, deal: DealRecord | None) -> tuple[int, datetime, str]:
    risk = deal.risk.overall_risk if deal is not None and deal.risk is not None else "low"
    return _RISKS[risk], one.due_at, one.assignment_id
