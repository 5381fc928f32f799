"""Assigns without a deal: where a person's skills show something to do, as others see them.

It is asked when a skill has changed and every night, in any order and again: what there is then is looked at anew, and
what is open, or was done lately, is not assigned twice. What the field shows meanwhile is withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.enablement.domain.content import ContentItem
from shared.enablement.domain.due_date import due_after
from shared.enablement.domain.skill_plan import BY_RULE, Had, Limits, to_assign
from shared.enablement.domain.skill_rules import Finding, findings, shown_in_field
from shared.enablement.records import Assignment, AssignmentRecords, SettingsRecords, activity_of
from shared.enablement.usecases.tell_people import TellPeople
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.kernel.access import Caller
from shared.kernel.context import encode_skill
from shared.kernel.ids import digest
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction
from shared.ratings.domain.projection import Projection
from shared.ratings.usecases.project_person import ProjectPerson

PLATFORM: Final = Caller(email="skill-assignments", scopes=frozenset({"profiles.read"}))
"""Whoever reads an assignment sees no more than others do: calls that are open to their employee alone count for
nothing."""
PREPARED: Final = frozenset({"employee"})
"""Roles whose skills are rated for what they do themselves."""


@dataclass(frozen=True, slots=True)
class Material:
    """Holds what can be assigned besides scenarios, and when who works."""

    content: Sequence[ContentItem]
    calendars: WorkCalendars


class AssignForSkills:
    """Follows people's skills."""

    def __init__(
        self, documents: Documents, projecting: ProjectPerson, material: Material, telling: TellPeople, clock: Clock
    ) -> None:
        self._documents = documents
        self._assignments = AssignmentRecords(documents)
        self._settings = SettingsRecords(documents)
        self._employees = EmployeeRecords(documents)
        self._projecting = projecting
        self._material = material
        self._telling = telling
        self._clock = clock

    def follow(self, employee_id: str) -> list[Assignment]:
        """Assigns what a person's skills ask for now, and returns it. Nothing while this is off. Raises Retryable."""
        limits = self._limits()
        employee = self._employees.find(employee_id) if limits is not None else None
        if limits is None or employee is None or not employee.active or employee.role not in PREPARED:
            return []
        seen = self._projecting.seen_by(PLATFORM, employee.employee_id)
        found = findings(seen.projection, seen.expected, self._material.content)
        now = self._clock.now()

        def within(transaction: Transaction) -> list[Assignment]:
            known = [
                _settled(one, seen.projection, now)
                for one in self._assignments.latest(employee.employee_id, transaction)
            ]
            new = [self._made(employee, one, now) for one in to_assign(found, map(_had, known), limits, now)]
            transaction.write(*(AssignmentRecords.written(one) for one in known if one.closed_at == now))
            transaction.write(*(AssignmentRecords.created(one) for one in new))
            return new

        new = self._documents.transact(within)
        for one in self._untold(employee.employee_id, new):
            self._telling.given(one)
        return new

    def _limits(self) -> Limits | None:
        kept = self._settings.get()
        if not kept.on:
            return None
        return Limits(frozenset(kept.off), kept.most_open, timedelta(days=kept.cooldown_days))

    def _untold(self, employee_id: str, new: Sequence[Assignment]) -> list[Assignment]:
        """Returns what the person has to be told: what a crash left untold as well."""
        known = {one.assignment_id: one for one in new}
        for one in self._assignments.latest(employee_id):
            if one.state == "open" and one.trigger in BY_RULE:
                known.setdefault(one.assignment_id, one)
        return list(known.values())

    def _made(self, employee: Employee, found: Finding, now: datetime) -> Assignment:
        trigger, context = found.rule.trigger, encode_skill(found.context)
        day = now.date().isoformat()
        return Assignment(
            assignment_id=f"assign_{digest('by-rule', employee.employee_id, trigger, found.competency, context, day)}",
            employee_id=employee.employee_id,
            state="open",
            assignment_type="auto_triggered",
            trigger=trigger,
            trigger_reason=f"{trigger}_{found.competency}",
            why=found.why,
            competency=found.competency,
            context=context,
            priority=found.priority,
            due_at=due_after(found.rule.workdays, now, self._material.calendars.of(employee)),
            activities=(activity_of(found.item, found.why),),
            created_at=now,
            next_step_at=now,
        )


def _settled(one: Assignment, projection: Projection, now: datetime) -> Assignment:
    """Returns an assignment as it is now: withdrawn where the field shows meanwhile what a rule asked for."""
    if one.state != "open" or one.trigger not in BY_RULE - {"expiring", "practice_falls"} or one.competency is None:
        return one
    return one.closed(now, "shown") if shown_in_field(projection.row(one.competency, one.context or "")) else one


def _had(one: Assignment) -> Had:
    to_do = frozenset(each.content_id for each in one.activities if each.done_at is None)
    ended = None if one.state == "open" else one.closed_at or one.created_at
    return Had(one.trigger, one.competency, to_do, ended)
