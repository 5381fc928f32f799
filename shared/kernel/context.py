"""Describes the context in which a skill was shown, and which skills an observation counts for.

A *context* maps a dimension, of those that a framework declares, to one value. An *observed context* maps a dimension
to every value that was present: a call can have two personas. The general skill is the empty context.

An observation counts for a skill when every dimension that the skill names is among the observation's values. It
therefore always counts for the general skill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product
from urllib.parse import parse_qsl, urlencode

Context = tuple[tuple[str, str], ...]
"""Sorted pairs (dimension, value); hashable. `()` is the general skill."""

ObservedContext = tuple[tuple[str, tuple[str, ...]], ...]
"""Sorted pairs (dimension, sorted values); hashable."""

GENERAL: Context = ()

MOST_FULL_CONTEXTS = 24
"""An observation with so many personas and products that their combinations exceed this belongs to the single
dimensions and to the rules' contexts only: nobody reads the other combinations, and their number explodes."""


def context_of(pairs: Mapping[str, str | None] | None) -> Context:
    """Returns a context from a mapping; absent and empty values mean "applies generally"."""
    if not pairs:
        return GENERAL
    return tuple(sorted((dimension, value) for dimension, value in pairs.items() if value))


def observed(pairs: Mapping[str, str | Iterable[str] | None] | None) -> ObservedContext:
    """Returns an observed context from a mapping whose values are one value or several."""
    result: list[tuple[str, tuple[str, ...]]] = []
    for dimension, values in sorted((pairs or {}).items()):
        several = (values,) if isinstance(values, str) else tuple(sorted(set(values or ())))
        kept = tuple(value for value in several if value)
        if kept:
            result.append((dimension, kept))
    return tuple(result)


def counts_for(context: ObservedContext, skill: Context) -> bool:
    """Tells whether an observation in `context` counts for the skill."""
    values = dict(context)
    return all(value in values.get(dimension, ()) for dimension, value in skill)


def skills_seen(context: ObservedContext) -> tuple[Context, ...]:
    """Returns the skills that an observation brings to a profile: general, each single dimension, each full context."""
    singles: list[Context] = [((dimension, value),) for dimension, values in context for value in values]
    combinations = 1
    for _, values in context:
        combinations *= len(values)
    full: list[Context] = []
    if len(context) > 1 and combinations <= MOST_FULL_CONTEXTS:
        full = [tuple(pairs) for pairs in product(*[[(d, v) for v in values] for d, values in context])]
    return (GENERAL, *singles, *full)


def label(skill: Context) -> str:
    """Says how a context reads in a sentence: `healthcare, enterprise`, or `general`."""
    return ", ".join(value for _, value in skill) or "general"


@lru_cache(maxsize=50_000)
def encode_context(context: ObservedContext) -> str:
    """Returns an observed context as `dimension=value&dimension=value`, sorted and percent-encoded."""
    return urlencode([(dimension, value) for dimension, values in context for value in values])


@lru_cache(maxsize=50_000)
def decode_context(text: str) -> ObservedContext:
    """Reads what encode_context has written."""
    values: dict[str, list[str]] = {}
    for dimension, value in parse_qsl(text, keep_blank_values=True):
        values.setdefault(dimension, []).append(value)
    return tuple((dimension, tuple(sorted(several))) for dimension, several in sorted(values.items()))


@lru_cache(maxsize=100_000)
def encode_skill(skill: Context) -> str:
    """Returns a skill's context as form-encoded text, "" for the general skill."""
    return encode_context(tuple((dimension, (value,)) for dimension, value in skill))


@lru_cache(maxsize=100_000)
def decode_skill(text: str) -> Context:
    """Reads what encode_skill has written."""
    return tuple((dimension, values[0]) for dimension, values in decode_context(text))
