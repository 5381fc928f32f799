"""Keeps employee records: the only place that names their collection and their fields.

employees/<employee id>   one person; the id is the e-mail address in lower case
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from shared.kernel.access import Caller, Role, may_open_profile
from shared.kernel.field_values import FieldValue
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record, Versioned
from shared.observations.state_records import States
from shared.people.aliases import Aliases
from shared.people.domain.name_search import NameSearch, beginnings, plain_letters
from shared.platform.records.changes import change, erasure
from shared.ports.documents import Create, Delete, Documents, Merge, Put, Query, Reader, Transaction, Where, Write

IN_ONE_READ = 500
IN_ONE_PAGE = 300
MOST_PAGES_LOOKED_AT = 10
IN_ONE_QUERY = 30
"""How many values one `in` may name (Firestore's limit)."""


class Employee(Record, frozen=True, kw_only=True):
    """A person of the organisation.

    sources: field → who said it last: administrator, csv or directory
    left_at: when the record began to say that they are not active; None while they are
    zone, country: where they work ("Europe/London"; "GB", or with a region "GB-SCT"); None: where the organisation does
    """

    employee_id: str
    name: str
    role: Role = "employee"
    manager_id: str | None = None
    hire_date: date | None = None
    framework_id: str
    mentor_id: str | None = None
    zone: str | None = None
    country: str | None = None
    active: bool = True
    left_at: datetime | None = None
    sources: Mapping[str, str] = {}
    updated_at: datetime

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written; stores know moments and no days. Beside them stands by what lists find people."""
        return super().stored() | self.found_by | {"hire_date": self.hire_date.isoformat() if self.hire_date else None}

    def left(self, before: Employee | None) -> Employee:
        """Returns the record with the day on which they left: what is written of them later moves it no more.

        before: what it takes the place of
        """
        if self.active:
            return self if self.left_at is None else self.changed(left_at=None)
        since = before.gone_since if before is not None and not before.active else self.updated_at
        return self.changed(left_at=since)

    @property
    def gone_since(self) -> datetime:
        """Returns since when somebody who is not active is not: of a record that never said, its last change."""
        return self.left_at or self.updated_at

    @property
    def found_by(self) -> dict[str, FieldValue]:
        """Returns the fields by which lists find a person."""
        return {"listed_as": self.listed_as, "searched_by": beginnings(self.name, self.employee_id)}

    @property
    def listed_as(self) -> str:
        """Returns by what lists order people: the name as it is typed."""
        return plain_letters(self.name)

    def opens_to(self, caller: Caller) -> bool:
        """Tells whether the caller may see this person's ratings and histories."""
        return may_open_profile(caller, self.employee_id, self.manager_id, self.mentor_id)


class EmployeeRecords:
    """Reads and writes employee records."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, employee_id: str) -> Employee | None:
        """Returns a person's record."""
        return self.get_in(self._documents, employee_id)

    def versioned(self, employee_id: str) -> Versioned[Employee] | None:
        """Returns a person's record for a write that must not overtake another."""
        document = self._documents.get(_path(employee_id))
        return None if document is None else Versioned(Employee.read(document), document.version)

    @staticmethod
    def get_in(reader: Reader, employee_id: str) -> Employee | None:
        """Returns a person's record by a transaction, or another reader of the same store."""
        document = reader.get(_path(employee_id)) if is_document_name(employee_id) else None
        return None if document is None else Employee.read(document)

    def many(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        """Returns the records that exist, by employee id."""
        paths = [_path(employee_id) for employee_id in sorted(set(employee_ids)) if is_document_name(employee_id)]
        found: dict[str, Employee] = {}
        for start in range(0, len(paths), IN_ONE_READ):
            documents = self._documents.get_many(paths[start : start + IN_ONE_READ])
            found |= Employee.by_id(documents.values())
        return found

    def find(self, employee_id: str) -> Employee | None:
        """Returns a person's record, by any id that they have or had."""
        return self.get(employee_id) or self._formerly([employee_id]).get(employee_id)

    def present_id(self, employee_id: str) -> str:
        """Returns the id that a person has now, by any that they have or had; an unknown one as it is."""
        employee = self.find(employee_id)
        return employee.employee_id if employee else employee_id

    def found(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        """Returns the records that exist, by the ids that were asked for, which may be former ones."""
        wanted = set(employee_ids)
        known = self.many(wanted)
        return known | self._formerly(wanted - known.keys())

    def names(self, employee_ids: Iterable[str]) -> dict[str, str]:
        """Returns the names for some ids; an unknown one keeps its id."""
        ids = sorted(set(employee_ids))
        known = self.many(ids)
        return {one: known[one].name if one in known else one for one in ids}

    def active(self) -> list[Employee]:
        """Returns everybody who is active."""
        return self._where([Where("active", "==", True)])

    def last_updated_at(self) -> datetime | None:
        """Returns when a record was written last; None where there is none."""
        found = self._documents.query(Query("employees", (), [("updated_at", "desc")], 1, fields=["updated_at"]))
        return found[0].data["updated_at"] if found else None

    def with_role(self, role: Role) -> list[Employee]:
        """Returns everybody of a role, leavers too."""
        return self._where([Where("role", "==", role)])

    def named(self, name: str, *, limit: int) -> list[Employee]:
        """Returns some of those who have a name."""
        return self._where([Where("name", "==", name)], limit)

    def reports_of(self, *manager_ids: str) -> list[Employee]:
        """Returns the direct reports of some managers."""
        found: list[Employee] = []
        for start in range(0, len(manager_ids), IN_ONE_QUERY):
            some = manager_ids[start : start + IN_ONE_QUERY]
            same = Where("manager_id", "==", some[0]) if len(some) == 1 else Where("manager_id", "in", list(some))
            found += self._where([same])
        return found

    def learners_of(self, mentor_id: str) -> list[Employee]:
        """Returns those whom a mentor accompanies."""
        return self._where([Where("mentor_id", "==", mentor_id)])

    def page(self, *, active: bool | None, manager: str | None, limit: int, after: str | None = None) -> list[Employee]:
        """Returns the records after an id, in the order of ids. active, manager: None for any"""
        where = [] if active is None else [Where("active", "==", active)]
        if manager is not None:
            where.append(Where("manager_id", "==", manager))
        return self._in_order(where, limit, after)

    def listed(self, search: NameSearch, *, limit: int, after: str | None) -> tuple[list[Employee], str | None]:
        """Returns some of the active people whom a search finds, by name, those after one of an id, and the id to go
        on after, None at the end. It looks at so many for a page, and finds fewer where most are not meant."""
        last = None if after is None else self.get(after)
        place = None if last is None else [last.listed_as, last.employee_id]
        where, beginning = [Where("active", "==", True)], search.beginning
        if beginning is not None:
            where.append(Where("searched_by", "array_contains", beginning))
        found: list[Employee] = []
        for _ in range(MOST_PAGES_LOOKED_AT):
            page = self._documents.query(Query("employees", where, [("listed_as", "asc")], limit, place))
            for one in Employee.readable(page):
                if search.begins(one.name, one.employee_id):
                    found.append(one)
                if len(found) == limit:
                    return found, one.employee_id
            if len(page) < limit:
                return found, None
            place = [page[-1].data["listed_as"], page[-1].id]
        return found, page[-1].id

    def everybody(self) -> Iterator[Employee]:
        """Yields every record, also of those who have left, in the order of ids, a page at a time."""
        after = None
        while True:
            page = self.page(active=None, manager=None, limit=IN_ONE_PAGE, after=after)
            yield from page
            if len(page) < IN_ONE_PAGE:
                return
            after = page[-1].employee_id

    def unlisted(self, *, limit: int, after: str | None) -> tuple[list[Merge], str | None]:
        """Returns what lets lists find those whom they would not, of a page of records after an id; and the id to go on
        after, None at the end."""
        place = None if after is None else [after, after]
        page = self._documents.query(Query("employees", (), [("employee_id", "asc")], limit, place))
        writes = []
        for document in page:
            for one in Employee.readable([document]):
                found_by = one.found_by
                if any(document.data.get(name) != value for name, value in found_by.items()):
                    writes.append(Merge(_path(one.employee_id), found_by, document.version))
        return writes, page[-1].id if len(page) == limit else None

    def of_framework(self, framework_id: str, *, limit: int, after: str | None = None) -> list[Employee]:
        """Returns those who are rated by a framework after an id, in the order of ids."""
        return self._in_order([Where("framework_id", "==", framework_id)], limit, after)

    @staticmethod
    def led_by_in(reader: Reader, employee_id: str) -> list[Employee]:
        """Returns those whose manager or mentor somebody is, by a transaction."""
        found: dict[str, Employee] = {}
        for field in ("manager_id", "mentor_id"):
            for one in Employee.readable(reader.query(Query("employees", [Where(field, "==", employee_id)]))):
                found[one.employee_id] = one
        return [found[one] for one in sorted(found)]

    @staticmethod
    def written(employee: Employee) -> Put:
        """Returns the write of a record. Decided in a transaction that has read it"""
        return Put(_path(employee.employee_id), employee.stored())

    def put(self, employee: Employee, now: Callable[[], datetime], *, new: bool, over: str | None = None) -> None:
        """Writes a record, and the empty state of somebody who is new. now: asked for the entry in the log of changes;
        over: the stamp of what it replaces; None for whatever stands. Raises AlreadyExists for one that is not new,
        PreconditionFailed where another was faster."""
        employee_id, stored = employee.employee_id, employee.stored()
        path = _path(employee_id)

        def work(transaction: Transaction) -> None:
            # Begins it: an entry of the log stands in a transaction, which is bounded in time.
            known = transaction.get(path)
            at = now()
            was = None if known is None else known.data.get("framework_id")
            former = {at.isoformat(): was} if isinstance(was, str) and was != employee.framework_id else None
            number = Aliases(transaction).newcomer(employee_id) if known is None else None
            state = States.begun(employee_id, employee.framework_id, former, number)
            entry = change(at, "person", employee_id=employee_id).written()
            transaction.write(Create(path, stored) if new else Put(path, stored, over), state, entry)

        self._documents.transact(work)

    @staticmethod
    def removal(employee_id: str, now: datetime) -> tuple[Write, ...]:
        """Returns the writes that take away the record and state of an id, and tell copies. now: of the transaction"""
        return Delete(_path(employee_id)), States.gone(employee_id), erasure(now, employee_id).written()

    def _formerly(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        """Returns the records of those who had some ids, by those."""
        aliases = Aliases(self._documents).among(employee_ids)
        now_called = self.many(one.employee_id for one in aliases.values())
        return {said: now_called[one.employee_id] for said, one in aliases.items() if one.employee_id in now_called}

    def _where(self, where: Sequence[Where], limit: int | None = None) -> list[Employee]:
        return list(Employee.readable(self._documents.query(Query("employees", where, limit=limit))))

    def _in_order(self, where: Sequence[Where], limit: int, after: str | None) -> list[Employee]:
        """Returns the readable ones of as many pages as it takes: fewer than the limit are the last ones."""
        found: list[Employee] = []
        place = None if after is None else [after, after]
        while True:
            page = self._documents.query(Query("employees", where, [("employee_id", "asc")], limit, place))
            found += Employee.readable(page)
            if len(page) < limit or len(found) >= limit:
                return found[:limit]
            place = [page[-1].data["employee_id"], page[-1].id]


def _path(employee_id: str) -> str:
    return f"employees/{employee_id}"
