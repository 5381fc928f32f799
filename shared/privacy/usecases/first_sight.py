"""Lets the employee see a call's scores first: tells which of an analyst's observations are not open for a caller yet.

Whoever shows single observations (histories, activity, calls), or computes something of them (profiles, lists,
aggregates, exports, webhooks), asks here: what is closed to the caller is shown as closed, and counts for nothing
(docs/decisions/2026-11-29-closed-is-closed.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Literal, NamedTuple, Protocol

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, is_own
from shared.kernel.ids import review_id_of
from shared.kernel.pages import Position
from shared.observations.domain.entry import FIELD, entries_since
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger, RecentEvent
from shared.observations.state_records import StoredState
from shared.ports.ambient import Clock
from shared.privacy.domain.visibility import (
    IMPORTED,
    after_conversation,
    after_receipt,
    happened_since,
    latest_opening,
    opening,
    opens_at,
)
from shared.privacy.ports.reviews import CallReviews

Call = tuple[str, str]
"""(source, source id)."""

AHEAD = timedelta(days=1)
"""A sender's clock may be ahead of ours by so much: a call is received no earlier than that before it happened."""

ENTRY_UNIT = timedelta(seconds=1)
"""Entries of a state have whole seconds."""


class Observed(Protocol):
    """An event of the ledger, as far as it matters here."""

    @property
    def event_id(self) -> str: ...
    @property
    def employee_id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def source(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def message(self) -> str: ...


class Opening(NamedTuple):
    """Says when an observation opened, and whose it is."""

    at: datetime
    event_id: str
    employee_id: str


class Closed(NamedTuple):
    """Holds the calls of a person that are closed to others. opens_at, until: when the first of them opens, and the
    last; None: none is closed"""

    calls: frozenset[Call] = frozenset()
    opens_at: datetime | None = None
    until: datetime | None = None

    def also(self, call: Call, opens_at: datetime) -> Closed:
        """Returns these and one more."""
        first = opens_at if self.opens_at is None else min(self.opens_at, opens_at)
        return Closed(self.calls | {call}, first, opens_at if self.until is None else max(self.until, opens_at))


NONE_CLOSED = Closed()


class FirstSight:
    """Tells what is withheld, and until when."""

    def __init__(self, ledger: Ledger, reviews: CallReviews, configuration: Configuration, clock: Clock) -> None:
        self._ledger = ledger
        self._reviews = reviews
        self._configuration = configuration
        self._clock = clock

    def withheld(self, caller: Caller, events: Iterable[Observed]) -> dict[str, datetime]:
        """Returns those of some events whose scores are not open for the caller yet: event id → when they open.

        A person's decision on a call opens with the call's analysis. Costs a read per decision of the last hours.
        """
        return self._closed(event for event in events if not is_own(caller, event.employee_id))

    def _closed(self, events: Iterable[Observed]) -> dict[str, datetime]:
        hours = self._hours
        if hours <= 0:
            return {}
        now = self._clock.now()
        since = happened_since(now, hours)
        # Whoever brings in history has received all of it just now: only what is young is looked into.
        young = [
            (event, json.loads(event.message))
            for event in events
            if event.kind == "field"
            and event.occurred_at > since
            and latest_opening(event.received_at, hours, event.occurred_at) > now
        ]
        scored = [(event, message) for event, message in young if message.get("scorer")]
        decided = {event.event_id: _review_id(event) for event, message in scored if message["human"]}
        reviews = self._reviews.of_calls(sorted(set(decided.values())))
        found = {}
        for event, _ in scored:
            review = reviews.get(decided.get(event.event_id, ""))
            opens = opening(event.received_at if review is None else review.scored_at, hours, event.occurred_at)
            if opens is not None and opens > now:
                found[event.event_id] = opens
        return found

    def opened(self, after: Position, until: datetime, limit: int) -> list[Opening]:
        """Returns the first scores of calls that opened to others than the employee behind a position, up to a moment,
        in the order of their openings. There may be more: decisions on such scores, which opened with them.

        Some open so long after the conversation, others so long after the analysis came in: two lists, each in an order
        that the ledger has, merged as far as they are needed. Nothing opens before it was received, so that what may
        still be committed opens behind the horizon of the log as well.
        """
        hours = self._hours
        if hours <= 0:
            return []
        streams = (
            self._opened("occurred_at", after_conversation(hours), after, until, limit),
            self._opened("received_at", after_receipt(hours), after, until, limit),
        )
        return list(islice(merge(*streams), limit))

    def _opened(
        self, by: Literal["occurred_at", "received_at"], late: timedelta, after: Position, until: datetime, limit: int
    ) -> Iterator[Opening]:
        """Yields what opened so late after one of its moments, in the order of that."""
        at, name = after
        for event in self._ledger.up_to("field", by, until - late, limit, (at - late, name)):
            opens: datetime = getattr(event, by) + late
            closed = opening(event.received_at, self._hours, event.occurred_at) == opens
            if closed and json.loads(event.message).get("scorer"):
                yield Opening(opens, event.event_id, event.employee_id)

    def closed_to(self, caller: Caller, person: StoredState) -> Closed:
        """Returns the calls of a person whose scores are not open for the caller yet."""
        return self.closed_to_of(caller, [person])[person.employee_id]

    def events(self, caller: Caller, employee_ids: Sequence[str]) -> dict[str, datetime]:
        """Returns likewise the events, by the ledger's ids, each with when it opens. employee_ids: the person's present
        one first, then those under which something may still stand"""
        return {} if is_own(caller, employee_ids[0]) else self._of(employee_ids)[1]

    def closed(self, person: StoredState) -> Closed:
        """Returns the calls of a person that are closed to everybody else."""
        return self.closed_of([person])[person.employee_id]

    def closed_to_of(self, caller: Caller, people: Iterable[StoredState]) -> dict[str, Closed]:
        """Returns likewise those of several that are not open for the caller yet, by employee."""
        people = list(people)
        others = self.closed_of(one for one in people if not is_own(caller, one.employee_id))
        return {one.employee_id: others.get(one.employee_id, NONE_CLOSED) for one in people}

    def closed_of(self, people: Iterable[StoredState]) -> dict[str, Closed]:
        """Returns likewise those of several, by employee. Costs no read about whom the state itself tells that all are
        open."""
        people = list(people)
        found: dict[str, Closed] = dict.fromkeys((person.employee_id for person in people), NONE_CLOSED)
        asked = [person for person in people if self._may_be_closed(person)]
        # By all ids: while somebody is moved to another one, the ledger still says the former.
        whose = {one: person.employee_id for person in asked for one in person.ids}
        events, withheld = self._of(list(whose)) if whose else ([], {})
        for event in events:
            opens = withheld.get(event.event_id)
            if opens is not None and event.standing != "void":
                employee_id = whose[event.employee_id]
                found[employee_id] = found[employee_id].also((event.source, event.source_id), opens)
        return found

    def closed_to_sender(self, caller: Caller, people: Iterable[StoredState]) -> dict[str, frozenset[Call]]:
        """Returns likewise the calls that are closed to the caller, of those alone who have any."""
        found = self.closed_of(one for one in people if not is_own(caller, one.employee_id))
        return {employee_id: closed.calls for employee_id, closed in found.items() if closed.calls}

    def _may_be_closed(self, person: StoredState) -> bool:
        """Tells whether some call's times say that its scores are closed. Whose they are, the ledger alone knows, which
        has its moments with their fractions, too."""
        hours = self._hours
        if hours <= 0:
            return False
        now = self._clock.now() - ENTRY_UNIT
        since = happened_since(now, hours) - ENTRY_UNIT
        for entry in entries_since(person.entries.values(), int(since.timestamp())):
            happened = datetime.fromtimestamp(entry.at, UTC)
            received = datetime.fromtimestamp(entry.received / 1000, UTC)
            opens = latest_opening(received, hours, happened)
            # A decision opens with the analysis that it is about, which may have come in long before it; of an entry
            # without its receipt only the ledger knows.
            young = entry.human or received - happened < IMPORTED + ENTRY_UNIT
            if entry.kind == FIELD and (not entry.received or (young and opens > now)):
                return True
        return False

    def opens(self, caller: Caller, employee_id: str, scored_at: datetime, happened_at: datetime) -> datetime | None:
        """Returns when scores of a call open for the caller; None where they are open."""
        found = opens_at(caller, employee_id, scored_at, self._hours, happened_at)
        return None if found is None or found <= self._clock.now() else found

    @property
    def _hours(self) -> float:
        return self._configuration.reviews().employee_first_hours

    def _of(self, employee_ids: Sequence[str]) -> tuple[list[RecentEvent], dict[str, datetime]]:
        """Returns some people's events of the hours in which calls are closed, and which of them are."""
        hours = self._hours
        if hours <= 0:
            return [], {}
        since = self._clock.now() - after_conversation(hours) - AHEAD
        events = list(self._ledger.received_since(employee_ids, since))
        return events, self._closed(events)


def _review_id(event: Observed) -> str:
    return review_id_of(event.source, event.source_id, event.employee_id)
