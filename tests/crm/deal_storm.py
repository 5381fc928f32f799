"""Tells of many deals again and again, in any order and damaged, while processes die: what people were told of them.

A webhook is an envelope of hints; it may be cut off on the way, its answer may be lost, and whoever sends it does so
again until it is acknowledged. A kill ends a process between two effects: in the webhook, while a record is read and
the deal told on, while its plan is carried out, or while somebody is told of it. What a queue or a topic has not seen
done it delivers again, and some of what was done as well.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from functions.sfdc_record import main as record_function
from functions.sfdc_webhook import main as webhook_function
from infra.local.mail_outbox import LocalMailOutbox
from infra.vendors.integrations import Integrations
from infra.wiring.enablement import enablement
from infra.wiring.notify import notifying
from infra.wiring.platform import platform
from shared.notifications.messages import NotifyTask
from shared.notifications.records import Delivery
from shared.ports.crm import Scalar
from shared.ports.documents import Delete, Query
from tests.crm.crm_in_memory import CrmInMemory, record_id
from tests.crm.deals import ENGINEER, MEETING, SECRETS, SETTINGS, WEBHOOK, fields, meet
from tests.crm.followed import FRAMEWORK
from tests.crm.outbound_messages import envelope, notification
from tests.harness.call_world import CallEnvironment, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, FusedDocuments, GivenSecrets
from tests.harness.sent_events import NOON

POINTS: Final = 8
"""Effects of one step at most: a kill is at one of them, or comes too late."""
MOST_STEPS: Final = 10**6


class Queue:
    """The `TaskQueue` port, and what delivers it: a name is taken for good, a task comes when it is due."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.waiting: list[tuple[datetime, int, str, dict[str, Any]]] = []
        self._numbers = count()

    def of(self, clock: Callable[[], datetime], fuse: Fuse) -> FusedQueue:
        return FusedQueue(self, clock, fuse)

    def put(self, at: datetime, function: str, payload: dict[str, Any]) -> None:
        heapq.heappush(self.waiting, (at, next(self._numbers), function, payload))


@dataclass
class FusedQueue:
    """The port, of one process."""

    queue: Queue
    clock: Callable[[], datetime]
    fuse: Fuse

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        self.fuse.point()
        fresh = name is None or name not in self.queue.names
        if fresh:
            self.queue.names |= {name} if name else set()
            self.queue.put(max(run_at or NOON, self.clock()), function, json.loads(json.dumps(payload)))
        self.fuse.point()
        return fresh


class DealsEnvironment(CallEnvironment):
    """One process: of the webhook, of what reads records, of what carries plans out, of what tells people."""

    def __init__(self, outside: CallWorld, crm: CrmInMemory, queue: Queue, fuse: Fuse) -> None:
        super().__init__(outside, fuse, None)
        world = outside.world
        self.secrets = GivenSecrets({"unsubscribe-key": "key", **SECRETS})
        self.connected = Integrations(SETTINGS, self.secrets, frozenset(SECRETS))
        kept = LocalMailOutbox(FusedDocuments(world.store, fuse), world.clock)
        tasks = queue.of(world.clock.now, fuse)
        self.ports |= {"crm": crm, "note_failure": None, "task_keeper": None, "tasks": tasks, "mail_outbox": kept}


@dataclass
class Told:
    """What people were told. notices: by id, in how many deliveries each is; mails: that were kept"""

    webhooks: int
    kills: int
    notices: Counter[str]
    deliveries: int
    mails: int
    open: frozenset[str]

    @property
    def twice(self) -> int:
        return sum(times > 1 for times in self.notices.values())


class DealStorm:
    """Deals of some people in a CRM, and the messages about them.

    seed: of the deals and of what happens to them, the same for every weather; weather: of the messages
    """

    def __init__(self, folder: Path, seed: int, weather: int, *, deals: int, people: int) -> None:
        self.dice, self.weather = Random(seed), Random(weather)
        self.people = [f"p{number}@example.com" for number in range(people)]
        self.outside = new_call_world(folder, FRAMEWORK)
        self.queue, self.crm = Queue(), CrmInMemory()
        lines = [f"P{n},{one},{'' if n == 0 else self.people[0]}" for n, one in enumerate(self.people)]
        self.outside.world.process().people.import_people.from_csv(
            ADMINISTRATOR, "\n".join(["name,email,manager", *lines]).encode()
        )
        self.outside.world.facts.clear()
        self.deals = [record_id("006", number) for number in range(1, deals + 1)]
        for number, deal_id in enumerate(self.deals, 1):
            self._open(number, deal_id)
        self.webhooks = self.kills = 0
        self._hints, self._waiting = count(1), list[bytes]()
        self._done: list[tuple[str, dict[str, Any]]] = []

    def _open(self, number: int, deal_id: str) -> None:
        engineer = self.dice.choice(self.people)
        size = self.dice.choice([20_000.0, 90_000.0, 400_000.0])
        changes: dict[str, Scalar] = {ENGINEER: engineer, "Amount": size, "Account.Name": f"Account-{number:05d}"}
        self.crm.put("Opportunity", deal_id, fields(Name=f"Deal {number}", **changes), NOON - timedelta(days=1))
        meet(self.crm, deal_id, MEETING + timedelta(hours=number % 48), number)

    def change(self) -> list[str]:
        """Changes a third of the deals: whose they are, when they meet; the deals that have changed."""
        changed = self.dice.sample(self.deals, len(self.deals) // 3)
        at = self.outside.world.clock.now()
        for deal_id in changed:
            if self.dice.random() < 0.5:
                self.crm.put("Opportunity", deal_id, {ENGINEER: self.dice.choice(self.people)}, at)
            else:
                number = self.deals.index(deal_id) + 1
                meet(self.crm, deal_id, MEETING + timedelta(days=3, hours=number % 48), number)
                self.crm.changed[deal_id] = at
        return changed

    def blow(self, deals: list[str], webhooks: int, kills: int) -> None:
        """Has so many webhooks come about some deals, each deal in one at least, and kills processes meanwhile."""
        until, most = self.webhooks + webhooks, self.kills + kills
        names = list(deals)
        self.weather.shuffle(names)
        while self.webhooks < until or names:
            some = [names.pop() for _ in range(min(len(names), self.weather.randrange(1, 4)))]
            some += self.weather.choices(deals, k=self.weather.randrange(1, 3))
            self._waiting += [self._envelope(some)] * (1 + (self.weather.random() < 0.3))
            self.weather.shuffle(self._waiting)
            while self._waiting and self.weather.random() < 0.8:
                self._send(self._fuse(until, most))
            self.outside.world.clock.forward(seconds=self.weather.choice([0, 0, 1, 2]))
            for _ in range(self.weather.randrange(6)):
                self._step(self._fuse(until, most))
        self.settle()

    def settle(self) -> None:
        """Does all that is waiting: what was sent, what is queued and due, what is published."""
        for _ in range(MOST_STEPS):
            if self._waiting:
                self._send(Fuse(), whole=True)
            elif not self._step(Fuse()):
                return
        raise AssertionError("it never ends")

    def told(self) -> Told:
        """Lets two days pass, and returns what people were told."""
        clock, store = self.outside.world.clock, self.outside.world.store
        for _ in range(2):
            while self.queue.waiting and self.queue.waiting[0][0] <= clock.now() + timedelta(hours=48):
                clock.time = max(clock.now(), self.queue.waiting[0][0])
                self.settle()
            clock.forward(minutes=5)
            platform(self.process(Fuse())).notifications.sweep()
            self.settle()
        deliveries = list(Delivery.readable(store.query(Query("notification_deliveries"))))
        notices = Counter({one.path.split("/")[1]: 0 for one in store.query(Query("notifications"))})
        for one in deliveries:
            notices.update(one.notices)
        open_now = (one.data for one in store.query(Query("assignments")) if one.data["state"] == "open")
        mails = len(list(store.query(Query("outbox"))))
        opened = frozenset(f"{one['deal_id']} {one['employee_id']} {one['meeting_at']}" for one in open_now)
        return Told(self.webhooks, self.kills, notices, len(deliveries), mails, opened)

    def forget(self) -> None:
        """Takes away what was carried out, as if nothing had been."""
        store = self.outside.world.store
        gone = [one.path for name in ("assignments", "notifications") for one in store.query(Query(name))]
        store.commit([Delete(path) for path in gone])

    def _fuse(self, until: int, most: int) -> Fuse:
        spread = (until - self.webhooks) / max(1, most - self.kills) if most > self.kills else 0
        blows = most > self.kills and self.weather.random() < 2 / max(1.0, spread)
        return Fuse(self.weather.randrange(POINTS)) if blows else Fuse()

    def _envelope(self, deals: list[str]) -> bytes:
        said = [
            notification(record_id("04l", next(self._hints)), one if self.weather.random() < 0.7 else one[:15])
            for one in deals
        ]
        return envelope(said)

    def process(self, fuse: Fuse) -> DealsEnvironment:
        """Returns a new process, which knows nothing but what is outside."""
        return DealsEnvironment(self.outside, self.crm, self.queue, fuse)

    def _send(self, fuse: Fuse, *, whole: bool = False) -> None:
        raw = self._waiting.pop()
        self.webhooks += 1
        cut = not whole and self.weather.random() < 0.1
        status = self._try(lambda: self._post(raw[: self.weather.randrange(len(raw))] if cut else raw, fuse))
        lost = not whole and self.weather.random() < 0.1
        if status != 200 or cut or lost:
            self._waiting.insert(0, raw)

    def _post(self, raw: bytes, fuse: Fuse) -> int:
        builder = EnvironBuilder(WEBHOOK, method="POST", data=raw, content_type="text/xml")
        status: int = webhook_function.edge(self.process(fuse)).handle(Request(builder.get_environ()))[1]
        return status

    def _step(self, fuse: Fuse) -> bool:
        """Delivers one task that is due or one message of a topic; False where there is none."""
        facts, waiting, now = self.outside.world.facts, self.queue.waiting, self.outside.world.clock.now()
        if self._done and self.weather.random() < 0.02:
            function, payload = self.weather.choice(self._done)
            self.queue.put(now, function, payload)
        facts[:] = [one for one in facts if one[0] == "deal-changed"]
        due = bool(waiting) and waiting[0][0] <= now
        if facts and (not due or self.weather.random() < 0.5):
            topic, data = facts.pop(self.weather.randrange(len(facts)))
            if self._try(lambda: enablement(self.process(fuse)).carry_out.follow(data["deal_id"])) == "died":
                facts.append((topic, data))
            return True
        if not due:
            return False
        _, _, function, payload = heapq.heappop(waiting)
        if self._try(lambda: self._deliver(function, payload, fuse)) == "died":
            self.queue.put(now, function, payload)
        else:
            self._done.append((function, payload))
        return True

    def _deliver(self, function: str, payload: dict[str, Any], fuse: Fuse) -> None:
        if function == "notify":
            notifying(self.process(fuse)).take_step(NotifyTask.model_validate(payload))
            return
        assert function == "sfdc_record", function
        builder = EnvironBuilder("/", method="POST", data=json.dumps(payload), content_type="application/json")
        status = record_function.edge(self.process(fuse)).handle(Request(builder.get_environ()))[1]
        assert status == 200, (status, payload)

    def _try(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Died:
            self.kills += 1
            return "died"
