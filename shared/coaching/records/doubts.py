"""Keeps what the coach has asked back about. In the integrations' database:

coach_doubts/<digest of the message's id>   of which danger a message may tell, and what was answered; its words until
                                            then
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.conversation import Doubt, DoubtOutcome, MediaOutcome, State
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.safety import StopKind
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Document, Documents, Put, Query, Where

KEPT: Final = timedelta(days=400)
MOST_OPEN: Final = 5
"""Of one person, looked at at once; an older one is a person's to answer by then."""
MOST_DECIDED: Final = 20
"""Of one person in a few hours, that are looked through for those that nobody answered in time."""


class AskedBack(Record, frozen=True, kw_only=True):
    """Keeps one doubt (see `Doubt`). inbox: of whoever wrote the message"""

    doubt_id: str
    inbox: str
    employee_id: str | None
    kind: StopKind
    open: bool
    asked_at: datetime
    due_at: datetime
    message: InboundMessage | None
    state: State
    media: MediaOutcome | None = None
    evidence_id: str | None = None
    outcome: DoubtOutcome | None = None
    decided_at: datetime | None = None
    expires_at: datetime

    def doubt(self) -> Doubt:
        """Returns what a conversation needs of it."""
        return Doubt(
            doubt_id=self.doubt_id,
            kind=self.kind,
            learner=self.employee_id,
            asked_at=self.asked_at,
            due_at=self.due_at,
            message=self.message,
            state=self.state,
            media=self.media,
            evidence_id=self.evidence_id,
            outcome=self.outcome,
            decided_at=self.decided_at,
        )


class DoubtCount(Record, frozen=True, kw_only=True):
    """Holds what is counted of a doubt."""

    outcome: DoubtOutcome | None = None
    kind: StopKind


class DoubtRecords:
    """Reads and writes doubts.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def open_of(self, inboxes: Collection[str]) -> list[Doubt]:
        """Returns what is not decided of one person, the oldest first."""
        where = [Where("inbox", "in", sorted(inboxes)), Where("open", "==", True)]
        return _doubts(self._documents.query(Query("coach_doubts", where, [("asked_at", "asc")], limit=MOST_OPEN)))

    def lapsed_of(self, inboxes: Collection[str], since: datetime) -> list[Doubt]:
        """Returns what one person was asked since then and did not answer in time, the oldest first."""
        where = [Where("inbox", "in", sorted(inboxes)), Where("open", "==", False), Where("asked_at", ">=", since)]
        query = Query("coach_doubts", where, [("asked_at", "asc")], limit=MOST_DECIDED)
        return [one for one in _doubts(self._documents.query(query)) if one.lapsed]

    def of(self, doubt_id: str, inboxes: Collection[str]) -> Doubt | None:
        """Returns one of a person's, be it decided or not; None for another's, and where there is none."""
        found = self._documents.get(_path(doubt_id))
        known = None if found is None else AskedBack.read(found)
        return known.doubt() if known is not None and known.inbox in inboxes else None

    def newest(self, limit: int) -> list[DoubtCount]:
        """Returns what came of the newest."""
        query = Query(
            "coach_doubts", order_by=[("asked_at", "desc")], limit=limit, fields=["outcome", "kind", "asked_at"]
        )
        return list(DoubtCount.readable(self._documents.query(query)))

    @staticmethod
    def put(doubt: Doubt, inbox: str) -> Put:
        """Returns what is written of one. inbox: of whoever wrote the message"""
        asked = AskedBack(
            doubt_id=doubt.doubt_id,
            inbox=inbox,
            employee_id=doubt.learner,
            kind=doubt.kind,
            open=doubt.open,
            asked_at=doubt.asked_at,
            due_at=doubt.due_at,
            message=doubt.message,
            state=doubt.state,
            media=doubt.media,
            evidence_id=doubt.evidence_id,
            outcome=doubt.outcome,
            decided_at=doubt.decided_at,
            expires_at=doubt.asked_at + KEPT,
        )
        return Put(_path(doubt.doubt_id), asked.stored())


def doubt_id_of(wamid: str) -> str:
    """Returns the id of the doubt about a message."""
    return digest("doubt", wamid)


def _doubts(found: Collection[Document]) -> list[Doubt]:
    return [one.doubt() for one in AskedBack.readable(found)]


def _path(doubt_id: str) -> str:
    return f"coach_doubts/{digest('path', doubt_id)}"
