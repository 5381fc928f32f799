"""What a change event says: which records changed, in either shape and where some are left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.crm.domain.hint import Hint
from shared.crm.wire.change_event import hints_of
from shared.kernel.errors import Malformed
from tests.crm.crm_in_memory import record_id

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DEALS = [record_id("006", 1), record_id("006", 2)]


def header(**changes: Any) -> dict[str, Any]:
    said = {
        "entityName": "Opportunity",
        "recordIds": DEALS,
        "changeType": "UPDATE",
        "changeOrigin": "com/salesforce/api/soap/64.0",
        "transactionKey": "000d0c1a-ours",
        "sequenceNumber": 1,
        "commitTimestamp": int(AT.timestamp() * 1000),
        "commitUser": record_id("005", 1),
        "changedFields": ["0x400000"],
    }
    return {**said, **changes}


STREAMED = {"schema": "aB3", "payload": {"StageName": "Demo", "ChangeEventHeader": header(changedFields=["StageName"])}}
"""Over CometD: what has not changed is absent, changed fields have names, a moment is text."""
DECODED = {"ChangeEventHeader": header(), "StageName": "Demo", "Amount": None, "LastModifiedDate": 1772443800000}
"""Over the Pub/Sub API: what has not changed is null, changed fields are bits, a moment is a number."""


@pytest.mark.parametrize(
    "content",
    [
        DECODED,
        STREAMED,
        {**STREAMED, "event": {"replayId": 12}},
        {"channel": "/data/ChangeEvents", "data": STREAMED},
        {"payload": DECODED, "replayId": "AAAAAAAAAFo="},
    ],
    ids=range(5),
)
def test_both_shapes_and_what_is_around_them_say_the_same(content: dict[str, Any]) -> None:
    assert hints_of(content) == [Hint(f"000d0c1a-ours\n1\n{one}", "Opportunity", one, AT) for one in DEALS]


@pytest.mark.parametrize("change", ["GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "DELETE", "CREATE"])
def test_j06_a_gap_says_which_record_and_not_what(change: str) -> None:
    gap = {"ChangeEventHeader": header(changeType=change, recordIds=DEALS[:1], changedFields=[])}
    assert [one.record_id for one in hints_of(gap)] == DEALS[:1]


@pytest.mark.parametrize(
    "changes",
    [
        {"changeType": "GAP_OVERFLOW", "recordIds": ["000000000000000AAA"]},
        {"recordIds": ["000000000000000"]},
        {"recordIds": ["006*"]},
    ],
    ids=str,
)
def test_j06_of_an_overflow_or_a_wildcard_any_record_may_have_changed(changes: dict[str, Any]) -> None:
    (hint,) = hints_of({"ChangeEventHeader": header(**changes)})
    assert (hint.kind, hint.record_id, hint.since) == ("Opportunity", None, AT)


def test_j08_the_same_event_replayed_has_the_same_name() -> None:
    events = [{"payload": DECODED, "replayId": replay} for replay in ("500", "500", "501")]
    assert len({hint.hint_id for event in events for hint in hints_of(event)}) == 2


@pytest.mark.parametrize(
    "said",
    [
        *("2026-03-02T09:30:00.000Z", str(int(AT.timestamp() * 1000)), None, "soon", 10**30, []),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-62135596800000", -62135596800000, "2026-03-02T09:30:00"),
    ],
)
def test_a_moment_in_either_form_or_none(said: Any) -> None:
    (hint, _) = hints_of({"ChangeEventHeader": header(commitTimestamp=said)})
    assert hint.since in (AT, None)
    assert (hint.since == AT) == (said in ("2026-03-02T09:30:00.000Z", str(int(AT.timestamp() * 1000))))


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"payload": "AAAA"},
        {"ChangeEventHeader": header(recordIds=[])},
        {"ChangeEventHeader": header(recordIds="006")},
        {"ChangeEventHeader": header(recordIds=["006"])},
        {"ChangeEventHeader": header(entityName="")},
        {"ChangeEventHeader": header(entityName=["Opportunity"])},
    ],
    ids=range(7),
)
def test_what_is_no_event(content: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        hints_of(content)
