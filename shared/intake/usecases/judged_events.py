"""Tells of a person's events whether they count, or which other event about the same does.

The ledger keeps how an event stood when it came in. Whether a later one has taken its place is asked of the ledger too,
not of the person's state: a state keeps only what a rating can need.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from shared.intake.usecases.superseded import why_superseded
from shared.kernel.pages import Page, Position
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import EventStanding
from shared.observations.records import Ledger, LedgerEvent

STEP = 200
MOST_LOOKED_AT = 2_000
"""Events that one request looks at for those that stand so; the next page goes on behind them."""


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event of the ledger. superseded: why another about the same counts in its place; None where none does"""

    event: LedgerEvent
    superseded: str | None

    @property
    def standing(self) -> EventStanding:
        """Returns how it stands now."""
        return "superseded" if self.superseded else self.event.standing  # of a void event: void

    @property
    def position(self) -> Position:
        """Returns its place in a history."""
        return self.event.occurred_at, self.event.event_id


class JudgedEvents:
    """Reads histories."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(
        self,
        employee_id: str,
        wanted: EventFilter,
        limit: int,
        after: Position | None,
        without: Collection[str] = (),
    ) -> Page[JudgedEvent]:
        """Returns a person's events, the newest first; those that stand as wanted, where that is asked for.

        without: events that are not among them, nor where the page ends
        """
        if wanted.standing is None and not without:
            page = self._ledger.history(employee_id, wanted, limit, after)
            return Page(tuple(self.judged(employee_id, page.items)), page.next)
        found: list[JudgedEvent] = []
        for _ in range(MOST_LOOKED_AT // STEP):
            page = self._ledger.history(employee_id, wanted, STEP, after)
            there = [one for one in page.items if one.event_id not in without]
            found += [one for one in self.judged(employee_id, there) if wanted.standing in (None, one.standing)]
            if len(found) > limit:
                return Page(tuple(found[:limit]), found[limit - 1].position)
            after = page.next
            if after is None:
                break
        return Page(tuple(found), after)

    def judged(self, employee_id: str, events: Iterable[LedgerEvent]) -> list[JudgedEvent]:
        """Returns some events of one person as they stand now."""
        events = list(events)
        effective = EffectiveEntries(self._ledger.entries_about(employee_id, {event.source_id for event in events}))
        return [
            JudgedEvent(event, None if event.voided else why_superseded(effective, event.entry_with_receipt))
            for event in events
        ]
