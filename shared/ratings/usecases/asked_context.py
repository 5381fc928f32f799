"""Reads the context that a profile is asked for: `dimension=value&dimension=value`, and nothing else."""

from __future__ import annotations

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.kernel.context import Context, decode_context, observed
from shared.kernel.errors import Rejected
from shared.ratings.contract import CONTEXT_EXAMPLE


def context_from_text(words: str) -> Context:
    """Reads a context from `dimension=value&dimension=value`; raises Rejected."""
    pairs = decode_context(words)
    context = tuple(
        (dimension, values[0]) for dimension, values in pairs if len(values) == 1 and dimension and values[0]
    )
    if not context or len(context) != len(pairs) or len(context) > 12:
        raise _other_form(words)
    return context


def mapped_context(context: Context, framework: Framework) -> Context:
    """Returns a context in the framework's own values; words that it does not know stay as they came.

    Raises Rejected where one of these has a comma: two pairs, or two values, that were meant to be told apart by it.
    """
    for dimension, value in context:
        known = framework.by_dimension.get(dimension)
        if "," in dimension or ("," in value and not (known and known.names(value))):
            raise _other_form("&".join(f"{name}={word}" for name, word in context))
    found = index_of(framework).mapped(observed(dict(context)))
    return tuple((dimension, values[0]) for dimension, values in found)


def _other_form(words: str) -> Rejected:
    return Rejected(
        f"context: {words[:80]!r} is not of the form {CONTEXT_EXAMPLE}: one value a dimension, pairs apart by & alone, "
        "the whole percent-encoded",
        field="context",
    )
