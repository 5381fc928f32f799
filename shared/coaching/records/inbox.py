"""Keeps what has come in until it is answered. In the integrations' database:

coach_inbox/<digest of the message's id>   one message, however often it comes; its words go when it is answered
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.coaching.domain.inbound import InboundMessage, Key
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Create, Documents, Put, Query, Reader, Transaction, Where, Write

ANSWERED_FOR: Final = timedelta(days=30)
"""WhatsApp sends what it believes was not taken for a week."""
_IN_ORDER: Final[Sequence[tuple[str, Literal["asc", "desc"]]]] = (("at", "asc"), ("received_at", "asc"))


def inbox_of(key: Key) -> str:
    """Returns the name of an id's inbox, which tells nobody the id."""
    return digest("coach", key)


class InboxItem(Record, frozen=True, kw_only=True):
    """A message that has come in.

    inbox:   of the first of its sender's ids; inboxes: of all of them
    at:      when it was written, received_at: when it came here, both in their order
    message: None once it is answered; called: its kind in WhatsApp's word
    alarmed: it tells of danger and is answered, but its file is not fetched yet
    """

    wamid: str
    inbox: str
    inboxes: tuple[str, ...]
    at: datetime
    received_at: datetime
    open: bool
    message: InboundMessage | None
    called: str
    alarmed: bool = False
    employee_id: str | None = None
    answered_at: datetime | None = None
    expires_at: datetime


def item_path(wamid: str) -> str:
    """Returns where a message stands."""
    return f"coach_inbox/{digest('wamid', wamid)}"


class Inbox:
    """Reads and writes what has come in.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keep(self, messages: Sequence[InboundMessage], now: datetime) -> list[InboxItem]:
        """Writes those that are new, all or none of a hundred; returns all as they stand, each once."""
        found: dict[str, InboxItem] = {}
        for start in range(0, len(messages), 100):
            found |= self._keep(_items(messages[start : start + 100], now, start))
        return list(found.values())

    def _keep(self, items: Mapping[str, InboxItem]) -> Mapping[str, InboxItem]:
        def work(transaction: Transaction) -> Mapping[str, InboxItem]:
            known = InboxItem.readable(transaction.get_many(items).values())
            stored = {item_path(one.wamid): one for one in known}
            transaction.write(*(Create(path, one.stored()) for path, one in items.items() if path not in stored))
            return {**items, **stored}

        return self._documents.transact(work)

    def open_of(self, inboxes: Collection[str], *, limit: int, reader: Reader | None = None) -> list[InboxItem]:
        """Returns what is not answered of one person, the oldest first."""
        where = [Where("inbox", "in", sorted(inboxes)), Where("open", "==", True)]
        query = Query("coach_inbox", where, _IN_ORDER, limit=limit)
        return list(InboxItem.readable((reader or self._documents).query(query)))

    def naming(self, inbox: str, *, limit: int, reader: Reader) -> list[InboxItem]:
        """Returns what is not answered and names an id of its sender, be it the first or not, the oldest first."""
        where = [Where("inboxes", "array_contains", inbox), Where("open", "==", True)]
        return list(InboxItem.readable(reader.query(Query("coach_inbox", where, _IN_ORDER, limit=limit))))

    def get(self, wamid: str, reader: Reader) -> InboxItem | None:
        """Returns a message."""
        found = reader.get(item_path(wamid))
        return None if found is None else InboxItem.read(found)


def alarmed(item: InboxItem) -> Write:
    """Returns what is written of a message that is answered before its file is there."""
    return Put(item_path(item.wamid), item.changed(alarmed=True).stored())


def answered(item: InboxItem, now: datetime, employee_id: str | None) -> Write:
    """Returns what is written of a message that is answered: no word of it."""
    done = item.changed(open=False, message=None, answered_at=now, employee_id=employee_id)
    return Put(item_path(item.wamid), done.stored())


def _items(messages: Sequence[InboundMessage], now: datetime, start: int) -> Mapping[str, InboxItem]:
    """Returns messages as they are stored, by path; of one body they are in its order."""
    found: dict[str, InboxItem] = {}
    for number, one in enumerate(messages, start):
        item = InboxItem(
            wamid=one.wamid,
            inbox=inbox_of(one.sender.keys[0]),
            inboxes=tuple(inbox_of(key) for key in one.sender.keys),
            at=one.at,
            received_at=now + timedelta(microseconds=number),
            open=True,
            message=one,
            called=one.called,
            expires_at=now + ANSWERED_FOR,
        )
        found.setdefault(item_path(one.wamid), item)
    return found
