"""A task is one step of what notify does: from a notice that jit_trigger gave to one mail, however often it comes."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.mail_outbox import LocalMailOutbox
from shared.ports.documents import Query
from tests.functions.conftest import Deployed
from tests.functions.test_jit_trigger import told
from tests.harness.call_world import JOE


@pytest.fixture
def mailing(deployed: Deployed) -> Deployed:
    world = deployed.calls.world
    deployed.ports["mail_outbox"] = LocalMailOutbox(world.store, world.clock)
    deployed.secrets["unsubscribe-key"] = "key"
    return deployed


def steps(deployed: Deployed, step: str) -> list[dict[str, Any]]:
    return [task for _, task in deployed.calls.world.tasks if task.get("step") == step]


def test_an_assignment_is_mailed_once_however_often_its_tasks_come(mailing: Deployed) -> None:
    fact = told(mailing)
    for _ in range(2):
        assert mailing.deliver("jit_trigger", fact) == (200, None)
    [notice] = steps(mailing, "notice")
    assert mailing.again_after_a_failure("notify", notice) == (200, None)
    assert mailing.deliver("notify", notice) == (200, None)
    [delivery] = steps(mailing, "delivery")
    assert mailing.again_after_a_failure("notify", delivery) == (200, None)
    assert mailing.deliver("notify", delivery) == (200, None)
    [mail] = mailing.calls.world.store.query(Query("outbox"))
    assert (mail.data["employee_id"], mail.data["subject"]) == (JOE, "Prepare for your meeting with Acme Health")
    [kept] = mailing.calls.world.store.query(Query("notification_deliveries"))
    assert kept.data["state"] == "delivered"


def test_what_is_no_step_is_quarantined_and_blocks_nobody(mailing: Deployed) -> None:
    assert mailing.deliver("notify", {"step": "perhaps"}) == (200, None)
    assert mailing.quarantined() == ["notify"]
