"""Says which words of a context a framework does not know; they are kept as they came."""

from __future__ import annotations

from collections.abc import Iterable

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import ObservedContext

MOST_NOTICES = 20
MOST_VALUES = 20
"""Of a dimension, that a notice names."""


def unknown_values(contexts: Iterable[ObservedContext], framework: Framework) -> list[str]:
    """Returns a sentence for each value that some contexts have and the framework does not, and for each dimension."""
    known = framework.by_dimension
    found: dict[str, None] = {}
    for dimension, values in (pair for context in contexts for pair in context):
        if dimension not in known:
            found[
                f"context: the framework has no dimension {dimension[:60]!r}; it has {', '.join(known) or 'none'}"
            ] = None
            continue
        for value in values:
            if not known[dimension].map(value)[1]:
                found[_unknown(dimension, value, known[dimension].values)] = None
    return list(found)[:MOST_NOTICES]


def undeclared(contexts: Iterable[ObservedContext], framework: Framework) -> list[tuple[str, str]]:
    """Returns (dimension, value) of what some contexts have in the framework's dimensions and it does not declare."""
    known = framework.by_dimension
    pairs = ((dimension, value) for context in contexts for dimension, values in context for value in values)
    found = dict.fromkeys(pair for pair in pairs if pair[0] in known and not known[pair[0]].map(pair[1])[1])
    return list(found)[:MOST_NOTICES]


def _unknown(dimension: str, value: str, values: tuple[str, ...]) -> str:
    accepted = ", ".join(values[:MOST_VALUES]) + (", …" if len(values) > MOST_VALUES else "")
    return f"context: {value[:60]!r} is no value of {dimension} in the framework; it has {accepted or 'none'}"
