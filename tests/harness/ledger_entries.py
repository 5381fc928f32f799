"""The state that the ledger's events of one employee make, whatever the store has for it."""

from __future__ import annotations

from shared.observations.domain.entry import entry_key
from shared.observations.records import Ledger
from shared.ports.documents import Reader


def ledger_entries(reader: Reader, employee_id: str) -> dict[str, str]:
    """Returns key → entry text."""
    return {entry_key(text): text for _, text in Ledger(reader).entries_of(employee_id)}
