"""Writes what a source says of a person, as far as it may, and tells who listens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from shared.kernel.access import Role
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.plain_ids import called, odd_in_id
from shared.people.domain.precedence import Source, may_say
from shared.people.messages import EmployeeChanged
from shared.people.records import Employee, EmployeeRecords
from shared.platform.records.tombstones import Tombstones
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, PreconditionFailed
from shared.ports.messages import Bus, Message

TOPIC = "employee-changed"
IN_ONE_PUBLICATION = 500


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Says something of a person; unset is what the source says nothing of."""

    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    manager_id: str | UnsetType | None = UNSET
    hire_date: date | UnsetType | None = UNSET
    framework_id: str | UnsetType = UNSET
    mentor_id: str | UnsetType | None = UNSET
    zone: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET

    @property
    def others(self) -> dict[str, str]:
        """Returns whom it names as manager and mentor."""
        named = {"manager": self.manager_id, "mentor": self.mentor_id}
        return {name: who for name, who in named.items() if isinstance(who, str) and who}

    def under(self, now_called: Mapping[str, str]) -> Said:
        """Returns the same with the ids that those whom it names have now."""
        names = {"manager": "manager_id", "mentor": "mentor_id"}
        changed = {names[name]: now_called[who] for name, who in self.others.items() if who in now_called}
        return msgspec.structs.replace(self, **changed) if changed else self


def require_other_manager(said: Said, employee_id: str) -> None:
    """Raises Rejected when a person is said to be their own manager."""
    if said.manager_id == employee_id:
        raise Rejected("manager: nobody reports to themselves", field="manager")


@dataclass(frozen=True, slots=True)
class Written:
    """A record as it stands now. changed: this source changed it"""

    employee: Employee
    changed: bool


class WriteEmployees:
    """Writes employee records."""

    def __init__(self, employees: EmployeeRecords, tombstones: Tombstones, bus: Bus, clock: Clock) -> None:
        self._employees = employees
        self._tombstones = tombstones
        self._bus = bus
        self._clock = clock

    def write(
        self, employee_id: str, said: Said, source: Source, before: Employee | None, *, over: str | None = None
    ) -> Written:
        """Writes what a source may say. before: the record as it was read, None where there is none; over: its stamp,
        for a write on nothing else

        Raises Rejected where there is one nevertheless, Conflict where another was faster.
        """
        odd = odd_in_id(employee_id) if before is None else None
        if odd is not None:
            raise Rejected(f"employee_id: must not contain {called(odd)}", field="employee_id")
        now = self._clock.now()
        known = before or Employee(
            employee_id=employee_id, name=employee_id, framework_id=DEFAULT_FRAMEWORK, updated_at=now
        )
        fields: dict[str, str | bool | date | None] = {}
        sources = dict(known.sources)
        for name, value in msgspec.structs.asdict(said).items():
            if value is UNSET or not may_say(source, name, sources.get(name)):
                continue
            if getattr(known, name) != value or sources.get(name) != source:
                fields[name] = value
                sources[name] = source
        # An administrator who sends a record back as it was read takes none of it over from where it comes from.
        sent_back = source == "administrator" and all(getattr(known, name) == fields[name] for name in fields)
        if before is not None and (not fields or sent_back):
            return Written(before, changed=False)
        employee = known.changed(**fields, sources=sources, updated_at=now).left(before)
        try:
            self._employees.put(employee, self._clock.now, new=before is None, over=over)
        except PreconditionFailed:
            raise Conflict("this record was changed meanwhile; look at it again") from None
        except AlreadyExists:
            # Written this moment, or damaged: what it holds is nothing to write over unseen.
            raise Rejected("there is a record of this person, which could not be read; it stays as it is") from None
        return Written(employee, changed=True)

    def publish(self, employees: Sequence[Employee]) -> None:
        """Tells how records stand. One that stayed as it was goes out again: whoever wrote it may have died before
        publishing."""
        facts = [_fact(employee) for employee in employees]
        for start in range(0, len(facts), IN_ONE_PUBLICATION):
            self._bus.publish(TOPIC, facts[start : start + IN_ONE_PUBLICATION])

    def erased_among(self, employee_ids: Iterable[str]) -> Collection[str]:
        """Returns those who have been erased."""
        return self._tombstones.among(employee_ids)

    def require_present(self, said: Said, gone: Collection[str] | None = None) -> None:
        """Raises Rejected when somebody's manager or mentor has been erased. gone: the erased ones, where known"""
        others = said.others
        erased = self._tombstones.among(others.values()) if gone is None else gone
        for field, who in others.items():
            if who in erased:
                raise Rejected(f"{field}: this person has been erased; name another one", field=field)


def _fact(employee: Employee) -> Message:
    fact = EmployeeChanged(
        employee_id=employee.employee_id,
        framework_id=employee.framework_id,
        role=employee.role,
        manager_id=employee.manager_id,
        hire_date=employee.hire_date,
        active=employee.active,
        changed_at=employee.updated_at,
    )
    return Message(fact.model_dump(mode="json"), {"employee_id": employee.employee_id})
