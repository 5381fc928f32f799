"""Which route a request belongs to, by its path and method.

A route's path has segments to be met literally, and variables, `<name>`, that stand for one whole segment. Where two
routes fit, the one that is literal at the first segment in which they differ goes before. werkzeug's map does the same
and compiles code for building addresses besides, which took as long as a function's other preparations together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class UnknownPath(Exception):
    """No route has this path."""


class UnknownMethod(Exception):
    """Routes have this path, and none of them takes the method. allowed: those that they take, sorted."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class _Pattern(NamedTuple):
    """name: the route's; segments: what must stand there, or the variable's name in its brackets"""

    name: str
    methods: frozenset[str]
    segments: tuple[str, ...]

    @property
    def order(self) -> tuple[bool, ...]:
        return tuple(_is_variable(segment) for segment in self.segments)

    def arguments(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The variables' values; None where the path does not fit."""
        found = {}
        for expected, given in zip(self.segments, segments, strict=True):
            if _is_variable(expected):
                if not given:
                    return None
                found[expected[1:-1]] = given
            elif expected != given:
                return None
        return found


class Paths:
    """Routes by path. routes: each with its name, its path and its methods; who takes GET takes HEAD as well"""

    def __init__(self, routes: Iterable[tuple[str, str, Iterable[str]]]) -> None:
        self._patterns: dict[int, list[_Pattern]] = defaultdict(list)
        for name, path, methods in routes:
            taken = frozenset(methods)
            if "GET" in taken:
                taken |= {"HEAD"}
            pattern = _Pattern(name, taken, tuple(path.split("/")))
            self._patterns[len(pattern.segments)].append(pattern)
        for patterns in self._patterns.values():
            patterns.sort(key=lambda pattern: pattern.order)

    def match(self, path: str, method: str) -> tuple[str, dict[str, str]]:
        """The route's name and its variables' values. Raises UnknownPath, UnknownMethod."""
        segments = path.split("/")
        allowed: set[str] = set()
        for pattern in self._patterns.get(len(segments), ()):
            arguments = pattern.arguments(segments)
            if arguments is None:
                continue
            if method in pattern.methods:
                return pattern.name, arguments
            allowed |= pattern.methods
        if allowed:
            raise UnknownMethod(sorted(allowed))
        raise UnknownPath


def _is_variable(segment: str) -> bool:
    return segment.startswith("<")
