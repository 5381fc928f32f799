"""Spells context dimensions as the specification's payloads do.

The specification knows four dimensions, and gives each a field of its own in a field observation's `context`. Whatever
else a framework declares goes by the dimension's name, under `dimensions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.kernel.json_values import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one dimension is spelt.

    field:   in a field observation's `context`
    several: whether more than one value may be given
    short:   in an analyst's answer, and in what is kept of it
    """

    dimension: str
    field: str
    several: bool
    short: str


SPECIFIED = (
    Spelling("industry", "industry", several=False, short="industry"),
    Spelling("deal_size", "deal_size", several=False, short="deal_size"),
    Spelling("buyer_persona", "buyer_personas", several=True, short="buyer_personas"),
    Spelling("product_line", "products_discussed", several=True, short="products"),
)
"""The specification's four, in its order."""


def spellings(dimensions: Iterable[str]) -> tuple[Spelling, ...]:
    """Returns how some dimensions are spelt: the specified ones first, then the others in their own order."""
    asked = list(dimensions)
    specified = tuple(one for one in SPECIFIED if one.dimension in asked)
    others = [name for name in asked if all(one.dimension != name for one in specified)]
    return specified + tuple(Spelling(name, name, several=True, short=name) for name in others)


def values_of(context: JsonObject) -> list[tuple[Spelling, tuple[str, ...]]]:
    """Reads the words of each dimension that a `context` names, in the order of `spellings`."""
    more = context.get("dimensions")
    found = [(one, _words(context.get(one.field))) for one in SPECIFIED]
    if isinstance(more, Mapping):
        found += [(one, _words(more[one.dimension])) for one in spellings(more)]
    return [(spelling, words) for spelling, words in found if words]


def context_with(values: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """Writes values by dimension as the fields of a `context`. values: none is empty"""
    context: dict[str, Json] = {}
    more: dict[str, list[str]] = {}
    for one in spellings(values):
        words = list(values[one.dimension])
        if one in SPECIFIED:
            context[one.field] = words if one.several else words[0]
        else:
            more[one.dimension] = words
    return context | ({"dimensions": more} if more else {})


def _words(given: object) -> tuple[str, ...]:
    words = [given] if isinstance(given, str) else given if isinstance(given, list | tuple) else []
    return tuple(word for word in words if isinstance(word, str))
