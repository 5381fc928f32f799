"""What comes of an attempt, whatever is asked for while it is made; and who is told, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from shared.subscriptions.messages import DeliveryTask
from shared.subscriptions.ports.receivers import Received
from shared.subscriptions.records import Delivery, DeliveryRecords, Kept, Places, Subscription, SubscriptionRecords
from shared.subscriptions.usecases.deliver import Deliver
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from tests.harness.crash_harness import Watch
from tests.harness.sent_events import NOON


def subscription(number: int) -> Subscription:
    return Subscription(
        subscription_id=f"s{number:03}",
        owner=f"mirror-{number // 20}@example.com",
        owner_kind="service",
        address="https://hooks.example.com/",
        event_types=("skill.changed",),
        description="",
        state="active",
        paused_because=None,
        failing_since=None,
        secrets=(),
        created_at=NOON,
        changed_at=NOON,
    )


class Sending:
    """Stands for `SendOnce`. meanwhile: what happens during the attempt"""

    def __init__(self, received: Received, meanwhile: Callable[[], object]) -> None:
        self.received, self.meanwhile, self.sent = received, meanwhile, 0

    def send(self, delivery: Delivery, subscription: Subscription) -> tuple[datetime, Received]:
        self.sent += 1
        self.meanwhile()
        return NOON, self.received


class Tasks:
    """The `TaskQueue` port."""

    def __init__(self) -> None:
        self.added: list[dict[str, Any]] = []

    def enqueue(self, queue: str, function: str, payload: dict[str, Any], **_: Any) -> None:
        self.added.append(payload)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    store = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
    yield Kept(SubscriptionRecords(store), DeliveryRecords(store), Places(store))
    store.close()


def oversight(counts: bool = True) -> Any:
    nothing = SimpleNamespace(arrived=lambda one: None, failed=lambda one, now: None)
    owners = SimpleNamespace(of=lambda one, event_type: object(), record=lambda owner, one: None)
    return SimpleNamespace(owners=owners, pausing=nothing, decided=SimpleNamespace(counts=lambda one: counts))


def deliver(kept: Kept, sending: Sending, tasks: Tasks, *, counts: bool = True) -> Deliver:
    made: Any = sending
    queue: Any = tasks
    return Deliver(kept, made, DeliveryQueue(queue), oversight(counts), Watch())


def waiting(kept: Kept) -> Delivery:
    kept.subscriptions.add(subscription(1))
    return kept.deliveries.add(Delivery.untried("msg_1", subscription(1), "skill.changed", "{}", NOON))


@pytest.mark.parametrize("received", [Received(204, 3), Received(500, 3)])
def test_what_is_asked_for_during_an_attempt_is_sent_again(kept: Kept, received: Received) -> None:
    waiting(kept)
    tasks = Tasks()
    sending = Sending(received, lambda: kept.deliveries.change("msg_1", lambda one: one.asked_again(NOON)))
    deliver(kept, sending, tasks).attempt(DeliveryTask(delivery_id="msg_1"))
    made = kept.deliveries.get("msg_1")
    assert made is not None
    assert (made.state, made.asked, made.attempts_made, made.tries, made.finished_at) == ("waiting", 1, 1, 0, None)
    assert [one.status for one in made.attempts] == [received.status]
    sending.meanwhile = lambda: None
    sending.received = Received(204, 3)
    assert deliver(kept, sending, tasks).attempt(DeliveryTask.model_validate(tasks.added[-1])).state == "delivered"
    assert sending.sent == 2


def test_what_does_not_count_any_more_is_not_told(kept: Kept) -> None:
    waiting(kept)
    sending = Sending(Received(204, 3), lambda: None)
    made = deliver(kept, sending, Tasks(), counts=False).attempt(DeliveryTask(delivery_id="msg_1"))
    known = kept.deliveries.get("msg_1")
    assert known is not None
    assert (made.state, known.state, sending.sent) == ("withdrawn", "withdrawn", 0)
    assert known.finished_at is not None


def test_everybody_who_has_subscribed_is_known(kept: Kept) -> None:
    for number in range(203):
        kept.subscriptions.add(subscription(number))
    everybody = [f"s{number:03}" for number in range(203)]
    assert [one.subscription_id for one in kept.subscriptions.to("skill.changed")] == everybody
    assert [one.subscription_id for one in kept.subscriptions.all()] == everybody
    assert kept.subscriptions.to("review.decided") == []
    assert len(kept.subscriptions.owned_by("mirror-3@example.com")) == 20
