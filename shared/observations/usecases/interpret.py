"""Interprets what integrations send: from bodies to observations, the meaning of each field in one place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import floor
from typing import Any, Literal, NamedTuple

from shared.kernel.context import observed
from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject
from shared.kernel.reading import validated
from shared.observations.contract import AssignmentType, FieldObservation, LearningActivity, ValidationEvent
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Observation, Score, Standing
from shared.observations.domain.public_id import public_id
from shared.observations.domain.waiting import LEXICAL, LOW_CONFIDENCE, UNTRUSTED_SCORER, is_lexical, needs_review
from shared.observations.usecases.identity import content_of, hundredths, meaning_of
from shared.observations.wire.recording import Recorded, recorded_as

Body = ValidationEvent | FieldObservation | LearningActivity


class Whose(NamedTuple):
    """Says whom an event is about.

    employee_id: the id that the person has now
    number:      what stands for them where ids are made, for ever: a person's first id. Of two records that were merged
                 each keeps its own for what comes in under its id, so that a repetition is one under any id
    others:      what else stood for them, or may have: the same content is the same event under each
    """

    employee_id: str
    number: str
    others: tuple[str, ...] = ()


class Sent(NamedTuple):
    """One event as it was sent. raw: all of it, kept whole in the ledger; body: what the contract knows of it"""

    body: Body
    raw: JsonObject

    @property
    def content(self) -> str:
        """Returns a hash of everything that was sent."""
        return content_hash(self.raw)


def sent(model: type[Body], raw: JsonObject) -> Sent:
    """Reads one event. Raises Rejected, naming every wrong field."""
    return Sent(validated(model, raw), raw)


@dataclass(frozen=True, slots=True)
class Facts:
    """Holds what the topic's message says beside the observation; see ObservationRecorded."""

    overall_score: float | None = None
    passed: bool | None = None
    scenario_id: str | None = None
    certification_eligible: bool | None = None
    deal_stage: str | None = None
    deal_id: str | None = None
    account_name: str | None = None
    scorer: str | None = None
    review_decision: Literal["confirmed", "corrected", "rejected"] | None = None
    content_id: str | None = None
    completion_percentage: float | None = None
    assignment_type: AssignmentType | None = None
    trigger_reason: str | None = None
    due_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interpreted:
    """Holds what an event means.

    event_id:     the ledger's id, the same for the same event
    public_id:    the id that the answer names: the sender's, where there is one
    content_hash: of everything that was sent
    meaning:      a hash of the content that carries meaning; the same id with another one is a conflict
    other_ids:    the ledger's ids that the same event may have as well, for one without an id of its sender's: the one
                  of before 2026-11-29, and those under the person's other ids
    former_source_id: by which reports of an activity without an id were kept before 2026-11-29; it named the person
    waiting:      scores that wait for a person while the observation's others count, with the reason of each
    confidences:  how far the source trusts each competency's score, where it says so
    """

    observation: Observation
    employee_id: str
    event_id: str
    public_id: str
    content_hash: str
    meaning: str
    occurred_at: datetime
    facts: Facts
    waiting: tuple[tuple[Score, str], ...] = ()
    confidences: Mapping[str, float] = field(default_factory=dict)
    other_ids: tuple[str, ...] = ()
    former_source_id: str | None = None


def interpret(
    event: Sent,
    untrusted: Collection[tuple[str, str]] = (),
    named: Callable[[str], str | None] = str,
    whose: Whose | None = None,
) -> Interpreted:
    """Returns what an event means.

    untrusted: (scorer, competency) pairs whose certificate has fallen: their scores wait for a person.
    named:     the competency that a sender's word means, None for an unknown one; without it words are taken as names
    whose:     None: the person has the id that the event says, and always had it
    """
    body, content = event.body, event.content
    if whose is None:
        return _meant(body, content, untrusted, named)
    # Made as if the event had come under the person's first id, whichever it has come under.
    found = _meant(*_under(event, whose.number), untrusted, named)
    other_ids = found.other_ids
    if other_ids:
        others = (_meant(*_under(event, one), untrusted, named) for one in whose.others)
        other_ids += tuple(one.event_id for one in others)
    return replace(found, employee_id=whose.employee_id, content_hash=content, other_ids=other_ids)


def _under(event: Sent, number: str) -> tuple[Body, str]:
    """Returns an event's body, and the hash of what was sent, as if it had said another id."""
    if number == event.body.employee_id:
        return event.body, event.content
    content = content_hash({**event.raw, "employee_id": number})
    return event.body.model_copy(update={"employee_id": number}), content


def _meant(
    body: Body, content: str, untrusted: Collection[tuple[str, str]], named: Callable[[str], str | None]
) -> Interpreted:
    if isinstance(body, ValidationEvent):
        return _validation(body, content)
    if isinstance(body, FieldObservation):
        return _field(body, content, untrusted, named)
    return _learning(body, content)


def notices(event: Sent) -> list[str]:
    """Returns what was read differently from how it was written, in words."""
    found = []
    for name in ("event_type", "event_source", "activity_type", "assignment_type", "observation_source"):
        written = event.raw.get(name)
        read = getattr(event.body, name, None)
        if isinstance(written, str) and read is not None and written.strip() != read:
            found.append(f"{name}: {written[:120]!r} was read as {read!r}")
    return found


def _validation(body: ValidationEvent, content: str) -> Interpreted:
    at = body.timestamp.astimezone(UTC)
    meaning = meaning_of(body)
    event_id = digest("validation", body.event_source, body.event_id or meaning)
    observation = Observation(
        kind="validation",
        at=floor(at.timestamp()),
        source=body.event_source,
        source_id=body.event_id or content_of(body),
        activity=body.event_type,
        scores=tuple(
            Score(s.competency, hundredths(s.score), observed(s.context.pairs() if s.context else None))
            for s in body.competency_scores
        ),
        passed=body.passed,
    )
    facts = Facts(
        overall_score=body.overall_score,
        passed=body.passed,
        scenario_id=body.session_metadata.scenario_id,
        certification_eligible=body.session_metadata.certification_eligible,
    )
    public = public_id("validation", {"event_id": body.event_id}, event_id)
    former = digest("validation", body.event_source, former_source_id(body), content)
    other_ids = () if body.event_id else (former,)
    return Interpreted(
        observation, body.employee_id, event_id, public, content, meaning, at, facts, other_ids=other_ids
    )


def former_source_id(body: ValidationEvent) -> str:
    """Returns the source id of before 2026-11-29 of a validation event without an id: two of one moment shared it."""
    return digest(body.employee_id, body.timestamp.astimezone(UTC).isoformat(), body.event_type)


def _field(
    body: FieldObservation,
    content: str,
    untrusted: Collection[tuple[str, str]],
    named: Callable[[str], str | None],
) -> Interpreted:
    at = body.timestamp.astimezone(UTC)
    meaning = meaning_of(body)
    metadata = body.analysis_metadata
    reviewed = bool(metadata.human_reviewed)
    context = observed(body.context.observed())
    scores = {s.competency: Score(s.competency, hundredths(s.score), context) for s in body.competency_scores}
    confidences = _confidences(body)
    reasons = {} if reviewed else _reasons_to_wait(metadata.model_used, scores, confidences, untrusted, named)
    standing: Standing = "held" if len(reasons) == len(scores) else "counted"
    if reviewed and metadata.review_decision == "rejected":
        standing = "rejected"
    event_id = _field_id(body, meaning)
    source, source_id = call_of(body)
    observation = Observation(
        kind="field",
        at=floor(at.timestamp()),
        source=source,
        source_id=source_id,
        activity=body.observation_source,
        human=metadata.review_version + 1 if reviewed else 0,
        analysis=metadata.analysis_version,
        standing=standing,
        scores=tuple(score for name, score in scores.items() if standing != "counted" or name not in reasons),
    )
    public = public_id("field", {"observation_id": body.observation_id}, event_id)
    waiting = tuple((scores[name], reason) for name, reason in reasons.items())
    other_ids = () if body.observation_id else (_field_id(body, content),)
    found = Interpreted(observation, body.employee_id, event_id, public, content, meaning, at, _facts_of_call(body))
    return replace(found, waiting=waiting, confidences=confidences, other_ids=other_ids)


def call_of(body: FieldObservation) -> Recorded:
    """Returns (source, source id) of the call: its recorder's where another source names that, else the sender's."""
    if body.recording is not None:
        return body.recording.source, body.recording.id
    recorded = recorded_as(body.source_url)
    if recorded is None or recorded[0] == body.observation_source:
        return body.observation_source, body.source_id
    return recorded


def _facts_of_call(body: FieldObservation) -> Facts:
    context, metadata = body.context, body.analysis_metadata
    return Facts(
        deal_stage=context.deal_stage,
        deal_id=context.deal_id,
        account_name=context.account_name,
        scorer=metadata.model_used,
        review_decision=metadata.review_decision if metadata.human_reviewed else None,
    )


def _field_id(body: FieldObservation, content: str) -> str:
    if body.observation_id:
        return digest("field", body.observation_source, body.observation_id)
    return digest("field", body.observation_source, body.source_id, body.employee_id, content)


def _confidences(body: FieldObservation) -> dict[str, float]:
    """Returns how far the source trusts each score: by itself, else as it trusts the whole analysis."""
    of_all = body.analysis_metadata.confidence_score
    found = {s.competency: of_all if s.confidence is None else s.confidence for s in body.competency_scores}
    return {competency: confidence for competency, confidence in found.items() if confidence is not None}


def _reasons_to_wait(
    scorer: str | None,
    competencies: Collection[str],
    confidences: Mapping[str, float],
    untrusted: Collection[tuple[str, str]],
    named: Callable[[str], str | None],
) -> dict[str, str]:
    """Returns the sender's word to the reason, of the scores that count only once a person has looked."""
    reasons = {}
    for competency in competencies:
        if needs_review(scorer, confidences.get(competency)):
            reasons[competency] = LEXICAL if is_lexical(scorer) else LOW_CONFIDENCE
        elif untrusted and (scorer, named(competency)) in untrusted:
            reasons[competency] = UNTRUSTED_SCORER
    return reasons


def _learning(body: LearningActivity, content: str) -> Interpreted:
    at = (body.completed_at or body.started_at).astimezone(UTC)
    meaning = meaning_of(body)
    progress = (
        hundredths(body.completion_percentage) * 4 + 2 * (body.completed_at is not None) + (body.quiz_score is not None)
    )
    begun = body.content_id, body.started_at.astimezone(UTC).isoformat()
    former_source_id = digest(body.employee_id, *begun)
    ledger = ("learning", body.activity_id or former_source_id, str(progress))
    event_id = digest(*ledger) if body.activity_id else digest(*ledger, meaning)
    context = observed(body.context_tags.observed())
    number = NO_SCORE if body.quiz_score is None else hundredths(body.quiz_score)
    observation = Observation(
        kind="learning",
        at=floor(at.timestamp()),
        source="learning",
        source_id=body.activity_id or digest(*begun),
        activity=body.activity_type,
        analysis=progress,
        scores=tuple(Score(competency, number, context) for competency in body.related_competencies),
    )
    facts = Facts(
        passed=body.quiz_passed,
        content_id=body.content_id,
        completion_percentage=body.completion_percentage,
        assignment_type=body.assignment_type,
        trigger_reason=body.trigger_reason,
        due_date=body.due_date,
    )
    public = public_id("learning", {"activity_id": body.activity_id}, event_id)
    found = Interpreted(observation, body.employee_id, event_id, public, content, meaning, at, facts)
    if body.activity_id:
        return found
    return replace(found, other_ids=(digest(*ledger, content),), former_source_id=former_source_id)


def content_hash(raw: JsonObject) -> str:
    """Returns a hash of a JSON object, whatever order its keys came in and however its whole numbers were written."""
    text = _canonical(raw)
    if ".0" in text or "e+" in text:  # as every whole number that is written as a fraction has it
        text = _canonical(_whole(raw))
    return hashlib.sha256(text.encode()).hexdigest()


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _whole(value: Any) -> Any:
    """Returns 82.0 as 82: a system that stores and sends numbers again may write them differently."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(child) for name, child in value.items()}
    return [_whole(child) for child in value] if isinstance(value, list) else value
