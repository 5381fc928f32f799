"""Transcripts, grants, escalations, notifications and erasures over the API."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from infra.bigquery.catalogue import catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.usecases.transcripts import TranscriptStore
from tests.harness.api_client import ADA, DANA, ENID, JOE, NOW, PRIYA, SARAH, VIC, ApiClient, call_seen, role_play
from tests.harness.call_records import call_record

CANARY = "the purple elephant signs on Tuesday"
CUSTOMER = "Wilhelmina Fotheringay"
RECORD = "gong-7782342274025937895"


@pytest.fixture
def called(api: ApiClient) -> ApiClient:
    """A platform with a call of Joe's."""
    call_id = RECORD.removeprefix("gong-")
    parties = (
        Party("1", "Joe Smith", JOE, Affiliation.INTERNAL),
        Party("2", CUSTOMER, "w.fotheringay@customer.test", Affiliation.EXTERNAL),
    )
    turns = (Turn("1", 0, 900, "What slows your builds?"), Turn("2", 1000, 1900, f"Well, {CANARY}."))
    TranscriptStore(api.parts.transcripts, api.clock).keep("gong", Conversation(call_id, NOW, 2000, parties, turns))
    assert api.platform.call_records.create(call_record("gong", call_id, NOW, state="observed", employees=[JOE]))
    return api


def grant(**changes: Any) -> dict[str, Any]:
    return {"employee_id": JOE, "to": DANA, "purpose": "coaching on discovery", **changes}


def test_a_participant_reads_the_own_call(called: ApiClient) -> None:
    answer = called.get(f"calls/{RECORD}/transcript", who=JOE)
    assert (answer.status, answer.json["ground"]) == (200, "own")
    assert [turn["text"] for turn in answer.json["turns"]] == ["What slows your builds?", f"Well, {CANARY}."]
    assert [party["name"] for party in answer.json["parties"]] == ["Joe Smith", CUSTOMER]
    by_source = called.get(f"calls/{RECORD.removeprefix('gong-')}/transcript", who=JOE, source="gong")
    assert by_source.json == answer.json
    assert called.get(f"employees/{JOE}/notifications", who=JOE).json["items"] == []


def test_a_manager_reads_with_a_grant_and_the_employee_is_told(called: ApiClient) -> None:
    refused = called.get(f"calls/{RECORD}/transcript", who=DANA)
    assert refused.status == 403
    assert "grant" in refused.json["detail"]
    given = called.post("transcript-grants", grant(), who=ADA)
    assert given.status == 201
    assert called.get(f"calls/{RECORD}/transcript", who=DANA).json["ground"] == "grant"
    told = called.get(f"employees/{JOE}/notifications", who=JOE).json
    assert [item["kind"] for item in told["items"]] == ["transcript.opened", "grant.given"]
    assert (told["unread"], told["items"][0]["facts"]["by"]) == (2, DANA)
    read = called.post(f"employees/{JOE}/notifications/{told['items'][0]['notification_id']}/read", who=JOE)
    assert read.json["read_at"] is not None
    assert called.get(f"employees/{JOE}/notifications", who=JOE).json["unread"] == 1
    [record] = called.get("audit", action="transcript.opened", subject=JOE).json["items"]
    assert (record["actor"], record["detail"]) == (DANA, "gong 7782342274025937895, ground: grant")
    assert len(called.get("transcript-grants", who=JOE).json["grants"]) == 1
    assert called.delete(f"transcript-grants/{given.json['grant_id']}", who=ADA).json["revoked_by"] == ADA
    assert called.get(f"calls/{RECORD}/transcript", who=DANA).status == 403


def test_a_senior_manager_reads_an_escalated_call(called: ApiClient) -> None:
    body = {"call_id": RECORD, "to": VIC, "reason": "the customer complained"}
    assert called.get(f"calls/{RECORD}/transcript", who=VIC).status == 403
    raised = called.post("escalations", body, who=DANA)
    assert raised.status == 201
    assert called.get(f"calls/{RECORD}/transcript", who=VIC).json["ground"] == "escalation"
    assert [one["to"] for one in called.get("escalations", who=VIC).json["escalations"]] == [VIC]
    assert called.delete(f"escalations/{raised.json['escalation_id']}", who=DANA).status == 200
    assert called.get(f"calls/{RECORD}/transcript", who=VIC).status == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("transcript-grants", grant(days=91), 422, "days"),
        ("transcript-grants", grant(days=0), 422, "days"),
        ("transcript-grants", grant(purpose="  "), 422, "purpose"),
        ("transcript-grants", grant(to="nobody@augmentcode.com"), 404, "to"),
        ("transcript-grants", grant(employee_id="a/b"), 422, "employee_id"),
        ("transcript-grants", grant(more=1), 422, "more"),
        ("escalations", {"call_id": RECORD, "to": ENID, "reason": "curious"}, 422, "to"),
        ("escalations", {"call_id": "gong-1", "to": VIC, "reason": "curious"}, 404, "call_id"),
        (f"employees/{PRIYA}/erasure", {"employee_id": SARAH}, 422, "employee_id"),
        (f"employees/{PRIYA}/erasure", {}, 422, "employee_id"),
        ("employees/nobody@augmentcode.com/erasure", {"employee_id": "nobody@augmentcode.com"}, 404, "employee_id"),
    ],
)
def test_bad_input_names_the_field(called: ApiClient, path: str, body: dict[str, Any], status: int, field: str) -> None:
    answer = called.post(path, body, who=ADA)
    assert (answer.status, answer.fields) == (status, [field])


def test_what_was_said_stands_in_no_log_document_queue_or_table(called: ApiClient) -> None:
    called.post("transcript-grants", grant(), who=ADA)
    for who in (JOE, DANA, ADA, VIC):
        called.get(f"calls/{RECORD}/transcript", who=who)
    called.post("escalations", {"call_id": RECORD, "to": VIC, "reason": "the customer complained"}, who=DANA)
    called.get(f"calls/{RECORD}/transcript", who=VIC)
    called.record(call_seen(1))
    called.deliver()
    stored = dumped(called)
    assert "transcript.opened" in stored
    for canary in (CANARY, CUSTOMER, "purple elephant", "w.fotheringay", "What slows"):
        assert canary not in stored


def dumped(api: ApiClient) -> str:
    """Both databases, the queue, the log and the warehouse, as text; not the bucket, whose content this is about."""
    texts = [api.log.getvalue()]
    for path in sorted(api.parts.directory.glob("*.sqlite")):
        connection = sqlite3.connect(path)
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            texts += [repr(row) for row in connection.execute(f"SELECT * FROM {table}")]
        connection.close()
    carry(api)
    warehouse = api.platform.warehouse
    texts += [json.dumps(warehouse.query(f"SELECT * FROM {one}"), default=str) for one in catalogue().tables]
    return "\n".join(texts)


def carry(api: ApiClient) -> None:
    """Carries into the warehouse what waits for it, as the running platform does."""
    warehouse = api.platform.warehouse
    assert isinstance(warehouse, DuckDBWarehouse)
    for channel in list(api.parts.queue.backlog()):
        kind, _, topic = channel.partition("--")
        if kind == "warehouse":
            waiting = api.parts.queue.lease(channel, 1000, 60)
            warehouse.ingest_raw(
                topic, [RawMessage(one.message_id, one.published_at, one.data, one.attributes) for one in waiting]
            )
            api.parts.queue.acknowledge(waiting)
    warehouse.refresh()


def test_a_person_is_erased_by_the_function_that_the_queue_wakes(called: ApiClient) -> None:
    called.record(role_play(1), role_play(1, employee=SARAH), call_seen(2))
    called.deliver()
    before = called.get("readiness", who=ADA).json["people"]
    started = called.post(f"employees/{JOE}/erasure", {"employee_id": JOE}, who=ADA)
    assert started.status == 202
    assert called.get(f"employees/{JOE}", who=ADA).status == 404
    assert called.get("skills", who=JOE).status == 403
    called.deliver()
    run = called.get(started.headers["Location"], who=ADA).json
    assert run["state"] == "waiting"
    carry(called)
    called.clock.move(hours=3)
    assert called.platform.eraser.work(run["run_id"]).state == "finished"
    [run] = called.get("erasures", who=ADA).json["erasures"]
    assert run["state"] == "finished"
    removed = {line["part"]: line["removed"] for line in run["report"] if line["store"] == "documents"}
    assert (removed["employees"], removed["events"], removed["ratings"]) == (1, 2, 1)
    assert called.get("readiness", who=ADA).json["people"] == before - 1
    late = called.post("validation-events", role_play(9))
    assert late.status == 422
    assert "erased" in late.json["detail"]
    assert "quarantine_id" not in late.json or late.json["quarantine_id"] is None
    listed = called.post("validation-events", [role_play(9), role_play(9, employee=SARAH)])
    assert [item["status"] for item in listed.json["results"]] == [422, 201]
    assert called.get("quarantine", who=ADA).json["items"] == []
    assert called.get(f"employees/{SARAH}/skills", who=ADA).status == 200
    called.deliver()
    left = dumped(called)
    assert JOE not in left
    assert "Joe Smith" not in left
