"""Keeps published ratings and recalculations: the only place that names their collections and fields.

ratings/<employee id>                     what was published of one person, and what is still to be told about it
place_changes/<digest>                    when the organisation began or ceased to work in a place
recalculation_runs/<run id>               one recalculation
recalculation_shards/<run id>-<number>    what one of its shards has done
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

import msgspec

from shared.kernel.errors import UnreadableRecord
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.platform.records.document_pages import pages_of
from shared.ports.documents import DELETE_FIELD, Document, Documents, Merge, Put, Query, Reader, Transaction, Where
from shared.ratings.domain.discrepancy import from_text as discrepancies_from_text
from shared.ratings.domain.head import Head, head_of
from shared.ratings.domain.skill_rating import from_text, to_text
from shared.ratings.told_records import Told, ToldOthers

KEPT = timedelta(days=90)
"""So long the notes of shards are kept; without them a run would seem to go on for ever."""
IN_ONE_READ = 300

Facts = Mapping[str, Mapping[str, Any]]
"""Messages that are still to be published (see skill_facts.as_published), as JSON: r<revision> of skills,
d<revision>-<discrepancy id> of those; with a capital letter those that are for others than the employee alone."""


class StoredHead(Record, frozen=True, kw_only=True):
    """Holds a head as it is stored (see domain.head). general: the rows, as skill_rating.to_text writes them"""

    general: str
    cells: dict[str, str] = msgspec.field(default_factory=dict)
    chances: list[int] | None = None

    @classmethod
    def of(cls, head: Head) -> Self:
        """Returns how a head is stored."""
        chances = None if head.chances is None else list(head.chances)
        return cls(general=to_text(head.general), cells=dict(head.cells), chances=chances)

    def head(self) -> Head:
        """Returns the head."""
        return Head(from_text(self.general), self.cells, self.chances)


class PublishedHead(StoredHead, frozen=True, kw_only=True):
    """Holds what lists and aggregates show of a person.

    closed_until: when the last of the calls opens that were closed to others when this was rated; None: none was
    without:      the head without those calls
    """

    closed_until: datetime | None = None
    without: StoredHead | None = None

    def closed_to(self, head: Head, until: datetime) -> PublishedHead:
        """Returns it with what others see until some calls open. head: without those"""
        return self.changed(closed_until=until, without=StoredHead.of(head))

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written: of what is closed nothing where nothing is."""
        found = super().stored()
        return found if self.closed_until else {name: found[name] for name in StoredHead.__struct_fields__}

    def shown(self, now: datetime) -> ShownHead:
        """Returns the head as anybody else may see it."""
        closed = self.closed_until is not None and self.closed_until > now
        return ShownHead((self.without or self).head() if closed else self.head(), closed)


class PublishedRatings(Record, frozen=True, kw_only=True):
    """Holds what was published of one person.

    head:          what lists and aggregates show; None of what was written before there were heads. It stands first:
                   the embedded store reads a document up to the last field that is asked for
    as_of:         days since 1970-01-01 UTC
    state_version: of the state that was rated; with framework, parameters and weights what the ratings rest on
    readiness:     hundredths of a point; None while it is not known
    works_in:      where the person was seen lately, in the framework's values (see domain.contexts)
    skills, discrepancies: as skill_rating.to_text and discrepancy.to_text write them
    changed_in:    the recalculation that changed something last
    opens_at:      when the first of the calls opens that were closed to others when this was rated; None: none was
    others:        what others have been told without these
    """

    head: PublishedHead | None = None
    employee_id: str
    framework_id: str
    revision: int
    as_of: int
    computed_at: datetime
    state_version: str
    framework_version: int
    parameters_version: int
    kernel_version: str
    readiness: int | None
    core_validated: bool
    skills: str
    discrepancies: str = "[]"
    pending: Facts = msgspec.field(default_factory=dict)
    changed_in: str | None = None
    works_in: list[str] = msgspec.field(default_factory=list)
    opens_at: datetime | None = None
    others: ToldOthers | None = None

    @property
    def told(self) -> Told:
        """Returns what has been told with every call."""
        return Told(self.revision, from_text(self.skills), discrepancies_from_text(self.discrepancies))

    @property
    def told_others_revision(self) -> int:
        """Returns the revision of what others have been told: everybody's, while nothing is closed."""
        return self.revision if self.others is None else self.others.revision

    def told_others(self, told: Told) -> Told:
        """Returns what others have been told. told: with every call"""
        if self.others is not None:
            return self.others.told(told.rows)
        # What was written before others were told apart is told anew where something was closed.
        return told if self.head is not None and self.head.closed_until is None else Told(told.revision)

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written, of what is closed nothing where nothing is; only that and the head need to be taken
        apart, and this happens for every event."""
        found: dict[str, FieldValue] = msgspec.structs.asdict(self)
        found["head"] = None if self.head is None else self.head.stored()
        if self.others is None:
            del found["others"], found["opens_at"]
        else:
            found["others"] = self.others.stored()
        return found


class Unpublished(Record, frozen=True, kw_only=True):
    """Holds what is still to be published about one person."""

    employee_id: str
    pending: Facts = msgspec.field(default_factory=dict)


class HeadAlone(Record, frozen=True, kw_only=True):
    """Holds what lists need of a person's ratings."""

    head: PublishedHead


class HeadlessRatings(Record, frozen=True, kw_only=True):
    """Holds what lists need of ratings that were written before there were heads: those of a night ago and older.

    closed_until, open_skills: as in PublishedHead, of all skills
    """

    skills: str
    closed_until: datetime | None = None
    open_skills: str | None = None

    def shown(self, now: datetime) -> ShownHead:
        """Returns the head as anybody else may see it."""
        closed = self.closed_until is not None and self.closed_until > now
        text = self.open_skills if closed and self.open_skills is not None else self.skills
        return ShownHead(head_of(from_text(text)), closed)


class ShownHead(NamedTuple):
    """Holds the head of a person as others may see it. closed: some calls are left out"""

    head: Head
    closed: bool


NOTHING_SHOWN = ShownHead(Head(), closed=False)


class WorkedIn(Record, frozen=True, kw_only=True):
    """Holds where a person was seen lately (see domain.contexts)."""

    works_in: tuple[str, ...] = ()


class PlaceChange(Record, frozen=True, kw_only=True):
    """Says when the organisation began to work in a place, or ceased to."""

    place: str
    at: datetime
    begun: bool

    def written(self) -> Put:
        """Returns the write that keeps it."""
        return Put(f"place_changes/{digest('place', self.place, self.at.isoformat())}", self.stored())


class RatingsRecords:
    """Reads and writes published ratings."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    @staticmethod
    def get_in(reader: Reader, employee_id: str) -> PublishedRatings | None:
        """Returns a person's ratings by a transaction, or another reader of the same store.

        Ratings are derived: what cannot be read counts as none and is written anew, under the revisions that follow.
        """
        document = reader.get(_ratings(employee_id))
        if document is None:
            return None
        try:
            return PublishedRatings.read(document)
        except UnreadableRecord:
            return _begun_again(employee_id, document)

    @staticmethod
    def put_in(transaction: Transaction, ratings: PublishedRatings) -> None:
        """Writes a person's ratings in a transaction."""
        transaction.write(Put(_ratings(ratings.employee_id), ratings.stored()))

    def shown(self, employee_ids: Iterable[str], now: datetime) -> dict[str, ShownHead]:
        """Returns the heads of those who have been rated, by employee, as anybody else may see them.

        Calls that were closed when somebody was rated are left out until the last of them opens, or the person is rated
        again: what lists and aggregates show may be late, and never early.
        """
        paths = [_ratings(employee_id) for employee_id in employee_ids]
        found: dict[str, ShownHead] = {}
        for start in range(0, len(paths), IN_ONE_READ):
            documents = self._documents.get_many(paths[start : start + IN_ONE_READ], ["head"])
            headless = [path for path, document in documents.items() if document.data.get("head") is None]
            older = self._documents.get_many(headless) if headless else {}
            for employee_id, one in HeadAlone.by_id(documents.values()).items():
                found[employee_id] = one.head.shown(now)
            for employee_id, other in HeadlessRatings.by_id(older.values()).items():
                found[employee_id] = other.shown(now)
        return found

    def first_computed_at(self) -> datetime | None:
        """Returns when the oldest of the ratings was computed; None while nobody has been rated."""
        found = self._documents.query(Query("ratings", (), [("computed_at", "asc")], 1, fields=["computed_at"]))
        return found[0].data["computed_at"] if found else None

    def last_computed_at(self) -> datetime | None:
        """Returns when the newest of the ratings was computed; None while nobody has been rated."""
        found = self._documents.query(Query("ratings", (), [("computed_at", "desc")], 1, fields=["computed_at"]))
        return found[0].data["computed_at"] if found else None

    def worked_in(self, place: str) -> set[str]:
        """Returns the places that one of those who work in a place works in; none where nobody does."""
        where = [Where("works_in", "array_contains", place)]
        found = self._documents.query(Query("ratings", where, limit=1, fields=["works_in"]))
        return {one for person in WorkedIn.readable(found) for one in person.works_in}

    @staticmethod
    def others_work_in(reader: Reader, place: str, employee_id: str) -> bool:
        """Tells whether somebody besides one person works in a place."""
        where = [Where("works_in", "array_contains", place)]
        found = reader.query(Query("ratings", where, limit=2, fields=["works_in"]))
        return any(document.id != employee_id for document in found)

    def left_pending(self, since: datetime, until: datetime) -> Iterator[Unpublished]:
        """Yields what ratings computed within these moments have not published; after a night these are everybody's."""
        where = [Where("computed_at", ">=", since), Where("computed_at", "<=", until)]
        fields = ["pending", "employee_id", "computed_at"]
        query = Query("ratings", where, [("computed_at", "asc")], IN_ONE_READ, fields=fields)
        for found in pages_of(self._documents, query):
            yield from (one for one in Unpublished.readable(found) if one.pending)

    def opened(self, until: datetime, limit: int) -> list[str]:
        """Returns those of whom a call has opened by a moment since they were rated, who waits longest first."""
        query = Query("ratings", [Where("opens_at", "<=", until)], [("opens_at", "asc")], limit, fields=["opens_at"])
        return [document.id for document in self._documents.query(query)]

    def take_off(self, employee_id: str, published: Iterable[str]) -> None:
        """Takes what has been published off the list."""
        done = dict.fromkeys(published, DELETE_FIELD)
        self._documents.commit([Merge(_ratings(employee_id), {"pending": done})])


class RecalculationRun(Record, frozen=True, kw_only=True):
    """One recalculation. as_of: days since 1970-01-01 UTC

    employees, shards: those that have been asked for
    shared_out:   these are all; else `parts` parts of them, up to the employee `shared_until` (None: none yet)
    """

    run_id: str
    started_at: datetime
    started_by: str
    as_of: int
    employees: int
    shards: int
    from_ledger: bool = False
    nightly: bool = False
    shared_out: bool = True
    parts: int = 0
    shared_until: str | None = None


class ShardNote(Record, frozen=True, kw_only=True):
    """Counts what one shard of a recalculation has done, in numbers of employees (see contract.RunAnswer).

    altered: stored as `changed`
    """

    run_id: str
    finished_at: datetime
    expires_at: datetime
    employees: int
    altered: int = msgspec.field(name="changed")
    rebuilt: int
    repaired: int


def is_over(run: RecalculationRun, notes: Sequence[ShardNote]) -> bool:
    """Tells whether every shard of a run has noted what it did."""
    return run.shared_out and len(notes) >= run.shards


class RecalculationRecords:
    """Reads and writes recalculations and what their shards note."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def newest(self) -> RecalculationRun | None:
        """Returns the run that was started last; None where there is none."""
        found = self._documents.query(Query("recalculation_runs", (), [("started_at", "desc")], 1))
        return next(RecalculationRun.readable(found), None)

    def run(self, run_id: str) -> RecalculationRun | None:
        """Returns a run; None where there is none."""
        document = self._documents.get(f"recalculation_runs/{run_id}")
        return None if document is None else RecalculationRun.read(document)

    def put(self, run: RecalculationRun) -> None:
        """Writes a run."""
        self._documents.commit([_written(run)])

    def move_on(self, before: RecalculationRun, after: RecalculationRun) -> RecalculationRun:
        """Writes a run as it is after one more part, unless another has written that; returns what stands then."""

        def work(transaction: Transaction) -> RecalculationRun:
            document = transaction.get(f"recalculation_runs/{before.run_id}")
            known = None if document is None else RecalculationRun.read(document)
            if known is not None and known != before:
                return known
            transaction.write(_written(after))
            return after

        return self._documents.transact(work)

    def notes(self, run_id: str) -> Sequence[ShardNote]:
        """Returns what the finished shards of a run noted."""
        found = self._documents.query(Query("recalculation_shards", where=[Where("run_id", "==", run_id)]))
        return list(ShardNote.readable(found))

    def note(self, shard: int, note: ShardNote) -> None:
        """Writes what a shard has done; twice is once."""
        self._documents.commit([Put(f"recalculation_shards/{note.run_id}-{shard}", note.stored())])


def _written(run: RecalculationRun) -> Put:
    return Put(f"recalculation_runs/{run.run_id}", run.stored())


def _begun_again(employee_id: str, document: Document) -> PublishedRatings:
    """Returns ratings of nothing, which anything follows: of a damaged document only revision and debts still count."""
    others = document.data.get("others")
    told = [document.data, *([others] if isinstance(others, Mapping) else [])]
    revisions = [one["revision"] for one in told if type(one.get("revision")) is int]
    return PublishedRatings(
        employee_id=employee_id,
        framework_id="",
        revision=max(revisions, default=0),
        as_of=0,
        computed_at=datetime.min.replace(tzinfo=UTC),
        state_version="",
        framework_version=0,
        parameters_version=0,
        kernel_version="",
        readiness=None,
        core_validated=False,
        skills="[]",
        pending=next((one.pending for one in Unpublished.readable([document])), {}),
    )


def _ratings(employee_id: str) -> str:
    return f"ratings/{employee_id}"
