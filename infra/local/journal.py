"""The journal of erasures and moves, outside the backups: what a restore has to do again.

It holds no erased person's id: salted digests, as the tombstones, with their salt. Ids that somebody gave up stand in
it as long as that person does. It is written whole, from the live state, whenever an erasure or a move gets further.

While a restore is under way the live state knows less than the journal, which stands as it is until all is done again;
a restore that was cut off has left its mark in it, and nothing starts on such data.

Of who came again after an erasure it holds that erasure still: a backup from before it has what was erased, and one
from after it has what has come since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import uuid4

from msgspec import UNSET

from infra.local.private_files import write_whole
from infra.local.queue import LocalQueue
from shared.identities.records import Move
from shared.kernel.json_values import Json
from shared.platform.records.tombstones import SALT, digest_of
from shared.ports.documents import Documents, Query

NAME: Final = "journal.json"
JOURNALED: Final = frozenset({"erasure", "moves"})
"""Queues whose tasks are steps of what is journaled."""


class HalfRestored(RuntimeError):
    """A restore was cut off: the data are not what they were, and not yet what was to come back."""


class UnreadableJournal(ValueError):
    """A journal is none."""


@dataclass(frozen=True, slots=True)
class MovedId:
    """Holds a move that was decided. released: the former id has been given up since"""

    kind: str
    former_id: str
    employee_id: str
    reason: str
    at: str
    released: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """Holds who has been erased, and who moved. erased: digests of ids → when

    returned: likewise of those who have been let in again since
    restoring: of when the backup is that is being brought back
    """

    salt: str | None = None
    erased: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[MovedId, ...] = ()
    restoring: str | None = None
    returned: Mapping[str, str] = field(default_factory=dict)

    def has_erased(self, employee_id: str) -> bool:
        """Tells whether what stands under an id, in the backup that is being brought back, has been erased."""
        if self.salt is None:
            return False
        digest = digest_of(self.salt, employee_id)
        before = self.returned.get(digest) if self.restoring else None
        older = before is not None and _moment(str(self.restoring)) < _moment(before)
        return digest in self.erased or older

    def joined(self, other: Journal) -> Journal:
        """Returns what either tells, where both have one salt or one of them none; else this one."""
        if self.salt is not None and other.salt is not None and self.salt != other.salt:
            return self
        moves = {(one.former_id, one.employee_id): one for one in (*other.moves, *self.moves)}
        in_order = sorted(moves.values(), key=lambda one: one.at)
        erased, returned = {**other.erased, **self.erased}, {**other.returned, **self.returned}
        back = {one for one, at in returned.items() if one not in erased or _moment(at) >= _moment(erased[one])}
        return Journal(
            self.salt or other.salt,
            {one: at for one, at in erased.items() if one not in back},
            tuple(in_order),
            returned={one: returned[one] for one in back},
        )

    def following(self, former: Journal) -> Journal:
        """Returns this one, of a whole live state, with what the former says of those whom nothing refuses any more."""
        if self.salt != former.salt:
            return self
        lifted = {one: at for one, at in {**former.returned, **former.erased}.items() if one not in self.erased}
        return replace(self, returned=lifted)


def journal_of(documents: Documents) -> Journal:
    """Returns what the live state tells. Raises Retryable."""
    salt = documents.get(SALT)
    moves = sorted(Move.readable(documents.query(Query("moves"))), key=lambda one: one.requested_at)
    return Journal(
        salt=None if salt is None else str(salt.data["salt"]),
        erased={one.id: _text(one.data["erased_at"]) for one in documents.query(Query("tombstones"))},
        moves=tuple(
            MovedId(
                one.kind,
                one.former_id,
                one.employee_id,
                one.reason,
                one.requested_at.isoformat(),
                one.released_at is not UNSET,
            )
            for one in moves
        ),
    )


def read_journal(path: Path) -> Journal:
    """Reads a journal; an empty one where there is none. Raises UnreadableJournal."""
    if not path.exists():
        return Journal()
    try:
        found = json.loads(path.read_text("utf-8"))
        moves = tuple(MovedId(**one) for one in found["moves"])
        returned = dict(found.get("returned", {}))
        return Journal(found["salt"], dict(found["erased"]), moves, found.get("restoring"), returned)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableJournal(f"{path} cannot be read ({type(error).__name__}); --journal takes a copy") from error


def refuse_half_restored(folder: Path) -> None:
    """Raises HalfRestored."""
    if of := _restoring(folder):
        raise HalfRestored(
            f"a restore of the backup of {of} into {folder} was cut off: run ./scripts/restore again, of that "
            "backup or another; until then who was erased since may be in the data"
        )


def _restoring(folder: Path) -> str | None:
    """Returns of when the backup is that is being brought back; None where none is. What cannot be read says nothing:
    the live state is then whole, and the next step writes the journal anew."""
    with suppress(UnreadableJournal):
        return read_journal(folder / NAME).restoring
    return None


def _former(folder: Path) -> Journal:
    """Returns the journal that is there; an empty one in the place of what cannot be read."""
    with suppress(UnreadableJournal):
        return read_journal(folder / NAME)
    return Journal()


def write_journal(folder: Path, journal: Journal) -> None:
    """Writes it whole, or leaves the former one."""
    write_whole(folder / f".{NAME}.{uuid4().hex}", folder / NAME, json.dumps(asdict(journal), indent=1).encode())


class JournaledTasks:
    """The `TaskQueue` port, which writes the journal when a step of an erasure or a move is asked for; not during a
    restore, which does so at its end."""

    def __init__(self, queue: LocalQueue, documents: Documents, folder: Path) -> None:
        self._queue = queue
        self._documents = documents
        self._folder = folder
        self._writing = Lock()  # who has read less must not write last

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Json],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        asked = self._queue.enqueue(queue, function, payload, name=name, run_at=run_at)
        if queue in JOURNALED:
            with self._writing:
                if _restoring(self._folder) is None:
                    write_journal(self._folder, journal_of(self._documents).following(_former(self._folder)))
        return asked


def _text(moment: object) -> str:
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
