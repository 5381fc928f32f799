"""Keeps what a framework does not know, for an administrator: scores under unknown words, and values of contexts.

held_scores/<digest of event and word>
unknown_values/<digest of framework, dimension and value>   how often a value was seen; it goes FORGOTTEN after the last
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position, page_of
from shared.kernel.records import Record
from shared.kernel.unicode_form import folded
from shared.ports.documents import Documents, Merge, Put, Query, Transaction, Where

FORGOTTEN = timedelta(days=180)
MOST_SOURCES = 10
"""Of a value, that are named."""

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


class SeenValue(NamedTuple):
    """One undeclared value of a declared dimension in one event. source: who sent it"""

    framework_id: str
    dimension: str
    value: str
    source: str


class UnknownValue(Record, frozen=True, kw_only=True):
    """Counts the events in which a value was seen that a framework does not declare. value: as it was first written"""

    framework_id: str
    dimension: str
    value: str
    events: int
    sources: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    expires_at: datetime

    def again(self, events: int, sources: Sequence[str], now: datetime) -> UnknownValue:
        """Returns the value as it is once more events have it."""
        named = tuple(sorted({*self.sources, *sources}))[:MOST_SOURCES]
        return self.changed(events=self.events + events, sources=named, last_seen=now, expires_at=now + FORGOTTEN)


class UnknownValueRecords:
    """Counts undeclared values as they are noticed, and reads the counts."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def note(self, seen: Sequence[SeenValue], now: datetime) -> None:
        """Counts values, each once for every event that has it. Raises Retryable."""
        counts: Mapping[str, Counter[SeenValue]] = _by_path(seen)

        def work(transaction: Transaction) -> None:
            known = transaction.get_many(sorted(counts))
            for path, several in sorted(counts.items()):
                first = next(iter(several))
                found = next(UnknownValue.readable([known[path]] if path in known else []), None) or UnknownValue(
                    framework_id=first.framework_id,
                    dimension=first.dimension,
                    value=first.value,
                    events=0,
                    sources=(),
                    first_seen=now,
                    last_seen=now,
                    expires_at=now,
                )
                changed = found.again(several.total(), [one.source for one in several], now)
                transaction.write(Put(path, changed.stored()))

        self._documents.transact(work)

    def latest(self, framework_id: str, limit: int) -> list[UnknownValue]:
        """Returns a framework's values, those seen last first."""
        where = [Where("framework_id", "==", framework_id)]
        found = self._documents.query(Query("unknown_values", where, [("last_seen", "desc")], limit))
        return list(UnknownValue.readable(found))


def _by_path(seen: Sequence[SeenValue]) -> dict[str, Counter[SeenValue]]:
    found: dict[str, Counter[SeenValue]] = {}
    for one in seen:
        named = digest("unknown-value", one.framework_id, one.dimension, folded(one.value))
        found.setdefault(f"unknown_values/{named}", Counter())[one] += 1
    return found
