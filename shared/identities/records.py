"""Keeps moves: everything of one id on its way to another one.

moves/<run id>        live state: the run
move_looks/<run id>   both databases: how far the looks through that one are, until the run has finished
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import UNSET, UnsetType

from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Create, Delete, Documents, Merge, Put, Query, Reader, Where
from shared.privacy.records.erasures import Counts, Place

Kind = Literal["rename", "merge"]
State = Literal["running", "waiting", "finished"]


class Move(Record, frozen=True, kw_only=True):
    """A run. look: the first or the second; moved_at tells one step's task from another's

    documents: how many the looks that are through have changed
    released_at: when the former id was given up, for somebody whose it is
    """

    run_id: str
    kind: Kind
    former_id: str
    employee_id: str
    reason: str
    requested_by: str
    requested_at: datetime
    state: State
    moved_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    look: int
    documents: int
    released_at: datetime | UnsetType = UNSET

    def created(self) -> Create:
        """Returns the write that begins it."""
        return Create(_path(self.run_id), self.stored())


def released(run: Move, now: datetime) -> Put:
    """Returns the write that says that a run's former id has been given up."""
    return Put(_path(run.run_id), run.changed(released_at=now).stored())


class MoveRecords:
    """Reads and writes runs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, run_id: str) -> Move | None:
        """Returns a run."""
        found = self._documents.get(_path(run_id)) if is_document_name(run_id) else None
        return None if found is None else Move.read(found)

    @staticmethod
    def get_in(reader: Reader, run_id: str) -> Move | None:
        """Returns a run by a transaction, or another reader of the same store."""
        found = reader.get(_path(run_id))
        return None if found is None else Move.read(found)

    def many(self, run_ids: Iterable[str]) -> list[Move]:
        """Returns those of some runs that there are."""
        return list(Move.readable(self._documents.get_many(sorted(map(_path, set(run_ids)))).values()))

    def unfinished(self) -> list[Move]:
        """Returns the runs that have not finished."""
        return self.unfinished_in(self._documents)

    @staticmethod
    def unfinished_in(reader: Reader) -> list[Move]:
        """Returns the same by a transaction, or another reader of the same store."""
        return list(Move.readable(reader.query(Query("moves", [Where("state", "in", ["running", "waiting"])]))))

    def change(self, run: Move, **fields: object) -> Move:
        """Writes that a run has got further."""
        changed = run.changed(**fields)
        self._documents.commit([Put(_path(run.run_id), changed.stored())])
        return changed


class Look(Record, frozen=True, kw_only=True):
    """Says how far a look through a database is."""

    place: Place
    documents: int


class MoveLook:
    """Keeps a run's looks through a database, in that database."""

    def __init__(self, documents: Documents, run: Move) -> None:
        self.path = f"move_looks/{run.run_id}"
        self._documents = documents
        self._look = run.look

    def place(self) -> Place | None:
        """Returns how far this look is; None where it has not begun."""
        document = self._documents.get(self.path)
        known = Look.read(document).place if document else None
        return known if known and known.look == self._look else None

    def mark(self, place: Place, collection: str, counts: Counts) -> Merge:
        """Returns the write that says how far the look is and how many documents it has changed."""
        document = self._documents.get(self.path)
        before = Look.read(document).documents if document else 0
        look = Look(place=place, documents=before + counts.removed + counts.anonymised)
        return Merge(self.path, look.stored(), if_version=document.version if document else None)

    def done(self) -> Merge:
        """Returns the write that says that the look is through."""
        return Merge(self.path, Look(place=Place(look=self._look, done=True), documents=self.changed()).stored())

    def changed(self) -> int:
        """Returns how many documents all looks have changed."""
        document = self._documents.get(self.path)
        return Look.read(document).documents if document else 0

    def forget(self) -> None:
        """Takes away what this database knows of the run."""
        self._documents.commit([Delete(self.path)])


def _path(run_id: str) -> str:
    return f"moves/{run_id}"
