"""Salesforce's messages over HTTP: what is stored before they are acknowledged, and who is refused how."""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest

from shared.crm.wire.outbound_message import ACKNOWLEDGED
from shared.ports.documents import Query
from tests.crm.crm_in_memory import record_id
from tests.crm.deals import DEAL, SECRETS, SETTINGS, TOKEN, WEBHOOK
from tests.crm.outbound_messages import ORGANIZATION, SESSION, envelope, notification
from tests.functions.conftest import Deployed
from tests.harness.crash_harness import Fuse, unavailable

FIRST, SECOND = record_id("04l", 1), record_id("04l", 2)


@pytest.fixture
def sent(deployed: Deployed) -> Deployed:
    deployed.settings, deployed.secrets = dict(SETTINGS), dict(SECRETS)
    return deployed


def send(deployed: Deployed, raw: bytes, path: str = WEBHOOK, fuse: Fuse | None = None) -> tuple[int, str]:
    status, text = deployed.ask("sfdc_webhook", "POST", path, raw, who=None, fuse=fuse)
    return status, text


def hints(deployed: Deployed) -> list[str]:
    return [one.data["hint_id"] for one in deployed.calls.integrations.query(Query("crm_hints"))]


def tasks(deployed: Deployed) -> list[dict[str, object]]:
    return [payload for _, payload in deployed.calls.world.tasks]


def everything(deployed: Deployed) -> str:
    """All that a function has left anywhere, as text."""
    world = deployed.calls.world
    stored = [
        [document.data for name in store.collections() for document in store.query(Query(name))]
        for store in (world.store, deployed.calls.integrations)
    ]
    kept = [deployed.calls.files.read(name) for name in deployed.calls.files.list()]
    return json.dumps([stored, world.tasks, world.facts, world.log.lines, kept], default=str)


def test_j22_everything_is_stored_and_queued_and_then_acknowledged_once(sent: Deployed) -> None:
    status, text = send(sent, envelope([notification(FIRST, DEAL), notification(SECOND, record_id("006", 2))]))
    assert (status, text) == (200, ACKNOWLEDGED.decode())
    assert sorted(hints(sent)) == [FIRST, SECOND]
    assert [(one["kind"], one["record_id"]) for one in tasks(sent)] == [
        ("Opportunity", DEAL),
        ("Opportunity", record_id("006", 2)),
    ]
    assert SESSION not in everything(sent)


def test_j22_whatever_fails_before_all_is_stored_is_no_acknowledgement(sent: Deployed) -> None:
    raw = envelope([notification(record_id("04l", n), record_id("006", n)) for n in range(1, 4)])
    for step in range(40):
        status, text = send(sent, raw, fuse=Fuse(step, unavailable))
        if status == 200:
            break
        assert status == 503
        assert fromstring(text)[0][0][0].text == "soapenv:Server"
    assert step > 4, "the hints' commit and three tasks, with a moment before each and after it"
    assert len(hints(sent)) == len(tasks(sent)) == 3


def test_a_message_that_comes_again_adds_nothing(sent: Deployed) -> None:
    raw = envelope([notification(FIRST, DEAL), notification(SECOND, DEAL), notification(FIRST, DEAL[:15])])
    for _ in range(3):
        assert send(sent, raw)[0] == 200
    assert sorted(hints(sent)) == [FIRST, SECOND]
    assert len(tasks(sent)) == 1, "one reading of the record, however many messages about it"


def test_what_no_deal_is_read_from_is_acknowledged_and_let_lie(sent: Deployed) -> None:
    assert send(sent, envelope([notification(FIRST, record_id("00Q", 1), kind="Lead")]))[0] == 200
    assert (hints(sent), tasks(sent)) == ([], [])


def test_j22_a_notification_that_cannot_be_read_is_quarantined_and_blocks_no_other(sent: Deployed) -> None:
    assert send(sent, envelope([notification(FIRST, "no id"), notification(SECOND, DEAL)]))[0] == 200
    assert hints(sent) == [SECOND]
    assert sent.quarantined() == ["sfdc_webhook"]
    assert SESSION not in everything(sent)


@pytest.mark.parametrize(
    "path", ["/webhooks/salesforce", "/webhooks/salesforce?token=", "/webhooks/salesforce?token=a-long-random-tex"]
)
def test_an_address_without_the_token_reaches_nothing(sent: Deployed, path: str) -> None:
    status, text = send(sent, b"not even looked at", path)
    assert status == 401
    assert fromstring(text)[0][0][0].text == "soapenv:Client"
    assert sent.quarantined() == []
    assert TOKEN not in everything(sent)


@pytest.mark.parametrize("organization", ["00D4x00000OrgTw", "00d4x00000orgon", "", "00D4x00000OrgOnEAA"])
def test_another_organisations_message_is_refused(sent: Deployed, organization: str) -> None:
    status, _ = send(sent, envelope([notification(FIRST, DEAL)], organization=organization))
    assert status in (400, 401)
    assert (hints(sent), tasks(sent)) == ([], [])


@pytest.mark.parametrize("organization", [ORGANIZATION, ORGANIZATION[:15]])
def test_the_organisations_id_has_15_or_18_characters(sent: Deployed, organization: str) -> None:
    assert send(sent, envelope([notification(FIRST, DEAL)], organization=organization))[0] == 200


def test_two_tokens_are_let_in_while_one_takes_the_others_place(sent: Deployed) -> None:
    sent.secrets["salesforce-webhook-token"] = f"another-one {TOKEN}"
    raw = envelope([notification(FIRST, DEAL)])
    assert [send(sent, raw, f"/webhooks/salesforce?token={one}")[0] for one in (TOKEN, "another-one")] == [200, 200]


def test_nobody_is_let_in_where_nothing_is_set_up(deployed: Deployed) -> None:
    assert send(deployed, envelope([notification(FIRST, DEAL)]))[0] == 401


def test_j22_what_cannot_be_read_is_quarantined_without_its_session_and_no_acknowledgement(sent: Deployed) -> None:
    status, text = send(sent, envelope([notification(FIRST, DEAL)])[:-30])
    assert (status, "Fault" in text, "Ack" in text) == (400, True, False)
    assert sent.quarantined() == ["sfdc_webhook"]
    assert SESSION not in everything(sent)


def test_a_message_that_is_too_large_is_refused_unread(sent: Deployed) -> None:
    assert send(sent, b"<" * 5_000_001)[0] == 413


def test_get_is_not_served(sent: Deployed) -> None:
    assert sent.ask("sfdc_webhook", "GET", WEBHOOK, who=None)[0] == 405


RECORDS = f"/webhooks/salesforce/records?token={TOKEN}"


def told_by_a_flow(**changes: object) -> dict[str, object]:
    """What a flow sends."""
    return {"organization_id": ORGANIZATION, "object": "Opportunity", "record_ids": [DEAL[:15], DEAL], **changes}


def test_a_flow_tells_in_json_and_the_record_is_read_once(sent: Deployed) -> None:
    status, answer = sent.ask("sfdc_webhook", "POST", RECORDS, told_by_a_flow(Amount=5), who=None)
    assert (status, answer) == (202, {"received": 1, "followed": 1})
    assert [one["record_id"] for one in tasks(sent)] == [DEAL]


def test_a_flow_may_send_the_token_as_a_header(sent: Deployed) -> None:
    path = "/webhooks/salesforce/records"
    assert sent.ask("sfdc_webhook", "POST", path, told_by_a_flow(), who=TOKEN)[0] == 202
    status, problem = sent.ask("sfdc_webhook", "POST", path, told_by_a_flow(), who="another")
    assert (status, problem["status"]) == (401, 401)


def test_a_message_with_a_name_that_comes_again_adds_nothing(sent: Deployed) -> None:
    for _ in range(2):
        assert sent.ask("sfdc_webhook", "POST", RECORDS, told_by_a_flow(message_id="run-1"), who=None)[0] == 202
    assert len(tasks(sent)) == 1


def test_without_a_name_the_same_again_is_another_change(sent: Deployed) -> None:
    """The body of two changes of one record is the same: the second one may not be taken for a repetition."""
    for _ in range(2):
        assert sent.ask("sfdc_webhook", "POST", RECORDS, told_by_a_flow(), who=None)[0] == 202
        sent.calls.world.clock.forward(seconds=1)
    assert len(tasks(sent)) == 2


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"organization_id": "00D4x00000OrgTw"}, 401, "OrganizationId"),
        ({"record_ids": []}, 422, "record_ids"),
        ({"record_ids": [DEAL, "0064x00000DealAAAB"]}, 422, "record_ids.1"),
        ({"object": "Opportunity'"}, 422, "object"),
        ({"record_ids": None}, 422, "record_ids"),
    ],
)
def test_a_flow_is_told_what_is_wrong(sent: Deployed, changes: dict[str, object], status: int, field: str) -> None:
    answered, problem = sent.ask("sfdc_webhook", "POST", RECORDS, told_by_a_flow(**changes), who=None)
    assert (answered, problem["errors"][0]["field"]) == (status, field)
    assert tasks(sent) == []
