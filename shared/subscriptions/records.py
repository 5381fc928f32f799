"""Keeps subscriptions and what became of each delivery, in the integrations' database.

webhook_subscriptions/<id>          who wants to be told what, where, and the secrets that sign it
webhook_deliveries/<webhook-id>     one fact for one subscription: its body, and every attempt
webhook_places/<subscription id>    which deliveries are under way to one receiver, each until its lease ends
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, Literal, TypeVar

from shared.kernel.pages import Page, Position, page_of
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.platform.records.document_pages import pages_of
from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Create,
    Delete,
    Documents,
    Merge,
    Put,
    Query,
    Transaction,
    Where,
)
from shared.subscriptions.domain.event_type import EventType

KEPT: Final = timedelta(days=30)
"""How long a delivery can be looked up and sent again."""
PAGE: Final = 200
"""Subscriptions read at once."""
ATTEMPTS_SHOWN: Final = 12
AT_A_TIME: Final = 100
AT_ONE_RECEIVER: Final = 2
"""Deliveries under way to one receiver: the rest of the queue is for the others."""

PauseReason = Literal["asked", "failing", "gone", "owner_may_not"]
Order = tuple[str, Literal["asc", "desc"]]
R = TypeVar("R", bound=Record)


class Secret(Record, frozen=True, kw_only=True):
    """Signs what is sent. until: when it ceases to; None for the newest"""

    secret: str
    until: datetime | None = None


class Subscription(Record, frozen=True, kw_only=True):
    """Says who is told what. secrets: the newest first; failing_since: since when nothing has arrived"""

    subscription_id: str
    owner: str
    owner_kind: Literal["service", "person"]
    address: str
    event_types: tuple[EventType, ...]
    description: str
    state: Literal["active", "paused"]
    paused_because: PauseReason | None
    failing_since: datetime | None
    secrets: tuple[Secret, ...]
    created_at: datetime
    changed_at: datetime

    def signing(self, now: datetime) -> list[str]:
        """Returns the secrets that sign now."""
        return [one.secret for one in self.secrets if one.until is None or one.until > now]


class Attempt(Record, frozen=True, kw_only=True):
    """One try. status: the receiver's; error: why there is none"""

    at: datetime
    status: int | None
    error: str | None
    latency_ms: int


class Delivery(Record, frozen=True, kw_only=True):
    """One fact for one subscription.

    body: what is posted, the same bytes each time; employee_id: whom it is about, so that an erasure finds it
    asked: how often a person has asked for it again; tries: failed attempts since then
    due_at: when the next attempt may be made; opens_at: since when its owner may see it, where that takes time
    withdrawn: the call that it is about does not count any more
    """

    delivery_id: str
    subscription_id: str
    event_type: str
    employee_id: str | None
    body: str
    state: Literal["waiting", "delivered", "failed", "paused", "withdrawn"]
    attempts: tuple[Attempt, ...]
    attempts_made: int
    asked: int
    tries: int
    due_at: datetime
    opens_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime

    @classmethod
    def untried(
        cls,
        delivery_id: str,
        subscription: Subscription,
        event_type: str,
        body: str,
        now: datetime,
        *,
        employee_id: str | None = None,
        opens_at: datetime | None = None,
        paused: bool = False,
    ) -> Delivery:
        """Makes a delivery of which no attempt has been made. paused: it waits until its owner asks for it"""
        return cls(
            delivery_id=delivery_id,
            subscription_id=subscription.subscription_id,
            event_type=event_type,
            employee_id=employee_id,
            body=body,
            state="paused" if paused else "waiting",
            attempts=(),
            attempts_made=0,
            asked=0,
            tries=0,
            due_at=now if opens_at is None else max(now, opens_at),
            opens_at=opens_at,
            created_at=now,
            finished_at=None,
            expires_at=now + KEPT,
        )

    def can_be_sent_again(self, now: datetime) -> bool:
        """Tells whether it has not arrived, is not due already, and may be seen by its owner."""
        if self.state == "waiting":
            return self.due_at > now and (self.opens_at is None or self.opens_at <= now)
        return self.state in ("failed", "paused")

    def asked_again(self, now: datetime) -> Delivery:
        """Returns it as of which nothing was tried yet, to be sent now, or when it opens."""
        due = now if self.opens_at is None else max(now, self.opens_at)
        return self.changed(state="waiting", asked=self.asked + 1, tries=0, due_at=due, finished_at=None)

    def tried(self, attempt: Attempt) -> Delivery:
        """Returns it with one attempt more."""
        kept = (*self.attempts, attempt)[-ATTEMPTS_SHOWN:]
        return self.changed(attempts=kept, attempts_made=self.attempts_made + 1, tries=self.tries + 1)


class SubscriptionRecords:
    """Reads and writes subscriptions."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, subscription_id: str) -> Subscription | None:
        """Returns a subscription."""
        document = self._documents.get(_subscription(subscription_id)) if is_document_name(subscription_id) else None
        return None if document is None else Subscription.read(document)

    def add(self, subscription: Subscription) -> None:
        """Writes a new one."""
        self._documents.commit([Create(_subscription(subscription.subscription_id), subscription.stored())])

    def all(self) -> list[Subscription]:
        """Returns every subscription, the oldest first."""
        return self._sorted(())

    def owned_by(self, owner: str) -> list[Subscription]:
        """Returns those of one owner."""
        return self._sorted([Where("owner", "==", owner)])

    def to(self, event_type: EventType) -> list[Subscription]:
        """Returns those of one type of facts, however many."""
        return self._sorted([Where("event_types", "array_contains", event_type)])

    def change(
        self, subscription_id: str, change: Callable[[Subscription], Subscription | None]
    ) -> Subscription | None:
        """Changes one as it stands, together with nothing else; None where there is none, or nothing to change."""
        return _changed(self._documents, _subscription(subscription_id), Subscription, change)

    def remove(self, subscription_id: str) -> None:
        """Takes one away; its deliveries stay until they expire, and none is sent."""
        self._documents.commit([Delete(_subscription(subscription_id)), Delete(_places(subscription_id))])

    def _sorted(self, where: list[Where] | tuple[Where, ...]) -> list[Subscription]:
        pages = pages_of(self._documents, Query("webhook_subscriptions", where=where, limit=PAGE))
        found = list(chain.from_iterable(pages))
        return sorted(Subscription.readable(found), key=lambda one: (one.created_at, one.subscription_id))


class DeliveryRecords:
    """Reads and writes deliveries."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, delivery_id: str) -> Delivery | None:
        """Returns a delivery."""
        document = self._documents.get(_delivery(delivery_id)) if is_document_name(delivery_id) else None
        return None if document is None else Delivery.read(document)

    def add(self, delivery: Delivery) -> Delivery:
        """Writes a delivery unless it is known; returns what is kept."""
        try:
            self._documents.commit([Create(_delivery(delivery.delivery_id), delivery.stored())])
        except AlreadyExists:
            return self.get(delivery.delivery_id) or delivery
        return delivery

    def change(self, delivery_id: str, change: Callable[[Delivery], Delivery | None]) -> Delivery | None:
        """Changes one as it stands; None where there is none, or nothing to change."""
        return _changed(self._documents, _delivery(delivery_id), Delivery, change)

    def page(
        self, subscription_id: str, since: datetime, *, limit: int, after: Position | None = None
    ) -> Page[Delivery]:
        """Returns those of one subscription since a moment, the newest first."""
        where = [Where("subscription_id", "==", subscription_id), Where("created_at", ">=", since)]
        return self._page(where, ("created_at", "desc"), limit, after)

    def not_arrived(self, subscription_id: str, since: datetime, now: datetime) -> Iterator[Delivery]:
        """Yields those since a moment that can be sent again: given up, kept back, or waiting for a retry."""
        own = Where("subscription_id", "==", subscription_id)
        ended = [own, Where("state", "in", ["failed", "paused"]), Where("created_at", ">=", since)]
        yield from self._each(ended, ("created_at", "desc"))
        # One that is due has a task that sends it: it may be under way.
        retried = [own, Where("state", "==", "waiting"), Where("due_at", ">", now)]
        for one in self._each(retried, ("due_at", "asc")):
            if one.created_at >= since:
                yield one

    def _each(self, where: list[Where], order: Order) -> Iterator[Delivery]:
        after: Position | None = None
        while True:
            page = self._page(where, order, AT_A_TIME, after)
            yield from page.items
            after = page.next
            if after is None:
                return

    def _page(self, where: list[Where], order: Order, limit: int, after: Position | None) -> Page[Delivery]:
        query = Query("webhook_deliveries", where=where, order_by=[order], limit=limit + 1, after=after)
        return page_of(Delivery, self._documents.query(query), limit, order[0])


class Places:
    """Keeps one slow receiver from taking everybody's turn: each has a few places, and who finds none comes back."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def take(self, delivery: Delivery, now: datetime, until: datetime) -> bool:
        """Takes a place; False when all are taken, or this delivery is under way already."""
        path, name = _places(delivery.subscription_id), delivery.delivery_id

        def work(transaction: Transaction) -> bool:
            document = transaction.get(path)
            leases: Mapping[str, datetime] = {} if document is None else document.data["leases"]
            taken = {one: end for one, end in leases.items() if end > now}
            if name in taken or len(taken) >= AT_ONE_RECEIVER:
                return False
            transaction.write(Put(path, {"leases": {**taken, name: until}}))
            return True

        return self._documents.transact(work)

    def leave(self, delivery: Delivery) -> None:
        """Gives a place back."""
        self._documents.commit(
            [Merge(_places(delivery.subscription_id), {"leases": {delivery.delivery_id: DELETE_FIELD}})]
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is kept of subscriptions."""

    subscriptions: SubscriptionRecords
    deliveries: DeliveryRecords
    places: Places


def _changed(documents: Documents, path: str, kind: type[R], change: Callable[[R], R | None]) -> R | None:
    def work(transaction: Transaction) -> R | None:
        document = transaction.get(path)
        changed = None if document is None else change(kind.read(document))
        if changed is not None:
            transaction.write(Put(path, changed.stored()))
        return changed

    return documents.transact(work)


def _subscription(subscription_id: str) -> str:
    return f"webhook_subscriptions/{subscription_id}"


def _delivery(delivery_id: str) -> str:
    return f"webhook_deliveries/{delivery_id}"


def _places(subscription_id: str) -> str:
    return f"webhook_places/{subscription_id}"
