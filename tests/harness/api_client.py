"""The API as integrators see it: one host, the real functions behind it, a clock that a test sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs
from werkzeug.routing import Map, Rule
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from functions.skills_api.openapi import document
from functions.skills_api.routes import ROUTES
from infra.declarations.pipeline import Pipeline, load_pipeline
from infra.local.ambient import JsonLog, SystemClock
from infra.local.delivery import Delivery
from infra.local.environment import EmbeddedEnvironment
from infra.local.identity import ISSUER, LocalIssuer, audience_of, service_account
from infra.local.platform import configure
from infra.local.runtime import PLATFORM, open_parts
from infra.local.serving import Dispatcher
from infra.web.identity import VerifiedTokens
from infra.wiring.environment import configure as configure_environment
from infra.wiring.environment import environment
from shared.platform.edges.path_map import SendersId
from tests.harness.granted import Answering, GrantedQueue
from tests.harness.platform import Platform

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NOW = datetime(2026, 2, 12, 12, tzinfo=UTC)
"""Two days after the specification's examples."""

ADMINISTRATION = service_account("administration")
INTEGRATION = service_account("voice-roleplay")

PEOPLE = """name,email,role,manager,hire_date,mentor
Joe Smith,joe@augmentcode.com,employee,dana@augmentcode.com,2024-03-01,mo@augmentcode.com
Sarah Johnson,sarah@augmentcode.com,employee,dana@augmentcode.com,2022-06-15,
Priya Patel,priya@augmentcode.com,employee,eli@augmentcode.com,2023-01-09,
Dana Manager,dana@augmentcode.com,manager,vic@augmentcode.com,2020-01-01,
Eli Manager,eli@augmentcode.com,manager,vic@augmentcode.com,2020-01-01,
Vic Senior,vic@augmentcode.com,senior_manager,cro@augmentcode.com,2019-01-01,
Enid Enablement,enid@augmentcode.com,enablement,,2021-01-01,
Chris Revenue,cro@augmentcode.com,cro,,2018-01-01,
Mo Mentor,mo@augmentcode.com,mentor,,2020-01-01,
Em Ployer,employer@partner.example,employer,,,
Ada Min,ada@augmentcode.com,administrator,,2018-01-01,
"""

JOE, SARAH, PRIYA = "joe@augmentcode.com", "sarah@augmentcode.com", "priya@augmentcode.com"
DANA, VIC, ENID = "dana@augmentcode.com", "vic@augmentcode.com", "enid@augmentcode.com"
ADA, CRO, MO = "ada@augmentcode.com", "cro@augmentcode.com", "mo@augmentcode.com"

API_FUNCTIONS = (
    "ingest",
    "skills_api",
    "email_threads",
    "rating_update",
    "review_queue",
    "recalculate_shard",
    "erase_person",
    "move_person",
    "skill_webhooks",
    "discrepancy_webhooks",
    "review_webhooks",
    "milestone_record",
    "deals",
    "jit_trigger",
    "assignment_completion",
    "skill_assignments",
    "nightly_assignments",
    "assignment_reminders",
    "sfdc_webhook",
    "sfdc_record",
)
_RULES = [Rule(r.path, endpoint=r.operation, methods=[r.method]) for r in ROUTES]
_ROUTES = Map(_RULES, merge_slashes=False, converters={"path": SendersId}).bind("x")
_BY_OPERATION = {route.operation: route for route in ROUTES}


class SetClock(SystemClock):
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


def api_pipeline() -> Pipeline:
    """The real pipeline, with the functions that the API needs."""
    whole = load_pipeline()
    return replace(whole, functions={name: whole.functions[name] for name in API_FUNCTIONS})


class ApiClient:
    """A platform on a directory, called over its WSGI applications.

    new: the directory is empty, and the shipped frameworks are to be installed
    """

    def __init__(
        self, directory: Path, applications: Mapping[str, WSGIApplication], pipeline: Pipeline, *, new: bool = False
    ) -> None:
        self.clock = SetClock()
        self.log = StringIO()
        parts = open_parts(directory, log=JsonLog(self.log))
        issuer = LocalIssuer(directory / "secrets", self.clock)
        self.queue = GrantedQueue(parts.queue, load_pipeline())
        applications = {name: Answering(name, one) for name, one in applications.items()}
        self.parts = replace(
            parts,
            queue=self.queue,
            clock=self.clock,
            issuer=issuer,
            tokens=VerifiedTokens({ISSUER: issuer}, self.clock),
        )
        if new:
            configure(self.parts)
        else:
            configure_environment(EmbeddedEnvironment(self.parts))
        self.platform = Platform(environment())
        self.application = Dispatcher(pipeline, "api", applications)
        self.applications = applications
        self._pipeline = pipeline
        self._tokens: dict[tuple[Any, ...], str] = {}
        self._client = Client(self.application)

    def close(self) -> None:
        self.parts.close()
        assert self.queue.refused == []

    def token(self, who: str, audience: str = "api", **claims: Any) -> str:
        key = (who, audience, self.clock.now(), *claims.items())
        if key not in self._tokens:
            self._tokens[key] = self.parts.issuer.token(who, audience_of(audience), **claims)[0]
        return self._tokens[key]

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str | None = ADMINISTRATION,
        raw: bytes | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Reply:
        """One request. body: as JSON; raw: as it is; query: parameters. The answer is held to the OpenAPI document."""
        sent = dict(headers or {})
        if who is not None:
            sent.setdefault("Authorization", f"Bearer {self.token(who)}")
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        kind = content_type if content_type is not None else "application/json" if data is not None else None
        address = path if path.startswith("/") else f"/api/v1/{path}"
        with self._client.open(
            address,
            method=method,
            data=data,
            content_type=kind,
            headers=sent,
            query_string=query or None,
        ) as response:
            reply = Reply(response)
        conform(method, unquote(address), reply)
        return reply

    def plain(
        self, method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes | None
    ) -> TestResponse:
        """One request as it stands, whose answer is held to nothing."""
        return self._client.open(path, method=method, headers=dict(headers), query_string=dict(query), data=body)

    def get(self, path: str, **options: Any) -> Reply:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.call("DELETE", path, **options)

    def import_people(self, text: str = PEOPLE, **options: Any) -> Reply:
        return self.post("employees/import", raw=text.encode(), content_type="text/csv", **options)

    def record(self, *events: dict[str, Any]) -> None:
        """Takes events in, each by the route that its fields tell."""
        for body in events:
            route = (
                "validation-events"
                if "event_type" in body
                else "field-observations"
                if "observation_source" in body
                else "learning-activities"
            )
            answer = self.post(route, body)
            assert answer.status == 201, answer.json

    def deliver(self) -> None:
        """Lets the platform deliver what its queues hold, to the real functions, until nothing is left."""
        delivery = Delivery(
            self.parts.queue,
            self._pipeline,
            self.applications,
            tokens=self.parts.issuer.source(PLATFORM),
            audience=audience_of,
            log=self.parts.log,
            workers=2,
        )
        delivery.start()
        settled = delivery.settle(30)
        assert delivery.stop()
        assert settled


class Reply:
    """An answer, read."""

    def __init__(self, response: Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.content_type = response.headers.get("Content-Type", "").split(";")[0]
        self.raw = response.get_data()
        self.json: Any = json.loads(self.raw) if self.content_type.endswith("json") and not self._lines else None

    @property
    def _lines(self) -> bool:
        return self.content_type.endswith("ndjson")

    @property
    def lines(self) -> list[Any]:
        """The lines of an answer that has one value on each."""
        assert self._lines, self
        return [json.loads(line) for line in self.raw.splitlines()]

    @property
    def fields(self) -> list[str]:
        """What a problem names."""
        return [error["field"] for error in self.json.get("errors", [])]

    def __repr__(self) -> str:
        return f"{self.status} {self.raw[:600]!r}"


_schemas: dict[str, Any] = {}


def conform(method: str, path: str, reply: Reply) -> None:
    """Fails when an answer of a known route is not what the OpenAPI document says it may be."""
    try:
        operation, _ = _ROUTES.match(path, method=method)
    except Exception:
        assert reply.status in {404, 405, 308}, reply
        return
    route = _BY_OPERATION[operation]
    documented = document()["paths"][route.openapi_path][method.lower()]["responses"]
    assert str(reply.status) in documented, f"{operation} does not document {reply}"
    if reply.status == 304:
        assert not reply.raw
        return
    content = documented[str(reply.status)]["content"]
    assert reply.content_type in content, reply
    if not reply.content_type.endswith("json"):
        return
    key = f"{operation} {reply.status}"
    if key not in _schemas:
        schema = {**content[reply.content_type]["schema"], "components": document()["components"]}
        _schemas[key] = jsonschema_rs.validator_for(schema)
    values = reply.lines if reply.content_type.endswith("ndjson") else [reply.json]
    errors = [
        f"{list(error.instance_path)}: {error.message}" for one in values for error in _schemas[key].iter_errors(one)
    ]
    assert not errors, f"{operation}: {errors[:3]}"


def role_play(number: int, *, employee: str = JOE, score: float = 82, days_ago: int = 1, **more: Any) -> dict[str, Any]:
    """A validation event of discovery in healthcare."""
    return {
        "event_id": f"evt-{employee}-{number}",
        "employee_id": employee,
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": (NOW - timedelta(days=days_ago, minutes=number)).isoformat(),
        "overall_score": score,
        "passed": score >= 70,
        "competency_scores": [{"competency": "discovery", "score": score, "context": {"industry": "healthcare"}}],
        **more,
    }


def call_seen(number: int, *, employee: str = JOE, score: float = 78, days_ago: int = 1, **more: Any) -> dict[str, Any]:
    """A field observation of discovery in healthcare, reviewed by a person."""
    return {
        "observation_id": f"obs-{employee}-{number}",
        "employee_id": employee,
        "observation_source": "gong",
        "source_id": f"call-{employee}-{number}",
        "timestamp": (NOW - timedelta(days=days_ago, minutes=number)).isoformat(),
        "competency_scores": [{"competency": "discovery", "score": score, "evidence": "Asked about the process"}],
        "context": {"industry": "healthcare"},
        "analysis_metadata": {"human_reviewed": True},
        **more,
    }


def call_analysed(number: int, *, employee: str = JOE, confidence: float = 0.4, **more: Any) -> dict[str, Any]:
    """A call whose discovery score the analyst trusts so far, and of whose listening it is sure."""
    return {
        **call_seen(number, employee=employee),
        "competency_scores": [
            {"competency": "discovery", "score": 80, "confidence": confidence, "evidence": "quote at turn 3"},
            {"competency": "listening", "score": 70, "confidence": 0.9},
        ],
        "analysis_metadata": {"model_used": "claude:m:rubric-1:prompt-1", "analysis_version": 2000},
        **more,
    }


def lesson(number: int, *, employee: str = JOE, **more: Any) -> dict[str, Any]:
    """A finished podcast with a quiz."""
    return {
        "activity_id": f"act-{employee}-{number}",
        "employee_id": employee,
        "activity_type": "podcast",
        "content_id": "healthcare-discovery-primer",
        "started_at": (NOW - timedelta(days=1, minutes=number)).isoformat(),
        "completed_at": (NOW - timedelta(days=1, minutes=number) + timedelta(minutes=18)).isoformat(),
        "completion_percentage": 100,
        "quiz_score": 88,
        "related_competencies": ["discovery"],
        **more,
    }
