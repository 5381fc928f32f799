"""Deliveries over real connections: a receiver that answers 500, hangs, redirects and moves gets everything once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.delivery import Delivery
from infra.local.environment import EmbeddedEnvironment
from infra.local.identity import audience_of
from infra.local.runtime import FUNCTIONS_FOLDER, PLATFORM, load_applications
from infra.web.receivers import HttpReceivers
from infra.wiring.environment import configure
from infra.wiring.ratings import ratings
from infra.wiring.subscriptions import SubscriptionsUseCases, subscriptions
from shared.kernel.ids import review_id_of
from shared.ports.documents import Query
from shared.ports.messages import Message
from shared.privacy.domain.erasure import Erasing, is_about
from shared.ratings.messages import SkillChanged, SkillState
from shared.reviews.messages import ReviewDecided
from shared.subscriptions import records
from shared.subscriptions.domain.attempts import PAUSED_AFTER
from shared.subscriptions.messages import DeliveryTask
from shared.subscriptions.records import Delivery as Kept
from shared.subscriptions.usecases import replay_deliveries
from shared.subscriptions.usecases.facts import of_review, of_skills
from tests.api.conftest import Loaded, _api, loaded
from tests.harness.api_client import ADA, INTEGRATION, JOE, NOW, ApiClient, call_analysed, role_play
from tests.harness.platform import Platform
from tests.harness.webhook_receiver import Receiver, hanging, receiving, redirected

__all__ = ["loaded"]

FUNCTIONS = (
    "rating_update",
    "recalculate_shard",
    "review_queue",
    "skill_webhooks",
    "discrepancy_webhooks",
    "review_webhooks",
    "webhook_delivery",
)
PATH = "webhook-subscriptions"


def fact(number: int) -> SkillChanged:
    """A change of some person's skill."""
    skill = SkillState(
        competency="discovery", confidence="low", basis="field", trend="flat", status="in_progress", current_rating=70
    )
    return SkillChanged(
        employee_id=f"person-{number}@augmentcode.com",
        framework_id="sales_engineering",
        revision=number,
        as_of=date(2026, 2, 12),
        changed_at=NOW,
        framework_version=1,
        parameters_version=1,
        kernel_version="k",
        skills=[skill],
    )


def decided(source_id: str) -> ReviewDecided:
    """A decision about what an analyst said of a call of Joe's."""
    return ReviewDecided(
        review_id=review_id_of("gong", source_id, JOE),
        review_version=1,
        employee_id=JOE,
        scorer="m",
        source="gong",
        reason="sample",
        decision="confirmed",
        sampled=True,
        reviewed_by_role="administrator",
        decided_at=NOW,
    )


class House:
    """A platform whose webhooks may reach loopback, and whose queue goes by the test's clock."""

    def __init__(self, api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.api, self.clock = api, api.clock

        class Now(datetime):
            """The receivers' library looks at the machine's clock: here at the test's."""

            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                return cls.fromtimestamp(api.clock.now().timestamp(), tz)

        monkeypatch.setattr("standardwebhooks.webhooks.datetime", Now)
        api.parts.queue._now = lambda: self.clock.now().timestamp()  # type: ignore[method-assign]
        on = EmbeddedEnvironment(api.parts, {"AUGMENT_WEBHOOKS_TO_LOOPBACK": "true"})
        on.__dict__["receivers"] = HttpReceivers(loopback=True, whole_seconds=0.4)
        api.platform = Platform(configure(on))
        self.on = on
        whole = load_pipeline()
        self.pipeline = replace(whole, functions={name: whole.functions[name] for name in FUNCTIONS})
        self.applications = load_applications(self.pipeline, FUNCTIONS_FOLDER)

    @property
    def use_cases(self) -> SubscriptionsUseCases:
        return subscriptions(self.on)

    def subscribe(self, receiver: Receiver, who: str = INTEGRATION, *types: str) -> str:
        body = {"address": receiver.url, "event_types": list(types or ("skill.changed",))}
        made = self.api.post(PATH, body, who=who)
        assert made.status == 201, made
        receiver.secret = made.json["secret"]
        return str(made.json["subscription_id"])

    def publish(self, *facts: SkillChanged) -> None:
        messages = [Message(one.model_dump(mode="json")) for one in facts]
        self.api.parts.queue.publish("skill-changed", messages)

    def work(self, seconds: float = 30) -> None:
        """Delivers what is due now."""
        delivery = Delivery(
            self.api.parts.queue,
            self.pipeline,
            self.applications,
            tokens=self.api.parts.issuer.source(PLATFORM),
            audience=audience_of,
            log=self.api.parts.log,
            workers=8,
            now=lambda: self.clock.now().timestamp() + time.monotonic() - began,
        )
        began = time.monotonic()
        delivery.start()
        settled = delivery.settle(seconds)
        assert delivery.stop()
        assert settled

    def deliveries(self) -> list[Kept]:
        return list(Kept.readable(self.api.parts.integrations.query(Query("webhook_deliveries"))))

    def subscription(self, subscription_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"{PATH}/{subscription_id}", who=ADA).json
        return found


@pytest.fixture
def house(tmp_path: Path, loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    api = _api(tmp_path / "data", loaded)
    yield House(api, monkeypatch)
    api.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_a_receiver_that_fails_in_every_way_gets_everything_once(house: House, receiver: Receiver) -> None:
    subscription_id = house.subscribe(receiver)
    until, number, lock = threading.Event(), count(), threading.Lock()

    with receiving() as elsewhere, receiving() as moved:
        elsewhere.secret = receiver.secret

        def misbehave(request: BaseHTTPRequestHandler) -> int | None:
            with lock:
                turn = next(number) % 5
            if turn == 0:
                return 500
            if turn == 1:
                return hanging(until)(request)
            if turn == 2:
                return redirected(elsewhere.url)(request)
            if turn == 3:
                request.connection.close()
                return None
            return 204

        receiver.behave = misbehave
        house.publish(*map(fact, range(8)), *map(fact, range(4)))
        for _ in range(4):
            house.work()
            house.clock.move(hours=1)
        assert 0 < len(receiver.arrived) < 8

        body = {"address": moved.url, "event_types": ["skill.changed"]}
        moved.secret = receiver.secret
        assert house.api.put(f"{PATH}/{subscription_id}", body, who=INTEGRATION).status == 200
        house.publish(*map(fact, range(8, 12)))
        for _ in range(4):
            house.work()
            house.clock.move(hours=6)
        until.set()

        assert receiver.arrived + moved.arrived == dict.fromkeys((one.delivery_id for one in house.deliveries()), 1)
        people = {message["data"]["employee_id"] for message in receiver.taken + moved.taken}
        assert people == {fact(number).employee_id for number in range(12)}
        assert len(receiver.taken + moved.taken) == 12
        assert (receiver.refused, moved.refused, elsewhere.seen) == ([], [], [])
        assert {one.state for one in house.deliveries()} == {"delivered"}


def test_a_hanging_receiver_holds_up_nobody_else(house: House, receiver: Receiver) -> None:
    until = threading.Event()
    with receiving() as slow:
        house.subscribe(slow)
        house.subscribe(receiver)
        under_way, most, lock = 0, 0, threading.Lock()

        def hang(request: BaseHTTPRequestHandler) -> None:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            hanging(until)(request)

        slow.behave = hang
        house.publish(*map(fact, range(12)))
        began = time.monotonic()
        worker = threading.Thread(target=house.work)
        worker.start()
        while len(receiver.arrived) < 12 and time.monotonic() - began < 20:
            time.sleep(0.02)
            house.clock.move(seconds=0.2)
        arrived, hung = len(receiver.arrived), len(slow.seen)
        until.set()
        worker.join()
        assert arrived == 12
        assert hung < 12, "the hanging one was not done when the other had everything"
        assert slow.arrived == {}


def test_what_comes_of_facts_and_tasks_rests_on_no_order(
    tmp_path: Path, loaded: Loaded, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts twice, tasks twice, in any order: every history ends alike."""
    ends = []
    for seed in range(4):
        api = _api(tmp_path / str(seed), loaded)
        house = House(api, monkeypatch)
        body = {"address": receiver.url, "event_types": ["skill.changed"]}
        secret = api.post(PATH, body, who=INTEGRATION).json["secret"]
        receiver.secret, receiver.arrived = secret, type(receiver.arrived)()
        told = [of_skills(fact(number)) for number in range(5)]
        made = api.get(PATH, who=INTEGRATION).json["subscriptions"][0]["subscription_id"]
        acts: list[Any] = [partial(house.use_cases.telling.tell, one) for one in told * 2]
        tasks = [DeliveryTask(delivery_id=one.delivery_id(made)) for one in told * 2]
        acts += [partial(house.use_cases.deliver.attempt, task) for task in tasks]
        Random(seed).shuffle(acts)
        for act in acts:
            act()
        for _ in range(3):  # two at a time
            house.work()
            house.clock.move(minutes=2)
        assert set(receiver.arrived.values()) == {1}
        ends.append(sorted((one.body, one.state, one.attempts_made) for one in house.deliveries()))
        api.close()
    assert [len(end) for end in ends] == [5] * 4
    assert ends == ends[:1] * 4


def test_a_posted_event_reaches_a_subscriber(house: House, receiver: Receiver) -> None:
    house.subscribe(receiver)
    house.api.record(role_play(1))
    house.work()
    (message,) = receiver.taken
    assert (message["type"], message["data"]["employee_id"]) == ("skill.changed", JOE)
    assert {skill["competency"] for skill in message["data"]["skills"]} == {"discovery"}
    logged = house.api.log.getvalue()
    assert '"webhook.attempted"' in logged
    assert receiver.url not in logged


class TestPauses:
    def test_a_receiver_that_is_gone_wants_nothing_more_and_its_owner_is_told(
        self, house: House, receiver: Receiver
    ) -> None:
        subscription_id = house.subscribe(receiver, ADA)
        receiver.behave = lambda request: 410
        house.publish(fact(1))
        house.work()
        assert house.subscription(subscription_id)["paused_because"] == "gone"
        (notice,) = house.api.get(f"employees/{ADA}/notifications", who=ADA).json["items"]
        assert (notice["kind"], notice["facts"]["because"]) == ("webhook.paused", "gone")
        told = house.use_cases.watch.check()
        assert (told.ok, told.detail[:7]) == (False, "1 of 1 ")
        assert '"webhook.paused"' in house.api.log.getvalue()

    def test_after_three_days_of_failures_it_is_paused_and_what_was_told_meanwhile_is_sent_when_asked_for(
        self, house: House, receiver: Receiver
    ) -> None:
        subscription_id, began = house.subscribe(receiver, ADA), house.clock.now()
        receiver.behave = lambda request: 500
        for number in range(int(PAUSED_AFTER / timedelta(hours=12)) + 2):
            house.publish(fact(number))
            house.work()
            house.clock.move(hours=12)
        paused = house.subscription(subscription_id)
        assert (paused["state"], paused["paused_because"]) == ("paused", "failing")
        assert house.deliveries()[-1].state in {"paused", "failed"}

        receiver.behave = lambda request: 204
        house.work()
        assert receiver.arrived == {}
        body = {"address": receiver.url, "event_types": ["skill.changed"]}
        assert house.api.put(f"{PATH}/{subscription_id}", body, who=ADA).json["failing_since"] is None
        asked = house.api.post(f"{PATH}/{subscription_id}/replay", {"since": began.isoformat()}, who=ADA)
        assert (asked.status, asked.json["more"]) == (202, False)
        for _ in range(6):  # two at a time
            house.clock.move(minutes=2)
            house.work()
        assert receiver.arrived == dict.fromkeys((one.delivery_id for one in house.deliveries()), 1)
        assert len(house.deliveries()) == 8

    def test_an_owner_who_may_not_read_any_more_is_told_nothing(self, house: House, receiver: Receiver) -> None:
        subscription_id = house.subscribe(receiver, ADA)
        house.use_cases.telling.tell(of_skills(fact(1)))
        assert house.api.put(f"employees/{ADA}", {"name": "Ada Min", "role": "manager"}).status == 200
        house.work()
        house.publish(fact(2))
        house.work()
        assert receiver.seen == []
        root = house.api.get(f"{PATH}/{subscription_id}").json
        assert (root["state"], root["paused_because"]) == ("paused", "owner_may_not")


def test_one_is_sent_again_under_the_same_id(house: House, receiver: Receiver) -> None:
    subscription_id = house.subscribe(receiver)
    house.publish(fact(1))
    house.work()
    (delivery,) = house.api.get(f"{PATH}/{subscription_id}/deliveries", who=INTEGRATION).json["deliveries"]
    assert (delivery["state"], [attempt["status"] for attempt in delivery["attempts"]]) == ("delivered", [204])
    assert house.api.post(f"webhook-deliveries/{delivery['delivery_id']}/replay", who=INTEGRATION).status == 202
    house.work()
    assert receiver.arrived == {delivery["delivery_id"]: 2}
    assert house.api.post("webhook-deliveries/none/replay", who=INTEGRATION).status == 404


def test_after_an_outage_what_waits_for_a_retry_is_sent_now_and_once(house: House, receiver: Receiver) -> None:
    subscription_id, began = house.subscribe(receiver), house.clock.now().isoformat()
    receiver.behave = lambda request: 500
    house.publish(*map(fact, range(2)))
    house.work()
    replaying, hours = house.use_cases.replaying, timedelta(hours=14)
    for one in house.deliveries():
        later = replaying._kept.deliveries.change(one.delivery_id, lambda one: one.changed(due_at=one.due_at + hours))
        assert later
        replaying._queue.attempt(later)

    receiver.behave = lambda request: 204
    replay = partial(house.api.post, f"{PATH}/{subscription_id}/replay", {"since": began}, who=INTEGRATION)
    assert replay().json == {"replayed": 2, "more": False}
    assert replay().json == {"replayed": 0, "more": False}, "what is on its way is not asked for twice"
    house.work()
    assert receiver.arrived == dict.fromkeys((one.delivery_id for one in house.deliveries()), 1)
    house.clock.move(hours=20)
    house.work()
    assert set(receiver.arrived.values()) == {1}, "the retry that was planned sends nothing more"


def test_asked_again_and_again_the_rest_of_what_waits_comes_too(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "AT_A_TIME", 1)
    monkeypatch.setattr(replay_deliveries, "MOST_AT_ONCE", 2)
    subscription_id, began = house.subscribe(receiver), house.clock.now()
    for number in range(5):
        house.use_cases.telling.tell(of_skills(fact(number)))
    kept, now = house.use_cases.replaying._kept.deliveries, house.clock.now()
    later, states = now + timedelta(hours=9), ("waiting", "waiting", "waiting", "failed", "waiting")
    for one, state in zip(house.deliveries(), states, strict=True):
        kept.change(one.delivery_id, partial(Kept.changed, state=state, due_at=later))
    closed = house.deliveries()[4]
    kept.change(closed.delivery_id, lambda one: one.changed(opens_at=later))
    replay = partial(house.api.post, f"{PATH}/{subscription_id}/replay", {"since": began.isoformat()}, who=INTEGRATION)
    answers = [replay().json for _ in range(3)]
    assert [(one["replayed"], one["more"]) for one in answers] == [(2, True), (2, False), (0, False)]
    assert [one.delivery_id for one in house.deliveries() if one.due_at == later] == [closed.delivery_id]
    house.clock.move(days=1)
    late = {"since": house.clock.now().isoformat()}
    assert house.api.post(f"{PATH}/{subscription_id}/replay", late, who=INTEGRATION).json["replayed"] == 0


def test_a_test_event_arrives_and_a_receiver_with_the_secret_before_takes_it(house: House, receiver: Receiver) -> None:
    subscription_id = house.subscribe(receiver)
    assert house.api.post(f"{PATH}/{subscription_id}/secret", who=INTEGRATION).status == 201
    sent = house.api.post(f"{PATH}/{subscription_id}/test", who=INTEGRATION)
    house.work()
    assert receiver.arrived == {sent.json["delivery_id"]: 1}
    assert receiver.taken[0]["data"] == {"subscription_id": subscription_id}


def test_what_its_owner_may_not_see_yet_is_sent_when_it_opens(house: House, receiver: Receiver) -> None:
    house.subscribe(receiver, ADA, "review.decided")
    assert house.api.put("settings/reviews", {"sample_share": 1.0}).status == 200
    house.api.record(call_analysed(1, confidence=0.9))
    house.work()
    house.use_cases.telling.tell(of_review(decided(f"call-{JOE}-1")))
    (delivery,) = house.deliveries()
    assert delivery.due_at == house.clock.now() + timedelta(hours=24)
    house.clock.move(hours=23)
    house.work()
    assert house.api.post(f"webhook-deliveries/{delivery.delivery_id}/replay", who=ADA).status == 202
    house.work()
    assert receiver.taken == []
    house.clock.move(hours=2)
    house.work()
    assert {one["data"]["employee_id"] for one in receiver.taken} == {JOE}


def test_what_is_open_is_told_at_once_and_what_a_call_changed_when_it_opens(house: House, receiver: Receiver) -> None:
    house.subscribe(receiver)
    house.api.record(call_analysed(1, confidence=0.9))
    house.work()
    assert receiver.taken == []

    house.api.record(role_play(1, score=60), role_play(2, score=60))
    house.work()
    seen = general(house, INTEGRATION)
    assert [told(one) for one in receiver.taken][-1:] == [seen]
    assert seen != general(house, JOE)

    house.clock.move(hours=25)
    opened = len(receiver.taken)
    assert ratings(house.on).rate_opened.sweep() == 1
    house.work()
    assert [told(one) for one in receiver.taken[opened:]] == [general(house, INTEGRATION)] == [general(house, JOE)]
    assert ratings(house.on).rate_opened.sweep() == 0
    revisions = [one["data"]["revision"] for one in receiver.taken]
    assert revisions == sorted(set(revisions))


def told(message: dict[str, Any]) -> Any:
    """The general skill of discovery in a message."""
    (found,) = [one for one in message["data"]["skills"] if (one["competency"], one["context"]) == ("discovery", None)]
    return found["current_rating"], found["interval_low"], found["status"]


def general(house: House, who: str) -> Any:
    """The same in a profile."""
    rows = house.api.get(f"employees/{JOE}/skills", who=who).json["skills"]
    (found,) = [one for one in rows if (one["competency"], one["context"]) == ("discovery", None)]
    return found["current_rating"], (found["interval"] or [None])[0], found["status"]


def test_a_delivery_goes_with_the_person_that_it_is_about(house: House, receiver: Receiver) -> None:
    house.subscribe(receiver, ADA)
    house.use_cases.telling.tell(of_skills(fact(1)))
    (delivery,) = house.deliveries()
    erased = Erasing(fact(1).employee_id, "pseudonym")
    assert is_about(erased, "webhook_deliveries", delivery.delivery_id, delivery.stored())
    (known,) = house.api.parts.integrations.query(Query("webhook_subscriptions"))
    assert is_about(Erasing(ADA, "pseudonym"), "webhook_subscriptions", known.id, known.data)
    assert not is_about(erased, "webhook_subscriptions", known.id, known.data)
