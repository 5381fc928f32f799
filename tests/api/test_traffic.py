"""What every answer says beside its body: how fast a caller may ask, and that a route is about to go."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from werkzeug import Request as WebRequest
from werkzeug.test import EnvironBuilder

from functions.skills_api.openapi import operation_of
from infra.declarations import rate_limits
from infra.wiring.edges import traffic
from infra.wiring.edges.authentication import authentication
from infra.wiring.environment import environment
from shared.platform.edges.http import HttpEdge, RawResponse, Request, Response
from shared.platform.edges.routes import Deprecation, Routes
from tests.harness.api_client import ADA, ADMINISTRATION, DANA, JOE, ApiClient, role_play


@pytest.fixture
def limited(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> ApiClient:
    """A platform that takes three requests of an integration and two of a person."""
    limits = {"integrations": {"requests": 3, "seconds": 600}, "people": {"requests": 2, "seconds": 600}}
    monkeypatch.setattr(rate_limits, "declared_rate_limits", lambda: limits)
    monkeypatch.setattr(traffic.Rates.__init__, "__defaults__", (lambda: 0.0,))  # no time passes on a busy machine
    environment().limits_callers = True
    return api


def test_who_asks_too_fast_is_told_when_to_ask_again(limited: ApiClient) -> None:
    left = [limited.get("skills", who=JOE).headers["RateLimit"] for _ in range(2)]
    assert left == ['"people";r=1;t=300', '"people";r=0;t=600']
    refused = limited.get("skills", who=JOE)
    assert refused.status == 429
    assert (refused.json["type"], refused.json["status"]) == ("urn:augment-skills:problem:too-many-requests", 429)
    assert "send the same request again in" in refused.json["detail"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 300
    assert refused.headers["RateLimit-Policy"] == '"people";q=2;w=600'
    assert refused.headers["RateLimit"].startswith('"people";r=0;t=')
    # Others are not in each other's way, and functions count together where they share an instance.
    assert limited.get("skills", who=DANA).status == 200
    assert limited.post("validation-events", role_play(1)).headers["RateLimit"] == '"integrations";r=2;t=200'


def test_what_is_refused_counts_and_says_so_too(limited: ApiClient) -> None:
    assert limited.get("audit", who=JOE).status == 403
    reply = limited.get("employees/nobody@x.example", who=JOE)
    assert (reply.status, reply.headers["RateLimit"]) == (404, '"people";r=0;t=600')


def test_nobody_is_counted_before_they_are_known(limited: ApiClient) -> None:
    for _ in range(5):
        assert limited.get("openapi.json", who=None).status == 200
        reply = limited.get("skills", who=None)
        assert reply.status == 401
        assert "RateLimit" not in reply.headers


def test_the_embedded_platform_limits_nobody_until_it_is_filled(api: ApiClient) -> None:
    assert "RateLimit" not in api.get("skills").headers
    environment().limits_callers = True  # functions are there already
    assert api.get("skills").headers["RateLimit"].startswith('"integrations";r=1199;')


going: Routes[None] = Routes("skills_api")


@going.get(
    "/api/v1/made-up",
    "Made up",
    "skills.read",
    deprecation=Deprecation(
        datetime(2026, 11, 29, tzinfo=UTC), datetime(2027, 11, 30, 23, 59, 59, tzinfo=UTC), "/api/v1/docs#made-up"
    ),
)
def get_made_up(request: Request, on: None) -> Response:
    return Response({"made": "up"})


def ask(api: ApiClient, who: str | None) -> RawResponse:
    on = environment()
    edge = HttpEdge(going.served(lambda: None), authentication(on, "skills_api"), on.log, traffic.traffic(on))
    headers = {} if who is None else {"Authorization": f"Bearer {api.token(who)}"}
    return edge.handle(WebRequest(EnvironBuilder("/api/v1/made-up", headers=list(headers.items())).get_environ()))


@pytest.mark.parametrize(("who", "status"), [(ADA, 200), (ADMINISTRATION, 200), (None, 401)])
def test_a_route_that_is_about_to_go_says_so_in_every_answer(api: ApiClient, who: str | None, status: int) -> None:
    _, answered, headers = ask(api, who)
    assert answered == status
    assert headers["Deprecation"] == "@1795910400"
    assert headers["Sunset"] == "Tue, 30 Nov 2027 23:59:59 GMT"
    assert headers["Link"] == '</api/v1/docs#made-up>; rel="deprecation"; type="text/html"'


def test_the_document_marks_it(api: ApiClient) -> None:
    (route,) = going.routes
    operation = operation_of(route)
    assert operation["deprecated"] is True
    assert set(operation["responses"]["200"]["headers"]) >= {"Deprecation", "Sunset", "Link"}
    assert "Deprecation" not in api.get("skills").headers
