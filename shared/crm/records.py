"""Keeps what a CRM has hinted at, and what was read of it since. In the integrations' database:

crm_hints/<digest of the source and the message's id>   one message, however often it comes
crm_reads/<record id>                                    how far a deal's record has been read
crm_polls/<kind of records>                              how far what has changed of a kind was looked through
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.crm.domain.hint import Hint, Source
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Transaction, Where

KEPT = timedelta(days=60)
"""Salesforce sends a message for a day; by the latest one it is known for how long a way has been silent."""
CLOCKS = timedelta(seconds=1)
"""By which two instances' clocks may differ."""
MOST_AT_ONCE = 400
MOST_OPEN = 20
"""Readings of one record; of those that died long ago nothing is to come."""


class StoredHint(Record, frozen=True, kw_only=True):
    """A message as it came in first. record_id: None: any record of the kind"""

    source: Source
    hint_id: str
    kind: str
    record_id: str | None
    received_at: datetime
    expires_at: datetime


class HintRecords:
    """Reads and writes hints.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keep(self, source: Source, hints: Sequence[Hint], now: datetime) -> list[StoredHint]:
        """Writes those that are new; returns all as they came in first, each once."""
        paths = {_hint_path(source, one.name): one for one in hints}
        known = {path: StoredHint.read(found) for path, found in self._documents.get_many(paths).items()}
        new = {path: _stored(source, one, now) for path, one in paths.items() if path not in known}
        puts = [Put(path, one.stored()) for path, one in new.items()]
        for start in range(0, len(puts), MOST_AT_ONCE):
            self._documents.commit(puts[start : start + MOST_AT_ONCE])
        return [(known | new)[path] for path in paths]

    def last_received_at(self, source: Source) -> datetime | None:
        """Returns when something came by a way last; None where nothing has lately."""
        latest = self._documents.query(
            Query("crm_hints", [Where("source", "==", source)], [("received_at", "desc")], limit=1)
        )
        return next((one.received_at for one in StoredHint.readable(latest)), None)


class Read(Record, frozen=True, kw_only=True):
    """Says how far a deal's record has been read.

    begun:   when the latest reading began, and no other one; done: when the latest one began that was told on
    open:    when those began of which nobody knows yet whether they told anything: others run, or have died
    refused: whether the CRM has refused us since, so that the record waits until somebody has mended that
    about:   the records beside its own that it was read from: the account, whoever is in the team
    """

    record_id: str
    begun: datetime
    done: datetime | None = None
    open: tuple[datetime, ...] = ()
    refused: bool = False
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A reading that has begun. at: orders it among others of the record; waited: the CRM refused the one before"""

    at: datetime
    waited: bool


class ReadRecords:
    """Reads and writes how far records have been read.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def begin(self, record_id: str, now: datetime, hinted_at: datetime, over: Begun | None = None) -> Begun | None:
        """Notes that a reading begins, after all others; None where the record has been read since the hint.

        over: the reading before it in whose place this one begins, whatever has been read since
        """

        def work(transaction: Transaction) -> Begun | None:
            found = transaction.get(_path(record_id))
            known = Read(record_id=record_id, begun=now) if found is None else Read.read(found)
            read_since = known.done is not None and known.done > hinted_at + CLOCKS
            if read_since and not known.open and over is None:
                return None
            at = now if found is None else max(now, known.begun + timedelta(microseconds=1))
            others = tuple(one for one in known.open if over is None or one != over.at)
            begun = known.changed(begun=at, open=(*others, at)[-MOST_OPEN:])
            transaction.write(Put(_path(record_id), begun.stored()))
            return Begun(at, known.refused)

        return self._documents.transact(work)

    def end(self, record_id: str, begun: Begun, about: Iterable[str]) -> bool:
        """Notes that what was read is told on; False where another reading has begun meanwhile, which may have told
        of something newer before."""

        def work(transaction: Transaction) -> bool:
            found = transaction.get(_path(record_id))
            known = None if found is None else Read.read(found)
            if known is None or known.begun != begun.at:
                return False
            others = tuple(one for one in known.open if one != begun.at)
            done = known.changed(done=begun.at, open=others, refused=False, about=tuple(sorted(set(about))))
            transaction.write(Put(_path(record_id), done.stored()))
            return True

        return self._documents.transact(work)

    def refuse(self, record_id: str) -> None:
        """Notes that the CRM has refused us."""

        def work(transaction: Transaction) -> None:
            found = transaction.get(_path(record_id))
            if found is not None:
                transaction.write(Put(_path(record_id), Read.read(found).changed(refused=True).stored()))

        self._documents.transact(work)

    def refused(self, *, limit: int) -> list[Read]:
        """Returns some of those that wait until the CRM lets us in."""
        found = self._documents.query(Query("crm_reads", [Where("refused", "==", True)], limit=limit))
        return list(Read.readable(found))

    def about(self, record_id: str, *, limit: int) -> list[str]:
        """Returns the deals that were read from a record, too."""
        found = self._documents.query(Query("crm_reads", [Where("about", "array_contains", record_id)], limit=limit))
        return [one.record_id for one in Read.readable(found)]

    def known(self, record_ids: Iterable[str]) -> Mapping[str, Read]:
        """Returns those of some records that were read before."""
        found = self._documents.get_many([_path(one) for one in record_ids])
        return {read.record_id: read for read in Read.readable(found.values())}


class Polled(Record, frozen=True, kw_only=True):
    """Says how far a kind was looked through.

    modified, record_id: of the last record; begun: when that began; whole: whether it came to the end
    """

    kind: str
    modified: datetime
    record_id: str
    begun: datetime
    whole: bool


class PollRecords:
    """Reads and writes how far kinds were looked through.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, kind: str) -> Polled | None:
        """Returns how far a kind was looked through; None where nobody has begun."""
        found = self._documents.get(f"crm_polls/{kind}")
        return None if found is None else Polled.read(found)

    def put(self, polled: Polled) -> None:
        """Notes how far a kind was looked through."""
        self._documents.commit([Put(f"crm_polls/{polled.kind}", polled.stored())])


def _stored(source: Source, hint: Hint, now: datetime) -> StoredHint:
    return StoredHint(
        source=source,
        hint_id=hint.name,
        kind=hint.kind,
        record_id=hint.record_id,
        received_at=now,
        expires_at=now + KEPT,
    )


def _hint_path(source: str, hint_id: str) -> str:
    return f"crm_hints/{digest('hint', source, hint_id)}"


def _path(record_id: str) -> str:
    return f"crm_reads/{record_id}"
