"""Brings name, manager and activity of known people from the company's directory, a page at a time.

A directory never creates people: it would bring everyone in the company. A night begins with a task; each reads one
page, writes what it says of the people who have a record, and asks for the next. One that dies, or comes twice, writes
the same again, and there is one task for the page behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET, UnsetType

from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.kernel.places import country_code
from shared.kernel.unicode_form import folded
from shared.people.messages import DirectoryTask
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.write_employees import Said, WriteEmployees
from shared.platform.records.tombstones import Tombstones
from shared.ports.ambient import Clock, Directory, DirectoryPerson, Log
from shared.ports.messages import TaskQueue

QUEUE, FUNCTION = "directory-pages", "directory_sync"


def ask_for_page(tasks: TaskQueue, task: DirectoryTask) -> None:
    """Asks for one page of a night: once, also where it is asked for twice. Raises Retryable."""
    tasks.enqueue(QUEUE, FUNCTION, task.model_dump(), name=digest("directory", task.run, str(task.part)))


class BeginSynchronising:
    """Asks for the first page."""

    def __init__(self, tasks: TaskQueue, clock: Clock) -> None:
        self._tasks = tasks
        self._clock = clock

    def nightly(self) -> str:
        """Returns the night's name, by which a second trigger joins it. Raises Retryable."""
        run = self._clock.now().date().isoformat()
        ask_for_page(self._tasks, DirectoryTask(run=run, part=0))
        return run


@dataclass(frozen=True, slots=True)
class Synchronised:
    """How many people of a page have a record, whose it changed, and how many have none."""

    known: int
    changed: int
    unknown: int


class SynchronisePeople:
    """Compares the records with the directory. directory: None where none is connected; outside: tasks, and the log"""

    def __init__(
        self,
        directory: Directory | None,
        employees: EmployeeRecords,
        writing: WriteEmployees,
        tombstones: Tombstones,
        outside: tuple[TaskQueue, Log],
    ) -> None:
        self._directory = directory
        self._employees = employees
        self._writing = writing
        self._tombstones = tombstones
        self._tasks, self._log = outside

    def page(self, task: DirectoryTask) -> Synchronised | None:
        """Writes what a page of the directory says of people who have a record, and asks for the next one; None without
        a directory. Raises Retryable."""
        if self._directory is None:
            self._log.event(LogEvent.DIRECTORY_NOT_CONFIGURED)
            return None
        page = self._directory.page(task.following)
        counts = self._written(self._directory, {folded(person.email): person for person in page.people})
        if page.following is not None:
            ask_for_page(self._tasks, DirectoryTask(run=task.run, part=task.part + 1, following=page.following))
        self._log.event(LogEvent.DIRECTORY_SYNCHRONISED, part=task.part, known=counts.known, changed=counts.changed)
        return counts

    def _written(self, directory: Directory, people: Mapping[str, DirectoryPerson]) -> Synchronised:
        managers = {folded(person.manager) for person in people.values() if person.manager}
        known = self._employees.found(managers | people.keys())
        gone = self._tombstones.among(managers - known.keys())
        now_called = {said: one.employee_id for said, one in known.items()}
        present = {email: person for email, person in people.items() if email in known}
        # Where it has somebody under a former id as well as under the present one, the present one says how they are.
        read = {
            email
            for email in present
            if now_called[email] == email or not (now_called[email] in present or directory.has(now_called[email]))
        }
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
    """Returns what the directory says of a person; a hire date and a country only where none is known.

    Nothing of the manager where that is the person: it may have two that are one here.
    """
    manager = folded(person.manager) if person.manager else ""
    manager = now_called.get(manager, manager)
    return Said(
        active=not person.suspended,
        name=person.name or UNSET,
        manager_id=manager if manager and manager not in gone | {known.employee_id} else UNSET,
        country=_country(person.country) if person.country and not known.country else UNSET,
        hire_date=date.fromisoformat(person.hire_date) if person.hire_date and not known.hire_date else UNSET,
    )


def _country(text: str) -> str | UnsetType:
    """Reads a country; of what is none a directory says nothing."""
    try:
        return country_code(text)
    except ValueError:
        return UNSET
