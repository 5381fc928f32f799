"""Does again, after a restore, what was done since the backup and must not be undone: erasures and moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.local.environment import EmbeddedEnvironment
from infra.local.identity import service_account
from infra.local.journal import Journal, MovedId, journal_of
from infra.wiring.identities import identities
from infra.wiring.privacy import privacy
from shared.kernel.access import Caller
from shared.kernel.errors import AugmentError
from shared.people.aliases import Aliases
from shared.platform.records.tombstones import SALT, Tombstone, Tombstones
from shared.ports.documents import Put, Query

RESTORING = Caller(email=service_account("platform"), role="administrator")


@dataclass(frozen=True, slots=True)
class Again:
    """Tells what was done again. erased, moved: how many people; left: what could not be, and why"""

    erased: int
    moved: int
    left: Sequence[str]


def do_again(on: EmbeddedEnvironment, journal: Journal) -> Again:
    """Starts every erasure and move of the journal that the restored data do not know. Their tasks run at the next
    start; the people's records go at once."""
    left: list[str] = []
    _take_salt(on, journal)
    people = [*_erased_here(on, journal)]
    for employee_id in people:
        privacy(on).start_erasure.start(RESTORING, employee_id, employee_id)
    _bury(on, journal)
    here = journal_of(on.documents).moves
    moved = sum(_moved(on, one, left) for one in journal.moves if one not in here)
    return Again(len(people), moved, left)


def _take_salt(on: EmbeddedEnvironment, journal: Journal) -> None:
    """Takes over the salt, where the backup is older than the first erasure."""
    if (salt := journal.salt) is not None:
        Tombstones(on.documents).salt(lambda: salt)


def _erased_here(on: EmbeddedEnvironment, journal: Journal) -> Iterator[str]:
    """Yields those in the restored data who have been erased since, under any id that they had."""
    aliases = Aliases(on.documents)
    for document in on.documents.query(Query("employees", fields=())):
        ids = (document.id, *(one.alias for one in aliases.of(document.id)))
        if any(map(journal.has_erased, ids)):
            yield document.id


def _bury(on: EmbeddedEnvironment, journal: Journal) -> None:
    """Leaves the tombstones of those who came and went after the backup: late events about them are refused, still."""
    here = on.documents.get(SALT)
    if here is None or here.data["salt"] != journal.salt:
        return
    known = {document.id for document in on.documents.query(Query("tombstones", fields=()))}
    for digest, at in journal.erased.items():
        if digest not in known:
            tombstone = Tombstone(run_id="restored", erased_at=datetime.fromisoformat(at))
            on.documents.commit([Put(f"tombstones/{digest}", tombstone.stored())])


def _moved(on: EmbeddedEnvironment, one: MovedId, left: list[str]) -> bool:
    """Moves somebody again, and gives up the former id again; whether anybody moved."""
    if (alias := Aliases(on.documents).get(one.former_id)) is not None:
        if one.released and alias.employee_id == one.employee_id:
            _released(on, one, left)
        return False
    starting = identities(on).start_move
    start = starting.rename if one.kind == "rename" else starting.merge
    try:
        start(RESTORING, one.former_id, one.employee_id, one.reason)
    except AugmentError as error:
        left.append(f"{one.kind} of {one.former_id} to {one.employee_id}: {error}")
        return False
    if one.released:
        left.append(f"release of {one.former_id}: once everything has been moved to {one.employee_id}")
    return True


def _released(on: EmbeddedEnvironment, one: MovedId, left: list[str]) -> None:
    try:
        identities(on).release_id.release(RESTORING, one.employee_id, one.former_id, "Restored")
    except AugmentError as error:
        left.append(f"release of {one.former_id}: {error}")
