"""A decision is told when its call opens and while its call counts, under whichever id its person goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from infra.wiring.first_sight import first_sight
from shared.intake.contract import VoidBody
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.observations.records import Ledger
from shared.people.aliases import Aliases
from shared.ports.documents import Delete, Put
from shared.reviews.messages import ReviewDecided
from shared.reviews.records import Review, ReviewRecords
from shared.subscriptions.records import Delivery, DeliveryRecords, Kept, Places, SubscriptionRecords
from shared.subscriptions.usecases.decided_calls import DecidedCalls
from shared.subscriptions.usecases.delivery_queue import DeliveryQueue
from shared.subscriptions.usecases.facts import of_review
from shared.subscriptions.usecases.tell_subscribers import Oversight, TellSubscribers
from tests.harness.crash_harness import ADMINISTRATOR, MACHINE, CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON, call
from tests.ratings.builders import framework
from tests.subscriptions.test_deliver import Tasks, subscription

FRAMEWORK = replace(framework(), framework_id="sales_engineering")
JOE, NEW = "joe@example.com", "joanna@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, [JOE])
    made.process().record(call("o1", source_id="c1"), call("o2", source_id="c2"))
    made.store.commit([Put(f"reviews/{one.review_id}", one.stored()) for one in map(review, ("c1", "c2"))])
    yield made
    made.store.close()


def review(source_id: str, employee_id: str = JOE) -> Review:
    return Review(
        review_id=review_id_of("gong", source_id, employee_id),
        employee_id=employee_id,
        framework_id="sales_engineering",
        source="gong",
        source_id=source_id,
        event_id="e1",
        scorer="m",
        analysis=0,
        account_name=None,
        occurred_at=NOON - timedelta(hours=2),
        scored_at=NOON - timedelta(hours=1),
        opened_at=NOON - timedelta(hours=1),
        state="decided",
        reasons=("sample",),
        scores=(),
        contest=None,
        decision=None,
        earlier=(),
        human=1,
    )


def decided(source_id: str, employee_id: str = JOE) -> ReviewDecided:
    return ReviewDecided(
        review_id=review_id_of("gong", source_id, employee_id),
        review_version=1,
        employee_id=employee_id,
        scorer="m",
        source="gong",
        reason="sample",
        decision="confirmed",
        sampled=True,
        reviewed_by_role="administrator",
        decided_at=NOON,
    )


def calls(world: CrashHarness) -> DecidedCalls:
    return DecidedCalls(ReviewRecords(world.store), Ledger(world.store), Aliases(world.store))


def delivery(source_id: str, employee_id: str = JOE) -> Delivery:
    fact = of_review(decided(source_id))
    told = Delivery.untried("msg_1", subscription(1), fact.event_type, fact.body, NOON, employee_id=employee_id)
    assert json.loads(told.body)["data"]["review_id"] == fact.review_id
    return told


def renamed(world: CrashHarness) -> None:
    """Joe has got another id, and his reviews have followed."""
    process = world.process()
    process.identities.start_move.rename(ADMINISTRATOR, JOE, NEW, "Took another name")
    for source_id in ("c1", "c2"):
        before, after = review(source_id), review(source_id, NEW)
        world.store.commit([Delete(f"reviews/{before.review_id}"), Put(f"reviews/{after.review_id}", after.stored())])


class TestWhatCounts:
    def test_a_call_that_stands_is_told(self, world: CrashHarness) -> None:
        assert calls(world).counts(delivery("c1"))

    def test_a_void_call_is_not_and_others_are(self, world: CrashHarness) -> None:
        void = VoidBody(event_id="o1", source="gong", reason="It was a test")
        world.process().voiding.void(MACHINE, void)
        assert not calls(world).counts(delivery("c1"))
        assert calls(world).counts(delivery("c2"))

    @pytest.mark.parametrize("names", [JOE, NEW])
    def test_while_the_person_moves_and_after_it_stands(self, world: CrashHarness, names: str) -> None:
        """Some documents say the former id by then, some the present one."""
        renamed(world)
        assert calls(world).counts(delivery("c1", names))
        void = VoidBody(event_id="o1", source="gong", reason="It was a test")
        world.process().voiding.void(MACHINE, void)
        assert not calls(world).counts(delivery("c1", names))

    def test_of_a_review_that_is_gone_nothing_is_told(self, world: CrashHarness) -> None:
        world.store.commit([Delete(f"reviews/{review('c1').review_id}")])
        assert not calls(world).counts(delivery("c1"))

    def test_what_is_about_no_call_is_told(self, world: CrashHarness) -> None:
        assert calls(world).counts(delivery("c1").changed(event_type="skill.changed"))


class TestWhenItOpens:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Iterator[Kept]:
        store = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
        yield Kept(SubscriptionRecords(store), DeliveryRecords(store), Places(store))
        store.close()

    def told(self, world: CrashHarness, kept: Kept, source_id: str) -> Delivery:
        world.clock.time = NOON
        kept.subscriptions.add(subscription(1).changed(event_types=("review.decided",)))
        reader = Caller(email="mirror@example.com", scopes=frozenset({"administration"}))
        owners: Any = SimpleNamespace(of=lambda one, event_type: reader)
        tasks: Any = Tasks()
        nothing: Any = None
        oversight = Oversight(owners, nothing, calls(world))
        sight = first_sight(world.process().on)
        telling = TellSubscribers(kept, oversight, sight, DeliveryQueue(tasks), world.clock)
        fact = of_review(decided(source_id))
        assert telling.tell(fact) == 1
        made = kept.deliveries.get(fact.delivery_id("s001"))
        assert made is not None
        return made

    def test_is_known_of_a_review(self, world: CrashHarness, kept: Kept) -> None:
        assert self.told(world, kept, "c1").due_at == NOON + timedelta(hours=46)

    def test_is_known_of_a_review_that_has_moved(self, world: CrashHarness, kept: Kept) -> None:
        renamed(world)
        assert self.told(world, kept, "c1").due_at == NOON + timedelta(hours=46)

    def test_is_the_latest_that_it_may_be_of_one_that_nobody_finds(self, world: CrashHarness, kept: Kept) -> None:
        assert self.told(world, kept, "c9").due_at == NOON + timedelta(hours=48)
