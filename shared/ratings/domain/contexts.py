"""Says in which contexts a person is expected to be seen: where the organisation works, and where the own deals are.

The organisation works in a declared value of a framework's first dimension when somebody of it was seen there lately.
Free words of a call are no contexts: only what the framework declares is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import Context, ObservedContext, encode_skill
from shared.kernel.days import SECONDS_PER_DAY
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import WORKING_DAYS


class Expected(NamedTuple):
    """Contexts in which a person is expected to be seen.

    organisation: single values in which the organisation works; deals: of the person's own deals
    """

    organisation: tuple[Context, ...] = ()
    deals: tuple[Context, ...] = ()


def is_declared(context: Context, framework: Framework) -> bool:
    """Tells whether the framework declares every value of a context."""
    known = framework.by_dimension
    return all(dimension in known and value in known[dimension].values for dimension, value in context)


def first_values(framework: Framework) -> tuple[Context, ...]:
    """Returns the declared values of the framework's first dimension, in its order, as contexts."""
    return tuple(((first.dimension, value),) for first in framework.dimensions[:1] for value in first.values)


def place(framework: Framework, context: Context) -> str:
    """Returns how a context of a framework is written where it is kept who works in it."""
    return f"{framework.framework_id}?{encode_skill(context)}"


def works_in(rows: Iterable[SkillRating], framework: Framework, as_of: int) -> list[str]:
    """Returns the places in which a person was seen lately, by the field or by practice, sorted."""
    wanted = {encode_skill(context): place(framework, context) for context in first_values(framework)}
    since = (as_of - WORKING_DAYS) * SECONDS_PER_DAY
    found = {
        wanted[row.context]
        for row in rows
        if row.context in wanted and max(row.last_field_at or 0, row.last_validation_at or 0) >= since
    }
    return sorted(found)


def deal_contexts(deals: Mapping[str, Iterable[ObservedContext]], framework: Framework) -> tuple[Context, ...]:
    """Returns the contexts of deals, each once. deals: by deal what its conversations were observed in

    A deal's context has each dimension of which its conversations show one declared value: what changes from one
    meeting to the next (who was there) is none of the deal's.
    """
    found: dict[Context, None] = {}
    for conversations in deals.values():
        values: dict[str, set[str]] = {}
        for dimension, several in (pair for context in conversations for pair in context):
            values.setdefault(dimension, set()).update(
                value for value in several if is_declared(((dimension, value),), framework)
            )
        context = tuple((dimension, next(iter(one))) for dimension, one in sorted(values.items()) if len(one) == 1)
        if context:
            found[context] = None
    return tuple(found)
