"""Tells many people many things, again and again and in any order, while processes die: what came of it.

A trigger is an act that tells somebody something (often one that was told before), or a task that the queue delivers
again though it has been done. A kill ends a process between two effects: before or after a commit, before or after a
task is added, and so also between a mail that has been sent and the commit that would say so. What it had begun the
queue delivers again, as queues do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from infra.wiring.notify import notifying
from infra.wiring.platform import platform
from shared.kernel.access import Caller
from shared.kernel.ids import digest
from shared.notifications.contract import SettingsBody
from shared.notifications.domain.channels import Channel
from shared.notifications.messages import NotifyTask
from tests.harness.crash_harness import Died, Fuse
from tests.notifications.house import House, house_of
from tests.notifications.push_service import Browser

KIND: Final = "preparation.assigned"
POINTS = 6
"""Effects of one step at most: a kill is at one of them, or comes too late."""


@dataclass
class Outcome:
    """What came of a storm. told: by event, in how many mails it stands, repetitions of one mail counted once

    copies: mails that came again under a Message-ID that was there already
    """

    triggers: int = 0
    kills: int = 0
    events: int = 0
    told: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    records: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    repeated: int = 0

    @property
    def never(self) -> int:
        return self.events - len(self.told)

    @property
    def twice(self) -> int:
        return sum(times > 1 for times in self.told.values())


class Storm:
    """Drives a house. settle: takes what was sent → (name, text) of each mail, repetitions included"""

    def __init__(self, house: House, people: list[str], seed: int, events: int, channel: Channel = "email") -> None:
        self.channel, self.people = channel, people
        self.house, self.random = house, Random(seed)
        self.events = {f"Account-{number:05d}.": self.random.choice(people) for number in range(events)}
        self.outcome = Outcome(events=events)
        self._done: list[dict[str, Any]] = []
        for person in people[::2]:  # every other one has a summary a day
            caller = Caller(email=person, role="employee", employee_id=person, name="P")
            choices = [{"channel": channel, "kind": KIND, "mode": "daily"}]
            house.use_cases().settings.change(caller, person, SettingsBody.model_validate({"choices": choices}))

    def run(self, triggers: int, kills: int) -> None:
        """Triggers and kills, then lets everything settle for two days."""
        names = list(self.events)
        acts = names + [self.random.choice(names) for _ in range(max(0, triggers // 2 - len(names)))]
        self.random.shuffle(acts)
        while self.outcome.triggers < triggers:
            fuse = self._fuse(triggers, kills)
            if acts and (self.random.random() < 0.6 or not self._done):
                name = acts.pop()
                self._try(lambda name=name, fuse=fuse: self._tell(name, fuse))  # type: ignore[misc]
            elif self._done:
                self.house.queue.again(self.random.choice(self._done))
            self.outcome.triggers += 1
            self.house.world.clock.forward(seconds=self.random.randrange(40))
            for _ in range(self.random.randrange(3)):
                self._step(self._fuse(triggers, kills))
        for name in names:  # whoever tells is delivered again until it has been told
            self._tell(name, Fuse())
        for _ in range(2):
            self._settle()
            self.house.world.clock.forward(minutes=5)
            platform(self.house.on()).notifications.sweep()
        self._settle()

    def count(self, mails: Iterable[tuple[str, str]]) -> Outcome:
        """Returns what came of it. mails: (name, text) of each, repetitions included"""
        came: dict[str, str] = {}
        for name, text in mails:
            self.outcome.copies += name in came
            assert came.setdefault(name, text) == text, "two different mails have one name"
        for text in came.values():
            self.outcome.told.update(event for event in set(text.split()) if event in self.events)
        for one in self.house.deliveries():
            self.outcome.states[one.state] += 1
            self.outcome.repeated += one.repeated
            if one.kind is not None:
                self.outcome.records.update(one.notices)
        return self.outcome

    def count_shown(self, browsers: Iterable[Browser]) -> Outcome:
        """Returns what came of it on devices: told, by event and device, in how many messages, repetitions once."""
        known = {one.delivery_id: one for one in self.house.deliveries()}
        told = {digest("notification", to, KIND, event): event for event, to in self.events.items()}
        for browser in browsers:
            keys = [message["key"] for message in browser.shown]
            self.outcome.copies += len(keys) - len(set(keys))
            notices = [notice for key in set(keys) for notice in known[key].notices]
            self.outcome.told.update(f"{told[notice]} {browser.endpoint}" for notice in notices)
        for one in known.values():
            self.outcome.states[one.state] += 1
            self.outcome.repeated += one.repeated
            if one.kind is not None:
                self.outcome.records.update(f"{notice} {one.device}" for notice in one.notices)
        return self.outcome

    def _fuse(self, triggers: int, kills: int) -> Fuse:
        wanted = kills * (self.outcome.triggers + 1) / (0.6 * triggers)
        return Fuse(self.random.randrange(POINTS)) if self.outcome.kills < min(wanted, kills) else Fuse()

    def _tell(self, name: str, fuse: Fuse) -> None:
        self.house.tell(self.events[name], once=name, facts={"account": name}, fuse=fuse)

    def _step(self, fuse: Fuse) -> None:
        queue, clock = self.house.queue, self.house.world.clock
        if queue.due_at is None or queue.due_at > clock.now():
            return
        payload = queue.pop()
        self._done.append(payload)
        if not self._try(lambda: notifying(self.house.on(fuse)).take_step(NotifyTask.model_validate(payload))):
            queue.again(payload)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Died:
            self.outcome.kills += 1
            return False
        return True

    def _settle(self) -> None:
        self.house.run(hours=48, most=10**6)


def storm_in(folder: Path, seed: int, *, people: int, events: int, channel: Channel = "email") -> Storm:
    everybody = [f"p{number}@example.com" for number in range(people)]
    return Storm(house_of(folder, everybody), everybody, seed, events, channel)
