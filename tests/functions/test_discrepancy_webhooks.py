"""That practice and field disagree becomes one delivery per subscription."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functions.conftest import Deployed
from tests.functions.webhook_subscriber import deliveries, subscribed
from tests.harness.call_world import JOE

FACT: dict[str, Any] = {
    "discrepancy_id": "d1", "revision": 4, "employee_id": JOE, "framework_id": "sales_engineering",
    "competency": "discovery", "state": "found", "direction": "practice_ahead", "since": "2026-02-01",
    "practice_rating": 88.0, "field_rating": 61.0, "difference": 27.0, "as_of": "2026-02-12",
    "changed_at": "2026-02-12T12:00:00Z", "framework_version": 1, "parameters_version": 1, "kernel_version": "k",
}  # fmt: skip


def test_a_fact_is_one_delivery_and_another_revision_another(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(deployed, monkeypatch)
    assert deployed.again_after_a_failure("discrepancy_webhooks", FACT) == (200, None)
    (made,) = deliveries(deployed)
    data = json.loads(made.body)["data"]
    assert (data["state"], data["practice_rating"], data["since"]) == ("found", 88.0, "2026-02-01")
    assert deployed.deliver("discrepancy_webhooks", {**FACT, "revision": 5, "state": "resolved"}) == (200, None)
    assert len(deliveries(deployed)) == 2
