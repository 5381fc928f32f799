"""Rebuilds an employee's state from the ledger, and mends the live one where it differs."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.observations.domain.entry import canonical_bytes, decode_entries, entry_key
from shared.observations.records import Ledger
from shared.observations.state_records import States, StoredState
from shared.ports.ambient import Log
from shared.ports.documents import Documents, PreconditionFailed, Reader
from shared.ratings.domain.retention import retain

ROTATION_DAYS = 28
"""Every employee is rebuilt from the ledger once in so many nights."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A state as the ledger has it. repaired: this run found it to differ, and mended it"""

    state: StoredState
    repaired: bool


class RebuildState:
    """Compares states with the ledger."""

    def __init__(self, documents: Documents, configuration: Configuration, log: Log) -> None:
        self._documents = documents
        self._configuration = configuration
        self._log = log

    def rebuild(self, employee_id: str, run_id: str | None = None) -> Rebuilt | None:
        """Returns the state to rate, mended if need be; None when there is nobody any more.

        The live state and the ledger's are compared as what retention keeps of each, byte for byte: entries that are
        merely not yet collected are no difference. An entry that the ledger does not have, or has otherwise, is one,
        readable or not. Raises Retryable when the state changes meanwhile.
        """

        def read(reader: Reader) -> tuple[StoredState | None, list[tuple[str, str]]]:
            live = States(reader).get(employee_id)
            # What came under an id that the person had before stands in the ledger under that, until it is moved.
            ids = live.ids if live else ()
            return live, [entry for one in ids for entry in Ledger(reader).entries_of(one)]

        live, entries = self._documents.read_together(read)
        if live is None:
            return None
        framework = self._configuration.framework(live.framework_id)
        ledger, then = _by_key(now for _, now in entries), _by_key(then for then, _ in entries)
        if _alike(live, ledger, framework):
            return Rebuilt(live, repaired_in(live, run_id))
        # Entries of before 2026-11-29 get their receipts here, once: that mends nothing.
        filled = (then != ledger and _alike(live, then, framework)) or _lacks_receipts_alone(live, ledger)
        return self._mend(live, ledger, framework, run_id, filled=filled)

    def _mend(
        self, live: StoredState, ledger: dict[str, str], framework: Framework, run_id: str | None, *, filled: bool
    ) -> Rebuilt | None:
        wanted = retain(ledger, framework)
        gone = live.entries.keys() - wanted.keys()
        missing = {key: text for key, text in wanted.items() if live.entries.get(key) != text}
        # After a collection, what a late event needs is missing as a matter of course.
        unexpected = not filled and (bool(_stray(live, ledger)) or not live.collected)
        noted = run_id if unexpected and run_id else None
        try:
            self._documents.commit([States.mended(live, missing, gone, noted)])
        except PreconditionFailed:
            raise Retryable("the employee's state changed while it was rebuilt") from None
        if unexpected:
            self._log.event(LogEvent.STATE_REPAIRED, "ERROR", added=len(missing), removed=len(gone))
        mended = States(self._documents).get(live.employee_id)
        return None if mended is None else Rebuilt(mended, unexpected)


def _alike(live: StoredState, ledger: dict[str, str], framework: Framework) -> bool:
    # The same entries are retained alike. Most states were never collected: this is nearly everybody.
    if ledger == live.entries:
        return True
    if _stray(live, ledger):
        return False
    return canonical_bytes(retain(ledger, framework)) == canonical_bytes(retain(dict(live.entries), framework))


def _stray(live: StoredState, ledger: dict[str, str]) -> set[str]:
    return {key for key, text in live.entries.items() if ledger.get(key) != text}


def _lacks_receipts_alone(live: StoredState, ledger: dict[str, str]) -> bool:
    """Tells whether the state of somebody who was given another id differs by receipts: moving the events fills them
    in the ledger."""
    stray = _stray(live, ledger)
    texts = [live.entries[key] for key in stray]
    return bool(live.former and texts) and not any(one.has_receipt for one in decode_entries(texts))


def repaired_in(state: StoredState, run_id: str | None) -> bool:
    """Tells whether a run has mended this state, perhaps when it was first attempted."""
    return run_id is not None and state.repaired_in == run_id


def _by_key(texts: Iterable[str]) -> dict[str, str]:
    return {entry_key(text): text for text in texts}


def due_for_rebuild(employee_id: str, day: int) -> bool:
    """Tells whether it is this employee's night: each comes once in 28."""
    return zlib.crc32(employee_id.encode()) % ROTATION_DAYS == day % ROTATION_DAYS
