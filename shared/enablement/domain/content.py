"""Chooses what somebody does before a meeting: the shortest that covers the worst gaps first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.deals.domain.deal_readiness import DealGap
from shared.frameworks.domain.framework import Framework, Scenario
from shared.kernel.context import GENERAL, Context, label
from shared.kernel.rounding import half_up

MOST_MINUTES: Final = 45
"""What somebody can do before a meeting beside the work."""


@dataclass(frozen=True, slots=True)
class ContentItem:
    """Something short to read, hear, watch or try.

    competencies: what it is about; the first one most; practice: it is tried and scored, which takes a quiet hour
    safety: it keeps people from harm; nobody goes without it
    """

    content_id: str
    title: str
    activity_type: str
    minutes: int
    competencies: tuple[str, ...]
    context: Context = GENERAL
    url: str | None = None
    practice: bool = False
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item, and the gap that it is for, in a sentence. competency: the gap's"""

    item: ContentItem
    reason: str
    competency: str | None = None


def items_of(framework: Framework, more: Iterable[ContentItem]) -> list[ContentItem]:
    """Returns what can be assigned: a list's items about the framework's competencies, then its scenarios."""
    known = framework.by_competency
    listed = [one for one in more if any(name in known for name in one.competencies)]
    return [*listed, *map(from_scenario, framework.scenarios)]


def from_scenario(one: Scenario) -> ContentItem:
    """Returns a framework's scenario as something that can be assigned."""
    return ContentItem(
        one.scenario_id,
        one.title,
        one.activity_type,
        one.minutes,
        one.competencies,
        one.context,
        one.url,
        practice=True,
    )


def nearest(items: Iterable[ContentItem], competency: str, context: Context) -> ContentItem | None:
    """Returns what to read, hear or watch about a skill, by the order of `choose`; None where there is nothing."""
    wanted = dict(context)
    return min((one for one in items if not one.practice and _fits(one, competency, wanted)), key=_order, default=None)


def choose(gaps: Sequence[DealGap], items: Sequence[ContentItem], framework: Framework) -> list[Chosen]:
    """Returns what to do about gaps, in their order, in at most 45 minutes; a gap whose items take too long is passed.

    An item is for a gap when it is about the competency and of no other context than the gap's. Of several one of the
    context comes before one for everywhere, something to read or hear before practice, the one that is about most of
    the context before others, then the shortest, then the first by id: the same gaps get the same items.
    """
    chosen: list[Chosen] = []
    covered: set[str] = set()
    left = MOST_MINUTES
    for gap in gaps:
        name = gap.skill.competency
        if name in covered:
            continue
        wanted = dict(gap.skill.context)
        fitting = [one for one in items if _fits(one, name, wanted) and one.minutes <= left]
        best = min(fitting, key=_order, default=None)
        if best is None:
            continue
        left -= best.minutes
        covered.update(best.competencies)
        chosen.append(Chosen(best, _reason(gap, best, framework), name))
    return chosen


def _order(item: ContentItem) -> tuple[bool, bool, int, int, str]:
    return not item.context, item.practice, -len(item.context), item.minutes, item.content_id


def _fits(item: ContentItem, competency: str, wanted: dict[str, str]) -> bool:
    return competency in item.competencies and all(wanted.get(name) == value for name, value in item.context)


def _reason(gap: DealGap, item: ContentItem, framework: Framework) -> str:
    named = framework.by_competency[gap.skill.competency].name.lower()
    where = label(item.context or gap.skill.context)
    if gap.skill.context_match:
        return f"{named.capitalize()} is at {half_up(gap.skill.counts, 100)} in {where}"
    return f"No {where} {named} experience detected"
