"""What changed in Salesforce without a message of it becomes a deal all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.demonstration.salesforce_records import Organisation
from infra.vendors.no_crm import NoCrm
from shared.ports.documents import Query
from tests.crm.deals import SECRETS, SETTINGS
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE
from tests.harness.salesforce import Connected, salesforce
from tests.harness.sent_events import NOON


@pytest.fixture
def connected(deployed: Deployed) -> Iterator[Connected]:
    with salesforce(Organisation(lambda: NOON)) as served:
        deployed.ports["crm"] = served.records
        deployed.settings = {
            **SETTINGS,
            "AUGMENT_SALESFORCE_DEMOS": "",
            "AUGMENT_SALESFORCE_MEETING": "Next_Meeting__c,Next_Meeting_Type__c",
        }
        deployed.secrets = dict(SECRETS)
        yield served


def add_deal(organisation: Organisation) -> str:
    account = organisation.add("Account", {"Name": "Acme Health", "Industry": "Healthcare"})
    engineer = organisation.add("User", {"Email": JOE})
    return organisation.add(
        "Opportunity",
        {
            "Name": "Acme: platform",
            "StageName": "Discovery",
            "AccountId": account,
            "Amount": 300_000,
            "Sales_Engineer__c": engineer,
            "IsClosed": False,
            "IsWon": False,
        },
        modified=NOON,
    )


def test_a_deal_that_nothing_told_of_is_assigned_and_one_that_was_deleted_is_released(
    deployed: Deployed, connected: Connected
) -> None:
    deal = add_deal(connected.organisation)
    status, answer = deployed.deliver("sfdc_poll", {})
    assert (status, answer["queued"], answer["refused"], answer["stopped"]) == (200, 1, [], None)
    [(_, task)] = deployed.calls.world.tasks
    assert deployed.deliver("sfdc_record", task)[1]["told"] == "assigned"
    assert deployed.stored(f"deal_records/{deal}")["employee_id"] == JOE
    connected.organisation.change("Opportunity", deal, {"NextStep": "Call"}, quietly=True)
    connected.organisation.delete("Opportunity", deal)
    deployed.deliver("sfdc_poll", {})
    assert deployed.deliver("sfdc_record", deployed.calls.world.tasks[-1][1])[0] == 200


def test_a_run_that_failed_is_made_again(deployed: Deployed, connected: Connected) -> None:
    add_deal(connected.organisation)
    status, answer = deployed.again_after_a_failure("sfdc_poll", {})
    assert (status, answer["queued"]) == (200, 1)


def test_without_a_crm_nothing_is_asked(deployed: Deployed) -> None:
    deployed.ports["crm"] = NoCrm()
    deployed.settings, deployed.secrets = dict(SETTINGS), dict(SECRETS)
    assert deployed.deliver("sfdc_poll", {}) == (200, {"configured": False})
    assert deployed.calls.integrations.query(Query("crm_polls")) == []
