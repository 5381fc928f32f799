"""Keeps evidence: what was sent, by whom, when, and where its bytes lie.

evidence/<id>            one item; its bytes lie in the bucket of evidence, under `stored_as`
evidence_uploads/<id>    bytes that are being written: gone with the record of the item; what is left, a crash has left

The id of an item is made of who sent it and of the sender's own key: the same key is the same item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from shared.evidence.domain.evidence_kind import Kind, Removal, Supervision
from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record, Versioned
from shared.ports.documents import Create, Delete, Documents, Put, Query, Where, Write

AT_ONCE = 100
"""Looked at in one sweep."""


class Seen(Record, frozen=True, kw_only=True):
    """One competency as somebody saw it. level: from which score the rubric's words hold; words: the observer's"""

    competency: str
    level: int
    words: str | None = None


class Performance(Record, frozen=True, kw_only=True):
    """Says what was seen of a learner at work.

    version:  of several the highest counts; observed: names the work, in every version alike
    context:  dimension to values; photos: ids of evidence
    event_id: by which the ledger knows it; standing: how it counts there; None while it has not been recorded
    """

    observed: str
    version: int
    observed_at: datetime
    framework_id: str
    scores: tuple[Seen, ...]
    context: Mapping[str, tuple[str, ...]] = {}
    supervision: Supervision | None = None
    words: str | None = None
    photos: tuple[str, ...] = ()
    event_id: str | None = None
    standing: str | None = None


class Evidence(Record, frozen=True, kw_only=True):
    """One item.

    recorded_by, recorded_role: who sent it, and in which role
    captured_at: as the sender claims; received_at: as the platform knows
    media_type:  as the bytes show; claimed_type: as the sender said
    stored_as:   the name of the bytes in the bucket; None once they are removed
    keep_until:  when they go; None likewise
    pending_since: when it was written, until the ledger has it; None for what the ledger is not told
    """

    evidence_id: str
    employee_id: str
    recorded_by: str
    recorded_role: str
    kind: Kind
    key: str
    captured_at: datetime | None = None
    received_at: datetime
    media_type: str
    claimed_type: str | None = None
    bytes: int
    sha256: str
    stored_as: str | None
    keep_until: datetime | None
    caption: str | None = None
    competencies: tuple[str, ...] = ()
    lesson_id: str | None = None
    performance: Performance | None = None
    pending_since: datetime | None = None
    removed_at: datetime | None = None
    removed_because: Removal | None = None
    removed_by: str | None = None

    def without_content(self, at: datetime, because: Removal, by: str | None) -> Evidence:
        """Returns what is left when the bytes go: no word of the sender's."""
        return self.changed(
            stored_as=None, keep_until=None, caption=None, removed_at=at, removed_because=because, removed_by=by
        )


class Upload(Record, frozen=True, kw_only=True):
    """Bytes on their way. swept: somebody is taking them away"""

    employee_id: str
    stored_as: str
    at: datetime
    swept: bool = False


def evidence_id_of(sender: str, *key: str) -> str:
    """Returns the id of what a sender calls by a key. sender: any id that they have or had"""
    return digest("evidence", sender, *key)


class EvidenceRecords:
    """Reads and writes items, and the notes of bytes on their way."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, evidence_id: str) -> Evidence | None:
        """Returns an item."""
        if not is_document_name(evidence_id):
            return None
        found = self._documents.get(_path(evidence_id))
        return None if found is None else Evidence.read(found)

    def versioned(self, evidence_id: str) -> Versioned[Evidence] | None:
        """Returns an item for a write that must not overtake another."""
        found = self._documents.get(_path(evidence_id))
        return None if found is None else Versioned(Evidence.read(found), found.version)

    def many(self, evidence_ids: Iterable[str]) -> dict[str, Evidence]:
        """Returns the items that there are, by their ids."""
        found = self._documents.get_many([_path(one) for one in dict.fromkeys(evidence_ids)])
        return {one.evidence_id: one for one in Evidence.readable(found.values())}

    def page_of(self, employee_id: str, limit: int, after: Position | None, kind: Kind | None = None) -> Page[Evidence]:
        """Returns a learner's items, the newest first."""
        where = [Where("employee_id", "==", employee_id)]
        if kind is not None:
            where.append(Where("kind", "==", kind))
        query = Query("evidence", where, [("received_at", "desc")], limit + 1, after=after)
        return page_of(Evidence, self._documents.query(query), limit, "received_at")

    def page_about(self, employee_id: str, competency: str, limit: int, after: Position | None) -> Page[Evidence]:
        """Returns a learner's items about one competency, the newest first."""
        where = [Where("employee_id", "==", employee_id), Where("competencies", "array_contains", competency)]
        query = Query("evidence", where, [("received_at", "desc")], limit + 1, after=after)
        return page_of(Evidence, self._documents.query(query), limit, "received_at")

    @staticmethod
    def created(item: Evidence) -> Create:
        """Returns the write of a new item."""
        return Create(_path(item.evidence_id), item.stored())

    @staticmethod
    def put(item: Evidence, stamp: str) -> Put:
        """Returns the write of an item in place of what was read."""
        return Put(_path(item.evidence_id), item.stored(), if_version=stamp)

    @staticmethod
    def deleted(item: Evidence, stamp: str) -> Delete:
        """Returns the write that takes an item away."""
        return Delete(_path(item.evidence_id), if_version=stamp)

    def commit(self, writes: list[Write]) -> None:
        """Writes. Raises PreconditionFailed, AlreadyExists, Retryable."""
        self._documents.commit(writes)

    def begin(self, upload_id: str, upload: Upload) -> None:
        """Notes that bytes are about to be written. Raises Retryable."""
        self._documents.commit([Create(_upload(upload_id), upload.stored())])

    def upload(self, upload_id: str) -> Versioned[Upload] | None:
        """Returns the note of bytes on their way."""
        found = self._documents.get(_upload(upload_id))
        return None if found is None else Versioned(Upload.read(found), found.version)

    @staticmethod
    def noted(upload_id: str, upload: Upload) -> Put:
        """Returns the write of a note of bytes that became nobody's."""
        return Put(_upload(upload_id), upload.stored())

    @staticmethod
    def landed(upload_id: str, stamp: str | None) -> Delete:
        """Returns the write that ends a note, for what has been read of it."""
        return Delete(_upload(upload_id), if_version=stamp)

    @staticmethod
    def being_swept(upload_id: str, upload: Versioned[Upload]) -> Put:
        """Returns the write that keeps the bytes from becoming an item's."""
        return Put(_upload(upload_id), upload.record.changed(swept=True).stored(), if_version=upload.stamp)

    def left_over(self, before: datetime) -> Iterator[tuple[str, Versioned[Upload]]]:
        """Yields notes of before a moment."""
        query = Query("evidence_uploads", [Where("at", "<", before)], [("at", "asc")], AT_ONCE)
        for found in self._documents.query(query):
            for upload in Upload.readable([found]):
                yield found.id, Versioned(upload, found.version)

    def pending(self, before: datetime) -> list[Evidence]:
        """Returns items that the ledger should have had before a moment."""
        return self._due("pending_since", Where("pending_since", "<", before))

    def expired(self, now: datetime) -> list[Evidence]:
        """Returns items whose bytes should go."""
        return self._due("keep_until", Where("keep_until", "<=", now))

    def _due(self, order: str, where: Where) -> list[Evidence]:
        found = self._documents.query(Query("evidence", [where], [(order, "asc")], AT_ONCE))
        return list(Evidence.readable(found))


def _path(evidence_id: str) -> str:
    return f"evidence/{evidence_id}"


def _upload(upload_id: str) -> str:
    return f"evidence_uploads/{upload_id}"
