"""Imports people from CSV, with a report line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.csv_file import EMAIL, PERSON, Row, rows
from shared.kernel.errors import Rejected
from shared.kernel.reading import DOCUMENT_NAMES, is_document_name, validated
from shared.kernel.unicode_form import folded
from shared.people.contract import EmployeeBody, ImportAnswer, ImportLine, Result, summary
from shared.people.domain.job_titles import JobTitles
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.write_employees import Said, WriteEmployees, require_other_manager
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

REQUIRED = ("name", "email")
OPTIONAL = ("role", "manager", "hire_date", "framework", "mentor", "zone", "country", "active")
_EMAIL = re.compile(r"[^@\s/,;<>\"]+@[^@\s/,;<>\"]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """Says what came of one line. others: whom it names as manager and mentor"""

    number: int
    employee_id: str | None
    result: Result
    detail: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def told(self, known: Collection[str]) -> ImportLine:
        """Returns the line of the report, with those whom nobody has imported yet."""
        strangers = {name: who for name, who in self.others.items() if who not in known}
        detail = "; ".join(f"{name}: nobody has imported {who[:80]!r} yet" for name, who in strangers.items())
        return ImportLine(
            line=self.number, employee_id=self.employee_id, result=self.result, detail=detail or self.detail
        )


@dataclass(slots=True)
class _Run:
    """One file on its way in. known: the records of whom it names; gone: those who have been erased"""

    known: dict[str, Employee]
    gone: Collection[str]
    frameworks: set[str] = field(default_factory=set)
    lines: list[_Line] = field(default_factory=list)
    written: list[Employee] = field(default_factory=list)

    def now_called(self, person: str, said: Said) -> Said:
        """Returns what a line says of a person, with the ids that the manager and mentor have now. Raises Rejected"""
        known = {who: self.known[who].employee_id for who in said.others.values() if who in self.known}
        said = said.under(known)
        require_other_manager(said, self.known[person].employee_id if person in self.known else person)
        return said


class ImportPeople:
    """Takes in files of people."""

    def __init__(
        self,
        employees: EmployeeRecords,
        writing: WriteEmployees,
        configuration: Configuration,
        titles: JobTitles,
        audit: Audit,
    ) -> None:
        self._employees = employees
        self._writing = writing
        self._configuration = configuration
        self._titles = titles
        self._audit = audit

    def from_csv(self, caller: Caller, content: bytes) -> ImportAnswer:
        """Imports a file (name, email or employee_id, role, manager, hire_date; optionally framework, mentor, zone,
        country, active).

        Every line stands for itself: good ones are written, the others reported with their number and reason. A
        manager or mentor who is neither known nor in the file is said in the line's detail, and no reason to refuse
        it: files come in any order. Raises Forbidden, Malformed, Rejected (the file as a whole).
        """
        require(caller, "people.write")
        found = rows(content, REQUIRED, OPTIONAL)
        named = _named_in(found)
        known = self._employees.found(named)
        run = _Run(known, self._writing.erased_among(named - known.keys()))
        for row in found:
            run.lines.append(self._line(row, run))
        self._writing.publish(run.written)
        self._audit.record(caller, AuditAction.EMPLOYEES_IMPORTED, detail=f"{len(found)} lines")
        there = run.known.keys() | {employee.employee_id for employee in run.known.values()}
        return summary([line.told(there) for line in run.lines])

    def _line(self, row: Row, run: _Run) -> _Line:
        email = row.person
        try:
            framework_id, said = _said(row, self._titles)
            said = run.now_called(email, said)
            if framework_id not in run.frameworks:
                self._configuration.framework(framework_id)
                run.frameworks.add(framework_id)
            if email in run.gone:
                raise Rejected("email: this person has been erased; an administrator can create the record again")
            self._writing.require_present(said, run.gone)
            before = run.known.get(email)
            employee_id = before.employee_id if before else email
            written = self._writing.write(employee_id, said, "csv", before)
        except Rejected as error:
            return _Line(row.number, email or None, "rejected", error.detail)
        run.known[email] = run.known[employee_id] = written.employee
        run.written.append(written.employee)
        result: Result = "created" if before is None else "updated" if written.changed else "unchanged"
        return _Line(row.number, employee_id, result, others=said.others)


def _named_in(found: Iterable[Row]) -> set[str]:
    """Returns everybody whom a file names: by id, as manager or as mentor."""
    named = {folded(row.cell(column)) for row in found for column in ("manager", "mentor")}
    return (named | {row.person for row in found}) - {""}


def _said(row: Row, titles: JobTitles) -> tuple[str, Said]:
    """Returns the framework that a line is of, and what it says. An empty cell of an optional column says nothing."""
    row.check_width()
    person, email = row.person, folded(row.cell(EMAIL))
    if email and not _EMAIL.fullmatch(email):
        raise Rejected(
            f"email: {email[:80]!r} is no e-mail address; ids of another kind stand in a column {PERSON}", field="email"
        )
    if not is_document_name(person):
        column = PERSON if PERSON in row.cells else EMAIL
        raise Rejected(f"{column}: {person[:80]!r} is no id; ids have {DOCUMENT_NAMES}", field=column)
    given: dict[str, Any] = {"name": row.cell("name")}
    if row.cell("role"):
        given["role"] = titles.role(row.cell("role"))
    for column, name in (("manager", "manager"), ("mentor", "mentor"), ("framework", "framework_id")):
        if row.cell(column):
            given[name] = folded(row.cell(column))
    if row.cell("hire_date"):
        given["hire_date"] = _checked_day(row.cell("hire_date"))
    given |= {name: row.cell(name) for name in ("zone", "country") if row.cell(name)}
    if row.cell("active"):
        given["active"] = _truth(row.cell("active").lower())
    body = validated(EmployeeBody, given)
    given |= {name: getattr(body, name) for name in ("hire_date", "zone", "country") if name in given}
    names = {"manager": "manager_id", "mentor": "mentor_id"}
    return body.framework_id, Said(**{names.get(name, name): value for name, value in given.items()})


def _checked_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise Rejected(f"hire_date: {text[:40]!r} is no date; write YYYY-MM-DD", field="hire_date") from None
    return text


def _truth(word: str) -> bool:
    if word not in {"true", "false", "yes", "no", "1", "0"}:
        raise Rejected(f"active: {word[:40]!r} is neither true nor false", field="active")
    return word in {"true", "yes", "1"}
