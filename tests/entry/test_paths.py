"""Routes are found as werkzeug's map finds them, for every route of the platform and for any path."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from functions.portal import application
from shared.contracts.routes import ROUTES
from shared.entry.paths import Paths, UnknownMethod, UnknownPath

Found = tuple[str, dict[str, str]] | frozenset[str] | None
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
API = [(route.operation, route.path, [route.method]) for route in ROUTES]
PORTAL = [
    *((route.name, route.path, ["GET", "POST"] if route.act else ["GET"]) for route in application.ROUTES),
    *application.OWN,
]
NESTED = [
    ("literal", "/a/b", ["GET"]),
    ("first", "/<x>/b", ["GET", "POST"]),
    ("second", "/a/<y>", ["PUT"]),
    ("both", "/<x>/<y>", ["DELETE"]),
    ("root", "/", ["GET"]),
]


def ours(paths: Paths, path: str, method: str) -> Found:
    """The route, the methods that are allowed instead, or nothing."""
    try:
        return paths.match(path, method)
    except UnknownMethod as error:
        return frozenset(error.allowed)
    except UnknownPath:
        return None


def werkzeugs(routes: Iterable[tuple[str, str, list[str]]], path: str, method: str) -> Found:
    rules = [Rule(address, endpoint=name, methods=methods) for name, address, methods in routes]
    try:
        name, arguments = Map(rules, merge_slashes=False).bind("localhost").match(path, method=method)
        return name, dict(arguments)
    except MethodNotAllowed as error:
        return frozenset(error.valid_methods or ())
    except NotFound:
        return None


def segments(routes: Iterable[tuple[str, str, list[str]]]) -> st.SearchStrategy[str]:
    """Segments that routes have, for which a few others stand now and then."""
    known = sorted({part for _, path, _ in routes for part in path.split("/")[1:] if not part.startswith("<")})
    return st.sampled_from([*known, *known, "", "somebody", "a b", "<x>", "ü", ".", "..", "%2F", "a\nb"])


@pytest.mark.parametrize("routes", [API, PORTAL, NESTED], ids=["api", "portal", "nested"])
def test_each_route_is_found_by_each_method(routes: list[tuple[str, str, list[str]]]) -> None:
    paths = Paths(routes)
    for name, path, methods in routes:
        for method in METHODS:
            assert ours(paths, path, method) == werkzeugs(routes, path, method)
        assert ours(paths, path, methods[0]) == (
            name,
            {part[1:-1]: part for part in path.split("/") if part.startswith("<")},
        )


@pytest.mark.parametrize("routes", [API, PORTAL, NESTED], ids=["api", "portal", "nested"])
@given(data=st.data())
def test_any_path_is_found_or_not_as_werkzeug_finds_it(
    routes: list[tuple[str, str, list[str]]], data: st.DataObject
) -> None:
    path = "/" + "/".join(data.draw(st.lists(segments(routes), min_size=1, max_size=6)))
    method = data.draw(st.sampled_from(METHODS))
    normal = "/" + path.lstrip("/")  # as every request's path is
    assert ours(Paths(routes), normal, method) == werkzeugs(routes, normal, method)
