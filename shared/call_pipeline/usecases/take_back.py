"""Takes back what earlier analyses of a call had observed, where a later look finds that it is nobody's performance, or
observes nothing of somebody any more: the history keeps it as void, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared.conversations.domain.call_state import State
from shared.conversations.records import CallRecord, CallResult
from shared.observations.domain.entry import Entry, decode_entries
from shared.observations.domain.public_id import sent_id
from shared.observations.records import Ledger, LedgerEvent
from shared.ports.observations import Observations

WHY: Mapping[State, str] = {
    "internal": "Internal: a later look finds that nobody of outside took part",
    "nobody": "A later look finds that no employee said anything",
}
"""The states in which nothing of a call counts, each with what the history says of it."""
NOTHING_OBSERVED = "A later analysis observes nothing of this person in it"


class TakeBack:
    """Makes void. Again it changes nothing. Raises Retryable."""

    def __init__(self, ledger: Ledger, observations: Observations) -> None:
        self._ledger = ledger
        self._observations = observations

    def all(self, record: CallRecord, reason: str) -> None:
        """Takes back whatever was observed in a call, what a person has decided about its scores included."""
        for one in record.observations:
            self._take(record, one, reason)

    def of_others(self, record: CallRecord, observed: Collection[str]) -> None:
        """Takes back what was observed of everybody but these employees; a person's decision stays, which outranks
        every analysis."""
        for one in record.observations:
            if one.employee_id not in observed:
                self._take(record, one, NOTHING_OBSERVED, unless_decided=True)

    def _take(self, record: CallRecord, result: CallResult, reason: str, *, unless_decided: bool = False) -> None:
        part = self._ledger.part(record.source, record.call_id, result.employee_id)
        ours = {sent_id(one.record): one.record for one in part if one.record.sender == record.source}
        counting = {name: _entry(event) for name, event in ours.items() if event.voided is None}
        if unless_decided and any(entry.human for entry in counting.values()):
            return
        # With what stands goes what it stands for; what was sent and refused may yet be taken in from the quarantine.
        gone = [max(counting, key=lambda name: counting[name].rank)] if counting else []
        gone += [result.observation_id] if result.observation_id and result.observation_id not in ours else []
        for name in gone:
            self._observations.void({"event_id": name, "source": record.source, "kind": "field", "reason": reason})


def _entry(event: LedgerEvent) -> Entry:
    (entry,) = decode_entries([event.entry_with_receipt])
    return entry
