"""Keeps who has been erased: a salted digest, so that a late event or an import does not bring the person back.

    erasure_salt/current         one random salt for all tombstones
    tombstones/<salted digest>   {erased_at, run_id}

A digest tells nothing by itself, but whoever can read both and guesses an address can test the guess: that is the price
of refusing the person's late events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from shared.kernel.errors import Retryable
from shared.kernel.records import Record
from shared.ports.documents import AlreadyExists, Create, Delete, Documents, Put, Reader

SALT = "erasure_salt/current"
MOST_IN_ONE_READ = 300


class Tombstone(Record, frozen=True, kw_only=True):
    """Remains of somebody who has been, or is being, erased."""

    run_id: str
    erased_at: datetime


class Tombstones:
    """Reads and writes tombstones."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, employee_id: str) -> Tombstone | None:
        """Returns the tombstone of a person who has been, or is being, erased."""
        salt = self._salt()
        return None if salt is None else tombstone_in(self._documents, salt, employee_id)

    def lift(self, employee_id: str) -> None:
        """Takes a person's tombstone away: they may come again."""
        salt = self._salt()
        if salt is not None:
            self._documents.commit([Delete(path_of(salt, employee_id))])

    def among(self, employee_ids: Iterable[str]) -> frozenset[str]:
        """Returns those of some ids that belong to erased people."""
        wanted = sorted(set(employee_ids))
        salt = self._salt() if wanted else None
        if salt is None:
            return frozenset()
        paths = {path_of(salt, employee_id): employee_id for employee_id in wanted}
        found: set[str] = set()
        for start in range(0, len(paths), MOST_IN_ONE_READ):
            found |= self._documents.get_many(list(paths)[start : start + MOST_IN_ONE_READ]).keys()
        return frozenset(paths[path] for path in found)

    def salt(self, make: Callable[[], str]) -> str:
        """Returns the tombstones' salt; the first erasure makes it. Raises Retryable."""
        known = self._salt()
        if known is None:
            with suppress(AlreadyExists):  # another run made it meanwhile
                self._documents.commit([Create(SALT, {"salt": make()})])
            known = self._salt()
        if known is None:
            raise Retryable("the salt of the tombstones was being written")
        return known

    def _salt(self) -> str | None:
        document = self._documents.get(SALT)
        return None if document is None else str(document.data["salt"])


def tombstone_in(reader: Reader, salt: str, employee_id: str) -> Tombstone | None:
    """Returns the tombstone of a person, by a transaction or another reader."""
    document = reader.get(path_of(salt, employee_id))
    return None if document is None else Tombstone.read(document)


def burial(salt: str, employee_id: str, tombstone: Tombstone) -> Put:
    """Returns the write that leaves a tombstone."""
    return Put(path_of(salt, employee_id), tombstone.stored())


def path_of(salt: str, employee_id: str) -> str:
    """Returns where a person's tombstone stands."""
    return f"tombstones/{digest_of(salt, employee_id)}"


def digest_of(salt: str, employee_id: str) -> str:
    """Returns what a tombstone has in place of a person's id."""
    return hashlib.sha256(f"{salt} {employee_id.strip().lower()}".encode()).hexdigest()
