"""Whatever is asked of a route's address is answered in problem details, never with a page of the framework's."""

from __future__ import annotations

import re

import pytest

from functions.skills_api.routes import ROUTES
from shared.platform.edges.routes import Route
from tests.harness.api_client import ApiClient

PLACE = re.compile("<[^>]*>")
OF_ROUTES = pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.path.startswith("/api/v1/")], ids=lambda route: route.operation
)


def asked(seen: ApiClient, method: str, path: str, expected: set[int]) -> None:
    answer = seen.call(method, path)
    assert answer.status in expected, answer
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status
    assert re.fullmatch(r"[A-Za-z0-9\-._~/:@!$&'()*+,;=%]+", answer.json["instance"]), "a reference, as RFC 3986 has it"


@OF_ROUTES
def test_a_line_break_anywhere(seen: ApiClient, route: Route) -> None:
    path = PLACE.sub("x", route.path)
    asked(seen, route.method, f"{path}%0A", {404, 405, 422})
    asked(seen, route.method, path.replace("/api/v1/", "/api/v1/%0A"), {404})
    if "<" in route.path:
        asked(seen, route.method, PLACE.sub("a%0Ab", route.path), {404, 422})


@OF_ROUTES
def test_a_slash_at_the_end(seen: ApiClient, route: Route) -> None:
    asked(seen, route.method, PLACE.sub("x", route.path) + "/", {404})


@OF_ROUTES
def test_the_methods_that_are_not_served(seen: ApiClient, route: Route) -> None:
    path = PLACE.sub("x", route.path)
    for method in ("OPTIONS", "PATCH", "TRACE", "LOOK"):
        answer = seen.call(method, path)
        assert (answer.status, answer.content_type) == (405, "application/problem+json")
        assert route.method in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/api/v1/%0A", "/api/v1/nothing%0Ahere", "/%0a"])
def test_addresses_that_are_nobodys(seen: ApiClient, path: str) -> None:
    asked(seen, "GET", path, {404})
