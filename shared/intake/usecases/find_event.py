"""Finds events under their ids: the senders', or the ones that they were answered with.

Reads a bounded number of documents whatever the id: a learning activity may have any number of reports, of many people
where senders share an id.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.kernel.errors import NotFound
from shared.kernel.ids import digest
from shared.observations.domain.observation import Kind
from shared.observations.domain.public_id import ledger_prefix
from shared.observations.records import Ledger, LedgerEvent

BY_SENDER: tuple[Kind, ...] = ("validation", "field")
"""Kinds whose senders' ids make the ledger's; several reports of a learning activity share one id."""
MOST_REPORTS = 50
"""Of the reports under one id, the newest that are looked at for one that a caller may see."""


class FindEvent:
    """Looks events up."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def under(self, event_id: str, source: str | None, whose: str | None = None) -> list[LedgerEvent]:
        """Returns the events under an id, those received last first.

        source: of the event; without one only learning activities, and events that we named, are found
        whose:  a person whose last report is among them, of a learning activity or a conversation, however many others
                have reported since

        What a source sent of a conversation without an id of the observation is found under its `source_id`.
        """
        found = {event.event_id: event for event in self._under(event_id, source, whose)}
        if not found and source is not None:
            found = {event.event_id: event for event in self._reported(event_id, source, whose)}
        return sorted(found.values(), key=lambda event: (event.received_at, event.event_id), reverse=True)

    def _under(self, event_id: str, source: str | None, whose: str | None) -> Iterator[LedgerEvent]:
        prefix = ledger_prefix(event_id)
        if prefix is not None:
            yield from (one for one in self._ledger.beginning_with(prefix) if source in (None, one.source, one.sender))
        if source is not None:
            named = (self._ledger.get(digest(kind, source, event_id)) for kind in BY_SENDER)
            yield from (one for one in named if one is not None)
        if source in (None, "learning"):
            yield from self._ledger.learning(event_id, MOST_REPORTS)
            if whose is not None:
                yield from self._ledger.learning(event_id, 1, whose)

    def _reported(self, source_id: str, source: str, whose: str | None) -> Iterator[LedgerEvent]:
        yield from self._ledger.reported(source, source_id, MOST_REPORTS)
        if whose is not None:
            yield from self._ledger.reported(source, source_id, 1, whose)


def nothing(event_id: str, source: str | None) -> NotFound:
    """Returns the error that there is no such event, for whoever asks: an id can be guessed."""
    where = f" of {source[:80]!r}" if source else "; name its `source`, too, which is a part of the sender's ids"
    return NotFound(
        f"there is no event {event_id[:80]!r}{where}. The id that it was answered with stands in its person's history: "
        "GET /api/v1/validation-events/{employee_id}, /field-observations/… or /learning-activities/…",
        field="event_id",
    )
