"""Puts projected rows into the contracts of the topics that tell about skills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.kernel.context import decode_skill
from shared.kernel.days import EPOCH, date_of, moment_of
from shared.kernel.json_values import Json, JsonObject
from shared.ports.messages import Message
from shared.ratings.domain import readiness
from shared.ratings.domain.explanation import points
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.domain.weights import WEIGHTS_VERSION
from shared.ratings.messages import RatingsSnapshotted, Sight, SkillChanged, SkillState
from shared.ratings.usecases.ground import Ground

ROWS = "rows"


def skill_state(row: SkillRating) -> SkillState:
    """Returns a row in the topics' contract."""
    return SkillState(
        competency=row.competency,
        context=dict(decode_skill(row.context)),
        current_rating=points(row.rating),
        preliminary_rating=points(row.preliminary),
        interval_low=points(row.low),
        interval_high=points(row.high),
        confidence=row.confidence,
        basis=row.basis,
        stale=row.stale,
        trend=row.trend,
        status=row.status,
        tier=readiness.tier(row.rating),
        field_observations=row.field,
        validation_events=row.validation,
        learning_activities=row.learning,
        held_observations=row.pending_review,
        validated_on=date_of(row.validated_on),
        expires_on=date_of(row.expires_on),
        practice_rating=points(row.practice_rating),
        field_rating=points(row.field_rating),
        discrepancy=row.discrepancy,
        last_observed_at=moment_of(row.last_at),
        rule_version=row.rule_version,
    )


def skill_changed(
    ground: Ground, revision: int, rows: Iterable[SkillRating], changed: Iterable[SkillRating], sight: Sight
) -> dict[str, Json]:
    """Returns what is kept of the fact that some skills of a person changed, until it is published: the rows as the
    ratings have them, which is a third of what the contract makes of them. rows: the whole profile"""
    fact = SkillChanged(
        employee_id=ground.state.employee_id,
        framework_id=ground.framework.framework_id,
        revision=revision,
        as_of=date_of(ground.today) or EPOCH,
        changed_at=ground.now,
        framework_version=ground.framework.version,
        parameters_version=ground.parameters.version,
        kernel_version=WEIGHTS_VERSION,
        overall_readiness=points(readiness.overall(rows, ground.framework)),
        skills=[],
        sight=sight,
    )
    return {**fact.model_dump(mode="json"), ROWS: to_text(changed)}


def as_published(fact: JsonObject) -> dict[str, Json]:
    """Returns a fact in its contract. fact: as it was kept"""
    published = dict(fact)
    rows = published.pop(ROWS, None)
    if isinstance(rows, str):
        published["skills"] = [skill_state(row).model_dump(mode="json") for row in from_text(rows)]
    return published


def snapshot(ground: Ground, revision: int, rows: Sequence[SkillRating]) -> Message:
    """Returns the message of all of a person's skills on one day."""
    fact = RatingsSnapshotted(
        employee_id=ground.state.employee_id,
        framework_id=ground.framework.framework_id,
        as_of=ground.now.date(),
        revision=revision,
        overall_readiness=points(readiness.overall(rows, ground.framework)),
        core_validated=readiness.core_validated(rows, ground.framework),
        skills=[skill_state(row) for row in rows if row.basis != "none" or row.stale or row.status != "not_started"],
    )
    return Message(fact.model_dump(mode="json"), {"employee_id": fact.employee_id})
