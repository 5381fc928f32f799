"""People: employee records, imports from CSV, the directory's synchronisation, and who is calling.

Precedence, field by field: what an administrator set stands; the role, the framework, the hire date and the mentor
come from CSV; the name, the manager and whether someone is active come from the directory as soon as it knows the
person, from CSV before that. A directory never creates people: it would bring everyone in the company.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shared.frameworks.usecases.configuration import DEFAULT_FRAMEWORK, Configuration
from shared.intake.usecases.record_event import Recorded, RecordEvents
from shared.kernel import access
from shared.kernel.access import Caller, Scope
from shared.kernel.errors import Conflict, Forbidden, Malformed, NotFound, Rejected
from shared.kernel.ids import digest
from shared.kernel.reading import is_document_name, validated
from shared.observations.contract import ValidationEvent
from shared.people.messages import EmployeeChanged
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.tombstones import Erased
from shared.ports.ambient import Clock, Directory
from shared.ports.documents import Delete, Document, Documents, Merge, Put, Query, Where
from shared.ports.identity import Identity
from shared.ports.messages import Bus, Message

if TYPE_CHECKING:
    from shared.people.contract import EmployeeBody

TOPIC = "employee-changed"
MOST_LINES = 20_000
PAGE = 500
TOO_MANY = ""
"""Where a row of CSV carries the complaint that it has more cells than the header."""
_EMAIL = re.compile(r"[^@\s/,;<>\"]+@[^@\s/,;<>\"]+")
DIRECTORY_OWNS = ("name", "manager_id", "active")


class People:
    """Employee records, and what follows from them."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        configuration: Configuration,
        audit: Audit,
        clock: Clock,
        services: Mapping[str, frozenset[Scope]],
        administrators: Collection[str] = (),
    ) -> None:
        """administrators: e-mail addresses (lower case) whose owners are administrators until a record of theirs says
        otherwise: who starts an empty platform."""
        self._documents = documents
        self._bus = bus
        self._configuration = configuration
        self._audit = audit
        self._clock = clock
        self._services = services
        self._administrators = frozenset(administrators)
        self._erased = Erased(documents)
        self._admitted: dict[str, date] = {}

    # Who is calling

    def caller(self, identity: Identity) -> Caller:
        """The caller behind a verified identity: a service account of the allow-list, or an active employee."""
        if identity.kind == "service":
            scopes = self._services.get(identity.email)
            if scopes is None:
                raise Forbidden(f"{identity.email} is not on the allow-list of service accounts", field="Authorization")
            return Caller(email=identity.email, scopes=scopes)
        return self.person(identity.email)

    def person(self, email: str) -> Caller:
        """The caller behind an employee's verified e-mail address. Raises Forbidden for strangers and leavers."""
        document = self._documents.get(f"employees/{email}")
        if document is None and email in self._administrators:
            return self._starting_administrator(email)
        if document is None or not document.data.get("active", True):
            raise Forbidden(f"{email} is not an active person here; an administrator imports people")
        data = document.data
        return Caller(
            email=email,
            role=data["role"],
            employee_id=data["employee_id"],
            name=data["name"],
            framework_id=data["framework_id"],
        )

    def _starting_administrator(self, email: str) -> Caller:
        """An administrator by configuration; the audit notes it once a day for every instance that meets the person."""
        caller = Caller(email=email, role="administrator", name=email, framework_id=DEFAULT_FRAMEWORK)
        today = self._clock.now().date()
        if self._admitted.get(email) != today:
            self._audit.record(caller, AuditAction.ADMINISTRATOR_ADMITTED, detail="by configuration, without a record")
            self._admitted[email] = today
        return caller

    # One record

    def get(self, employee_id: str) -> dict[str, Any]:
        """A record. Raises NotFound."""
        document = self._documents.get(f"employees/{employee_id}") if employee_id else None
        if document is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        return document.data

    def records(self, employee_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The records that exist, by employee id."""
        found = self._documents.get_many([f"employees/{employee_id}" for employee_id in employee_ids])
        return {document.id: document.data for document in found.values()}

    def open_profile(self, caller: Caller, employee_id: str, *, page: str) -> dict[str, Any]:
        """The record of a person whose data the caller may see; leaves an audit record where the role demands it.

        Raises NotFound where there is nobody, and Forbidden where the caller may not: an employee id is an e-mail
        address that colleagues know, so that hiding its existence would protect nothing.
        """
        record = self.get(employee_id)
        if not access.may_open_profile(caller, employee_id, record.get("manager_id"), record.get("mentor_id")):
            raise Forbidden("you may open your own profile, and those that your role and the reporting line give you")
        if access.is_audited(caller, employee_id):
            self._audit.record(caller, AuditAction.PROFILE_VIEWED, subject=employee_id, detail=page)
        return record

    def put(self, employee_id: str, body: EmployeeBody, caller: Caller) -> dict[str, Any]:
        """Creates or replaces a record by an administrator's hand."""
        fields = {
            "name": body.name,
            "role": body.role,
            "manager_id": body.manager,
            "hire_date": body.hire_date.isoformat() if body.hire_date else None,
            "framework_id": body.framework_id,
            "mentor_id": body.mentor,
            "active": body.active,
        }
        self._configuration.framework(body.framework_id)
        known = self._documents.get(f"employees/{employee_id}")
        self._require_present(fields)
        if known is None:
            self._readmit(employee_id, caller)
        record, _ = self._write(employee_id, fields, "administrator", known.data if known else None)
        self._audit.record(caller, AuditAction.EMPLOYEE_CHANGED, subject=employee_id)
        return record

    def _readmit(self, employee_id: str, caller: Caller) -> None:
        """Lets an erased person in again, by an administrator's hand. Raises Conflict while the erasure runs."""
        grave = self._erased.tombstone(employee_id)
        if grave is None:
            return
        run = self._documents.get(f"erasures/{grave.data['run_id']}")
        if run is not None and run.data["state"] != "finished":
            raise Conflict("this person is being erased; the record can be created again when that has finished")
        self._audit.record(caller, AuditAction.EMPLOYEE_READMITTED, subject=employee_id)
        self._documents.commit([Delete(grave.path)])

    def _require_present(self, fields: Mapping[str, Any], gone: Collection[str] | None = None) -> None:
        """Raises Rejected when a record names an erased person as manager or mentor. gone: those, where known."""
        named = {name: fields[name] for name in ("manager_id", "mentor_id") if fields.get(name)}
        for name in named:
            if named[name] in (self._erased.among(named.values()) if gone is None else gone):
                field = name.removesuffix("_id")
                raise Rejected(f"{field}: this person has been erased; name another one", field=field)

    # Lists

    def page(
        self,
        caller: Caller,
        *,
        limit: int = 50,
        after: str | None = None,
        manager: str | None = None,
        active: bool | None = True,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of the records in the caller's sight, by employee id, and the id to continue after."""
        where: list[Where] = [] if active is None else [Where("active", "==", active)]
        sight = access.LIST_SIGHT[caller.role] if caller.role else "everyone"
        if sight == "everyone":
            if manager is not None:
                where.append(Where("manager_id", "==", manager))
            found = self._documents.query(
                Query(
                    "employees",
                    where=where,
                    order_by=[("employee_id", "asc")],
                    limit=limit + 1,
                    after=None if after is None else [after, after],
                )
            )
            records = [document.data for document in found]
        else:
            records = sorted(
                (
                    record
                    for record in self.in_sight(caller)
                    if (active is None or record["active"] == active)
                    and (manager is None or record.get("manager_id") == manager)
                    and (after is None or record["employee_id"] > after)
                ),
                key=lambda record: str(record["employee_id"]),
            )[: limit + 1]
        more = len(records) > limit
        return records[:limit], records[limit - 1]["employee_id"] if more else None

    def administrators(self) -> list[dict[str, Any]]:
        """The records of active administrators, by name: whom a person may ask."""
        found = [record for record in self._all([Where("role", "==", "administrator")]) if record.get("active", True)]
        return sorted(found, key=lambda record: (record["name"].casefold(), record["employee_id"]))

    def in_sight(self, caller: Caller, *, framework_id: str | None = None) -> list[dict[str, Any]]:
        """Every record in the caller's sight (all active people for those who see everyone)."""
        sight = access.LIST_SIGHT[caller.role] if caller.role else "everyone"
        if sight == "everyone":
            records = self._all([Where("active", "==", True)])
        elif sight == "organisation":
            records = self.organisation(caller.employee_id or "")
        elif sight == "reports":
            records = self._all([Where("manager_id", "==", caller.employee_id)])
        elif sight == "learners":
            records = self._all([Where("mentor_id", "==", caller.employee_id)])
        elif sight == "self":
            records = [self.get(caller.employee_id or "")]
        else:
            records = []
        return [r for r in records if framework_id is None or r["framework_id"] == framework_id]

    def organisation(self, manager_id: str) -> list[dict[str, Any]]:
        """Everyone below a manager, level by level; a circle in the records ends where it closes."""
        found: dict[str, dict[str, Any]] = {}
        level = [manager_id]
        while level:
            below: list[dict[str, Any]] = []
            for start in range(0, len(level), 30):
                below += self._all([Where("manager_id", "in", level[start : start + 30])])
            level = [
                r["employee_id"] for r in below if r["employee_id"] not in found and r["employee_id"] != manager_id
            ]
            found.update((r["employee_id"], r) for r in below if r["employee_id"] != manager_id)
        return list(found.values())

    def _all(self, where: Sequence[Where]) -> list[dict[str, Any]]:
        return [document.data for document in self._documents.query(Query("employees", where=where))]

    # Imports

    def import_csv(self, content: bytes, caller: Caller) -> dict[str, Any]:
        """Imports people from CSV (name, email, role, manager, hire_date; optionally framework, mentor, active).

        Every line stands for itself: good ones are written, the others reported with their number and reason. A
        manager or mentor who is neither known nor in the file is said in the line's detail, and no reason to refuse
        it: files come in any order.
        """
        lines = _rows(content, ("name", "email"), ("role", "manager", "hire_date", "framework", "mentor", "active"))
        report: list[dict[str, Any]] = []
        named = _named_in(lines)
        known = self._known(named)
        gone = self._erased.among(named - known.keys())
        above: dict[int, dict[str, str]] = {}
        facts: list[Message] = []
        frameworks: dict[str, str | None] = {}
        for number, row in lines:
            email = row.get("email", "").strip().lower()
            try:
                body, given = _employee_of(row)
                framework_id = body.framework_id
                if framework_id not in frameworks:
                    self._configuration.framework(framework_id)
                    frameworks[framework_id] = framework_id
                if email in gone:
                    raise Rejected("email: this person has been erased; an administrator can create the record again")
                self._require_present(given, gone)
                before = known.get(email)
                record, changed = self._write(email, given, "csv", before, publish=facts)
                known[email] = record
                result = "created" if before is None else "updated" if changed else "unchanged"
                above[number] = {name: getattr(body, name) for name in ("manager", "mentor") if getattr(body, name)}
                report.append({"line": number, "employee_id": email, "result": result, "detail": None})
            except Rejected as error:
                report.append(
                    {"line": number, "employee_id": email or None, "result": "rejected", "detail": error.detail}
                )
        for line in report:
            strangers = {name: who for name, who in above.get(line["line"], {}).items() if who not in known}
            if strangers:
                line["detail"] = "; ".join(
                    f"{name}: nobody has imported {who[:80]!r} yet" for name, who in strangers.items()
                )
        for start in range(0, len(facts), 500):
            self._bus.publish(TOPIC, facts[start : start + 500])
        self._audit.record(caller, AuditAction.EMPLOYEES_IMPORTED, detail=f"{len(lines)} lines")
        return _summary(report)

    def import_certifications(self, content: bytes, caller: Caller, events: RecordEvents) -> dict[str, Any]:
        """Imports certifications from CSV (email, certification, competency, score, date) as certification exams."""
        lines = _rows(content, ("email", "certification", "competency", "score", "date"), ("product_line", "industry"))
        report: list[dict[str, Any]] = []
        for number, row in lines:
            email = row["email"].strip().lower()
            try:
                raw = _certification_of(row)
                body = validated(ValidationEvent, raw)
                recorded: Recorded = events.one(body, raw, caller)
                if recorded.answer["held"]:
                    detail = "held: the competency is unknown"
                else:
                    detail = None
                result = "duplicate" if recorded.answer["duplicate"] else "recorded"
                report.append({"line": number, "employee_id": email, "result": result, "detail": detail})
            except Rejected as error:
                report.append(
                    {"line": number, "employee_id": email or None, "result": "rejected", "detail": _of_columns(error)}
                )
        self._audit.record(caller, AuditAction.CERTIFICATIONS_IMPORTED, detail=f"{len(lines)} lines")
        return _summary(report)

    def synchronise(self, directory: Directory) -> dict[str, int]:
        """Brings name, manager and activity of known people from the company's directory."""
        counts = {"known": 0, "changed": 0, "unknown": 0}
        facts: list[Message] = []
        people = {person.email.lower(): person for person in directory.people()}
        known = self._known(people)
        gone = self._erased.among(
            {person.manager.lower() for person in people.values() if person.manager} - known.keys()
        )
        for email, person in sorted(people.items()):
            before = known.get(email)
            if before is None:
                counts["unknown"] += 1
                continue
            counts["known"] += 1
            fields: dict[str, Any] = {"active": not person.suspended}
            if person.name:
                fields["name"] = person.name
            if person.manager and person.manager.lower() not in gone:
                fields["manager_id"] = person.manager.lower()
            if person.hire_date and not before.get("hire_date"):
                fields["hire_date"] = person.hire_date
            _, changed = self._write(email, fields, "directory", before, publish=facts)
            counts["changed"] += changed
        for start in range(0, len(facts), 500):
            self._bus.publish(TOPIC, facts[start : start + 500])
        return counts

    # Writing

    def _known(self, emails: Iterable[str]) -> dict[str, dict[str, Any]]:
        paths = [f"employees/{email}" for email in set(emails) if email and "/" not in email]
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(paths), PAGE):
            for document in self._documents.get_many(paths[start : start + PAGE]).values():
                found[document.data["employee_id"]] = document.data
        return found

    def _write(
        self,
        employee_id: str,
        fields: Mapping[str, Any],
        source: str,
        before: Mapping[str, Any] | None,
        *,
        publish: list[Message] | None = None,
    ) -> tuple[dict[str, Any], bool]:
        """Writes what a source may say; (the record, whether it changed). The fact is published, or collected."""
        now = self._clock.now()
        record: dict[str, Any] = {
            "employee_id": employee_id,
            "name": employee_id,
            "role": "employee",
            "manager_id": None,
            "hire_date": None,
            "framework_id": DEFAULT_FRAMEWORK,
            "mentor_id": None,
            "active": True,
            "sources": {},
            **(before or {}),
        }
        sources = dict(record["sources"])
        changed = before is None
        for name, value in fields.items():
            owner = sources.get(name)
            if source != "administrator" and owner == "administrator":
                continue
            if source == "csv" and owner == "directory" and name in DIRECTORY_OWNS:
                continue
            changed |= record[name] != value or owner != source
            record[name] = value
            sources[name] = source
        if changed:
            record |= {"sources": sources, "updated_at": now}
            state = {
                "employee_id": employee_id,
                "framework_id": record["framework_id"],
                "observations": {},
            }
            self._documents.commit([Put(f"employees/{employee_id}", record), Merge(f"states/{employee_id}", state)])
        # A record that stays as it is goes out again: whoever wrote it may have died before publishing.
        hire_date = record["hire_date"]
        fact = EmployeeChanged(
            employee_id=employee_id,
            framework_id=record["framework_id"],
            role=record["role"],
            manager_id=record["manager_id"],
            hire_date=date.fromisoformat(hire_date) if hire_date else None,
            active=record["active"],
            changed_at=record["updated_at"],
        )
        message = Message(fact.model_dump(mode="json"), {"employee_id": employee_id})
        if publish is None:
            self._bus.publish(TOPIC, [message])
        else:
            publish.append(message)
        return record, changed


def view(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record in the shape of the contract's EmployeeView."""
    return {
        "employee_id": record["employee_id"],
        "name": record["name"],
        "role": record["role"],
        "manager": record.get("manager_id"),
        "hire_date": record.get("hire_date"),
        "framework_id": record["framework_id"],
        "mentor": record.get("mentor_id"),
        "active": record.get("active", True),
    }


def _rows(content: bytes, required: Sequence[str], optional: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """(line number, row) of a CSV file with a header; raises Malformed or Rejected for the file as a whole.

    A row with more cells than the header has the complaint under TOO_MANY.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"the file is not UTF-8 (byte {error.start}); save it as “CSV UTF-8”", field="body") from None
    if "\x00" in text:
        raise Malformed("the file has a NUL character and is no CSV", field="body")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    sample = text.split("\n", 1)[0]
    delimiter = ";" if sample.count(";") > sample.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        missing = [name for name in required if name not in header]
        if missing:
            known = ", ".join([*required, *optional])
            raise Rejected(f"the header lacks {', '.join(missing)}; known columns: {known}", field="header")
        unknown = [name for name in header if name not in (*required, *optional)]
        if unknown:
            raise Rejected(
                f"unknown column {unknown[0][:60]!r}; known: {', '.join([*required, *optional])}", field="header"
            )
        if len(set(header)) != len(header):
            raise Rejected("a column appears twice", field="header")
        rows: list[tuple[int, dict[str, str]]] = []
        number, following = 0, reader.line_num + 1
        for cells in reader:
            # A quoted cell may have lines of its own: a row's number is that of its first.
            number, following = following, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) >= MOST_LINES:
                raise Rejected(f"at most {MOST_LINES} lines in one file", field="body")
            row = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
            if any(cell.strip() for cell in cells[len(header) :]):
                row[TOO_MANY] = (
                    f"the line has {len(cells)} cells and the header {len(header)}; quote cells that hold {delimiter!r}"
                )
            rows.append((number, row))
    except csv.Error as error:
        raise Malformed(f"line {reader.line_num} is no CSV: {error}", field="body") from None
    return rows


def _named_in(lines: Iterable[tuple[int, Mapping[str, str]]]) -> set[str]:
    """Everybody whom a file of people names: by e-mail address, as manager or as mentor."""
    names = ("email", "manager", "mentor")
    return {row[name].strip().lower() for _, row in lines for name in names if row.get(name, "").strip()}


def _employee_of(row: Mapping[str, str]) -> tuple[EmployeeBody, dict[str, Any]]:
    """(the checked line, the fields that it gives). An empty cell of an optional column leaves a record as it is."""
    _check_width(row)
    email = row.get("email", "").strip().lower()
    if not _EMAIL.fullmatch(email) or not is_document_name(email):
        raise Rejected(f"email: {email[:80]!r} is no e-mail address", field="email")
    value: dict[str, Any] = {"name": row.get("name", "").strip()}
    role = row.get("role", "").strip().lower().replace(" ", "_")
    role = {"se": "employee", "sales_engineer": "employee", "admin": "administrator", "apprentice": "employee"}.get(
        role, role
    )
    if role:
        if role not in access.ROLES:
            raise Rejected(f"role: {role[:60]!r} is none of {', '.join(access.ROLES)}", field="role")
        value["role"] = role
    for column, name in (("manager", "manager"), ("mentor", "mentor"), ("framework", "framework_id")):
        if row.get(column, "").strip():
            value[name] = row[column].strip().lower()
    if row.get("hire_date", "").strip():
        value["hire_date"] = row["hire_date"].strip()
        try:
            date.fromisoformat(value["hire_date"])
        except ValueError:
            raise Rejected(
                f"hire_date: {value['hire_date'][:40]!r} is no date; write YYYY-MM-DD", field="hire_date"
            ) from None
    if row.get("active", "").strip():
        word = row["active"].strip().lower()
        if word not in {"true", "false", "yes", "no", "1", "0"}:
            raise Rejected(f"active: {word[:40]!r} is neither true nor false", field="active")
        value["active"] = word in {"true", "yes", "1"}
    from shared.people.contract import EmployeeBody

    body = validated(EmployeeBody, value)
    if body.manager == email:
        raise Rejected("manager: nobody reports to themselves", field="manager")
    names = {"manager": "manager_id", "mentor": "mentor_id"}
    given = {names.get(name, name): item for name, item in value.items()}
    return body, given


def _check_width(row: Mapping[str, str]) -> None:
    if TOO_MANY in row:
        raise Rejected(row[TOO_MANY])


def _certification_of(row: Mapping[str, str]) -> dict[str, Any]:
    _check_width(row)
    email = row["email"].strip().lower()
    written = row["date"].strip()
    try:
        moment = (
            datetime.fromisoformat(written) if "T" in written else datetime.fromisoformat(f"{written}T12:00:00+00:00")
        )
    except ValueError:
        raise Rejected(f"date: {written[:40]!r} is no date; write YYYY-MM-DD", field="date") from None
    if moment.tzinfo is None:
        raise Rejected(f"date: {written[:40]!r} has no time zone; write YYYY-MM-DD, or a time with Z", field="date")
    try:
        score = float(row["score"])
    except ValueError:
        raise Rejected(f"score: {row['score'][:40]!r} is no number", field="score") from None
    context = {name: row[name].strip() for name in ("product_line", "industry") if row.get(name, "").strip()}
    name = row["certification"].strip()
    return {
        "event_id": digest("certification", email, name, row["competency"].strip(), moment.isoformat()),
        "employee_id": email,
        "event_type": "certification_exam",
        "event_source": "certification-import",
        "timestamp": moment.isoformat(),
        "overall_score": score,
        "passed": True,
        "competency_scores": [
            {"competency": row["competency"].strip(), "score": score, **({"context": context} if context else {})}
        ],
        "session_metadata": {"certification": name, "certification_eligible": True},
    }


_COLUMNS = {
    "employee_id": "email",
    "timestamp": "date",
    "overall_score": "score",
    "competency_scores.0.competency": "competency",
    "competency_scores.0.score": "score",
    "competency_scores.0.context.industry": "industry",
    "competency_scores.0.context.product_line": "product_line",
}
"""Where a certification's file has what the event that it becomes has under these names."""


def _of_columns(error: Rejected) -> str:
    """What is wrong with a line of certifications, in the file's words instead of the event's."""
    if error.field == "event_id":
        return (
            "score: this exam is recorded already with another score, product_line or industry; another sitting needs "
            "a date of its own, or its time as well, e.g. 2026-01-10T15:00:00Z"
        )
    column = _COLUMNS.get(error.field or "")
    return f"{column}:{error.detail.removeprefix(f'{error.field}:')}" if column else error.detail


def _summary(report: list[dict[str, Any]]) -> dict[str, Any]:
    def count(*results: str) -> int:
        return sum(line["result"] in results for line in report)

    return {
        "created": count("created", "recorded"),
        "updated": count("updated"),
        "unchanged": count("unchanged", "duplicate"),
        "rejected": count("rejected"),
        "lines": report,
    }


def names_of(documents: Documents, employee_ids: Iterable[str]) -> dict[str, str]:
    """Names for a set of employee ids; an unknown one keeps its id."""
    ids = sorted(set(employee_ids))
    found: dict[str, Document] = documents.get_many([f"employees/{employee_id}" for employee_id in ids])
    return {e: found[f"employees/{e}"].data["name"] if f"employees/{e}" in found else e for e in ids}
