"""A subscription in a world with calls, and a receiver that answers what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.kernel.access import Caller
from shared.ports.documents import Query
from shared.subscriptions.ports.receivers import Received
from shared.subscriptions.records import Delivery, Secret, Subscription, SubscriptionRecords
from tests.functions.conftest import Deployed
from tests.harness.crash_harness import MACHINE
from tests.harness.sent_events import NOON

READER = Caller(email=MACHINE.email, scopes=frozenset({"administration"}))


@dataclass
class Answers:
    """The `Receivers` port. answers: one after the other, then 204; posted: webhook-ids"""

    answers: list[Received] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    def check(self, address: str) -> None:
        """Takes any."""

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Received:
        self.posted.append(headers["webhook-id"])
        return self.answers.pop(0) if self.answers else Received(204, 3)


def subscribed(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """A subscription of the machine's to everything; what it is answered."""
    monkeypatch.setattr("tests.functions.conftest.MACHINE", READER)
    answers = Answers()
    deployed.ports["receivers"] = answers
    SubscriptionRecords(deployed.calls.integrations).add(
        Subscription(
            subscription_id="s1",
            owner=READER.email,
            owner_kind="service",
            address="https://hooks.example.com/",
            event_types=("skill.changed", "discrepancy.changed", "review.decided"),
            description="",
            state="active",
            paused_because=None,
            failing_since=None,
            secrets=(Secret(secret="whsec_c2VjcmV0"),),
            created_at=NOON,
            changed_at=NOON,
        )
    )
    return answers


def deliveries(deployed: Deployed) -> list[Delivery]:
    found = deployed.calls.integrations.query(Query("webhook_deliveries"))
    return list(Delivery.readable(found))


def tasks(deployed: Deployed) -> list[dict[str, Any]]:
    return [payload for _, payload in deployed.calls.world.tasks]
