"""Tells of a person's events whether they count, or which other event about the same does.

The ledger keeps how an event stood when it came in. Whether a later one has taken its place is asked of the ledger too,
not of the person's state: a state keeps only what a rating can need.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.intake.usecases.superseded import why_superseded
from shared.kernel.pages import Page, Position
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import EventStanding
from shared.observations.records import IN_ONE_QUERY, Ledger, LedgerEvent
from shared.people.aliases import Aliases

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

    def __init__(self, ledger: Ledger, aliases: Aliases) -> None:
        self._ledger = ledger
        self._aliases = aliases

    def ids_of(self, employee_id: str) -> list[str]:
        """Returns the ids under which a person's events stand, the present one first: while somebody is moved to
        another one, the ledger still says the former."""
        return [employee_id, *self._aliases.latest_of(employee_id, IN_ONE_QUERY - 1)]

    def page(
        self,
        ids: Sequence[str],
        wanted: EventFilter,
        limit: int,
        after: Position | None,
        without: Collection[str] = (),
    ) -> Page[JudgedEvent]:
        """Returns a person's events, by their ids, the newest first; those that stand as wanted, where that is asked.

        without: events that are not among them, nor where the page ends
        """
        if wanted.standing is None and not without:
            page = self._ledger.history(ids, wanted, limit, after)
            return Page(tuple(self._judged(ids, page.items)), page.next)
        found: list[JudgedEvent] = []
        for _ in range(MOST_LOOKED_AT // STEP):
            page = self._ledger.history(ids, wanted, STEP, after)
            there = [one for one in page.items if one.event_id not in without]
            found += [one for one in self._judged(ids, there) if wanted.standing in (None, one.standing)]
            if len(found) > limit:
                return Page(tuple(found[:limit]), found[limit - 1].position)
            after = page.next
            if after is None:
                break
        return Page(tuple(found), after)

    def one(self, employee_id: str, event: LedgerEvent) -> JudgedEvent:
        """Returns an event as it stands now. employee_id: that its person has now"""
        (judged,) = self._judged(self.ids_of(employee_id), [event])
        return judged

    def out_of_force(self, employee_id: str, told: Mapping[str, str]) -> frozenset[str]:
        """Returns which events of a person count nowhere by now: void ones, and those in whose place another counts.

        An event that is not there yet is none of them. told: the source id of each, by its id
        """
        answers = self._ledger.answers(told)
        ids = self.ids_of(employee_id)
        effective = EffectiveEntries(self._ledger.entries_about(ids, {told[name] for name in answers}))
        return frozenset(
            name
            for name, one in answers.items()
            if one.voided is not None or why_superseded(effective, one.entry_with_receipt) is not None
        )

    def _judged(self, ids: Sequence[str], events: Iterable[LedgerEvent]) -> list[JudgedEvent]:
        events = list(events)
        effective = EffectiveEntries(self._ledger.entries_about(ids, {event.source_id for event in events}))
        return [
            JudgedEvent(event.of(ids[0]), None if event.voided else why_superseded(effective, event.entry_with_receipt))
            for event in events
        ]
