"""Keeps what the coach writes until it is known to be sent, and what WhatsApp tells of it. In the integrations'
database:

coach_outgoing/<id>                            one message of ours; its words go when it is sent
coach_statuses/<digest of the message's id>    what is known of it, also before we know WhatsApp's id of it
coach_templates/<digest of name and language>  how WhatsApp charges a template, and whether it may be sent
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.coaching.domain.delivery_status import DeliveryStatus, of_update
from shared.coaching.domain.inbound import Category, Status, StatusUpdate, TemplateCategoryChange, TemplateStatusChange
from shared.coaching.domain.outbound import Content, SendingState
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Reader, Transaction, Where

KEPT: Final = timedelta(days=400)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Outgoing(Record, frozen=True, kw_only=True):
    """A message of ours.

    inbox:       of whom it is to; order: sorts what one person is sent
    about:       the message that it answers; None for what the coach begins itself
    content:     None once it is sent
    open:        whether anything more is to be done about it
    attempts:    how often it was begun; tries: how many of these have failed
    not_after:   when it is not worth sending any more
    wamid:       WhatsApp's id of it; status, status_at, error_code: what it told last
    """

    outgoing_id: str
    inbox: str
    order: str
    about: str | None
    content: Content | None
    state: SendingState = "waiting"
    open: bool = True
    attempts: int = 0
    tries: int = 0
    due_at: datetime
    not_after: datetime | None = None
    claimed_at: datetime | None = None
    wamid: str | None = None
    status: Status | None = None
    status_at: datetime | None = None
    error_code: int | None = None
    category: Category | None = None
    employee_id: str | None = None
    created_at: datetime
    expires_at: datetime

    def ended(self, state: SendingState, code: int | None = None) -> Outgoing:
        """Returns it as it is when nothing more is done about it: without its words."""
        return self.changed(state=state, open=False, content=None, error_code=code or self.error_code)

    def with_status(self, told: DeliveryStatus, wamid: str) -> Outgoing:
        """Returns it with what WhatsApp tells of it: whatever that is, it was taken."""
        taken = self if self.state in ("sent", "failed") else self.ended("sent")
        state: SendingState = "failed" if told.status == "failed" else taken.state
        return taken.changed(
            state=state,
            wamid=wamid,
            status=told.status,
            status_at=told.at,
            error_code=told.error_code,
            category=told.category,
        )


class OutgoingState(Record, frozen=True, kw_only=True):
    """Says what became of a message of ours, and nothing of what it says or to whom."""

    state: SendingState = "waiting"
    status: Status | None = None
    error_code: int | None = None
    category: Category | None = None
    created_at: datetime


class KnownStatus(Record, frozen=True, kw_only=True):
    """Holds what is known of a message of ours. outgoing_id: its document, where that is known; employee_id: to whom"""

    wamid: str
    status: Status | None = None
    at: datetime | None = None
    error_code: int | None = None
    category: Category | None = None
    outgoing_id: str | None = None
    employee_id: str | None = None
    expires_at: datetime

    @property
    def told(self) -> DeliveryStatus | None:
        """Returns it as what statuses are merged as; None where none has come."""
        if self.status is None or self.at is None:
            return None
        return DeliveryStatus(self.status, self.at, self.error_code, self.category)

    def joined(self, told: DeliveryStatus | None, outgoing_id: str | None) -> KnownStatus:
        """Returns it with what is told, and the document where that was not known."""
        joined = told if self.told is None else self.told if told is None else self.told.joined(told)
        known = self.changed(outgoing_id=self.outgoing_id or outgoing_id)
        if joined is None:
            return known
        return known.changed(status=joined.status, at=joined.at, error_code=joined.error_code, category=joined.category)


class TemplateRecord(Record, frozen=True, kw_only=True):
    """A template, as WhatsApp told last. before: as what it was charged until then; event: its state in their word"""

    name: str
    language: str
    category: Category = "unknown"
    before: Category = "unknown"
    category_at: datetime | None = None
    event: str = ""
    reason: str = ""
    event_at: datetime | None = None

    @property
    def usable(self) -> bool:
        """Tells whether it may be sent: of one that nobody told anything about WhatsApp says so itself."""
        return self.event in ("", "APPROVED", "REINSTATED", "FLAGGED")

    def joined(self, other: TemplateRecord) -> TemplateRecord:
        """Returns it with what is known otherwise of the same template: of each, what WhatsApp said last.

        Of two at one moment the one counts by which less is sent, in whatever order they come.
        """
        charged = max(self, other, key=lambda one: (one.category_at or _NEVER, one.category, one.before))
        stands = max(self, other, key=lambda one: (one.event_at or _NEVER, not one.usable, one.event, one.reason))
        return self.changed(
            category=charged.category,
            before=charged.before,
            category_at=charged.category_at,
            event=stands.event,
            reason=stands.reason,
            event_at=stands.event_at,
        )


def outgoing_path(outgoing_id: str) -> str:
    """Returns where a message of ours stands."""
    return f"coach_outgoing/{outgoing_id}"


def status_path(wamid: str) -> str:
    """Returns where the status of a message of ours stands."""
    return f"coach_statuses/{digest('wamid', wamid)}"


class OutgoingRecords:
    """Reads and writes our own messages.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, outgoing_id: str, reader: Reader | None = None) -> Outgoing | None:
        """Returns a message of ours."""
        found = (reader or self._documents).get(outgoing_path(outgoing_id))
        return None if found is None else Outgoing.read(found)

    def open_of(self, inboxes: Collection[str], *, limit: int, reader: Reader | None = None) -> list[Outgoing]:
        """Returns what is still to be sent to one person, in its order."""
        where = [Where("inbox", "in", sorted(inboxes)), Where("open", "==", True)]
        query = Query("coach_outgoing", where, [("order", "asc")], limit=limit)
        return list(Outgoing.readable((reader or self._documents).query(query)))

    def newest(self, limit: int) -> list[OutgoingState]:
        """Returns what became of the newest messages."""
        fields = ["state", "status", "error_code", "category", "created_at"]
        query = Query("coach_outgoing", order_by=[("created_at", "desc")], limit=limit, fields=fields)
        return list(OutgoingState.readable(self._documents.query(query)))

    def settle(self, outgoing_id: str, change: Callable[[Outgoing], Outgoing | None]) -> Outgoing | None:
        """Changes a message as it stands, with what is known of its status by now; None where nothing changes."""

        def work(transaction: Transaction) -> Outgoing | None:
            known = self.get(outgoing_id, transaction)
            changed = None if known is None else change(known)
            if changed is None:
                return None
            if changed.wamid is not None:
                path = status_path(changed.wamid)
                found = transaction.get(path)
                fresh = KnownStatus(wamid=changed.wamid, expires_at=changed.created_at + KEPT)
                told = fresh if found is None else KnownStatus.read(found)
                whose = changed.employee_id or told.employee_id
                status = told.joined(None, outgoing_id).changed(employee_id=whose)
                transaction.write(Put(path, status.stored()))
                if status.told is not None:
                    changed = changed.with_status(status.told, changed.wamid)
            transaction.write(Put(outgoing_path(outgoing_id), changed.stored()))
            return changed

        return self._documents.transact(work)

    def tell(self, updates: Sequence[StatusUpdate], now: datetime) -> None:
        """Merges what WhatsApp tells of messages of ours, in any order and any number of times."""
        for start in range(0, len(updates), 100):
            some = updates[start : start + 100]
            self._documents.transact(lambda transaction, some=some: self._tell(transaction, some, now))  # type: ignore[misc]

    def _tell(self, transaction: Transaction, updates: Sequence[StatusUpdate], now: datetime) -> None:
        paths = [status_path(one.wamid) for one in updates]
        found = transaction.get_many(paths)
        before = {path: KnownStatus.read(one) for path, one in found.items()}
        known = dict(before)
        for path, one in zip(paths, updates, strict=True):
            status = known.get(path) or KnownStatus(wamid=one.wamid, expires_at=now + KEPT)
            known[path] = status.joined(of_update(one), one.tracker)
        changed = {path: status for path, status in known.items() if before.get(path) != status}
        ours = self._ours(transaction, changed.values())
        transaction.write(*(Put(path, status.stored()) for path, status in changed.items()), *ours)

    def _ours(self, transaction: Transaction, statuses: Iterable[KnownStatus]) -> list[Put]:
        named = {outgoing_path(one.outgoing_id): one for one in statuses if one.outgoing_id and _plain(one.outgoing_id)}
        puts = []
        for path, found in transaction.get_many(named).items():
            told, message = named[path].told, Outgoing.read(found)
            if told is not None and message.wamid in (None, named[path].wamid):
                puts.append(Put(path, message.with_status(told, named[path].wamid).stored()))
        return puts


class TemplateRecords:
    """Reads and writes what is known of templates.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, name: str, language: str, reader: Reader | None = None) -> TemplateRecord:
        """Returns what is known of a template, with what was told of it without a language."""
        paths = [_template_path(name, language), _template_path(name, "")]
        known = (reader or self._documents).get_many(paths)
        whole = TemplateRecord(name=name, language=language)
        for found in known.values():
            whole = whole.joined(TemplateRecord.read(found))
        return whole

    def tell_category(self, told: TemplateCategoryChange) -> None:
        """Notes as what a template is charged; what comes late changes nothing."""
        self._join(
            TemplateRecord(
                name=told.name, language=told.language, category=told.after, before=told.before, category_at=told.at
            )
        )

    def tell_status(self, told: TemplateStatusChange) -> None:
        """Notes whether a template may be sent; what comes late changes nothing."""
        self._join(
            TemplateRecord(
                name=told.name, language=told.language, event=told.event, reason=told.reason, event_at=told.at
            )
        )

    def _join(self, told: TemplateRecord) -> None:
        path = _template_path(told.name, told.language)

        def work(transaction: Transaction) -> None:
            found = transaction.get(path)
            known = told if found is None else TemplateRecord.read(found).joined(told)
            transaction.write(Put(path, known.stored()))

        self._documents.transact(work)


def _template_path(name: str, language: str) -> str:
    return f"coach_templates/{digest('template', name, language)}"


def _plain(tracker: str) -> bool:
    """Tells whether a name that came back can be one of ours."""
    return tracker.isascii() and tracker.isalnum() and len(tracker) <= 60
