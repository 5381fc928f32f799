"""Makes events of discrepancies: what is to be told about practice and field that disagree, or do so no more.

What has been told stands in the ratings document, under the framework that it is about, so that a discrepancy is told
once and not with every event: when it begins, when it ends, and when what was told turns out to be otherwise (its
direction, or since when).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import decode_skill
from shared.kernel.days import EPOCH, date_of
from shared.kernel.ids import digest
from shared.ratings.domain.discrepancy import Discrepancy
from shared.ratings.domain.explanation import points
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import WEIGHTS_VERSION
from shared.ratings.messages import DiscrepancyChanged, Sight
from shared.ratings.records import PublishedRatings
from shared.ratings.usecases.ground import Ground


class Change(NamedTuple):
    """One thing to tell. row: the skill as it stands; None when the person's framework rates it no more."""

    state: Literal["found", "resolved"]
    framework_id: str
    framework_version: int
    discrepancy: Discrepancy
    row: SkillRating | None


def changes(
    ratings: PublishedRatings | None,
    told: Mapping[tuple[str, str], Discrepancy],
    framework: Framework,
    current: Iterable[Discrepancy],
    projection: Projection,
) -> list[Change]:
    """Returns what is to be told now that these discrepancies stand, given the ratings before and which of theirs were
    told; ends first.

    Of a framework that the person has left, every discrepancy ends.
    """
    now = {one.key: one for one in current}
    found: list[Change] = []
    same = ratings is not None and ratings.framework_id == framework.framework_id
    for key, one in told.items():
        if ratings is not None and not same:
            found.append(Change("resolved", ratings.framework_id, ratings.framework_version, one, None))
        elif key not in now:
            found.append(Change("resolved", framework.framework_id, framework.version, one, projection.row(*key)))
    for key, one in now.items():
        if not same or told.get(key) != one:
            found.append(Change("found", framework.framework_id, framework.version, one, projection.row(*key)))
    return found


def fact(change: Change, ground: Ground, revision: int, sight: Sight) -> DiscrepancyChanged:
    """Returns a change in the topic's contract."""
    one, row = change.discrepancy, change.row
    practice, field = (None, None) if row is None else (row.practice_rating, row.field_rating)
    employee_id = ground.state.employee_id
    return DiscrepancyChanged(
        discrepancy_id=digest("discrepancy", employee_id, change.framework_id, *one.key),
        revision=revision,
        employee_id=employee_id,
        framework_id=change.framework_id,
        competency=one.competency,
        context=dict(decode_skill(one.context)),
        state=change.state,
        direction=one.direction,
        since=date_of(one.since) or EPOCH,
        practice_rating=points(practice),
        field_rating=points(field),
        difference=None if practice is None or field is None else (practice - field) / 100,
        as_of=date_of(ground.today) or EPOCH,
        changed_at=ground.now,
        framework_version=change.framework_version,
        parameters_version=ground.parameters.version,
        kernel_version=WEIGHTS_VERSION,
        sight=sight,
    )
