"""A record of Salesforce is read again, and what it is becomes a deal."""

from __future__ import annotations

from typing import Any

import pytest

from shared.ports.crm import CrmRefused, CrmUnavailable
from shared.ports.documents import Query
from tests.crm.crm_in_memory import CrmInMemory, record_id
from tests.crm.deals import DEAL, SECRETS, SETTINGS, crm_with_a_deal
from tests.crm.outbound_messages import envelope, notification
from tests.functions.conftest import Deployed
from tests.functions.test_sfdc_webhook import send, tasks
from tests.harness.call_world import JOE
from tests.harness.crash_harness import Fuse, unavailable


@pytest.fixture
def crm() -> CrmInMemory:
    return crm_with_a_deal()


@pytest.fixture
def followed(deployed: Deployed, crm: CrmInMemory) -> Deployed:
    deployed.settings, deployed.secrets = dict(SETTINGS), dict(SECRETS)
    deployed.ports["crm"] = crm
    return deployed


def hinted(deployed: Deployed, number: int = 1, kind: str = "Opportunity", identity: str = DEAL) -> dict[str, Any]:
    """The task that a message makes."""
    assert send(deployed, envelope([notification(record_id("04l", number), identity, kind=kind)]))[0] == 200
    return dict(tasks(deployed)[-1])


def deal(deployed: Deployed) -> dict[str, Any]:
    return deployed.stored(f"deal_records/{DEAL}")


def test_a_message_becomes_a_deal_with_its_preparation(followed: Deployed) -> None:
    task = hinted(followed)
    assert followed.deliver("sfdc_record", task) == (200, {"told": "assigned", "queued": 0})
    found = deal(followed)
    assert (found["employee_id"], found["deal"]["stage"], found["context"]["industry"]) == (
        JOE,
        "Discovery",
        ["healthcare"],
    )
    assert found["outcome"]["demo_calls"] == 1
    (fact, _) = [data for topic, data in followed.calls.world.facts if topic == "deal-changed"]
    assert followed.deliver("jit_trigger", fact)[0] == 200
    assert [one.data["employee_id"] for one in followed.calls.world.store.query(Query("assignments"))] == [JOE]


def test_whatever_fails_on_the_way_the_task_leads_to_the_same(followed: Deployed) -> None:
    task = hinted(followed)
    for step in range(40):
        status, _ = followed.deliver("sfdc_record", task, Fuse(step, unavailable))
        if status == 200:
            break
    assert step > 6
    assert deal(followed)["revision"] == 2, "whose it is, and how many demos there were"
    assert [one.data["done"] is not None for one in followed.calls.integrations.query(Query("crm_reads"))] == [True]


def test_a_crm_that_cannot_be_reached_is_asked_again(followed: Deployed, crm: CrmInMemory) -> None:
    task = hinted(followed)
    crm.trouble = [CrmUnavailable("it does not answer")]
    assert followed.deliver("sfdc_record", task)[0] == 503
    assert followed.deliver("sfdc_record", task)[1]["told"] == "assigned"


def test_j09_a_crm_that_refuses_us_is_not_asked_again_until_it_lets_us_in(followed: Deployed, crm: CrmInMemory) -> None:
    other = record_id("006", 2)
    crm.put("Opportunity", other, {**crm.records["Opportunity"][DEAL], "Id": other})
    first = hinted(followed)
    crm.trouble = [CrmRefused("the user has not approved this consumer: pre-authorise it")]
    assert followed.deliver("sfdc_record", first) == (200, {"told": "refused", "queued": 0})
    assert followed.calls.world.log.named("crm.refused")[0]["mend"].startswith("the user has not approved")
    assert crm.asked == ["read Opportunity"]
    # Mended: the first record that is hinted at and was refused has the others read, too.
    second = hinted(followed, 2, identity=other)
    crm.trouble = [CrmRefused("still")]
    assert followed.deliver("sfdc_record", second)[1]["told"] == "refused"
    assert followed.deliver("sfdc_record", hinted(followed, 3, identity=other))[1] == {"told": "assigned", "queued": 1}
    assert tasks(followed)[-1]["record_id"] == DEAL
    assert followed.deliver("sfdc_record", dict(tasks(followed)[-1]))[1]["told"] == "assigned"


def test_what_is_no_task_is_quarantined_and_blocks_nobody(followed: Deployed) -> None:
    assert followed.deliver("sfdc_record", {})[0] == 200
    assert followed.quarantined() == ["sfdc_record"]
