"""A decision about scores becomes one delivery per subscription, without a word of the call or of people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functions.conftest import Deployed
from tests.functions.webhook_subscriber import deliveries, subscribed
from tests.harness.call_world import JOE

FACT: dict[str, Any] = {
    "review_id": "r1", "review_version": 2, "employee_id": JOE, "scorer": "claude:m:r:p", "source": "gong",
    "reason": "contested", "decision": "corrected", "sampled": False, "reviewed_by_role": "manager",
    "decided_at": "2026-02-12T12:00:00Z",
    "pairs": [
        {"competency": "discovery", "scorer_score": 80, "person_score": 66, "reason": "contested"},
        {"competency": "listening", "scorer_score": 70, "person_score": None, "reason": "contested"},
    ],
}  # fmt: skip


def test_a_decision_is_one_delivery(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(deployed, monkeypatch)
    assert deployed.again_after_a_failure("review_webhooks", FACT) == (200, None)
    (made,) = deliveries(deployed)
    data = json.loads(made.body)["data"]
    assert (data["decision"], data["scores"]) == ("corrected", {"discovery": 66, "listening": None})
    assert made.event_type == "review.decided"


def test_what_is_no_decision_is_quarantined(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(deployed, monkeypatch)
    assert deployed.deliver("review_webhooks", {"review_id": "r1"}) == (200, None)
    assert deployed.quarantined() == ["review_webhooks"]
    assert deliveries(deployed) == []
