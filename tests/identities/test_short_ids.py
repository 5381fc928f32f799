"""Ids that are numbers or words move, and go, without anything else that is called so: in every store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.sent_events import NOON
from tests.privacy.organisation import Watchless

TOPICS = ("observation_recorded", "audit_recorded", "call_analysed", "employee_changed")
TABLES = tuple(f"{dataset}.{topic}" for topic in TOPICS for dataset in ("raw", "staging"))
SHORT = "90"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    tables = Catalogue(catalogue().tables[address] for address in TABLES)
    found = DuckDBWarehouse(tmp_path / "warehouse.duckdb", Watchless(), tables)
    yield found
    found.close()


def observed(employee: str, number: int) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "employee_id": employee,
        "framework_id": "sales_engineering",
        "kind": "field",
        "source": "gong",
        "source_id": SHORT,
        "activity": "field_call",
        "standing": "counted",
        "analysis": 0,
        "occurred_at": NOON.isoformat(),
        "received_at": NOON.isoformat(),
        "human": 0,
        "overall_score": 90,
        "scores": [{"competency": "discovery", "score": 90, "known": True, "context": {}}],
        "waiting": [],
        "content_id": SHORT,
        "scenario_id": SHORT,
        "deal_id": SHORT,
    }


def act(number: int, action: AuditAction, subject: str, detail: str | None = None) -> dict[str, Any]:
    who = {"audit_id": f"a{number}", "actor": SHORT, "actor_role": "manager", "action": action.value}
    return {**who, "subject": subject, "detail": detail, "at": NOON.isoformat()}


def filled(warehouse: DuckDBWarehouse) -> None:
    call = {"record_id": "gong-90", "source": "gong", "call_id": SHORT, "state": "observed", "deal_id": SHORT}
    changed = {"employee_id": "sam", "framework_id": "sales_engineering", "role": "employee", "manager_id": SHORT}
    facts: list[tuple[str, dict[str, Any]]] = [
        ("observation-recorded", observed("sam", 1)),
        ("audit-recorded", act(1, AuditAction.PROFILE_VIEWED, SHORT)),
        ("audit-recorded", act(2, AuditAction.FRAMEWORK_PUBLISHED, SHORT, "90 lines")),
        ("audit-recorded", act(3, AuditAction.GRANT_GIVEN, "sam", "to: 90, until: 2026-09-90")),
        ("call-analysed", {**call, "employees": [SHORT, "sam"], "started_at": NOON.isoformat()}),
        ("employee-changed", {**changed, "active": True, "changed_at": NOON.isoformat()}),
    ]
    for number, (topic, data) in enumerate(facts):
        warehouse.ingest_raw(topic, [RawMessage(f"m{number}", NOON, data)])
    warehouse.refresh()


def rows(warehouse: DuckDBWarehouse, address: str) -> list[dict[str, Any]]:
    key = warehouse._catalogue.tables[address].key[0]
    found = warehouse.query(f"SELECT * FROM {address} ORDER BY {key}")
    return [{**row, **({"data": json.loads(str(row["data"]))} if "data" in row else {})} for row in found]


@pytest.mark.parametrize("to", ["ada.long@example.com", "1042"])
def test_rows_of_others_keep_what_is_called_like_whoever_moves(warehouse: DuckDBWarehouse, to: str) -> None:
    filled(warehouse)
    before = {address: rows(warehouse, address) for address in TABLES}
    warehouse.move(SHORT, to)
    after = {address: rows(warehouse, address) for address in TABLES}
    for address in ("raw.observation_recorded", "staging.observation_recorded"):
        assert after[address] == before[address]
    acts = {row["audit_id"]: row for row in after["staging.audit_recorded"]}
    assert {row["actor"] for row in acts.values()} == {to}
    assert [acts[one]["subject"] for one in ("a1", "a2", "a3")] == [to, SHORT, "sam"]
    said = {row["data"]["audit_id"]: row["data"] for row in after["raw.audit_recorded"]}
    assert [said[one]["subject"] for one in ("a1", "a2", "a3")] == [to, SHORT, "sam"]
    assert {one["actor"] for one in said.values()} == {to}
    assert sorted(after["staging.call_analysed"][0]["employees"]) == sorted([to, "sam"])
    assert after["raw.call_analysed"][0]["data"]["employees"] == [to, "sam"]
    assert (after["raw.call_analysed"][0]["data"]["call_id"], after["staging.call_analysed"][0]["deal_id"]) == (
        SHORT,
        SHORT,
    )
    assert after["raw.employee_changed"][0]["data"]["manager_id"] == to
    assert after["staging.employee_changed"][0]["manager_id"] == to


def test_rows_of_others_keep_what_is_called_like_whoever_is_erased(warehouse: DuckDBWarehouse) -> None:
    filled(warehouse)
    before = {address: rows(warehouse, address) for address in TABLES}
    concerned = warehouse.mentions(SHORT)
    assert "raw.observation_recorded" not in concerned
    assert concerned["staging.audit_recorded"] == 3
    warehouse.erase(SHORT, "erased-da85")
    after = {address: rows(warehouse, address) for address in TABLES}
    for address in ("raw.observation_recorded", "staging.observation_recorded"):
        assert after[address] == before[address]
    for acts in (after["staging.audit_recorded"], [row["data"] for row in after["raw.audit_recorded"]]):
        assert {one["actor"] for one in acts} == {"erased-da85"}
        assert [one["subject"] for one in acts] == ["erased-da85", SHORT, "sam"]
        assert [one["detail"] for one in acts] == [None, "90 lines", "to: erased-da85, until: 2026-09-90"]
    assert after["staging.call_analysed"][0]["employees"] == ["sam"]
    assert after["raw.call_analysed"][0]["data"]["employees"] == ["erased-da85", "sam"]
    assert after["staging.employee_changed"][0]["manager_id"] is None
    assert warehouse.mentions(SHORT) == {}
