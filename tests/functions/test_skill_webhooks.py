"""A changed skill becomes one delivery per subscription, however often it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functions.conftest import Deployed
from tests.functions.webhook_subscriber import deliveries, subscribed, tasks
from tests.harness.call_world import JOE

SKILL = {"competency": "discovery", "confidence": "low", "basis": "field", "trend": "flat", "status": "in_progress"}
FACT: dict[str, Any] = {
    "employee_id": JOE, "framework_id": "sales_engineering", "revision": 3, "as_of": "2026-02-12",
    "changed_at": "2026-02-12T12:00:00Z", "framework_version": 1, "parameters_version": 1, "kernel_version": "k",
    "skills": [{**SKILL, "context": {"industry": "fintech"}}, {**SKILL, "current_rating": 71.5}],
}  # fmt: skip


def test_a_fact_is_one_delivery(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(deployed, monkeypatch)
    assert deployed.again_after_a_failure("skill_webhooks", FACT) == (200, None)
    assert deployed.deliver("skill_webhooks", FACT) == (200, None)
    (made,) = deliveries(deployed)
    assert {task["delivery_id"] for task in tasks(deployed)} == {made.delivery_id}
    told = json.loads(made.body)
    assert (told["type"], told["data"]["employee_id"], told["data"]["skills_changed"]) == ("skill.changed", JOE, 2)
    assert [skill["current_rating"] for skill in told["data"]["skills"]] == [71.5, None]
    assert (made.employee_id, made.state, made.due_at) == (JOE, "waiting", made.created_at)


def test_a_body_has_at_most_fifty_rows_and_says_how_many_there_are(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(deployed, monkeypatch)
    rows = [{**SKILL, "context": {"industry": f"industry {number}"}} for number in range(60)] + [SKILL]
    assert deployed.deliver("skill_webhooks", {**FACT, "skills": rows}) == (200, None)
    (made,) = deliveries(deployed)
    data = json.loads(made.body)["data"]
    assert (len(data["skills"]), data["skills_changed"], data["skills"][0]["context"]) == (50, 61, None)
    assert len(made.body) < 20_000


def test_without_subscribers_nothing_is_made(deployed: Deployed) -> None:
    assert deployed.deliver("skill_webhooks", FACT) == (200, None)
    assert (deliveries(deployed), tasks(deployed)) == ([], [])
