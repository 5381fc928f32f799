"""Keeps the ledger of what was observed.

events/<event id>       one accepted event, for ever
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final, Literal

import msgspec

from shared.kernel.field_values import FieldValue
from shared.kernel.pages import Page, Position, newest_first, page_of
from shared.kernel.records import Record, Versioned
from shared.observations.domain.entry import VOID, decode_entries, with_status, without_void
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Kind, Standing
from shared.observations.domain.older_entry import with_receipt
from shared.platform.records.document_pages import pages_of
from shared.ports.documents import Create, Document, Merge, Query, Reader, Where

PAGE = 500
_RECEIVED_LAST: Final[Sequence[tuple[str, Literal["asc", "desc"]]]] = [("received_at", "desc")]
IN_ONE_QUERY = 30
"""How many people one query may name (Firestore's limit for `in`)."""


class Voided(Record, frozen=True, kw_only=True):
    """Says why an event counts nowhere. by: an employee's id, or a service's address"""

    by: str
    at: datetime
    reason: str


class ToldEntry(Record, frozen=True, kw_only=True):
    """Holds what an event left in its person's state, and what was told of it. entry: the text; message: as JSON"""

    entry: str
    message: str

    @property
    def entry_with_receipt(self) -> str:
        """Returns its text in the state; of an event of before 2026-11-29 with what that did not say."""
        return with_receipt(self.entry, self.message)


class LedgerEvent(Record, frozen=True, kw_only=True):
    """One accepted event. payload, answer, message: as JSON, since they are only ever read whole

    entry:        its text in the employee's state
    stood:        how it stood before it was void
    competencies: those that it scores, in the framework's word where it is known there
    """

    event_id: str
    employee_id: str
    entry: str
    framework_id: str
    kind: Kind
    source: str
    source_id: str
    activity: str
    standing: Standing
    competencies: list[str]
    occurred_at: datetime
    received_at: datetime
    content_hash: str
    recorded_by: str
    payload: str
    answer: str
    message: str
    voided: Voided | None = None
    stood: Standing | None = None

    @property
    def sender(self) -> str:
        """Returns the source that sent it; `source` is the recorder where a call is named by its recorder's id."""
        return self.activity if self.kind == "field" else self.source

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written; nothing in it needs to be taken apart, and this happens for every event."""
        found: dict[str, FieldValue] = msgspec.structs.asdict(self)
        found.pop("voided")
        found.pop("stood")
        return found if self.voided is None else found | {"voided": self.voided.stored(), "stood": self.stood}

    @property
    def entry_with_receipt(self) -> str:
        """Returns its text in the state; of an event of before 2026-11-29 with what that did not say."""
        return with_receipt(self.entry, self.message)

    def created(self) -> Create:
        """Returns the write that adds it to the ledger."""
        return Create(f"events/{self.event_id}", self.stored())

    def of(self, employee_id: str) -> LedgerEvent:
        """Returns the event as it will stand under the id that its person has now: it is being moved."""
        if employee_id == self.employee_id:
            return self
        payload = json.dumps(json.loads(self.payload) | {"employee_id": employee_id}, ensure_ascii=False)
        return self.changed(employee_id=employee_id, payload=payload)

    def made_void(self, why: Voided) -> LedgerEvent:
        """Returns the event as it is when it is void."""
        message = json.dumps(json.loads(self.message) | {"standing": "void"}, separators=(",", ":"))
        entry = with_status(self.entry_with_receipt, VOID)
        return self.changed(standing="void", entry=entry, message=message, voided=why, stood=self.standing)


class GivenAnswer(ToldEntry, frozen=True, kw_only=True):
    """Holds what a repetition of an event is answered with, and nothing that could keep it back.

    employee_id: whom it is about, by an id that they have or had
    payload: what was sent; only looked at where a repetition is written otherwise
    """

    employee_id: str
    content_hash: str
    payload: str | None = None
    answer: str
    voided: Voided | None = None


class ReceivedEvent(Record, frozen=True, kw_only=True):
    """Holds when an event happened and was received, whom it is about, and what was told of it, as JSON."""

    event_id: str
    employee_id: str
    occurred_at: datetime
    received_at: datetime
    message: str


class RecentEvent(Record, frozen=True, kw_only=True):
    """Holds what lists need of an event: less to transfer than all of it."""

    event_id: str
    employee_id: str
    kind: Kind
    source: str
    source_id: str
    activity: str
    standing: Standing
    occurred_at: datetime
    received_at: datetime
    message: str


_RECENT = RecentEvent.__struct_fields__


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """Keeps what an event told. entry: its text in the state; message: the topic's, as JSON"""

    event_id: str
    entry: str
    message: str


class Ledger:
    """Reads events."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, event_id: str) -> LedgerEvent | None:
        """Returns an event; None for an unknown one."""
        found = self._reader.get(f"events/{event_id}")
        return None if found is None or "entry" not in found.data else LedgerEvent.read(found)

    def beginning_with(self, prefix: str) -> list[LedgerEvent]:
        """Returns the events whose ids begin so: one, if any, for the ids that events are answered with."""
        where = [Where("event_id", ">=", prefix), Where("event_id", "<", f"{prefix}~")]
        return list(LedgerEvent.readable(self._reader.query(Query("events", where, [("event_id", "asc")], limit=2))))

    def last_received_at(self, kind: Kind) -> datetime | None:
        """Returns when an event of a kind was last received; None where none ever was."""
        of_kind = [Where("kind", "==", kind)]
        found = self._reader.query(Query("events", of_kind, _RECEIVED_LAST, 1, fields=["received_at"]))
        return found[0].data["received_at"] if found else None

    def learning(self, activity_id: str, limit: int, employee_id: str | None = None) -> list[LedgerEvent]:
        """Returns the reports of a learning activity, those received last first. employee_id: one person's"""
        return self._last({"kind": "learning", "source_id": activity_id, "employee_id": employee_id}, limit)

    def reported(self, source: str, source_id: str, limit: int, employee_id: str | None = None) -> list[LedgerEvent]:
        """Returns what a source said of a conversation under its own id, of all people or one, received last first."""
        same = {"source": source, "source_id": source_id, "kind": "field", "employee_id": employee_id}
        return self._last(same, limit)

    def _last(self, same: Mapping[str, str | None], limit: int) -> list[LedgerEvent]:
        where = [Where(name, "==", value) for name, value in same.items() if value is not None]
        return list(LedgerEvent.readable(self._reader.query(Query("events", where, _RECEIVED_LAST, limit))))

    def answer(self, event_id: str) -> GivenAnswer | None:
        """Returns what an event was answered with; None for an unknown one."""
        found = self._reader.get(f"events/{event_id}")
        return None if found is None or "entry" not in found.data else GivenAnswer.read(found)

    def answers(self, event_ids: Iterable[str]) -> dict[str, GivenAnswer]:
        """Returns what those events were answered with that there are, by id."""
        found = self._reader.get_many([f"events/{event_id}" for event_id in event_ids])
        return GivenAnswer.by_id(found.values())

    def about(self, event: LedgerEvent) -> list[Versioned[LedgerEvent]]:
        """Returns the events about the same person and source id as an event, itself too, void or not."""
        return self._alike({name: getattr(event, name) for name in ("employee_id", "source_id", "source", "kind")})

    def part(self, source: str, source_id: str, employee_id: str) -> list[Versioned[LedgerEvent]]:
        """Returns what was recorded about one person's part in a call, void or not."""
        return self._alike({"employee_id": employee_id, "source_id": source_id, "source": source, "kind": "field"})

    def _alike(self, same: Mapping[str, str]) -> list[Versioned[LedgerEvent]]:
        found = self._reader.query(Query("events", [Where(name, "==", value) for name, value in same.items()]))
        return [Versioned(one, document.version) for document in found for one in LedgerEvent.readable([document])]

    @staticmethod
    def voiding(event: LedgerEvent, stamp: str) -> Merge:
        """Returns the write that keeps an event as void, unless it has changed. stamp: the version that was read"""
        stored = event.stored()
        kept = {name: stored[name] for name in ("standing", "entry", "message", "voided", "stood")}
        return Merge(f"events/{event.event_id}", kept, if_version=stamp)

    def of_call(self, source: str, source_id: str, employee_id: str) -> list[ToldEvent]:
        """Returns what was told about one call and one person, without what is void."""
        same = {"employee_id": employee_id, "source_id": source_id, "source": source, "kind": "field"}
        where = [Where(name, "==", value) for name, value in same.items()]
        found = self._reader.query(Query("events", where, fields=["entry", "message", "framework_id", "standing"]))
        return [
            ToldEvent(
                document.id, with_receipt(document.data["entry"], document.data["message"]), document.data["message"]
            )
            for document in found
            if document.data.get("standing") != "void"
        ]

    def calls_of(self, employee_id: str, limit: int) -> list[tuple[str, str]]:
        """Returns (source, source id) of a person's newest field observations."""
        found = self._reader.query(
            Query(
                "events",
                where=[Where("employee_id", "==", employee_id), Where("kind", "==", "field")],
                order_by=[("occurred_at", "desc")],
                limit=limit,
                fields=["source", "source_id"],
            )
        )
        return [(str(document.data["source"]), str(document.data["source_id"])) for document in found]

    def history(
        self, employee_ids: Sequence[str], wanted: EventFilter, limit: int, after: Position | None
    ) -> Page[LedgerEvent]:
        """Returns a person's events, the newest first. employee_ids: that they have and had, as many as one query may
        name"""
        where = [next(_about(employee_ids)), *_narrowed(wanted)]
        found = self._reader.query(Query("events", where, [("occurred_at", "desc")], limit + 1, after))
        return page_of(LedgerEvent, found, limit, "occurred_at")

    def latest(
        self,
        kind: Kind,
        limit: int,
        after: Position | None,
        by: Literal["occurred_at", "received_at"] = "received_at",
    ) -> Page[RecentEvent]:
        """Returns the events of a kind, those that occurred or were received last first."""
        where = [Where("kind", "==", kind)]
        found = self._reader.query(Query("events", where, [(by, "desc")], limit + 1, after, _RECENT))
        return page_of(RecentEvent, found, limit, by)

    def received_since(self, employee_ids: Sequence[str], since: datetime) -> Iterator[RecentEvent]:
        """Yields the field observations of some people that were received from a moment on."""
        for whose in _about(employee_ids):
            where = [whose, Where("kind", "==", "field"), Where("received_at", ">=", since)]
            for found in pages_of(self._reader, Query("events", where, _RECEIVED_LAST, PAGE, fields=_RECENT)):
                yield from RecentEvent.readable(found)

    def recent(self, event_ids: Iterable[str]) -> dict[str, RecentEvent]:
        """Returns those of some events that there are, by id."""
        return RecentEvent.by_id(self._reader.get_many([f"events/{event_id}" for event_id in event_ids]).values())

    def up_to(
        self, kind: Kind, by: Literal["occurred_at", "received_at"], until: datetime, limit: int, after: Position
    ) -> Iterator[ReceivedEvent]:
        """Yields the events of a kind behind a position among their moments, the oldest first, as far as they are
        asked for. limit: of those read at once"""
        where = [Where("kind", "==", kind), Where(by, "<=", until)]
        query = Query("events", where, [(by, "asc")], limit, after, ReceivedEvent.__struct_fields__)
        for found in pages_of(self._reader, query):
            yield from ReceivedEvent.readable(found)

    def latest_of(
        self, employee_ids: Sequence[str], kind: Kind, limit: int, after: Position | None = None
    ) -> Page[RecentEvent]:
        """Returns the events of a kind about some people, those that happened last first."""
        found: list[Document] = []
        for whose in _about(employee_ids):
            where = [whose, Where("kind", "==", kind)]
            query = Query("events", where, [("occurred_at", "desc")], limit + 1, after, _RECENT)
            found += self._reader.query(query)
        return page_of(RecentEvent, newest_first(found, "occurred_at"), limit, "occurred_at")

    def happened_since(self, employee_ids: Sequence[str], kind: Kind, since: datetime) -> dict[str, list[RecentEvent]]:
        """Returns the events of a kind about some people that happened from a moment on, by person, the last first."""
        by_person: dict[str, list[RecentEvent]] = {one: [] for one in employee_ids}
        for whose in _about(employee_ids):
            where = [whose, Where("kind", "==", kind), Where("occurred_at", ">=", since)]
            for found in pages_of(
                self._reader, Query("events", where, [("occurred_at", "desc")], PAGE, fields=_RECENT)
            ):
                for event in RecentEvent.readable(found):
                    by_person[event.employee_id].append(event)
        return by_person

    def entries_of(self, employee_id: str) -> list[tuple[str, str]]:
        """Returns the entries of all events of a person that are not void: as they were written, and with their
        receipts."""
        where = [Where("employee_id", "==", employee_id)]
        texts = [event.data["entry"] for event in self._reader.query(Query("events", where, fields=["entry"]))]
        counting = without_void(texts)
        if all(entry.has_receipt for entry in decode_entries(counting)):
            return [(text, text) for text in counting]
        told = map(ToldEntry.read, self._reader.query(Query("events", where, fields=["entry", "message"])))
        kept = set(counting)
        return [(event.entry, event.entry_with_receipt) for event in told if event.entry in kept]

    def entries_about(self, employee_ids: Sequence[str], source_ids: Collection[str]) -> list[str]:
        """Returns the entries, with their receipts, of all events of a person, by the ids that they have and had, under
        some sources' ids that are not void."""
        found: list[str] = []
        wanted = sorted(source_ids)
        # The former ids first: what is moved meanwhile is seen twice, and not missed.
        for employee_id, start in product(reversed(employee_ids), range(0, len(wanted), IN_ONE_QUERY)):
            some = wanted[start : start + IN_ONE_QUERY]
            whose = Where("source_id", "==", some[0]) if len(some) == 1 else Where("source_id", "in", some)
            where = [Where("employee_id", "==", employee_id), whose]
            told = self._reader.query(Query("events", where, fields=["entry", "message"]))
            found += [event.entry_with_receipt for event in ToldEntry.readable(told)]
        return without_void(found)

    def messages_since(self, moment: datetime, after: Position | None = None) -> tuple[list[str], Position | None]:
        """Returns a page of the messages of the field observations received since a moment, the newest first, and where
        the next page begins; None after the last. after: where the page before ended"""
        where = [Where("kind", "==", "field"), Where("received_at", ">=", moment)]
        query = Query("events", where, _RECEIVED_LAST, PAGE, after, fields=("message", "received_at"))
        found = self._reader.query(query)
        last = (found[-1].data["received_at"], found[-1].id) if len(found) == PAGE else None
        return [document.data["message"] for document in found], last

    def count(self, kind: Kind, start: datetime, end: datetime, *, page: int) -> int:
        """Counts the events of a kind received from `start` until before `end`."""
        return sum(map(len, self.received(kind, start, end, page=page)))

    def received(
        self, kind: Kind, start: datetime, end: datetime, *, page: int
    ) -> Iterator[list[tuple[str, datetime]]]:
        """Yields pages of the ids of a kind's events with when they were received, the last first."""
        where = [Where("kind", "==", kind), Where("received_at", ">=", start), Where("received_at", "<", end)]
        query = Query("events", where, _RECEIVED_LAST, page, fields=("received_at",))
        for found in pages_of(self._reader, query):
            if found:
                yield [(document.id, document.data["received_at"]) for document in found]

    def messages(self, event_ids: Iterable[str]) -> list[str]:
        """Returns the messages of those of some events that can be read."""
        found = self._reader.get_many([f"events/{event_id}" for event_id in event_ids])
        return [event.message for event in ToldEntry.readable(found.values())]


def _about(employee_ids: Sequence[str]) -> Iterator[Where]:
    """Yields the conditions under which an event is about one of some people, as many as one query may name."""
    for start in range(0, len(employee_ids), IN_ONE_QUERY):
        some = list(employee_ids[start : start + IN_ONE_QUERY])
        yield Where("employee_id", "==", some[0]) if len(some) == 1 else Where("employee_id", "in", some)


def _narrowed(wanted: EventFilter) -> list[Where]:
    # What is superseded stood in some way when it came in.
    standing = None if wanted.standing == "superseded" else wanted.standing
    plain = (("kind", wanted.kind), ("source", wanted.source), ("standing", standing))
    found = [Where(name, "==", value) for name, value in plain if value]
    if wanted.competency:
        found.append(Where("competencies", "array_contains", wanted.competency))
    if wanted.since:
        found.append(Where("occurred_at", ">=", wanted.since))
    if wanted.until:
        found.append(Where("occurred_at", "<", wanted.until))
    return found
