"""The demonstration's Salesforce, met over its own protocols: a message names a record, which is read over REST."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.demonstration.deals import DEALS, DemonstrationCrm
from infra.gcp.ambient import SystemClock
from infra.vendors.salesforce import MOST_BYTES, SalesforceRecords
from infra.vendors.salesforce_login import ConnectedApp, Login
from infra.web.whole_answers import WholeAnswers
from shared.ports.documents import Query
from tests.functions.conftest import Deployed, deployed
from tests.functions.test_sfdc_webhook import tasks
from tests.harness.crash_harness import ADMINISTRATOR

__all__ = ["deployed"]
PEOPLE = b"name,email\nJoe Smith,joe@augmentcode.com\nSarah Johnson,sarah@augmentcode.com"


@pytest.fixture
def crm() -> Any:
    made = DemonstrationCrm(datetime.now(UTC).date(), "of-the-demonstration")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def told(deployed: Deployed, crm: DemonstrationCrm) -> Deployed:
    """Our functions, with the settings that the demonstration gives them and a client that logs in."""
    deployed.settings = {name: value for name, value in crm.settings.items() if name.startswith("AUGMENT")}
    deployed.secrets = {"salesforce-webhook-token": "of-the-demonstration"}
    named = {
        "token_url": "TOKEN_URL",
        "audience": "AUDIENCE",
        "consumer_key": "CONSUMER_KEY",
        "user": "USER",
    }
    app = {field: crm.settings[f"AUGMENT_SALESFORCE_{name}"] for field, name in named.items()}
    answers = WholeAnswers(MOST_BYTES)
    login = Login(ConnectedApp(**app, private_key=crm.settings["SECRET_SALESFORCE_KEY"]), answers, SystemClock())
    deployed.ports["crm"] = SalesforceRecords(login, answers)
    deployed.calls.world.process().people.import_people.from_csv(ADMINISTRATOR, PEOPLE)
    return deployed


def deliver(told: Deployed, crm: DemonstrationCrm) -> None:
    """Sends the CRM's messages to our webhook, and works the tasks off."""

    def post(raw: bytes) -> bytes:
        path = "/webhooks/salesforce?token=of-the-demonstration"
        status, text = told.ask("sfdc_webhook", "POST", path, raw, who=None)
        assert status == 200, text
        return bytes(text, "utf-8")

    crm.tell(post)
    assert crm.sender.waiting == 0
    for task in [one for one in tasks(told) if "hinted_at" in one]:
        assert told.deliver("sfdc_record", task)[0] == 200
    told.calls.world.tasks.clear()


def whose(told: Deployed) -> dict[str, str]:
    found = told.calls.world.store.query(Query("deal_records"))
    return {one.data["deal"]["account"]: one.data["employee_id"] for one in found}


def test_the_deals_are_told_and_the_last_one_becomes_somebodys_while_one_watches(
    told: Deployed, crm: DemonstrationCrm
) -> None:
    deliver(told, crm)
    assert whose(told) == {"Acme Health": "joe@augmentcode.com", "Fintech Corp": "sarah@augmentcode.com"}
    acme = next(
        one.data for one in told.calls.world.store.query(Query("deal_records")) if one.data["deal"]["value"] == 5e5
    )
    assert acme["context"]["industry"] == ["healthcare"]
    assert [one["name"] for one in acme["deal"]["meeting"]["attendees"]] == ["Dr. Sarah Chen", "Mark Williams"]
    crm.assign_last()
    deliver(told, crm)
    assert whose(told)[DEALS[-1].account] == "joe@augmentcode.com"
