"""What an administrator sends is read with the same care: parameters, frameworks, settings."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.harness.api_client import ADA, JOE, ApiClient


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


CURSORS = [
    "x", "!!!!", "é", "e30", base64.urlsafe_b64encode(b"\xff\xfe").decode(), cursor(), cursor("2026-02-10"),
    cursor("2026-02-10T00:00:00", "a"), cursor("2026-02-10T00:00:00+00:00", ""), cursor(1, 2), cursor("x", "y", "z"),
    cursor("0001-01-01T00:00:00+23:59", "a"), cursor("2026-02-10T00:00:00+00:00", "\ud800"),
    base64.urlsafe_b64encode(b"[" * 300).decode(),
    *(cursor("2026-02-10T00:00:00+00:00", odd) for odd in ("a/b", "a/b/c", "/", "..", "__x__", "a\0b", "x" * 201)),
]  # fmt: skip
QUERIES: list[tuple[str, dict[str, Any], str]] = [
    *[(f"validation-events/{JOE}", {"cursor": c}, "cursor") for c in CURSORS],
    *[("audit", {"cursor": c}, "cursor") for c in CURSORS[:3]],
    ("employees", {"cursor": cursor("a", "b")}, "cursor"),
    ("employees", {"cursor": cursor("\udfff")}, "cursor"),
    ("employees", {"cursor": cursor("a/b")}, "cursor"),
    ("employees", {"limit": "0"}, "limit"),
    ("employees", {"limit": "201"}, "limit"),
    ("employees", {"limit": "-1"}, "limit"),
    ("employees", {"limit": "ten"}, "limit"),
    ("employees", {"limit": "٣"}, "limit"),
    ("employees", {"limit": "9" * 40}, "limit"),
    ("employees", {"limit": ["1", "2"]}, "limit"),
    ("employees", {"active": "maybe"}, "active"),
    ("employees", {"manager": ""}, "manager"),
    ("employees", {"colour": "blue"}, "colour"),
    ("employees", {"manager": "x" * 501}, "manager"),
    ("skills", {"framework_id": ""}, "framework_id"),
    (f"employees/{JOE}/skills", {"competency": "zeal"}, "competency"),
    (f"employees/{JOE}/skills", {"context": "healthcare"}, "context"),
    (f"employees/{JOE}/skills", {"context": "industry=a&industry=b"}, "context"),
    (f"employees/{JOE}/skills", {"as_of": "2026-02-13"}, "as_of"),
    (f"employees/{JOE}/skills", {"as_of": "1999-12-31"}, "as_of"),
    (f"employees/{JOE}/skills", {"as_of": "today"}, "as_of"),
    (f"validation-events/{JOE}", {"since": "2026-02-10"}, "since"),
    (f"validation-events/{JOE}", {"until": "0001-01-01T00:00:00+23:59"}, "until"),
    (f"validation-events/{JOE}", {"standing": "lost"}, "standing"),
    ("frameworks/sales_engineering", {"version": "1.5"}, "version"),
    ("readiness", {"dimension": "weather"}, "dimension"),
    ("health", {"verbose": "1"}, "verbose"),
]


@pytest.mark.parametrize(("path", "query", "field"), QUERIES)
def test_a_wrong_parameter_is_named(seen: ApiClient, path: str, query: dict[str, Any], field: str) -> None:
    reply = seen.get(path, **query)
    assert reply.status == 422, reply
    assert reply.fields == [field]


@pytest.mark.parametrize("framework_id", ["a/b", "..", "nope", "__x__"])
def test_frameworks_that_do_not_exist(seen: ApiClient, framework_id: str) -> None:
    assert seen.get("skills", framework_id=framework_id).status == 404
    assert seen.get("readiness", framework_id=framework_id).status == 404
    assert seen.post("skills", {"competency": "zeal", "framework_id": framework_id}).status in {404, 422}
    assert seen.put("employees/new@augmentcode.com", {"name": "N", "framework_id": framework_id}).status in {404, 422}


ADMINISTRATIVE: list[tuple[str, str, Any, str]] = [
    ("POST", "skills", {}, "competency"),
    ("POST", "skills", {"competency": "Not A Name"}, "competency"),
    ("POST", "skills", {"competency": "zeal", "rules": [{}]}, "rules.0"),
    ("POST", "skills", {"competency": "zeal", "rules": [{"min_field_score": 101}]}, "rules.0.min_field_score"),
    (
        "POST",
        "skills",
        {"competency": "zeal", "rules": [{"competency": "x", "min_field_score": 1}]},
        "rules.0.competency",
    ),
    ("POST", "skills", {"competency": "zeal", "rules": [{"min_field_score": 1}] * 2}, "rules.1.context"),
    ("POST", "skills", {"competency": "zeal", "colour": "blue"}, "colour"),
    ("POST", "skills", {"competency": "zeal", "category": "magic"}, "category"),
    ("POST", "skills", {"competency": "zeal", "rubric": [{"from_score": 5, "description": "x"}] * 2}, "rubric"),
    ("PUT", "skills/discovery", {"if_version": 0}, "if_version"),
    ("PUT", "skills/discovery", {"rules": "none"}, "rules"),
    ("POST", "skills/recalculate", {"employee_ids": ["who@x.example"]}, "employee_ids"),
    ("POST", "skills/recalculate", {"employee_ids": ["a/b"]}, "employee_ids.0"),
    ("POST", "skills/recalculate", {"from_ledger": "yes"}, "from_ledger"),
    ("PUT", "employees/new@augmentcode.com", {"name": ""}, "name"),
    ("PUT", "employees/new@augmentcode.com", {"name": "N", "role": "king"}, "role"),
    ("PUT", "employees/new@augmentcode.com", {"name": "N", "hire_date": 7}, "hire_date"),
    ("PUT", "employees/new@augmentcode.com", {"name": "N", "manager": "a/b"}, "manager"),
    ("PUT", "frameworks/sales_engineering/dimensions/b@d", {"values": ["a"]}, "dimension"),
    ("PUT", "frameworks/sales_engineering/dimensions/industry", {"values": ["a"], "aliases": {"b": "c"}}, "aliases"),
]


@pytest.mark.parametrize(("method", "path", "body", "field"), ADMINISTRATIVE)
def test_a_wrong_administrative_body_is_named(seen: ApiClient, method: str, path: str, body: Any, field: str) -> None:
    reply = seen.call(method, path, body, who=ADA)
    assert reply.status == 422, reply
    assert field in reply.fields, reply


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "skills"), ("PUT", "skills/discovery"), ("POST", "skills/recalculate")]
)
@pytest.mark.parametrize(("raw", "status"), [(b"{", 400), (b"[]", 422), (b"\xff", 400), (b'{"x": 1e999}', 400)])
def test_administrative_bodies_are_read_with_the_same_care(
    seen: ApiClient, method: str, path: str, raw: bytes, status: int
) -> None:
    assert seen.call(method, path, raw=raw).status == status
    assert seen.call(method, path, raw=raw, content_type="text/plain").status == 415
    assert seen.call(method, path, raw=b"x" * 10_000_001).status == 413


def test_a_framework_that_no_document_can_hold_is_too_large(seen: ApiClient) -> None:
    body = {"values": ["a"], "aliases": {f"word number {n} {'x' * 90}": "a" for n in range(15_000)}}
    reply = seen.put("frameworks/sales_engineering/dimensions/weather", body)
    assert (reply.status, reply.fields) == (413, ["body"])
    assert seen.get("frameworks/sales_engineering").json["framework"]["version"] == 1
