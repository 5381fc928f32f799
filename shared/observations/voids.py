"""Keeps voids of events that have not come yet: each in the place of its event, so that neither can overtake the other.

events/<event id>   {event_id, voided}, until the event comes and is kept there as void
"""

from __future__ import annotations

from shared.kernel.records import Record, Versioned
from shared.observations.records import LedgerEvent, Voided
from shared.ports.documents import Create, Put, Reader


class EarlyVoid(Record, frozen=True, kw_only=True):
    """A void that waits for its event."""

    event_id: str
    voided: Voided


class EarlyVoids:
    """Reads voids that wait, and makes the writes that keep and fulfil them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, event_id: str) -> Versioned[EarlyVoid] | None:
        """Returns the void that waits for an event; None where none does, or the event is there."""
        found = self._reader.get(f"events/{event_id}")
        if found is None or "entry" in found.data:
            return None
        return Versioned(EarlyVoid.read(found), found.version)

    @staticmethod
    def kept(void: EarlyVoid) -> Create:
        """Returns the write that keeps a void until its event comes."""
        return Create(f"events/{void.event_id}", void.stored())

    @staticmethod
    def fulfilled(event: LedgerEvent, waiting: Versioned[EarlyVoid]) -> Put:
        """Returns the write that keeps the event, void, in the place of the void that waited for it."""
        return Put(f"events/{event.event_id}", event.stored(), if_version=waiting.stamp)
