"""Finds the route of a path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from werkzeug.routing import Map, MapAdapter, PathConverter, Rule

from shared.platform.edges.routes import Route


def map_of(routes: Sequence[Route]) -> MapAdapter:
    """Returns what finds one of some routes by a path and a method."""
    return _mapped(tuple((route.path, route.operation, route.method) for route in routes))


@lru_cache(maxsize=64)
def _mapped(routes: tuple[tuple[str, str, str], ...]) -> MapAdapter:
    """Makes a map once for all environments of a process: its rules are compiled to code."""
    rules = [Rule(path, endpoint=operation, methods=[method]) for path, operation, method in routes]
    found = Map(rules, redirect_defaults=False, merge_slashes=False, converters={"path": SendersId})
    return found.bind("localhost")


class SendersId(PathConverter):
    """Takes whatever is left of a path, from a slash on too."""

    regex = ".+?"
    part_isolating = False
