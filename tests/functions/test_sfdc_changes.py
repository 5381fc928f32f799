"""Salesforce's change events on a topic: hints like any other."""

from __future__ import annotations

import pytest

from shared.ports.documents import Query
from tests.crm.crm_in_memory import record_id
from tests.crm.deals import DEAL, SECRETS, SETTINGS, crm_with_a_deal
from tests.crm.test_change_event import DEALS, DECODED, STREAMED, header
from tests.functions.conftest import Deployed
from tests.functions.test_sfdc_webhook import tasks


@pytest.fixture
def bridged(deployed: Deployed) -> Deployed:
    deployed.settings, deployed.secrets = dict(SETTINGS), dict(SECRETS)
    return deployed


def test_j08_an_event_that_is_replayed_has_its_records_read_once(bridged: Deployed) -> None:
    status, answer = bridged.again_after_a_failure("sfdc_changes", DECODED)
    assert (status, answer) == (200, {"hints": 2, "followed": 2, "queued": 2})
    for again in (DECODED, STREAMED, {"payload": DECODED, "replayId": 500}):
        assert bridged.deliver("sfdc_changes", again)[1]["queued"] == 0
    assert [one["record_id"] for one in tasks(bridged)] == DEALS
    assert len(bridged.calls.integrations.query(Query("crm_hints"))) == 2


def test_j06_after_an_overflow_whatever_has_changed_is_looked_for_page_by_page(bridged: Deployed) -> None:
    now = bridged.calls.world.clock.now()
    crm = bridged.ports["crm"] = crm_with_a_deal(at=now)
    crm.page_size = 1
    other = crm.put(
        "Opportunity", record_id("006", 7), crm.records["Opportunity"][DEAL] | {"Id": record_id("006", 7)}, now
    )
    at = int(now.timestamp() * 1000)
    overflow = {"ChangeEventHeader": header(changeType="GAP_OVERFLOW", recordIds=["0" * 15], commitTimestamp=at)}
    assert bridged.deliver("sfdc_changes", overflow)[1]["queued"] == 1
    for _ in range(2):
        (page,) = (one for one in tasks(bridged) if "record_id" not in one)
        bridged.calls.world.tasks[:] = [one for one in bridged.calls.world.tasks if one[1] != page]
        assert bridged.deliver("sfdc_record", page)[1] == {"told": "passed_on", "queued": 1}
    assert [one["record_id"] for one in tasks(bridged)] == [DEAL, other]


def test_j06_a_wildcard_of_accounts_has_their_deals_read(bridged: Deployed) -> None:
    wildcard = {"ChangeEventHeader": header(entityName="Account", recordIds=["001*"])}
    assert bridged.deliver("sfdc_changes", wildcard)[1] == {"hints": 1, "followed": 1, "queued": 1}
    (task,) = tasks(bridged)
    assert (task["kind"], task.get("record_id"), "since" in task) == ("Account", None, True)


def test_what_is_no_event_is_quarantined_and_blocks_nobody(bridged: Deployed) -> None:
    assert bridged.deliver("sfdc_changes", {"ChangeEventHeader": {}})[0] == 200
    assert bridged.quarantined() == ["sfdc_changes"]
