"""Whatever is sent: a precise 4xx that names the field and what is accepted, and an administrator finds the input.

`ApiClient.call` holds every answer here to the OpenAPI document, so that a 5xx or an undocumented answer fails by
itself.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from werkzeug.test import Client

from tests.harness.api_client import ADA, INTEGRATION, JOE, ApiClient, Reply, call_seen, lesson, role_play

BODIES = {"validation-events": role_play, "field-observations": call_seen, "learning-activities": lesson}


def with_value(body: dict[str, Any], at: str, value: Any) -> dict[str, Any]:
    """A copy of the body with a value at a dotted path; the path's lists and objects are made."""
    copy: Any = json.loads(json.dumps(body))
    place = copy
    *way, last = at.split(".")
    for part in way:
        if isinstance(place, list):
            place = place[int(part)]
        else:
            place = place.setdefault(part, {})
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return copy  # type: ignore[no-any-return]


def refused(api: ApiClient, route: str, reply: Reply, status: int, field: str) -> dict[str, Any]:
    """Checks a rejection of ingest and that its input lies in the quarantine; the problem."""
    assert reply.status == status, reply
    problem: dict[str, Any] = reply.json
    assert problem["status"] == status
    assert problem["instance"] == f"/api/v1/{route}"
    assert field in reply.fields, problem
    assert all(error["detail"] for error in problem["errors"])
    kept = api.get(f"quarantine/{problem['quarantine_id']}").json
    assert kept["state"] == "open"
    assert kept["reason"] == problem["detail"][:500]
    return problem


MISSING = [
    (route, name)
    for route, names in {
        "validation-events": (
            ["employee_id", "event_type", "event_source", "timestamp", "overall_score", "passed", "competency_scores"]
        ),
        "field-observations": ["employee_id", "observation_source", "source_id", "timestamp", "competency_scores"],
        "learning-activities": (
            [
                "employee_id",
                "activity_type",
                "content_id",
                "started_at",
                "completion_percentage",
                "related_competencies",
            ]
        ),
    }.items()
    for name in names
]


@pytest.mark.parametrize(("route", "name"), MISSING)
def test_a_missing_field_is_named(seen: ApiClient, route: str, name: str) -> None:
    body = BODIES[route](1)
    del body[name]
    reply = seen.post(route, body, who=INTEGRATION)
    problem = refused(seen, route, reply, 422, name)
    assert problem["detail"] == f"{name}: is required"


WRONG: list[tuple[str, str, Any, str]] = [
    # ranges
    ("validation-events", "overall_score", -0.01, "greater than or equal to 0"),
    ("validation-events", "overall_score", 100.01, "less than or equal to 100"),
    ("validation-events", "competency_scores.0.score", 101, "less than or equal to 100"),
    ("validation-events", "competency_scores", [], "at least 1"),
    ("validation-events", "competency_scores", [{"competency": f"c{n}", "score": 1} for n in range(61)], "at most 60"),
    ("validation-events", "session_metadata.attempt_number", 0, "greater than or equal to 1"),
    ("field-observations", "analysis_metadata.confidence_score", 1.2, "less than or equal to 1"),
    ("field-observations", "competency_scores.0.evidence", "x" * 4001, "at most 4000"),
    ("field-observations", "context.buyer_personas", ["p"] * 21, "at most 20"),
    ("learning-activities", "completion_percentage", 101, "less than or equal to 100"),
    ("learning-activities", "quiz_score", -1, "greater than or equal to 0"),
    ("learning-activities", "related_competencies", [], "at least 1"),
    # types
    ("validation-events", "overall_score", "82", "number"),
    ("validation-events", "overall_score", True, "number"),
    ("validation-events", "overall_score", None, "number"),
    ("validation-events", "overall_score", [82], "number"),
    ("validation-events", "passed", "true", "true or false"),
    ("validation-events", "passed", 1, "true or false"),
    ("validation-events", "employee_id", 7, "must be text"),
    ("validation-events", "competency_scores", "discovery", "JSON list"),
    ("validation-events", "competency_scores.0", "discovery", "JSON object"),
    ("validation-events", "competency_scores.0.context", "healthcare", "JSON object"),
    ("validation-events", "competency_scores.0.context.industry", ["healthcare"], "must be text"),
    ("validation-events", "session_metadata", [], "JSON object"),
    ("field-observations", "context.products_discussed", "platform", "JSON list"),
    ("learning-activities", "context_tags.industry", "healthcare", "JSON list"),
    # words
    ("validation-events", "event_type", "roleplay", "role_play"),
    ("validation-events", "event_type", "", "role_play"),
    ("learning-activities", "activity_type", "song", "podcast"),
    ("learning-activities", "assignment_type", "forced", "self_serve"),
    ("validation-events", "event_source", "", "at least 1"),
    ("validation-events", "event_source", "   ", "at least 1"),
    ("validation-events", "event_id", "x" * 201, "at most 200"),
    ("validation-events", "competency_scores.0.competency", "", "at least 1"),
    ("validation-events", "competency_scores.0.competency", "x" * 121, "at most 120"),
    ("validation-events", "details_url", "javascript:alert(1)", "link"),
    ("validation-events", "details_url", " JavaScript:alert(1)", "link"),
    ("field-observations", "source_url", "data:text/html,<b>", "link"),
    # times
    ("validation-events", "timestamp", "2026-02-10T14:30:00", "time zone"),
    ("validation-events", "timestamp", "2026-02-10", "time zone"),
    ("validation-events", "timestamp", "yesterday", "ISO 8601"),
    ("validation-events", "timestamp", 1_770_000_000, "ISO 8601"),
    ("validation-events", "timestamp", "1770000000", "ISO 8601"),
    ("validation-events", "timestamp", "2026-02-30T14:30:00Z", "ISO 8601"),
    ("validation-events", "timestamp", "2026-02-12T12:06:00Z", "in the future"),
    ("validation-events", "timestamp", "2999-01-01T00:00:00Z", "in the future"),
    ("validation-events", "timestamp", "1999-12-31T23:59:59Z", "before 2000"),
    ("validation-events", "timestamp", "0001-01-01T00:00:00+23:59", "calendar"),
    ("validation-events", "timestamp", "9999-12-31T23:59:59-23:59", "calendar"),
    ("validation-events", "timestamp", "9999-12-31T23:59:59Z", "calendar"),
    ("learning-activities", "completed_at", "2026-02-01T00:00:00Z", "before started_at"),
    ("validation-events", "competency_scores.0.context.voltage", ["11kV"], "must be a word"),
    ("learning-activities", "context_tags.voltage", "11kV", "must be a list"),
    ("learning-activities", "due_date", "soon", "ISO 8601"),
    # people
    ("validation-events", "employee_id", "who@augmentcode.com", "import the person first"),
    ("validation-events", "employee_id", "../../etc/passwd", "without '/'"),
    ("validation-events", "employee_id", "employees/joe", "without '/'"),
    ("validation-events", "employee_id", "..", "nor '..'"),
    ("validation-events", "employee_id", "__joe__", "double underscores"),
    ("validation-events", "employee_id", "joe\u0000@augmentcode.com", "printable"),
    ("validation-events", "employee_id", "", "at least 1"),
]


@pytest.mark.parametrize(("route", "at", "value", "words"), WRONG)
def test_a_wrong_value_is_named_with_what_is_accepted(
    seen: ApiClient, route: str, at: str, value: Any, words: str
) -> None:
    reply = seen.post(route, with_value(BODIES[route](2), at, value), who=INTEGRATION)
    problem = refused(seen, route, reply, 422, at)
    named = next(error["detail"] for error in problem["errors"] if error["field"] == at)
    assert words in named


def test_every_wrong_field_is_named_at_once(seen: ApiClient) -> None:
    reply = seen.post("validation-events", role_play(1, overall_score="x", passed="y", timestamp="z"))
    assert {"overall_score", "passed", "timestamp"} <= set(reply.fields)


def test_a_competency_twice_in_one_context_is_refused(seen: ApiClient) -> None:
    scores = [{"competency": "discovery", "score": 1}, {"competency": "discovery", "score": 2}]
    reply = seen.post("validation-events", role_play(1, competency_scores=scores), who=INTEGRATION)
    assert "twice" in refused(seen, "validation-events", reply, 422, "competency_scores.1")["detail"]


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("no JSON", b"{", "line 1, column 2"),
    ("nothing", b"", "not JSON"),
    ("a comma too many", b'{"a": 1,}', "not JSON"),
    ("NaN", b'{"overall_score": NaN}', "NaN"),
    ("infinity", b'{"overall_score": -Infinity}', "-Infinity"),
    ("a number beyond all", b'{"overall_score": 1e999}', "larger"),
    ("not UTF-8", b'{"employee_id": "jo\xe9"}', "byte 19"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "UTF-8"),
    ("a byte order mark", b'\xef\xbb\xbf{"a": 1}', "not JSON"),
    ("half a surrogate pair", b'{"employee_id": "\\ud83d"}', "surrogate"),
    ("half a pair in a name", b'{"\\udc00": 1}', "surrogate"),
    ("a huge integer", b'{"x": 9223372036854775808}', "64 bits"),
    ("a gigantic integer", b'{"x": 1' + b"0" * 5000 + b"}", "not JSON that this service reads"),
    ("nested deep", b'{"x": ' * 20 + b"1" + b"}" * 20, "16 levels"),
    ("nested very deep", b"[" * 100_000, "16 levels"),
    ("lists in lists", b'{"x": ' + b"[" * 12 + b"]" * 12 + b"}", "16 levels"),
    ("a field without a name", b'{"session_metadata": {"": 1}}', "empty string"),
]


@pytest.mark.parametrize(("raw", "words"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
@pytest.mark.parametrize("route", ["validation-events", "learning-activities"])
def test_a_body_that_cannot_be_read_is_400_and_kept_byte_for_byte(
    seen: ApiClient, route: str, raw: bytes, words: str
) -> None:
    reply = seen.post(route, raw=raw, who=INTEGRATION)
    assert reply.status == 400, reply
    assert words in reply.json["detail"], reply.json
    assert seen.parts.files.read(reply.json["quarantine_id"]) == raw


@pytest.mark.parametrize("value", [1, "x", None, True, 1.5])
def test_a_body_that_is_neither_object_nor_list_is_refused(seen: ApiClient, value: Any) -> None:
    refused(seen, "validation-events", seen.post("validation-events", raw=json.dumps(value).encode()), 422, "body")


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded", "text/csv", "multipart/x"])
def test_another_content_type_is_415_and_kept(seen: ApiClient, kind: str) -> None:
    raw = json.dumps(role_play(5)).encode()
    reply = seen.post("validation-events", raw=raw, content_type=kind)
    problem = refused(seen, "validation-events", reply, 415, "Content-Type")
    assert "application/json" in problem["detail"]


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/cloudevents+json"]
)
def test_json_under_its_other_names_is_read(seen: ApiClient, kind: str) -> None:
    reply = seen.post("validation-events", raw=json.dumps(role_play(6)).encode(), content_type=kind)
    assert reply.status in {200, 201}


@pytest.mark.parametrize("path", ["validation-events", "skills/recalculate", "employees/import"])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "Identity, gzip"])
def test_a_compressed_body_is_refused_by_its_encoding(seen: ApiClient, path: str, encoding: str) -> None:
    kind = "text/csv" if path.endswith("import") else "application/json"
    headers = {"Content-Encoding": encoding, "Content-Type": kind}
    function = "ingest" if path == "validation-events" else "skills_api"
    headers["Authorization"] = f"Bearer {seen.token(ADA)}"
    reply = Client(seen.applications[function]).post(f"/api/v1/{path}", data=gzip.compress(b"{}"), headers=headers)
    assert reply.status_code == 415
    assert json.loads(reply.get_data())["errors"][0]["field"] == "Content-Encoding"


def test_an_empty_list_is_refused(seen: ApiClient) -> None:
    refused(seen, "validation-events", seen.post("validation-events", []), 422, "body")


def test_501_items_are_too_many(seen: ApiClient) -> None:
    reply = seen.post("validation-events", [role_play(n) for n in range(501)])
    problem = refused(seen, "validation-events", reply, 413, "body")
    assert "at most 500" in problem["detail"]


def test_a_body_over_ten_million_bytes_is_too_large_and_is_not_kept(seen: ApiClient) -> None:
    before = len(seen.parts.files.list())
    raw = b'{"x": "' + b"x" * 10_000_000 + b'"}'
    reply = seen.post("validation-events", raw=raw)
    assert reply.status == 413
    # The function says so by itself, too: in the cloud no dispatcher stands before it.
    headers = {"Authorization": f"Bearer {seen.token(INTEGRATION)}", "Content-Type": "application/json"}
    alone = Client(seen.applications["ingest"]).post("/api/v1/validation-events", data=raw, headers=headers)
    assert alone.status_code == 413
    assert json.loads(alone.get_data())["errors"] == [
        {"field": "body", "detail": "the body may have at most 10000000 bytes"}
    ]
    assert len(seen.parts.files.list()) == before


def test_an_event_that_no_document_can_hold_is_too_large(seen: ApiClient) -> None:
    body = role_play(7, transcript="x" * 2_000_000)
    problem = refused(seen, "validation-events", seen.post("validation-events", body), 413, "body")
    assert "one million bytes" in problem["detail"]
    listed = seen.post("validation-events", [body, role_play(8)]).json
    assert [result["status"] for result in listed["results"]] == [413, 201]


HOSTILE = [
    "'; DROP TABLE documents; --",
    '" OR 1=1; --',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "=HYPERLINK('x')",
    "%00%2e%2e%2f",
    "𝓤𝓷𝓲𝓬𝓸𝓭𝓮 \u202e rtl 👩🏽‍🚀",
]
STRINGS = {
    "validation-events": [
        "employee_id", "event_type", "event_source", "timestamp", "event_id", "details_url",
        "competency_scores.0.competency", "competency_scores.0.context.industry",
        "competency_scores.0.context.weather", "session_metadata.scenario_id", "session_metadata.note", "note",
    ],
    "field-observations": [
        "employee_id", "observation_id", "observation_source", "source_id", "source_url",
        "competency_scores.0.competency", "competency_scores.0.evidence", "context.account_name", "context.industry",
        "context.deal_stage", "analysis_metadata.model_used",
    ],
    "learning-activities": [
        "employee_id", "activity_id", "activity_type", "content_id", "content_title", "content_url", "trigger_reason",
        "assignment_type", "due_date",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("route", "at"), [(route, at) for route, names in STRINGS.items() for at in names])
def test_hostile_text_is_either_refused_by_name_or_kept_as_text(seen: ApiClient, route: str, at: str) -> None:
    for number, text in enumerate(HOSTILE):
        body = with_value(BODIES[route](100 + number), at, text)
        reply = seen.post(route, body, who=INTEGRATION)
        if reply.status == 422:
            refused(seen, route, reply, 422, at)
        else:
            assert reply.status in {200, 201, 409}, reply
    assert seen.get(f"{route}/{JOE}").status == 200
    assert seen.get(f"employees/{JOE}/skills").status == 200
    assert seen.get("employees").json["employees"]


@pytest.mark.parametrize(("route", "at"), [(route, at) for route, names in STRINGS.items() for at in names])
def test_control_characters_are_refused_in_every_known_string(seen: ApiClient, route: str, at: str) -> None:
    reply = seen.post(route, with_value(BODIES[route](200), at, "a\u0007b"), who=INTEGRATION)
    free = at in {"note", "session_metadata.note"}
    if free:
        assert reply.status in {200, 201, 409}
    else:
        refused(seen, route, reply, 422, at)


PATHS = [
    ("GET", "employees/a%2Fb/skills", 404),
    ("GET", "employees/%00/skills", 422),
    ("GET", "employees/../skills", 422),
    ("GET", "employees/__x__/skills", 422),
    ("GET", "employees/%ff%fe/skills", 404),
    ("GET", f"employees/{'x' * 201}/skills", 422),
    ("GET", "employees/nobody@augmentcode.com/skills", 404),
    ("GET", "employees/'%20OR%201=1/skills", 404),
    ("GET", "validation-events/nobody@augmentcode.com", 404),
    ("PUT", "employees/..", 422),
    ("GET", "skills/no-such-skill", 404),
    ("GET", "recalculations/none", 404),
    ("GET", "frameworks/none", 404),
    ("GET", "quarantine/none", 404),
    ("POST", "quarantine/none/replay", 404),
    ("DELETE", "quarantine/none", 404),
    ("GET", "dead-letters/none", 404),
    ("POST", "dead-letters/none/replay", 404),
    ("DELETE", "dead-letters/none", 404),
    ("GET", "no-such-path", 404),
    ("GET", "employees//skills", 404),
    ("PATCH", "skills", 405),
    ("DELETE", f"validation-events/{JOE}", 405),
    ("DELETE", "skills", 405),
    ("POST", "readiness", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_paths_that_name_nothing(seen: ApiClient, method: str, path: str, status: int) -> None:
    reply = seen.call(method, path, {"name": "X"} if method == "PUT" else None)
    assert reply.status == status, reply
    assert reply.content_type == "application/problem+json"
    if status == 405:
        assert reply.headers["Allow"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [*BODIES, "email-threads"])
def test_a_path_that_another_function_serves_says_which_methods_it_takes(
    seen: ApiClient, path: str, method: str
) -> None:
    reply = seen.call(method, path)
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert reply.json["detail"] == f"{method} is not served here; POST is"


def test_a_function_that_is_asked_for_anothers_path_does_not_say_that_it_serves_it(seen: ApiClient) -> None:
    headers = {"Authorization": f"Bearer {seen.token(ADA)}"}
    answer = Client(seen.applications["skills_api"]).post("/api/v1/validation-events", json={}, headers=headers)
    assert answer.status_code == 404


def test_nothing_of_a_body_or_a_token_is_logged(seen: ApiClient) -> None:
    token = seen.token(INTEGRATION)
    seen.post("validation-events", role_play(1, employee="secret-person@x.example", note="private words"))
    seen.get(f"employees/{JOE}/skills", headers={"Authorization": f"Bearer {token}x"})
    log = seen.log.getvalue()
    assert "request.rejected" in log
    for private in ("secret-person", "private words", token[-40:]):
        assert private not in log
