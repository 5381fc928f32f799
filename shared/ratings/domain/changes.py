"""Tells which skills changed between two profiles of one person."""

from __future__ import annotations

from collections.abc import Iterable

from shared.ratings.domain.projection import Projection
from shared.ratings.domain.readiness import Tier, tier
from shared.ratings.domain.skill_rating import Confidence, SkillRating, Status


def vanished(before: Iterable[SkillRating], after: Iterable[SkillRating], projection: Projection) -> list[SkillRating]:
    """Returns the skills that the profile does not show any more (a correction took their last observation, or a
    combination of contexts is bygone), as they stand now: who follows the changes must learn that, too. Nobody is shown
    a discrepancy of a skill that is not shown."""
    shown = {row.key for row in after}
    return [projection.row(*row.key)._replace(discrepancy=False) for row in before if row.key not in shown]


def changed(before: Iterable[SkillRating], after: Iterable[SkillRating], *, passing_of_time: bool) -> list[SkillRating]:
    """Returns the rows that differ; with the mere passing of time only those whose status, confidence, tier or
    discrepancy does."""
    known = {row.key: row for row in before}

    def differs(row: SkillRating) -> bool:
        old = known.get(row.key)
        if old is None:
            return row.basis != "none" or row.pending_review > 0
        if passing_of_time:
            return _lasting(old) != _lasting(row)
        return old != row

    return [row for row in after if differs(row)]


def _lasting(row: SkillRating) -> tuple[Status, Confidence, Tier | None, bool]:
    return row.status, row.confidence, tier(row.rating), row.discrepancy
