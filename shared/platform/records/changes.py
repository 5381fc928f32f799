"""Keeps the log of changes: about whom something changed, and when, for who keeps a copy of the profiles.

changes/<hash>   one entry, written in the transaction that changes the thing; it goes after KEPT

An entry says that a profile changed and never how: whoever follows the log reads the profile as it is by then, with
what is open to them. So entries of one person may be read in any order, once or several times.

A moment is decided inside a transaction, which is bounded in time, so that none appears behind HORIZON any more
(docs/decisions/2026-11-29-changes.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.kernel.ids import digest
from shared.kernel.pages import Position
from shared.kernel.records import Record
from shared.platform.domain.change import About
from shared.ports.documents import TRANSACTION_SECONDS, Delete, Documents, Put, Query, Transaction, Where

HORIZON = timedelta(seconds=2 * TRANSACTION_SECONDS)
"""So old an entry has been committed, or never will be: a transaction takes half of that at most, and the other half is
for its last step and for clocks that differ."""
KEPT = timedelta(days=14)
"""So far back the log can be followed."""
_SPARED = timedelta(days=1)
"""Beyond that an entry stays, so that none goes while it is being read."""
IN_ONE_COMMIT = 400


class Change(Record, frozen=True, kw_only=True):
    """One entry. employee_id: None where it is about everybody, or somebody who has been erased

    erased: the SHA-256 of the id of who has been erased
    """

    at: datetime
    about: tuple[About, ...]
    employee_id: str | None
    erased: str | None = None
    expires_at: datetime

    @property
    def change_id(self) -> str:
        """Returns its id, the same for what says the same."""
        whom = self.employee_id or self.erased or ""
        return digest("change", whom, self.at.isoformat(), *self.about)

    @property
    def place(self) -> Position:
        """Returns where it stands in the log: its moment, and its id among those of a moment."""
        return self.at, self.change_id

    def written(self) -> Put:
        """Returns the write that enters it into the log."""
        return Put(f"changes/{self.change_id}", self.stored())


def change(at: datetime, *about: About, employee_id: str | None = None) -> Change:
    """Returns an entry about a person, or about everybody. at: decided inside the transaction that writes it"""
    return Change(at=at, about=about, employee_id=employee_id, expires_at=at + KEPT + _SPARED)


def erasure(at: datetime, employee_id: str) -> Change:
    """Returns the entry that tells copies whom to erase, without naming them."""
    return change(at, "erased").changed(erased=erased_as(employee_id))


def erased_as(employee_id: str) -> str:
    """Returns how the log writes the id of who is gone."""
    return hashlib.sha256(employee_id.encode()).hexdigest()


class Changes:
    """Reads the log, and enters what has no transaction of its own."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def between(self, after: Position, until: datetime, limit: int) -> list[Change]:
        """Returns the first entries behind a position."""
        where = [Where("at", "<=", until)]
        return list(Change.readable(self._documents.query(Query("changes", where, [("at", "asc")], limit, after))))

    def collect(self, now: datetime) -> int:
        """Deletes entries that nobody can follow any more; returns how many. Some stores do so themselves."""
        where = [Where("at", "<", now - KEPT - _SPARED)]
        old = self._documents.query(Query("changes", where, limit=IN_ONE_COMMIT, fields=["at"]))
        if old:
            self._documents.commit([Delete(document.path) for document in old])
        return len(old)

    def about(self, change_id: str) -> tuple[About, ...]:
        """Returns what an entry is about."""
        found = self._documents.get(f"changes/{change_id}")
        return () if found is None else Change.read(found).about

    def enter(self, now: Callable[[], datetime], *about: About, employee_id: str | None = None) -> None:
        """Enters what has been written before. Raises Retryable."""

        def work(transaction: Transaction) -> None:
            # A transaction begins with its first read, and is bounded from then on.
            transaction.get("changes/none")
            transaction.write(change(now(), *about, employee_id=employee_id).written())

        self._documents.transact(work)
