"""Keeps scores of competencies that a framework does not know: they wait for an administrator.

held_scores/<digest of event and word>
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.records import Record
from shared.ports.documents import Documents, Merge, Put, Query, Where

UnmappedState = Literal["open", "aliased", "dismissed", "known"]


class UnmappedScore(Record, frozen=True, kw_only=True):
    """A score whose word means nothing yet. competency: the word as it was sent"""

    held_id: str
    employee_id: str
    event_id: str
    framework_id: str
    competency: str
    state: UnmappedState
    held_at: datetime

    def written(self) -> Put:
        """Returns the write that keeps it."""
        return Put(f"held_scores/{self.held_id}", self.stored())


def unmapped_id(event_id: str, word: str) -> str:
    """Returns the id of an event's score under an unknown word."""
    return digest("held", event_id, word)


class UnmappedRecords:
    """Reads and decides unmapped scores."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, held_id: str) -> UnmappedScore | None:
        """Returns a score; None for an unknown one."""
        found = self._documents.get(f"held_scores/{held_id}")
        return None if found is None else UnmappedScore.read(found)

    def open(self, *, limit: int, after: Position | None) -> Page[UnmappedScore]:
        """Returns those that wait, the newest first."""
        found = self._documents.query(
            Query(
                "held_scores",
                where=[Where("state", "==", "open")],
                order_by=[("held_at", "desc")],
                limit=limit + 1,
                after=after,
            )
        )
        return page_of(UnmappedScore, found, limit, "held_at")

    def decided(self, score: UnmappedScore, state: UnmappedState) -> None:
        """Notes what has become of a score."""
        self.all_decided([score], state)

    def all_decided(self, scores: Sequence[UnmappedScore], state: UnmappedState) -> None:
        """Notes what has become of several (at most 500), of all or none."""
        self._documents.commit([Merge(f"held_scores/{score.held_id}", {"state": state}) for score in scores])
