"""Keeps erasures: how far each is, and what it did.

erasures/<run id>   live state: the run. While it runs also whom it erases; none of that once it has finished
                    integrations: how far the looks through that database are, until the run has finished
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Protocol

from shared.kernel.errors import Retryable
from shared.kernel.field_values import FieldValue
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Create, Delete, Document, Documents, Merge, Put, Query, Where

State = Literal["running", "waiting", "finished"]


class Counts(Record, frozen=True, kw_only=True):
    """How many documents went, and how many lost the person."""

    removed: int = 0
    anonymised: int = 0

    def plus(self, other: Counts) -> Counts:
        """Returns the sum."""
        return Counts(removed=self.removed + other.removed, anonymised=self.anonymised + other.anonymised)


class Rows(Record, frozen=True, kw_only=True):
    """How many rows of a table were about the person or named them."""

    rows: int


class Report(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Says what an erasure did, by store, then by collection or table."""

    documents: Mapping[str, Counts] = {}
    integrations: Mapping[str, Counts] = {}
    dead_letters: Mapping[str, Counts] = {}
    warehouse: Mapping[str, Rows] = {}


class Place(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Says how far a look through a database is: the collection and the id of its last document."""

    look: int
    done: bool
    collection: str = ""
    after: str | None = None


class Letters(Record, frozen=True, kw_only=True):
    """The undelivered messages that a look has found."""

    ids: tuple[str, ...]


class Counted(Record, frozen=True, kw_only=True):
    """Says that a look has counted the warehouse's rows."""

    counted: bool


class Progress(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Says how far the look is that goes on."""

    documents: Place | None = None
    letters: Letters | None = None
    warehouse: Counted | None = None


class Erasure(Record, frozen=True, kw_only=True):
    """A run. look: the first or the second; moved_at tells one step's task from another's"""

    run_id: str
    state: State
    requested_by: str
    requested_at: datetime
    moved_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    look: int
    report: Report


class OpenErasure(Erasure, frozen=True, kw_only=True):
    """A run that has not finished: it knows whom it erases. former: ids that the person had before"""

    employee_id: str
    name: str | None
    pseudonym: str
    progress: Progress
    former: tuple[str, ...] = ()


class ErasureRecords:
    """Reads and writes runs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, run_id: str) -> Erasure | None:
        """Returns a run, finished or not."""
        document = self._documents.get(_path(run_id)) if is_document_name(run_id) else None
        return None if document is None else Erasure.read(document)

    def open(self, run_id: str) -> OpenErasure | None:
        """Returns a run that has not finished."""
        document = self._documents.get(_path(run_id)) if is_document_name(run_id) else None
        if document is None or document.data["state"] == "finished":
            return None
        return OpenErasure.read(document)

    def is_running(self, run_id: str) -> bool:
        """Tells whether a run has not finished."""
        return self.open(run_id) is not None

    def latest(self, limit: int) -> list[Erasure]:
        """Returns the latest runs, the newest first."""
        found = self._documents.query(Query("erasures", order_by=[("requested_at", "desc")], limit=limit))
        return list(Erasure.readable(found))

    def unfinished(self) -> list[OpenErasure]:
        """Returns the runs that have not finished."""
        found = self._documents.query(Query("erasures", where=[Where("state", "in", ["running", "waiting"])]))
        return list(OpenErasure.readable(found))

    @staticmethod
    def creation(run: OpenErasure) -> Create:
        """Returns the write that begins a run."""
        return Create(_path(run.run_id), run.stored())

    def move(self, run: OpenErasure, at: datetime) -> OpenErasure:
        """Writes that a step is done."""
        self._merge(run.run_id, {"moved_at": at})
        return run.changed(moved_at=at)

    def wait(self, run: OpenErasure, at: datetime, until: datetime) -> OpenErasure:
        """Writes that the run waits for its second look."""
        self._merge(run.run_id, {"moved_at": at, "state": "waiting", "second_look_at": until})
        return run.changed(moved_at=at, state="waiting", second_look_at=until)

    def look_again(self, run: OpenErasure, at: datetime) -> OpenErasure:
        """Writes that the next look begins, without the last one's progress. Raises Retryable, PreconditionFailed."""
        document = self._documents.get(_path(run.run_id))
        if document is None:
            raise Retryable("the run is gone")
        known = OpenErasure.read(document)
        again = known.changed(moved_at=at, state="running", look=run.look + 1, progress=Progress())
        self._documents.commit([Put(document.path, again.stored(), if_version=document.version)])
        return again

    def note_letters(self, run: OpenErasure, ids: Iterable[str]) -> None:
        """Writes which undelivered messages a look has found, and how many."""
        letters = Letters(ids=tuple(ids))
        noted: dict[str, FieldValue] = {"progress": {"letters": letters.stored()}}
        if letters.ids:
            counts = Counts(removed=len(letters.ids))
            noted["report"] = Report(dead_letters={f"look {run.look}": counts}).stored()
        self._merge(run.run_id, noted)

    def note_rows(self, run: OpenErasure, rows: Mapping[str, int]) -> None:
        """Writes how many rows of the warehouse a look has found, by table."""
        noted: dict[str, FieldValue] = {"progress": {"warehouse": Counted(counted=True).stored()}}
        if rows:
            counted = {f"{address}, look {run.look}": Rows(rows=count) for address, count in rows.items()}
            noted["report"] = Report(warehouse=counted).stored()
        self._merge(run.run_id, noted)

    def finish(self, run: Erasure, at: datetime, report: Report) -> None:
        """Puts the report in place of everything that the run knew."""
        finished = Erasure(
            run_id=run.run_id,
            state="finished",
            requested_by=run.requested_by,
            requested_at=run.requested_at,
            moved_at=at,
            second_look_at=run.second_look_at,
            finished_at=at,
            look=run.look,
            report=report,
        )
        self._documents.commit([Put(_path(run.run_id), finished.stored())])

    def _merge(self, run_id: str, fields: Mapping[str, FieldValue]) -> None:
        self._documents.commit([Merge(_path(run_id), fields)])


class LookRecords(Protocol):
    """Keeps how far a look through a database is: in that database, so that it is written in the same commits."""

    path: str

    def place(self) -> Place | None:
        """Returns how far this look is; None where it has not begun."""
        ...

    def mark(self, place: Place, collection: str, counts: Counts) -> Merge:
        """Returns the write that says how far the look is and what it has counted. It fails when another delivery of
        the same task has been here meanwhile."""
        ...

    def done(self) -> Merge:
        """Returns the write that says that the look is through."""
        ...


class LiveLook:
    """Keeps a look through live state, in the run itself."""

    def __init__(self, documents: Documents, run: OpenErasure) -> None:
        self.path = _path(run.run_id)
        self._documents = documents
        self._look = run.look

    def place(self) -> Place | None:
        """Returns how far this look is."""
        document = self._documents.get(self.path)
        known = OpenErasure.read(document).progress.documents if document else None
        return known if known and known.look == self._look else None

    def mark(self, place: Place, collection: str, counts: Counts) -> Merge:
        """Returns the write that says how far the look is and what it has counted."""
        document = self._documents.get(self.path)
        changes: dict[str, FieldValue] = {"progress": Progress(documents=place).stored()}
        if counts != Counts():
            before = OpenErasure.read(document).report.documents if document else {}
            changes["report"] = Report(documents=_summed(before, collection, counts)).stored()
        return _marked(self.path, changes, document)

    def done(self) -> Merge:
        """Returns the write that says that the look is through."""
        return Merge(self.path, {"progress": Progress(documents=Place(look=self._look, done=True)).stored()})


class IntegrationsErasure(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Says how far the looks through the integrations' database are, and what they did.

    Holds nothing where nobody was named.
    """

    place: Place
    report: Mapping[str, Counts] = {}


class IntegrationsLook:
    """Keeps a look through the integrations' database."""

    def __init__(self, integrations: Documents, run: Erasure) -> None:
        self.path = _path(run.run_id)
        self._integrations = integrations
        self._look = run.look

    def place(self) -> Place | None:
        """Returns how far this look is."""
        document = self._integrations.get(self.path)
        known = IntegrationsErasure.read(document).place if document else None
        return known if known and known.look == self._look else None

    def mark(self, place: Place, collection: str, counts: Counts) -> Merge:
        """Returns the write that says how far the look is and what it has counted."""
        document = self._integrations.get(self.path)
        changes = IntegrationsErasure(place=place)
        if counts != Counts():
            before = IntegrationsErasure.read(document).report if document else {}
            changes = changes.changed(report=_summed(before, collection, counts))
        return _marked(self.path, changes.stored(), document)

    def done(self) -> Merge:
        """Returns the write that says that the look is through."""
        return Merge(self.path, IntegrationsErasure(place=Place(look=self._look, done=True)).stored())

    def report(self) -> Mapping[str, Counts]:
        """Returns what all looks did."""
        document = self._integrations.get(self.path)
        return IntegrationsErasure.read(document).report if document else {}

    def forget(self) -> None:
        """Takes away what this database knows of the run."""
        self._integrations.commit([Delete(self.path)])


def _summed(before: Mapping[str, Counts], collection: str, counts: Counts) -> Mapping[str, Counts]:
    return {collection: before.get(collection, Counts()).plus(counts)}


def _marked(path: str, changes: Mapping[str, FieldValue], document: Document | None) -> Merge:
    return Merge(path, changes, if_version=document.version if document else None)


def _path(run_id: str) -> str:
    return f"erasures/{run_id}"
