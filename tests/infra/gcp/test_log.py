"""Log lines are JSON as Cloud Logging reads it, joined to the request's trace."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from infra.gcp.log import CloudLog
from tests.harness.web import FixedClock

TRACE = "105445aa7843bc8bf206b12000100000"


def line(trace_header: str | None = None, **fields: Any) -> dict[str, Any]:
    stream = io.StringIO()
    clock = FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
    log = CloudLog("demo", "ingest", clock, trace_header=lambda: trace_header, stream=stream)
    log.event("event.recorded", **fields)
    (text,) = stream.getvalue().splitlines()
    value: dict[str, Any] = json.loads(text)
    return value


def test_a_line_has_a_name_a_severity_and_its_fields() -> None:
    assert line(event_id="e1\n2", count=3, late=None) == {
        "severity": "INFO",
        "message": "event.recorded",
        "event": "event.recorded",
        "time": "2026-11-23T08:00:00+00:00",
        "function": "ingest",
        "event_id": "e1\n2",
        "count": 3,
        "late": None,
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{TRACE}/1;o=1", {"trace": f"projects/demo/traces/{TRACE}", "spanId": "0" * 15 + "1", "trace_sampled": True}),
        (
            f"{TRACE}/18446744073709551615;o=0",
            {"trace": f"projects/demo/traces/{TRACE}", "spanId": "f" * 16, "trace_sampled": False},
        ),
        (TRACE, {"trace": f"projects/demo/traces/{TRACE}", "trace_sampled": False}),
        (f"{TRACE}/99999999999999999999", {"trace": f"projects/demo/traces/{TRACE}", "trace_sampled": False}),
        ("not a trace", {}),
        ("", {}),
        (None, {}),
    ],
)
def test_a_line_is_joined_to_its_trace(header: str | None, expected: dict[str, Any]) -> None:
    prefix = "logging.googleapis.com/"
    found = line(header)
    assert {key.removeprefix(prefix): value for key, value in found.items() if key.startswith(prefix)} == expected


def test_the_trace_comes_from_the_request_that_is_served() -> None:
    stream = io.StringIO()
    log = CloudLog("demo", "ingest", FixedClock(datetime(2026, 11, 23, tzinfo=UTC)), stream=stream)
    with Flask("test").test_request_context(headers={"X-Cloud-Trace-Context": f"{TRACE}/7;o=1"}):
        log.event("inside")
    log.event("outside")
    inside, outside = map(json.loads, stream.getvalue().splitlines())
    assert inside["logging.googleapis.com/trace"] == f"projects/demo/traces/{TRACE}"
    assert "logging.googleapis.com/trace" not in outside


def test_an_unknown_severity_or_a_taken_field_is_a_defect() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        line(severity="LOUD")
    with pytest.raises(ValueError, match="function"):
        line(function="other")
