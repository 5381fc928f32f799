"""Shows the latest events of the people in sight, and all that counts about one person, in order of time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.access import LIST_SIGHT, Caller, require
from shared.kernel.pages import Page, Position
from shared.observations.domain.effective_entries import effective_entries
from shared.observations.domain.observation import Kind, Observation, decode
from shared.observations.records import Ledger, RecentEvent
from shared.observations.state_records import States
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.open_profile import require_open
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents
from shared.privacy.usecases.first_sight import FirstSight


@dataclass(frozen=True, slots=True)
class Happening:
    """One accepted event. employee: the person's name; scores: (word, points), none while they are not open

    scores_open_at: when an analyst's scores open for the caller; None where they are
    """

    event_id: str
    employee_id: str
    employee: str
    kind: Kind
    source: str
    activity: str
    standing: str
    occurred_at: datetime
    overall_score: float | None
    passed: bool | None
    scores: tuple[tuple[str, float | None], ...]
    scores_open_at: datetime | None


class Activity:
    """Reads the ledger and the states for pages about what happened."""

    def __init__(self, documents: Documents, in_sight: PeopleInSight, first_sight: FirstSight, audit: Audit) -> None:
        self._ledger = Ledger(documents)
        self._states = States(documents)
        self._employees = EmployeeRecords(documents)
        self._in_sight = in_sight
        self._first_sight = first_sight
        self._audit = audit

    def latest(self, caller: Caller, kind: Kind, *, limit: int = 25, after: Position | None = None) -> Page[Happening]:
        """Returns the newest events of one kind about people whose profile the caller may open, and records whom of
        others they show. Raises Forbidden."""
        require(caller, "histories.read")
        if caller.role is None or LIST_SIGHT[caller.role] == "everyone":
            found = self._ledger.latest(kind, limit, after, "occurred_at")
        else:
            ids = [employee.employee_id for employee in self._in_sight.all(caller) if employee.opens_to(caller)]
            found = self._ledger.latest_of(ids, kind, limit, after)
        people = sorted({event.employee_id for event in found.items})
        names = self._employees.names(people)
        withheld = self._first_sight.withheld(caller, found.items)
        self._audit.read(caller, AuditAction.ACTIVITY_VIEWED, people, detail=f"the latest {kind} records")
        items = tuple(
            _happening(event, names[event.employee_id], withheld.get(event.event_id)) for event in found.items
        )
        return Page(tuple(items), found.next)

    def effective(self, caller: Caller, employee: Employee) -> list[Observation]:
        """Returns what stands about a person who has been opened for the caller, is not rejected and is open, the
        oldest first. Raises Forbidden."""
        require_open(caller, employee)
        state = self._states.get(employee.employee_id)
        if state is None:
            return []
        seen = state.without(self._first_sight.closed_to(caller, state).calls)
        observations = [decode(text) for text in effective_entries(seen.entries).values()]
        kept = [observation for observation in observations if observation.standing != "rejected"]
        return sorted(kept, key=lambda observation: (observation.at, observation.source, observation.source_id))


def _happening(event: RecentEvent, employee: str, opens: datetime | None) -> Happening:
    message = json.loads(event.message)
    return Happening(
        event_id=event.event_id,
        employee_id=event.employee_id,
        employee=employee,
        kind=event.kind,
        source=event.source,
        activity=event.activity,
        standing=event.standing if opens is None else "not_open_yet",
        occurred_at=event.occurred_at,
        overall_score=message.get("overall_score") if opens is None else None,
        passed=message.get("passed") if opens is None else None,
        scores=tuple((score["competency"], score["score"]) for score in message.get("scores", ()) if opens is None),
        scores_open_at=opens,
    )
