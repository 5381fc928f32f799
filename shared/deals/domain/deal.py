"""Describes a deal as a CRM tells of it, and what it means in a framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Final

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import MOST_FULL_CONTEXTS, Context, ObservedContext, observed, skills_seen
from shared.kernel.unicode_form import folded

INDUSTRY: Final = "industry"
SIZE: Final = "deal_size"
PERSONA: Final = "buyer_persona"
PRODUCT: Final = "product_line"
DOLLARS: Final = "USD"
WON: Final = "closed_won"
LOST: Final = "closed_lost"
"""Stages that close a deal."""
SIZES: Final = ((250_000, "enterprise"), (50_000, "mid-market"), (0, "smb"))
"""Amounts in US dollars from which a deal is of a size, where the CRM does not say it."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody of the customer's in a meeting. persona: the CRM's word for how they buy"""

    name: str
    title: str | None = None
    persona: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """The next meeting about a deal. kind: the calendar's or CRM's word for it"""

    at: datetime
    kind: str | None = None
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity, and who is to meet. value: in `currency`; None: the CRM has no amount"""

    deal_id: str
    account: str
    name: str
    stage: str
    industry: str | None = None
    size: str | None = None
    value: float | None = None
    currency: str = DOLLARS
    products: tuple[str, ...] = ()
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True)
class DealContext:
    """A deal in a framework's words.

    context:    the declared values of each dimension
    unmapped:   pairs (dimension, word) that the framework does not know, as they came
    competencies: what the stage and the meeting ask for, each once; the core ones where neither is known
    stage_known:  whether the framework knows the stage, or the kind of the meeting
    """

    context: ObservedContext
    unmapped: tuple[tuple[str, str], ...]
    competencies: tuple[str, ...]
    stage_known: bool

    def value_of(self, dimension: str) -> str | None:
        """Returns a dimension's first value; None where the deal has none."""
        return next((values[0] for name, values in self.context if name == dimension), None)

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
    for dimension, words in _words(deal):
        declared = framework.by_dimension.get(dimension)
        if declared is None:
            continue
        for several in words:
            found = [value for value, is_known in map(declared.map, several) if is_known]
            if found:
                known.setdefault(dimension, []).append(found[0])
            else:
                unmapped += [(dimension, word) for word in several[:1]]
    stages = [deal.stage, *([deal.meeting.kind] if deal.meeting and deal.meeting.kind else [])]
    asked = {folded(stage): names for stage, names in framework.required_by_stage.items()}
    wanted = [asked[_stage(stage)] for stage in stages if _stage(stage) in asked]
    competencies = (
        tuple(dict.fromkeys(name for names in wanted for name in names))
        or framework.core
        or tuple(framework.by_competency)
    )
    return DealContext(observed(known), tuple(dict.fromkeys(unmapped)), competencies, bool(wanted))


def _stage(word: str) -> str:
    return folded(word.strip().replace(" ", "_").replace("-", "_"))


def _words(deal: Deal) -> list[tuple[str, list[list[str]]]]:
    """Returns, by dimension, what the CRM says: of each value the words for it, the best first."""
    people = deal.meeting.attendees if deal.meeting else ()
    size = [[deal.size]] if deal.size else [[one] for one in [size_of(deal.value, deal.currency)] if one]
    personas = [[word for word in (one.persona, one.title) if word] for one in people]
    return [
        (INDUSTRY, [[deal.industry]] if deal.industry else []),
        (SIZE, size),
        (PERSONA, [words for words in personas if words]),
        (PRODUCT, [[product] for product in deal.products]),
    ]


def size_of(value: float | None, currency: str) -> str | None:
    """Returns the size of a deal by its amount; None where that is unknown or in another currency."""
    if value is None or currency != DOLLARS:
        return None
    return next(size for least, size in SIZES if value >= least)
