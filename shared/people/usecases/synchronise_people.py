"""Brings name, manager and activity of known people from the company's directory.

A directory never creates people: it would bring everyone in the company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET

from shared.kernel.log_events import LogEvent
from shared.kernel.unicode_form import folded
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.write_employees import Said, WriteEmployees
from shared.platform.records.tombstones import Tombstones
from shared.ports.ambient import Directory, DirectoryPerson, Log


@dataclass(frozen=True, slots=True)
class Synchronised:
    """How many people of the directory have a record, whose it changed, and how many have none."""

    known: int
    changed: int
    unknown: int


class SynchronisePeople:
    """Compares the records with the directory. directory: None where none is connected"""

    def __init__(
        self,
        directory: Directory | None,
        employees: EmployeeRecords,
        writing: WriteEmployees,
        tombstones: Tombstones,
        log: Log,
    ) -> None:
        self._directory = directory
        self._employees = employees
        self._writing = writing
        self._tombstones = tombstones
        self._log = log

    def nightly(self) -> Synchronised | None:
        """Writes what the directory says of people who have a record; None without a directory. Raises Retryable."""
        if self._directory is None:
            self._log.event(LogEvent.DIRECTORY_NOT_CONFIGURED)
            return None
        counts = self._written({folded(person.email): person for person in self._directory.people()})
        self._log.event(LogEvent.DIRECTORY_SYNCHRONISED, known=counts.known, changed=counts.changed)
        return counts

    def _written(self, people: Mapping[str, DirectoryPerson]) -> Synchronised:
        managers = {folded(person.manager) for person in people.values() if person.manager}
        known = self._employees.found(managers | people.keys())
        gone = self._tombstones.among(managers - known.keys())
        now_called = {said: one.employee_id for said, one in known.items()}
        # Where it has somebody under a former id as well as under the present one, the present one says how they are.
        present = {email: person for email, person in people.items() if email in known}
        read = {email for email in present if now_called[email] == email or now_called[email] not in present}
        written = [
            self._writing.write(
                now_called[email], _said(present[email], known[email], gone, now_called), "directory", known[email]
            )
            for email in sorted(read)
        ]
        self._writing.publish([one.employee for one in written])
        changed = sum(one.changed for one in written)
        return Synchronised(known=len(written), changed=changed, unknown=len(people) - len(present))


def _said(person: DirectoryPerson, known: Employee, gone: frozenset[str], now_called: Mapping[str, str]) -> Said:
    """Returns what the directory says of a person; a hire date only where none is known.

    Nothing of the manager where that is the person: it may have two that are one here.
    """
    manager = folded(person.manager) if person.manager else ""
    manager = now_called.get(manager, manager)
    return Said(
        active=not person.suspended,
        name=person.name or UNSET,
        manager_id=manager if manager and manager not in gone | {known.employee_id} else UNSET,
        hire_date=date.fromisoformat(person.hire_date) if person.hire_date and not known.hire_date else UNSET,
    )
