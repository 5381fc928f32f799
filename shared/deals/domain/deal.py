"""Describes a deal as a CRM tells of it, and what it means in a framework."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Final, Literal

from shared.frameworks.domain.framework import Dimension, Framework
from shared.kernel.context import MOST_FULL_CONTEXTS, Context, ObservedContext, observed, skills_seen

DOLLARS: Final = "USD"
WON: Final = "closed_won"
LOST: Final = "closed_lost"
"""Stages that close a deal."""
_CLOSED: Final[Mapping[str, Literal["won", "lost"]]] = {WON: "won", LOST: "lost"}
_BETWEEN: Final = re.compile(r"[\s_/-]+")
NOT_SAID: Final = ""
"""Stands for a word that nobody has said, before others from which it may be told."""
Released = Literal["deleted", "unassigned"]
"""Says why a deal is nobody's: the CRM does not have it any more, or names nobody who works on it."""


@dataclass(frozen=True, slots=True)
class Described:
    """Says what is known of a deal in one dimension.

    several: of each value the words for it, the best first; the first one is NOT_SAID where only others may tell
    """

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
    stage:        the framework's word for where the deal is, by its stage or else its meeting; None: it knows neither
    first_dimension: of the framework; None where it has none
    """

    context: ObservedContext
    unmapped: tuple[tuple[str, str], ...]
    competencies: tuple[str, ...]
    stage: str | None
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


def closed_by(stage: str) -> Literal["won", "lost"] | None:
    """Returns how a stage closes a deal, however its CRM writes it (`closed_won`, `Closed Won`, `Closed-Lost`); None
    for a stage of an open one."""
    return _CLOSED.get(_BETWEEN.sub("_", stage.strip().lower()))


def in_framework(deal: Deal, framework: Framework) -> DealContext:
    """Returns a deal in a framework's words."""
    known: dict[str, list[str]] = {}
    unmapped: list[tuple[str, str]] = []
    for described in deal.words:
        declared = framework.by_dimension.get(described.dimension)
        if declared is None:
            continue
        for words in described.several:
            found = _first_known(declared, words)
            if found is not None:
                known.setdefault(described.dimension, []).append(found[0])
            # What only the account's name told was said in a word that nobody knows.
            if found is None or found[1] == deal.account:
                unmapped += [(described.dimension, word) for word in words[:1] if word not in (NOT_SAID, deal.account)]
    stages = [deal.stage, *([deal.meeting.kind] if deal.meeting and deal.meeting.kind else [])]
    reached = [named for stage in stages if (named := framework.stage_named(stage)) is not None]
    competencies = (
        tuple(dict.fromkeys(name for stage in reached for name in framework.required_by_stage[stage]))
        or framework.core
        or tuple(framework.by_competency)
    )
    first = framework.dimensions[0].dimension if framework.dimensions else None
    return DealContext(observed(known), tuple(dict.fromkeys(unmapped)), competencies, next(iter(reached), None), first)


def _first_known(declared: Dimension, words: Iterable[str]) -> tuple[str, str] | None:
    """Returns the value of the first word that the dimension knows, and that word."""
    for word in words:
        value, is_known = declared.map(word)
        if is_known:
            return value, word
    return None


def replaced(words: Iterable[Described], told: Iterable[Described]) -> tuple[Described, ...]:
    """Returns what is said of a deal when some dimensions are told anew."""
    by_dimension = {one.dimension: one for one in (*words, *told)}
    return tuple(by_dimension.values())
