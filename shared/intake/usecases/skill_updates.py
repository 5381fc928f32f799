"""Tells what an event makes of a profile: every row that changed, and every row that is not shown any more.

Who keeps the rows of each answer has what GET /employees/{employee_id}/skills?view=all shows that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.kernel.context import decode_skill
from shared.observations.domain.entry import Entry
from shared.ratings.domain.explanation import explain, points
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Confidence, Status, Trend

Skill = tuple[str, str]
"""A competency and an encoded context."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """Holds how a row changed, in points, with the names and in the order of the contract's SkillUpdate."""

    competency: str
    context: dict[str, str] | None
    previous_rating: float | None
    new_rating: float | None
    preliminary_rating: float | None
    interval: tuple[float | None, float | None] | None
    confidence: Confidence
    status: Status
    trend: Trend
    explanation: str
    shown: bool
    vanished: bool


def rows_about(entries: Sequence[Entry], *projections: Projection) -> list[Skill]:
    """Returns the skills, sorted, that some profile of these lists and that some entry counts for."""
    return sorted({skill for projection in projections for skill in projection.listed_of(entries)})


def skill_updates(
    named: Sequence[Skill], others: Iterable[Skill], earlier: Projection, then: Projection
) -> list[ChangedRow]:
    """Returns how rows changed. named: skills that are told of in any case, and first; others: those that may have
    changed"""
    found = [_update(skill, earlier, then) for skill in named]
    for skill in others:
        was, is_there = earlier.shows(*skill), then.shows(*skill)
        moved = was != is_there or earlier.row(*skill) != then.row(*skill)
        if skill not in named and (was or is_there) and moved:
            found.append(_update(skill, earlier, then))
    return found


def _update(skill: Skill, earlier: Projection, then: Projection) -> ChangedRow:
    before, after, shown = earlier.row(*skill), then.row(*skill), then.shows(*skill)
    return ChangedRow(
        competency=skill[0],
        context=dict(decode_skill(skill[1])) or None,
        previous_rating=None if before.stale else points(before.rating),
        new_rating=points(after.rating),
        preliminary_rating=points(after.preliminary),
        interval=None if after.low is None else (points(after.low), points(after.high)),
        confidence=after.confidence,
        status=after.status,
        trend=after.trend,
        explanation=explain(after, then.left_out(*skill), then.leaning(after)),
        shown=shown,
        vanished=not shown and earlier.shows(*skill),
    )
