"""A platform that tells people things: live state, a queue that goes by the test's clock, and the ways out."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from infra.local.mail_outbox import LocalMailOutbox
from infra.vendors.integrations import Integrations
from infra.web.receivers import HttpReceivers
from infra.wiring.notifications import NotificationsUseCases, notifications
from infra.wiring.notify import notifying
from infra.wiring.platform import platform
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.notifications.messages import NotifyTask
from shared.notifications.ports.outbox import KeepingMail
from shared.notifications.records import Delivery
from shared.platform.domain.notice_kind import NoticeKind
from shared.ports.documents import Query
from tests.harness.crash_harness import (
    CrashEnvironment,
    CrashHarness,
    Fuse,
    FusedDocuments,
    GivenSecrets,
    new_crash_harness,
)
from tests.ratings.builders import GENERAL_DISCOVERY, framework

JOE, DANA = "joe@example.com", "dana@example.com"
MEETING = {"account": "Acme Health", "due": "2026-02-13T17:00:00+00:00", "meeting": "2026-02-16T15:00:00+00:00"}


class Queue:
    """The `TaskQueue` port, and what delivers it: a name is taken for good, a task comes when it is due."""

    def __init__(self, world: CrashHarness) -> None:
        self._world = world
        self._names: set[str] = set()
        self._numbers = count()
        self._waiting: list[tuple[datetime, int, dict[str, Any]]] = []
        self.fuse = Fuse()

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        assert (queue, function) == ("notifications", "notify")
        self.fuse.point()
        fresh = name is None or name not in self._names
        if fresh:
            self._names |= {name} if name else set()
            self.again(dict(payload), run_at)
        self.fuse.point()
        return fresh

    def again(self, payload: dict[str, Any], at: datetime | None = None) -> None:
        """Has a task delivered, whatever its name."""
        now = self._world.clock.now()
        heapq.heappush(self._waiting, (max(at or now, now), next(self._numbers), payload))

    @property
    def due_at(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def pop(self) -> dict[str, Any]:
        return heapq.heappop(self._waiting)[2]


class NotifyEnvironment(CrashEnvironment):
    """One process of `notify`, and of who tells."""

    def __init__(self, house: House, fuse: Fuse) -> None:
        super().__init__(house.world, fuse)
        house.queue.fuse = fuse
        self.secrets = GivenSecrets({"unsubscribe-key": "key", "web-push-key": "made up", **house.secrets})
        self.connected = Integrations(house.settings, self.secrets, frozenset(house.secrets))
        documents = FusedDocuments(house.world.store, fuse)
        kept = LocalMailOutbox(documents, house.world.clock) if house.keeps_mail else None
        self.ports |= {"tasks": house.queue, "mail_outbox": house.outbox or kept}
        self.ports["receivers"] = HttpReceivers(loopback=True)


@dataclass
class House:
    """What a crash leaves alone. settings, secrets: of the integrations

    keeps_mail: in place of sending it; outbox: in place of what keeps it
    """

    world: CrashHarness
    queue: Queue
    settings: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    keeps_mail: bool = True
    outbox: KeepingMail | None = None

    def on(self, fuse: Fuse | None = None) -> NotifyEnvironment:
        """A new process, which knows nothing but what is outside."""
        return NotifyEnvironment(self, fuse or Fuse())

    def use_cases(self, fuse: Fuse | None = None) -> NotificationsUseCases:
        return notifications(self.on(fuse))

    def tell(
        self,
        to: str = JOE,
        kind: NoticeKind = "preparation.assigned",
        once: str = "1",
        facts: Mapping[str, str] = MEETING,
        fuse: Fuse | None = None,
    ) -> bool:
        """Tells a person something, as any capability does."""
        return platform(self.on(fuse)).notifications.tell(to, kind, facts, once=once)

    def run(self, *, hours: float = 0, most: int = 2_000) -> None:
        """Delivers every task that is due within some hours, in order, the clock going along."""
        until = self.world.clock.now() + timedelta(hours=hours)
        done = 0
        while (due := self.queue.due_at) is not None and due <= until:
            assert done < most, "tasks never end"
            self.world.clock.time = max(due, self.world.clock.time)
            notifying(self.on()).take_step(NotifyTask.model_validate(self.queue.pop()))
            done += 1
        self.world.clock.time = until

    def deliveries(self) -> list[Delivery]:
        """Everything that was or is to be sent, in the order in which it was made."""
        found = Delivery.readable(self.world.store.query(Query("notification_deliveries")))
        return sorted(found, key=lambda one: (one.created_at, one.delivery_id))

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(one.channel, one.state, one.why) for one in self.deliveries()]

    def mails(self) -> list[dict[str, Any]]:
        """What the outbox keeps, the oldest first."""
        return sorted((one.data for one in self.world.store.query(Query("outbox"))), key=lambda one: one["at"])


def house_in(folder: Path) -> House:
    return house_of(folder, [JOE, DANA])


def house_of(folder: Path, people: list[str]) -> House:
    shown = replace(framework(GENERAL_DISCOVERY), framework_id=DEFAULT_FRAMEWORK)
    world = new_crash_harness(folder, shown, people)
    return House(world, Queue(world))
