"""Describes a deal as a CRM tells of it, and what it means in a framework."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Final

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import MOST_FULL_CONTEXTS, Context, ObservedContext, observed, skills_seen
from shared.kernel.unicode_form import folded

DOLLARS: Final = "USD"
WON: Final = "closed_won"
LOST: Final = "closed_lost"
"""Stages that close a deal."""


@dataclass(frozen=True, slots=True)
class Described:
    """Says what is known of a deal in one dimension. several: of each value the words for it, the best first"""

    dimension: str
    several: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody of the customer's in a meeting."""

    name: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """The next meeting about a deal. kind: the calendar's or CRM's word for it"""

    at: datetime
    kind: str | None = None
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity, and who is to meet. words: as they came; value: in `currency`; None: the CRM has no amount"""

    deal_id: str
    account: str
    name: str
    stage: str
    words: tuple[Described, ...] = ()
    value: float | None = None
    currency: str = DOLLARS
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True)
class DealContext:
    """A deal in a framework's words.

    context:    the declared values of each dimension
    unmapped:   pairs (dimension, word) that the framework does not know, as they came
    competencies: what the stage and the meeting ask for, each once; the core ones where neither is known
    stage_known:  whether the framework knows the stage, or the kind of the meeting
    first_dimension: of the framework; None where it has none
    """

    context: ObservedContext
    unmapped: tuple[tuple[str, str], ...]
    competencies: tuple[str, ...]
    stage_known: bool
    first_dimension: str | None = None

    @property
    def first(self) -> str | None:
        """Returns the deal's value of the framework's first dimension; None where it has none."""
        return next((values[0] for name, values in self.context if name == self.first_dimension), None)

    @property
    def skills(self) -> tuple[Context, ...]:
        """Returns the contexts that the deal asks for: a value of each dimension, for each persona and product.

        Where there are more than anybody reads, the dimension with the most values is left out.
        """
        pairs = dict(self.context)
        while prod(map(len, pairs.values())) > MOST_FULL_CONTEXTS:
            del pairs[max(pairs, key=lambda dimension: len(pairs[dimension]))]
        context = observed(pairs)
        wanted = len(context)
        return tuple(skill for skill in skills_seen(context) if len(skill) == wanted)


def in_framework(deal: Deal, framework: Framework) -> DealContext:
    """Returns a deal in a framework's words."""
    known: dict[str, list[str]] = {}
    unmapped: list[tuple[str, str]] = []
    for described in deal.words:
        declared = framework.by_dimension.get(described.dimension)
        if declared is None:
            continue
        for words in described.several:
            found = [value for value, is_known in map(declared.map, words) if is_known]
            if found:
                known.setdefault(described.dimension, []).append(found[0])
            else:
                unmapped += [(described.dimension, word) for word in words[:1]]
    stages = [deal.stage, *([deal.meeting.kind] if deal.meeting and deal.meeting.kind else [])]
    asked = {folded(stage): names for stage, names in framework.required_by_stage.items()}
    wanted = [asked[_stage(stage)] for stage in stages if _stage(stage) in asked]
    competencies = (
        tuple(dict.fromkeys(name for names in wanted for name in names))
        or framework.core
        or tuple(framework.by_competency)
    )
    first = framework.dimensions[0].dimension if framework.dimensions else None
    return DealContext(observed(known), tuple(dict.fromkeys(unmapped)), competencies, bool(wanted), first)


def _stage(word: str) -> str:
    return folded(word.strip().replace(" ", "_").replace("-", "_"))


def replaced(words: Iterable[Described], told: Iterable[Described]) -> tuple[Described, ...]:
    """Returns what is said of a deal when some dimensions are told anew."""
    by_dimension = {one.dimension: one for one in (*words, *told)}
    return tuple(by_dimension.values())
