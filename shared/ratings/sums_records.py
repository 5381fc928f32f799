"""Keeps how ready large organisations are, added up in the background: the only place that names these documents.

readiness_looks/<framework id>       the newest look at everybody of a framework: how far it is, and which one is shown
readiness_sums/<look id>-<digest>    one look's sums: of everybody, or of the organisation below one senior manager

A look adds page after page to its own documents; it is shown when it is over, at once and whole. No document names a
leader: who asks for an organisation knows whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Delete, Documents, Put, Query, Transaction, Where
from shared.ratings.domain.team_sums import TeamSums

IN_ONE_COMMIT = 100


class Look(Record, frozen=True, kw_only=True):
    """Says how far a look at everybody of a framework is, and which look is shown.

    parts, after: so many are done, up to this employee, whose digest is `mark`; over: nothing is left to do
    framework_version, parameters_version: by which it judges
    shown, shown_at, shown_version: the last look that is over and has sums, when it began, and by which version of the
                   framework; None: none has
    """

    look_id: str
    framework_id: str
    begun_at: datetime
    framework_version: int
    parameters_version: int
    parts: int = 0
    after: str | None = None
    mark: str | None = None
    over: bool = False
    shown: str | None = None
    shown_at: datetime | None = None
    shown_version: int | None = None

    @property
    def is_whole(self) -> bool:
        """Tells whether it goes on where it ended: an erasure, or another id, puts another one in that place."""
        return self.mark == (None if self.after is None else digest("look", self.after))

    def following(self, after: str | None) -> Look:
        """Returns it after one more part, up to an employee; None after the last."""
        mark = None if after is None else digest("look", after)
        return self.changed(parts=self.parts + 1, after=after, mark=mark)


class LookSums(Record, frozen=True, kw_only=True):
    """Holds one look's sums. sums: as TeamSums.text writes them"""

    look_id: str
    sums: str


class ReadinessSums:
    """Reads and writes looks and their sums."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def look(self, framework_id: str) -> Look | None:
        """Returns the newest look at a framework's people; None where there is none that can be read."""
        document = self._documents.get(_look(framework_id))
        return None if document is None else next(Look.readable([document]), None)

    def shown(self, look: Look, leader: str | None) -> TeamSums | None:
        """Returns the sums that are shown of everybody (None), or of a senior manager's organisation."""
        document = None if look.shown is None else self._documents.get(_sums(look.shown, leader))
        found = None if document is None else next(LookSums.readable([document]), None)
        return None if found is None else TeamSums.from_text(found.sums)

    def put(self, look: Look) -> None:
        """Writes a look."""
        self._documents.commit([Put(_look(look.framework_id), look.stored())])

    def add(self, before: Look, after: Look, found: Mapping[str | None, TeamSums]) -> Look:
        """Adds what a part has found to the look's sums, unless another has done that part; returns the look as it is
        then. found: by leader, None for everybody"""

        def work(transaction: Transaction) -> Look:
            document = transaction.get(_look(before.framework_id))
            known = None if document is None else next(Look.readable([document]), None)
            if known != before:
                return known or before
            paths = {leader: _sums(before.look_id, leader) for leader in found}
            there = transaction.get_many(paths.values())
            for leader, path in paths.items():
                sums = TeamSums.from_text(LookSums.read(there[path]).sums) if path in there else TeamSums()
                sums.merge(found[leader])
                transaction.write(Put(path, LookSums(look_id=before.look_id, sums=sums.text()).stored()))
            transaction.write(Put(_look(after.framework_id), after.stored()))
            return after

        return self._documents.transact(work)

    def forget(self, look_id: str, late: Callable[[], bool]) -> None:
        """Deletes a look's sums, as many as there is time for."""
        query = Query("readiness_sums", [Where("look_id", "==", look_id)], limit=IN_ONE_COMMIT, fields=["look_id"])
        while found := self._documents.query(query):
            self._documents.commit([Delete(document.path) for document in found])
            if late():
                return


def _look(framework_id: str) -> str:
    return f"readiness_looks/{framework_id}"


def _sums(look_id: str, leader: str | None) -> str:
    return f"readiness_sums/{look_id}-{'all' if leader is None else digest('organisation', leader)}"
