"""What functions tell each other: the contract of every topic.

Each class is one topic's message; `infra/pipeline.yaml` names it. The warehouse's typed staging tables have the same
columns. Scores and ratings are points 0-100, times UTC. A consumer ignores fields that it does not know.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Tier = Literal["high", "medium", "low"]


class Fact(BaseModel):
    """The root of every topic's message."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


class ScoredCompetency(Fact):
    competency: str = Field(description="The competency, in the framework's word if it is known there")
    score: float | None = Field(None, description="0-100; null for evidence without a number")
    known: bool = Field(True, description="False when the framework does not know the competency: held, not rated")
    context: dict[str, list[str]] = Field(default_factory=dict, description="Dimension to the values present")
    confidence: float | None = Field(None, description="0-1, how far an analysis trusts this score")
    waits: str | None = Field(
        None, description="Why it waits for a person: lexical, low_confidence, untrusted_scorer; null if it counts"
    )


class ObservationRecorded(Fact):
    """One event about one person has been accepted into the ledger."""

    event_id: str = Field(description="The ledger's id of the event, deterministic")
    employee_id: str
    framework_id: str
    kind: Literal["field", "validation", "learning"]
    source: str = Field(description="The system that observed: voice-roleplay, gong, quiz-platform …")
    source_id: str = Field(description="The source's own id of the call, session or activity")
    activity: str = Field(description="role_play, certification_exam, gong, video …")
    occurred_at: datetime
    received_at: datetime
    human: int = Field(0, description="Rank of a person's decision; 0 for none")
    analysis: int = Field(0, description="Version of the analysis, or a learning activity's progress")
    standing: Literal["counted", "held", "rejected"] = "counted"
    overall_score: float | None = None
    passed: bool | None = None
    scores: list[ScoredCompetency] = Field(default_factory=list)
    waiting: list[ScoredCompetency] = Field(
        default_factory=list, description="Scores that wait for a person; when all do, `scores` has them as well"
    )
    content_id: str | None = Field(None, description="Learning: the content piece")
    completion_percentage: float | None = Field(None, description="Learning: 0-100")
    assignment_type: str | None = Field(None, description="Learning: self_serve, manager_assigned, auto_triggered")
    trigger_reason: str | None = None
    due_date: datetime | None = None
    scenario_id: str | None = Field(None, description="Practice: the scenario played")
    deal_stage: str | None = Field(None, description="Field: the deal's stage as the source said it")
    deal_id: str | None = Field(None, description="Field: the CRM's id of the deal")
    account_name: str | None = Field(None, description="Field: the customer, as the source said it")
    scorer: str | None = Field(None, description="Field: who scored, with its versions; null for a person")
    review_decision: Literal["confirmed", "corrected", "rejected"] | None = Field(
        None, description="Field: what a person decided about an analysis"
    )
    certification_eligible: bool | None = None


class CallAnalysed(Fact):
    """What came of a call or e-mail thread, once nothing more happens by itself. A later analysis replaces it."""

    record_id: str = Field(description="The call's name in the platform: source and the source's own id")
    source: str = Field(description="The recorder, or email")
    call_id: str = Field(description="The source's own id of the call or thread")
    analysis: int = Field(description="0 for the first, then one more with each that a person asks for")
    state: Literal["observed", "nobody", "private", "refused", "failed"] = Field(
        description="observed, nobody (of ours spoke), private, refused (by the analyst) or failed (nothing to read)"
    )
    started_at: datetime = Field(description="When the call began, or the thread's first message was sent, UTC")
    finished_at: datetime = Field(description="When the platform was done with it, UTC")
    duration_seconds: int = Field(0, description="As the source says")
    employees: list[str] = Field(default_factory=list, description="The employees who spoke")
    observations: int = Field(0, description="Posted field observations")
    scores: int = Field(0, description="Scores in them")
    waiting: int = Field(0, description="Scores of these that wait for a person")
    scorer: str | None = Field(None, description="Who scored: analyst, model, rubric and prompt version")
    route: str | None = Field(None, description="immediate or batch")
    deal_id: str | None = Field(None, description="The CRM's id of the deal; null for an unmatched call")
    deal_link: str = Field("unmatched", description="crm, account_and_date, person or unmatched")
    account_name: str | None = Field(None, description="The customer, as the CRM says it")
    source_url: str | None = Field(None, description="Where the call can be listened to")
    input_tokens: int | None = Field(
        None, description="Tokens of the language model, over all attempts, at the full price"
    )
    cache_write_tokens: int | None = Field(None, description="Tokens written to the vendor's cache")
    cache_read_tokens: int | None = Field(None, description="Tokens read from the vendor's cache")
    output_tokens: int | None = Field(None, description="Tokens of the answers")
    cost_usd: float | None = Field(None, description="By the price table in force when it was analysed")


class SkillState(Fact):
    """One skill of one person as it stands."""

    competency: str
    context: dict[str, str] = Field(default_factory=dict, description="Empty for the general skill")
    current_rating: float | None = None
    preliminary_rating: float | None = None
    interval_low: float | None = Field(None, description="Lower bound of the 80 % interval")
    interval_high: float | None = None
    confidence: Literal["high", "medium", "low", "unknown"]
    basis: str = Field(description="field, blend, field_few, validation, preliminary or none")
    stale: bool = False
    trend: str
    status: Literal["not_started", "in_progress", "validated", "expired"]
    tier: Tier | None = Field(None, description="high from 80, medium from 60, low below; null without a rating")
    field_observations: int = Field(0, description="In the last 90 days")
    validation_events: int = 0
    learning_activities: int = 0
    held_observations: int = 0
    validated_on: date | None = None
    expires_on: date | None = None
    practice_rating: float | None = None
    field_rating: float | None = None
    discrepancy: bool = False
    last_observed_at: datetime | None = None
    rule_version: int | None = None


class SkillChanged(Fact):
    """Some skills of one person changed. A consumer ignores a revision lower than one it has seen."""

    employee_id: str
    framework_id: str
    revision: int = Field(
        description="Of the person's ratings; rises by one with every change, of skills or of discrepancies alone"
    )
    as_of: date
    changed_at: datetime
    framework_version: int
    parameters_version: int
    kernel_version: str
    overall_readiness: float = Field(description="Mean of the core general ratings, an unknown counting 40")
    skills: list[SkillState] = Field(description="Only those that changed")


class DiscrepancyChanged(Fact):
    """Practice and field of one person have begun or ceased to disagree about a skill, or it is now known that they did
    since another day or in the other direction. A consumer ignores a revision lower than one it has seen of the same
    discrepancy."""

    discrepancy_id: str = Field(
        description="Of one employee, framework, competency and context, deterministic; found again under the same id"
    )
    revision: int = Field(description="Of the person's ratings, in which it changed")
    employee_id: str
    framework_id: str
    competency: str
    context: dict[str, str] = Field(default_factory=dict, description="Empty for the general skill")
    state: Literal["found", "resolved"]
    direction: Literal["practice_ahead", "field_ahead"] = Field(
        description="practice_ahead: practice promises more than the field shows; field_ahead: the other way round"
    )
    since: date = Field(description="The first day of it, UTC, by what was known at changed_at")
    practice_rating: float | None = Field(
        None, description="Practice alone as of the day, points 0-100; null unless both sides have three observations"
    )
    field_rating: float | None = Field(None, description="The field alone, likewise")
    difference: float | None = Field(
        None,
        description="Practice less field, points; under 15 or null when it rests on a rule whose bar practice meets "
        "and the field misses",
    )
    as_of: date
    changed_at: datetime
    framework_version: int
    parameters_version: int
    kernel_version: str


class RatingsSnapshotted(Fact):
    """All skills of one person on one day, written by the nightly recalculation."""

    employee_id: str
    framework_id: str
    as_of: date
    revision: int
    overall_readiness: float
    core_validated: bool = Field(description="Every core competency is validated")
    skills: list[SkillState]


class EmployeeChanged(Fact):
    """An employee's record was created or changed; the whole record as it stands, without the name."""

    employee_id: str
    framework_id: str
    role: str
    manager_id: str | None = None
    hire_date: date | None = None
    active: bool = True
    changed_at: datetime


class PublishedCompetency(Fact):
    competency: str
    name: str
    category: str
    core: bool
    has_rule: bool


class FrameworkPublished(Fact):
    """A new version of a framework is in force."""

    framework_id: str
    version: int
    published_at: datetime
    competencies: list[PublishedCompetency]


class PageViewed(Fact):
    """A person opened a page of the portal: weekly active use is counted from this."""

    view_id: str
    employee_id: str
    role: str
    page: str = Field(description="The page's name, never its address: readiness, profile, team …")
    viewed_at: datetime


class AuditRecorded(Fact):
    """Someone saw an individual's data, or changed how the platform works."""

    audit_id: str
    actor: str
    actor_role: str
    action: str = Field(description="profile.viewed, rule.published, dead_letter.replayed …")
    subject: str | None = Field(None, description="The employee, skill, letter … concerned")
    detail: str | None = None
    at: datetime


class ReviewedScore(Fact):
    """A scorer's score beside the person's."""

    competency: str
    scorer_score: float = Field(description="0-100, as the scorer gave it")
    person_score: float | None = Field(None, description="0-100; null when the person dropped or rejected it")
    reason: str = Field(
        description="Why a person looked: lexical, low_confidence, untrusted_scorer, contested, sample, alongside"
    )


class ReviewDecided(Fact):
    """A person has decided about an analyst's scores of one call and one employee. No word of the call, nor of the
    people's reasons."""

    review_id: str = Field(description="Of one call and one employee, deterministic")
    review_version: int = Field(description="Rank of this decision among those on the same call")
    employee_id: str
    scorer: str = Field(description="Who scored, with its versions")
    source: str = Field(description="The system that recorded: gong …")
    reason: str = Field(
        description="Why a person looked, the weightiest: contested, untrusted_scorer, low_confidence, lexical, sample"
    )
    decision: Literal["confirmed", "corrected", "rejected"] = Field(description="What the person made of the scores")
    pairs: list[ReviewedScore] = Field(default_factory=list, description="One element per score of the scorer")
    sampled: bool = Field(description="Chance alone had chosen it")
    reviewed_by_role: str = Field(description="The role in which the person decided")
    decided_at: datetime = Field(description="When the person decided")
