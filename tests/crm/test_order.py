"""However often, in whatever order and how damaged messages come: the same is kept in the end, to the byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.ports.crm import Scalar
from tests.crm.crm_in_memory import CrmInMemory, record_id
from tests.crm.deals import ENGINEER, MEETING, crm_with_a_deal, fields, meet, reach
from tests.crm.followed import FollowedCrm
from tests.crm.outbound_messages import envelope, notification
from tests.harness.call_world import JOE, MIA
from tests.harness.sent_events import NOON
from tests.harness.speed import examples

DEALS = tuple(record_id("006", number) for number in range(1, 5))
STAGES = ("Discovery", "Demo", "Proposal", "Negotiation")
OPEN = ("employee_id", "deal", "context", "stages", "released")
CLOSED = ("stages", "released")
ENDED = ("closed", "closed_on", "demo_calls")


def crm_of_deals() -> CrmInMemory:
    crm = crm_with_a_deal()
    for number, deal_id in enumerate(DEALS[1:], start=2):
        crm.put("Opportunity", deal_id, fields(), NOON - timedelta(days=1))
        meet(crm, deal_id, MEETING + timedelta(hours=number), number)
        reach(crm, deal_id, "Discovery", NOON - timedelta(days=30), number)
    return crm


class Storm:
    """Changes of the deals with a message about each, and messages as networks treat them."""

    def __init__(self, seed: int, messages: int) -> None:
        self.dice = random.Random(seed)
        self.messages = messages
        self.crm = crm_of_deals()
        self._histories = iter(range(100, 10**6))
        self._hints = iter(range(1, 10**6))

    def change(self, at: datetime) -> str:
        """Changes one of the deals; the notification of it."""
        deal_id = self.dice.choice(DEALS)
        changes: list[dict[str, Scalar]] = [
            {"StageName": self.dice.choice(STAGES)},
            {"Amount": self.dice.choice([None, 10_000.0, 90_000.0, 400_000.0])},
            {ENGINEER: self.dice.choice([JOE, MIA, None])},
            {"Demos__c": float(self.dice.randrange(4))},
            {"IsClosed": True, "IsWon": self.dice.random() < 0.5, "CloseDate": "2026-03-02"},
            {"IsClosed": False, "IsWon": False},
        ]
        changed = self.dice.choice(changes)
        held = self.crm.records["Opportunity"].get(deal_id)
        if held is not None and self.dice.random() < 0.03:
            self.crm.delete("Opportunity", deal_id, at)
        elif held is None:
            self.crm.put("Opportunity", deal_id, made := fields(), at)
            reach(self.crm, deal_id, str(made["StageName"]), at, next(self._histories))
        else:
            if changed.get("StageName", held["StageName"]) != held["StageName"]:
                reach(self.crm, deal_id, str(changed["StageName"]), at, next(self._histories))
            self.crm.put("Opportunity", deal_id, changed, at)
        said = "" if self.dice.random() < 0.5 else "<sf:StageName>of another day</sf:StageName>"
        identity = deal_id if self.dice.random() < 0.7 else deal_id[:15]
        return notification(record_id("04l", next(self._hints)), identity, inner=said)

    def envelopes(self, notifications: list[str]) -> Iterator[bytes]:
        """The notifications in envelopes: shuffled, some of them in several, some envelopes twice or cut off."""
        waiting = notifications * 2
        self.dice.shuffle(waiting)
        while waiting:
            taken = [waiting.pop() for _ in range(min(len(waiting), self.dice.randrange(1, 8)))]
            whole = envelope(taken)
            if self.dice.random() < 0.2:
                yield whole[: self.dice.randrange(len(whole))]
            yield whole
            if self.dice.random() < 0.2:
                yield whole


def held_in_the_end(followed: FollowedCrm) -> dict[str, Any]:
    """What is kept of deals that does not depend on what was seen on the way: of an open one all but when and how
    often it was looked at, of a closed one how it ended and by which stages; and whose preparation is open."""
    stored = followed.stored()
    records = {path: data for path, data in stored.items() if path.startswith("deal_records/")}
    found: dict[str, Any] = {}
    for path, data in records.items():
        if data["released"] is None:
            named = OPEN if not data["outcome"]["closed"] else CLOSED
            found[path] = {name: data[name] for name in named}
            found[path]["ended"] = {name: data["outcome"][name] for name in ENDED}
    still = [data for path, data in stored.items() if path.startswith("assignments/") and data["state"] == "open"]
    found["open"] = sorted((one["deal_id"], one["employee_id"], str(one["meeting_at"])) for one in still)
    return found


def carried_out(followed: FollowedCrm, dice: random.Random) -> None:
    """Does some of what is queued, in another order, some of it twice."""
    tasks = followed.readings()
    followed.world.tasks.clear()
    dice.shuffle(tasks)
    for payload in tasks:
        for _ in range(1 + (dice.random() < 0.2)):
            followed.run(payload)


def storm(folder: Path, seed: int, messages: int) -> None:
    """Lets messages come while deals change and after; compares with one message of each deal, about what is now."""
    weather = Storm(seed, messages)
    followed = FollowedCrm(folder, weather.crm)
    clock = followed.world.clock
    sent: list[str] = []
    while len(sent) < messages // 2:
        some = [weather.change(clock.now()) for _ in range(weather.dice.randrange(1, 6))]
        sent += some
        for raw in weather.envelopes(some):
            followed.send(raw)
            clock.forward(seconds=weather.dice.choice([0, 0, 3, 90]))
        carried_out(followed, weather.dice)
        if weather.dice.random() < 0.5:
            followed.settle()
    # The latest change of each deal has its message, and everything that was sent before comes again, late.
    followed.settle()
    before = followed.stored()
    for raw in weather.envelopes(sent[-messages // 2 :]):
        followed.send(raw)
    carried_out(followed, weather.dice)
    followed.settle()
    assert followed.stored() == before, "late and repeated messages changed something"

    quiet = FollowedCrm(folder, weather.crm)
    quiet.world.clock.time = clock.now()
    assert quiet.send(envelope([notification(record_id("04l", n), one) for n, one in enumerate(DEALS, 1)])) == 200
    quiet.settle()
    held, expected = held_in_the_end(followed), held_in_the_end(quiet)
    # Of a closed deal without anybody only those know who saw it with somebody.
    assert {path: held[path] for path in expected} == expected
    assert all(held[path]["ended"]["closed"] for path in held.keys() - expected.keys())


@pytest.mark.parametrize("seed", range(3))
def test_the_same_is_kept_whatever_happens_to_the_messages(tmp_path: Path, seed: int) -> None:
    storm(tmp_path, seed, 60)


@pytest.mark.long
def test_many_messages_end_in_the_same_bytes(tmp_path: Path) -> None:
    """In `./scripts/prove examples` ten thousand."""
    storm(tmp_path, 20261129, examples(1_000))
