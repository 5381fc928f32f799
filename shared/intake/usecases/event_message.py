"""Tells of an accepted event: the message of `observation-recorded`."""

from __future__ import annotations

from datetime import datetime

import orjson

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Score
from shared.observations.messages import ObservationRecorded, ScoredCompetency
from shared.observations.usecases.interpret import Interpreted
from shared.ports.messages import Message

TOPIC = "observation-recorded"


def message_of(event: Interpreted, framework: Framework, now: datetime) -> Message:
    """Returns the message about a new event."""
    observation, facts = event.observation, event.facts
    fact = ObservationRecorded(
        event_id=event.event_id,
        employee_id=event.employee_id,
        framework_id=framework.framework_id,
        kind=observation.kind,
        source=observation.source,
        source_id=observation.source_id,
        activity=observation.activity,
        occurred_at=event.occurred_at,
        received_at=now,
        human=observation.human,
        analysis=observation.analysis,
        standing=observation.standing,
        scores=[_scored(score, event, framework) for score in observation.scores],
        waiting=[_scored(score, event, framework, reason) for score, reason in event.waiting],
        overall_score=facts.overall_score,
        passed=facts.passed,
        scenario_id=facts.scenario_id,
        certification_eligible=facts.certification_eligible,
        deal_stage=facts.deal_stage,
        deal_id=facts.deal_id,
        account_name=facts.account_name,
        scorer=facts.scorer,
        review_decision=facts.review_decision,
        content_id=facts.content_id,
        completion_percentage=facts.completion_percentage,
        assignment_type=facts.assignment_type,
        trigger_reason=facts.trigger_reason,
        due_date=facts.due_date,
    ).model_dump(mode="json")
    return Message(fact, {"employee_id": event.employee_id}, orjson.dumps(fact).decode())


def message_again(text: str) -> Message:
    """Returns the message about a known event, as it went out the first time."""
    fact = orjson.loads(text)
    return Message(fact, {"employee_id": fact["employee_id"]}, text)


def _scored(score: Score, event: Interpreted, framework: Framework, waits: str | None = None) -> ScoredCompetency:
    named = framework.competency_named(score.competency)
    return ScoredCompetency(
        competency=named or score.competency,
        score=None if score.hundredths == NO_SCORE else score.hundredths / 100,
        known=named is not None,
        context={dimension: list(values) for dimension, values in index_of(framework).mapped(score.context)},
        confidence=event.confidences.get(score.competency),
        waits=waits,
    )
