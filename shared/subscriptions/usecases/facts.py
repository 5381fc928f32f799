"""Says of each fact what subscribers are told of it: small, in words of the published contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject
from shared.subscriptions.domain.event_type import EventType

if TYPE_CHECKING:
    from shared.platform.contract import Output
    from shared.ratings.messages import DiscrepancyChanged, Sight, SkillChanged, SkillState
    from shared.reviews.messages import ReviewDecided
    from shared.subscriptions.contract import DiscrepancyChangedData, SkillChangedData

MOST_SKILLS: Final = 50
"""Rows of one body; whoever wants all of a night's reads the profile."""


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One fact about one person.

    key: what makes it the same fact; data: works out what is told, where anybody is
    review_id: of the review that it is about; sight: for whom (see SkillChanged)
    """

    event_type: EventType
    key: str
    employee_id: str
    at: datetime
    data: Callable[[], Output]
    review_id: str | None = None
    sight: Sight = "everybody"

    @property
    def body(self) -> str:
        """Returns what is posted."""
        return body_of(self.event_type, self.at, self.data())

    def delivery_id(self, subscription_id: str) -> str:
        """Returns the `webhook-id`: the same for this fact and subscription, however often it is told."""
        return f"msg_{digest('webhook', subscription_id, self.event_type, self.key)}"


def body_of(event_type: str, at: datetime, data: Output) -> str:
    """Returns a message's JSON text."""
    from shared.subscriptions.contract import EVENTS

    event = EVENTS[event_type].model_validate({"type": event_type, "timestamp": at.isoformat(), "data": data})
    return event.model_dump_json()


def of_skills(fact: SkillChanged) -> ToldFact:
    """Tells that skills of a person changed."""
    key = f"{fact.employee_id} {fact.framework_id} {fact.revision}"
    data = partial(_changed_skills, fact)
    return ToldFact("skill.changed", key, fact.employee_id, fact.changed_at, data, sight=fact.sight)


def _changed_skills(fact: SkillChanged) -> SkillChangedData:
    from shared.subscriptions.contract import ChangedSkill, SkillChangedData

    skills = [
        ChangedSkill(**_shown(skill.model_dump(include=set(ChangedSkill.model_fields)))) for skill in _first(fact)
    ]
    return SkillChangedData(
        employee_id=fact.employee_id,
        framework_id=fact.framework_id,
        revision=fact.revision,
        as_of=fact.as_of.isoformat(),
        overall_readiness=fact.overall_readiness,
        skills=skills,
        skills_changed=len(fact.skills),
    )


def of_discrepancy(fact: DiscrepancyChanged) -> ToldFact:
    """Tells that practice and field of a person began or ceased to disagree."""
    key, data = f"{fact.discrepancy_id} {fact.revision}", partial(_changed_discrepancy, fact)
    return ToldFact("discrepancy.changed", key, fact.employee_id, fact.changed_at, data, sight=fact.sight)


def _changed_discrepancy(fact: DiscrepancyChanged) -> DiscrepancyChangedData:
    from shared.subscriptions.contract import DiscrepancyChangedData

    shown = _shown(fact.model_dump(include=set(DiscrepancyChangedData.model_fields), mode="json"))
    return DiscrepancyChangedData.model_validate(shown)


def of_review(fact: ReviewDecided) -> ToldFact:
    """Tells what a person decided about an analyst's scores."""
    from shared.subscriptions.contract import ReviewDecidedData

    data = ReviewDecidedData(
        review_id=fact.review_id,
        review_version=fact.review_version,
        employee_id=fact.employee_id,
        source=fact.source,
        decision=fact.decision,
        scores={pair.competency: pair.person_score for pair in fact.pairs},
    )
    key = f"{fact.review_id} {fact.review_version}"
    return ToldFact("review.decided", key, fact.employee_id, fact.decided_at, lambda: data, fact.review_id)


def _shown(row: JsonObject) -> JsonObject:
    """Returns a row with its context as the API writes it: topics have an empty one for the general skill."""
    return {**row, "context": row["context"] or None}


def _first(fact: SkillChanged) -> Sequence[SkillState]:
    """Returns the rows that a body has room for, general skills before those of contexts."""
    return sorted(fact.skills, key=lambda skill: len(skill.context))[:MOST_SKILLS]
