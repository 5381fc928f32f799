"""Who has been erased: nothing but a salted digest, so that a late event or an import does not bring the person back.

    erasure_salt/current         one random salt for all tombstones
    tombstones/<salted digest>   {erased_at, run_id}

A digest tells nothing by itself, but whoever can read both and guesses an address can test the guess: that is the price
of refusing the person's late events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from shared.kernel.errors import Rejected
from shared.ports.documents import Document, Documents, Reader

SALT = "erasure_salt/current"
MOST_IN_ONE_READ = 300


class ErasedPerson(Rejected):
    """The input is about a person who has been erased. It is kept nowhere, not in quarantine either."""

    title = "This person has been erased"


class Erased:
    """Knows tombstones."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def tombstone(self, employee_id: str) -> Document | None:
        """The tombstone of a person who has been, or is being, erased."""
        return tombstone_of(self._documents, employee_id)

    def among(self, employee_ids: Iterable[str]) -> frozenset[str]:
        """Those of some ids that belong to erased people."""
        wanted = sorted(set(employee_ids))
        salt = self._documents.get(SALT) if wanted else None
        if salt is None:
            return frozenset()
        paths = {path_of(salt.data["salt"], employee_id): employee_id for employee_id in wanted}
        found: set[str] = set()
        for start in range(0, len(paths), MOST_IN_ONE_READ):
            found |= self._documents.get_many(list(paths)[start : start + MOST_IN_ONE_READ]).keys()
        return frozenset(paths[path] for path in found)


def tombstone_of(reader: Reader, employee_id: str) -> Document | None:
    """The tombstone of a person, by one reader."""
    salt = reader.get(SALT)
    return None if salt is None else reader.get(path_of(salt.data["salt"], employee_id))


def path_of(salt: str, employee_id: str) -> str:
    """Where a person's tombstone stands."""
    return f"tombstones/{hashlib.sha256(f'{salt} {employee_id.strip().lower()}'.encode()).hexdigest()}"
