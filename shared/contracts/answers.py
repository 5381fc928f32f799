"""What the API answers. Ratings are points 0-100 (two decimals at most), times UTC, dates UTC days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["high", "medium", "low", "unknown"]
Status = Literal["not_started", "in_progress", "validated", "expired"]
TrendWord = Literal["improving", "stable", "declining", "insufficient"]


class Output(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class ProblemError(Output):
    field: str
    detail: str


class Problem(Output):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError] | None = None
    quarantine_id: str | None = Field(None, description="Where the rejected input is kept for an administrator")


class SkillUpdate(Output):
    competency: str
    context: dict[str, str] | None = Field(description="null: the general skill")
    previous_rating: float | None
    new_rating: float | None
    preliminary_rating: float | None = Field(description="A baseline, while there is too little for a rating")
    interval: list[float] | None = Field(description="80 % interval, [low, high]")
    confidence: Confidence
    status: Status
    trend: TrendWord
    explanation: str


class RecommendedActivity(Output):
    activity_type: str
    scenario_id: str
    title: str
    reason: str


class HeldScore(Output):
    held_id: str
    competency: str
    reason: str


class Accepted(Output):
    """What every accepted event answers."""

    employee_id: str
    duplicate: bool = Field(description="The event was known; this is the first answer")
    held: list[HeldScore] = Field(description="Scores that do not count yet: unknown competencies, or a review to come")
    notices: list[str] = Field(description="What was read differently from how it was written")
    unrecognised_fields: list[str] = Field(description="Kept in the ledger, meaning nothing here")


class ValidationAnswer(Accepted):
    validation_id: str
    skill_updates: list[SkillUpdate]
    next_recommended_activities: list[RecommendedActivity]


class FieldAnswer(Accepted):
    observation_id: str
    standing: Literal["counted", "held", "rejected"] = Field(
        description="held: no score counts until a person has reviewed it"
    )
    skill_updates: list[SkillUpdate]
    next_recommended_activities: list[RecommendedActivity]


class SkillImpact(Output):
    competency: str
    context: dict[str, str] | None
    current_rating: float | None
    preliminary_rating: float | None
    confidence: Confidence
    recommendation: str


class NextStep(Output):
    activity_type: str
    scenario: str
    title: str
    reason: str


class LearningAnswer(Accepted):
    activity_id: str
    status: Literal["completed", "in_progress"]
    skill_impact: list[SkillImpact]
    next_steps: list[NextStep]


class ItemResult(Output):
    index: int
    status: int
    answer: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class ListAnswer(Output):
    """The answer to a list: one result per item, in the list's order."""

    results: list[ItemResult]
    accepted: int
    duplicates: int
    rejected: int


class SkillView(Output):
    """One skill of a profile."""

    competency: str
    name: str
    context: dict[str, str] | None
    current_rating: float | None
    preliminary_rating: float | None
    decayed_rating: float | None = Field(description="The rating less the rule's decay; null unless the rule sets one")
    interval: list[float] | None
    confidence: Confidence
    stale: bool
    basis: str
    trend: TrendWord
    status: Status
    observations_count: int = Field(description="Data points that contribute to the rating")
    field_observations: int
    validation_events: int
    held_observations: int
    practice_rating: float | None = Field(description="Practice alone, when practice and field both have three or more")
    field_rating: float | None
    discrepancy: bool = Field(description="Practice and field are 15 points or more apart")
    discrepancy_since: date | None = Field(description="The first day of it, by what is known now; null without one")
    likely_ready: float | None = Field(description="Probability of being above 80, 0-1")
    last_field_observation_date: datetime | None
    last_validation_date: datetime | None
    last_updated: datetime | None
    validated_on: date | None
    expires_at: date | None
    requires_recertification: bool
    rule_version: int | None
    explanation: str
    to_raise_confidence: str | None


class GapView(Output):
    competency: str
    context: dict[str, str] | None
    severity: Literal["critical", "high", "medium", "low"]
    current_rating: float | None
    recommendation: str
    scenario_id: str | None


class ScorerCertificate(Output):
    """How far a scorer that contributed to a rating agrees with people on that competency."""

    scorer: str
    competency: str
    n: int = Field(description="Reviewed scores")
    kappa: float | None = Field(description="Quadratic weighted kappa over the rubric's levels")
    kappa_interval: list[float] | None = Field(description="95 % interval")
    within: float | None = Field(description="Share within ten points of a person's score, 0-1")
    verdict: Literal["counts", "recovering", "stops_counting", "too_few", "undecided"]


class ProfileAnswer(Output):
    employee_id: str
    as_of: date
    framework_id: str
    framework_version: int
    overall_readiness: float
    readiness_tier: Literal["high", "medium", "low"]
    skills: list[SkillView]
    gaps_identified: list[GapView]
    scorer_certificates: list[ScorerCertificate] = Field(
        description="Of the analysts whose scores of the last 90 days, reviewed by nobody, stand behind these ratings"
    )


class ObservedDeal(Output):
    deal_id: str | None
    account_name: str | None


class HistoryItem(Output):
    event_id: str
    source: str
    source_id: str
    activity: str
    occurred_at: datetime
    received_at: datetime
    standing: Literal["counted", "held", "rejected"]
    payload: dict[str, Any] = Field(description="As the integration sent it")
    scores_open_at: datetime | None = Field(
        description="Until then the employee sees these scores first, and they are left out here; null: they are open"
    )
    review_id: str | None = Field(description="Where an analyst's scores are reviewed and contested; null for others")
    deal: ObservedDeal | None = Field(
        description="Field: the deal as it is known now, which a person may have said since; null where none is known"
    )


class Page(Output):
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null on the last")


class HistoryAnswer(Page):
    employee_id: str
    items: list[HistoryItem]


class RuleView(Output):
    competency: str
    context: dict[str, str] | None
    min_validation_attempts: int | None
    min_validation_score: float | None
    min_field_observations: int | None
    min_field_score: float | None
    observation_window_days: int
    expires_after_days: int | None
    decay_rate: float | None
    requires_recertification: bool
    field_overrides_validation: bool
    version: int


class RubricView(Output):
    from_score: int
    description: str


class SkillDefinition(Output):
    skill_id: str
    competency: str
    name: str
    description: str
    category: str
    core: bool
    rubric: list[RubricView]
    aliases: list[str]
    rules: list[RuleView]
    framework_id: str
    framework_version: int


class SkillList(Output):
    skills: list[SkillDefinition]
    framework_id: str
    framework_version: int


class SkillVersion(Output):
    version: int
    published_at: datetime
    published_by: str
    change: str
    definition: SkillDefinition | None


class SkillVersions(Output):
    skill_id: str
    versions: list[SkillVersion]


class StatusChange(Output):
    """One person whose status would change."""

    employee_id: str
    name: str
    context: dict[str, str] | None
    status_now: Status
    status_then: Status
    rating: float | None
    why: str


class PreviewAnswer(Page):
    """What a change of rules would do, person by person. Nothing has been published."""

    people: int = Field(description="Active people looked at on this page")
    gaining: int = Field(description="Who would become validated")
    losing: int = Field(description="Who would no longer be validated")
    changes: list[StatusChange]


class RunAnswer(Output):
    """A recalculation and how far it is."""

    run_id: str
    state: Literal["running", "finished", "finished_with_differences"]
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    as_of: date
    employees: int
    shards: int
    shards_done: int
    employees_done: int
    changed: int = Field(description="Employees whose published status, confidence or tier changed")
    rebuilt: int = Field(description="Employees whose state was rebuilt from the ledger")
    repaired: int = Field(description="Employees whose live state differed from the rebuilt one and was repaired")


class EmployeeView(Output):
    employee_id: str
    name: str
    role: str
    manager: str | None
    hire_date: date | None
    framework_id: str
    mentor: str | None
    active: bool


class EmployeeList(Page):
    employees: list[EmployeeView]


class ImportLine(Output):
    line: int = Field(description="In the file, the header being line 1")
    employee_id: str | None
    result: Literal["created", "updated", "unchanged", "recorded", "duplicate", "rejected"]
    detail: str | None = Field(None, description="Why it was rejected, or what to look at although it is in")


class ImportAnswer(Output):
    """What an import did, line by line. Good lines are in; rejected ones can be corrected and sent again."""

    created: int
    updated: int
    unchanged: int
    rejected: int
    lines: list[ImportLine]


class FrameworkSummary(Output):
    framework_id: str
    name: str
    version: int
    competencies: int
    rules: int


class FrameworkList(Output):
    frameworks: list[FrameworkSummary]


class FrameworkAnswer(Output):
    """A whole framework: its competencies, dimensions, rules and scenarios."""

    framework: dict[str, Any]


class CoverageView(Output):
    competency: str
    name: str
    core: bool
    validated: int
    in_progress: int
    expired: int
    not_started: int
    share_validated: float
    mean_rating: float | None


class CellView(Output):
    value: str
    mean: float | None
    people: int
    suppressed: bool
    weak: bool


class HeatMapLine(Output):
    competency: str
    cells: list[CellView]


class ReadinessAnswer(Output):
    """Are we ready to sell?"""

    sentence: str
    people: int
    ready: int | None
    share: float | None = Field(description="Of people validated in every core competency, 0-1")
    interval: list[float] | None = Field(description="95 % Wilson interval of the share")
    mean_readiness: float | None
    suppressed: bool
    coverage: list[CoverageView]
    heat_map_dimension: str
    heat_map: list[HeatMapLine]


class AuditItem(Output):
    audit_id: str
    actor: str
    actor_role: str
    action: str
    subject: str | None
    detail: str | None
    at: datetime


class AuditList(Page):
    items: list[AuditItem]


class HeldItem(Output):
    held_id: str
    employee_id: str
    event_id: str
    competency: str
    state: Literal["open", "aliased", "dismissed", "known"]
    held_at: datetime


class HeldList(Page):
    items: list[HeldItem]


class QuarantineItem(Output):
    quarantine_id: str
    source: str
    reason: str
    field: str | None
    record_id: str | None = Field(description="The call that it is about; a replay asks for its analysis again")
    state: Literal["open", "replayed", "discarded"]
    received_at: datetime
    times_received: int


class QuarantineList(Page):
    items: list[QuarantineItem]


class QuarantineDetail(QuarantineItem):
    content: str = Field(description="The raw input, as text; bytes that are no UTF-8 are shown as �")


class Replayed(Output):
    """What a replay came to: the status and the answer that the original would get now."""

    status: int
    answer: dict[str, Any] | None


class DeadLetterItem(Output):
    letter_id: str
    subscription: str
    attempts: int
    reason: str
    published_at: datetime
    failed_at: datetime


class DeadLetterList(Output):
    items: list[DeadLetterItem]


class DeadLetterDetail(DeadLetterItem):
    data: dict[str, Any]
    attributes: dict[str, str]


class Done(Output):
    done: bool


class IntegrationHealth(Output):
    name: str
    state: Literal["ok", "failing", "stale", "not_configured"]
    detail: str
    checked_at: datetime | None
    last_seen_at: datetime | None = Field(description="When it last delivered something")


class HealthAnswer(Output):
    state: Literal["ok", "degraded", "unknown"]
    checked_at: datetime | None
    integrations: list[IntegrationHealth]


class ReviewSummary(Output):
    """A review of an analyst's scores of one call and one employee."""

    review_id: str
    employee_id: str
    name: str
    manager_id: str | None
    source: str
    source_id: str
    account_name: str | None
    scorer: str
    occurred_at: datetime
    scored_at: datetime
    opened_at: datetime
    visible_to_manager_at: datetime = Field(description="Until then only the employee and reviewers see the scores")
    state: Literal["open", "decided", "superseded"]
    reasons: list[str] = Field(description="lexical, low_confidence, untrusted_scorer, contested, sample")
    competencies: list[str]
    contested: bool
    outcome: Literal["confirmed", "corrected", "rejected"] | None = Field(description="Of the decision that stands")
    may_decide: bool = Field(description="Whether the caller may decide now")
    may_contest: bool = Field(description="Whether the caller may contest now")


class ReviewList(Page):
    items: list[ReviewSummary]


class ReviewScore(Output):
    """A scorer's score, and what a person made of it."""

    competency: str
    name: str
    score: float = Field(description="The scorer's, 0-100")
    confidence: float | None
    waits: str | None = Field(description="Why it counts only once a person has looked; null for one that counts")
    reason: str | None = Field(description="The same in words")
    evidence: str | None = Field(description="References: turns, spans and digests of quotes, or what was measured")
    person_score: float | None = Field(
        description="What stands after the decision; null: none yet, or it does not count"
    )


class ContestView(Output):
    contested_at: datetime
    reason: str
    competencies: list[str] = Field(description="Empty: all of the call")
    answered: bool


class DecidedScore(Output):
    competency: str
    score: float | None


class DecisionView(Output):
    decision: Literal["confirmed", "corrected", "rejected"]
    scores: list[DecidedScore]
    note: str | None
    decided_at: datetime
    decided_by: str | None
    decided_by_role: str | None
    elsewhere: bool = Field(description="It came in with an observation, not by this API's decision")


class ReviewView(ReviewSummary):
    event_id: str = Field(description="The analysis; send it with the decision")
    analysis_version: int
    source_url: str | None
    scores: list[ReviewScore]
    contest: ContestView | None
    decision: DecisionView | None
    earlier: list[DecisionView] = Field(description="Decisions that were replaced")


class ReviewSettingsView(Output):
    """How scores are reviewed."""

    employee_first_hours: float
    sample_share: float
    contest_days: int


class AgreementView(Output):
    """A scorer's scores beside people's. Intervals are of 95 %."""

    n: int = Field(description="Reviewed scores")
    kappa: float | None = Field(description="Quadratic weighted kappa over the rubric's levels; null where undefined")
    kappa_interval: list[float] | None
    within: float | None = Field(description="Share within ten points of the person's score, 0-1")
    within_interval: list[float] | None
    bias: float | None = Field(description="Mean of scorer less person, in points")
    mean_difference: float | None = Field(description="Mean distance, in points")


class AgreementByReason(AgreementView):
    reason: str = Field(description="Why a person looked; `sample` is the part that chance has chosen")


class StabilityView(Output):
    """The same calls analysed twice by the same scorer."""

    n: int
    mean_difference: float | None = Field(description="In points")
    within: float | None = Field(description="Share within ten points, 0-1")
    within_interval: list[float] | None


class CompetencyCertificate(AgreementView):
    """What is known about a scorer in one competency."""

    competency: str
    verdict: Literal["counts", "recovering", "stops_counting", "too_few", "undecided"]
    dropped: int = Field(description="Scores that a person dropped; they have no person's score to compare")
    rejected: int = Field(description="Scores of calls that a person rejected whole")
    by_reason: list[AgreementByReason]
    stability: StabilityView


class CertificateView(Output):
    """How far a scorer agrees with people, per competency."""

    certificate_id: str
    scorer: str
    computed_at: datetime
    competencies: list[CompetencyCertificate]


class CertificateList(Output):
    certificates: list[CertificateView]


class CertificateHistory(Output):
    days: list[CertificateView] = Field(description="The newest first")


class CallParticipant(Output):
    employee_id: str
    spoke: bool = Field(description="Who did not speak is not scored")


class CallResult(Output):
    """What was posted about one employee."""

    employee_id: str
    observation_id: str | None
    standing: str = Field(description="counted, held, known, rejected, nothing_observed, refused, not_open_yet …")
    scores: dict[str, float] = Field(description="Competency to points, 0-100; none before they open for the caller")
    waiting: list[str] = Field(description="Competencies whose score waits for a person")
    scores_open_at: datetime | None = Field(
        description="The employee sees the scores first; when they open for the caller, null: they are open"
    )


class CallDeal(Output):
    deal_id: str | None
    account_name: str | None
    how: Literal["crm", "account_and_date", "person", "unmatched"]


class CallItem(Output):
    """One call or e-mail thread, and what has become of it."""

    record_id: str = Field(description="Its name here: <source>-<the source's id>")
    source: str
    call_id: str
    state: Literal["discovered", "waiting", "ready", "batched", "observed", "nobody", "private", "refused", "failed"]
    started_at: datetime
    duration_seconds: int
    url: str | None = Field(description="Where it can be listened to")
    title: str | None
    deal: CallDeal
    context: dict[str, Any]
    scorer: str | None
    analysis: int = Field(description="How often it has been analysed before")
    route: str | None
    cost_usd: float | None = Field(description="For enablement, administrators and services; null for others")
    last_error: str | None
    updated_at: datetime
    participants: list[CallParticipant]
    results: list[CallResult]


class CallList(Page):
    items: list[CallItem]


class Reanalysis(Output):
    """How far the new analysis of a period's calls is."""

    run_id: str
    state: Literal["gathering", "running", "done"]
    since: datetime
    until: datetime
    source: str | None
    started_at: datetime
    truncated: bool = Field(description="The period has more calls than one request takes; ask for the rest")
    total: int
    done: int
    failed: int = Field(description="Of those done: given up, or refused by the analyst")


class ThreadAnswer(Output):
    """An e-mail thread that has been taken in; what comes of it is at /calls/{record_id}."""

    record_id: str
    thread_id: str
    state: Literal["discovered", "waiting", "ready", "batched", "observed", "nobody", "private", "refused", "failed"]
    messages: int = Field(description="Messages that were read, each once")
    employees: list[str] = Field(description="The employees who wrote; each is scored")
    duplicate: bool = Field(description="This very export was known")


GroundWord = Literal["own", "administrator", "review", "escalation", "grant"]


class TranscriptParty(Output):
    speaker_id: str | None
    name: str | None
    affiliation: str = Field(description="Internal, External or Unknown, as the recording says")


class TranscriptTurn(Output):
    index: int = Field(description="What evidence calls `turn`")
    speaker_id: str | None
    start_ms: int
    end_ms: int
    text: str


class TranscriptAnswer(Output):
    """What was said in a call. Every reading but a participant's is on record, and the participants are told."""

    record_id: str
    source: str
    call_id: str
    started_at: datetime | None
    ground: GroundWord = Field(description="On what ground the caller reads it")
    expires_at: datetime = Field(description="When the words will be deleted")
    parties: list[TranscriptParty]
    turns: list[TranscriptTurn]


class Grant(Output):
    grant_id: str
    employee_id: str
    to: str
    purpose: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class GrantList(Output):
    grants: list[Grant]


class Escalation(Output):
    escalation_id: str
    source: str
    call_id: str
    employees: list[str]
    to: str
    reason: str
    raised_by: str
    raised_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class EscalationList(Output):
    escalations: list[Escalation]


class Notification(Output):
    notification_id: str
    kind: Literal["transcript.opened", "grant.given", "grant.revoked", "escalation.raised", "escalation.revoked"]
    at: datetime
    facts: dict[str, str] = Field(description="Ids and words of the platform: whose act, which call, until when")
    read_at: datetime | None


class NotificationList(Page):
    items: list[Notification]
    unread: int = Field(description="Up to 100")


class ErasureLine(Output):
    store: str = Field(description="documents, integrations, dead_letters or warehouse")
    part: str = Field(description="The collection or table")
    removed: int
    anonymised: int = Field(description="What is about others, or about the platform, and named the person")
    rows: int = Field(description="Warehouse: rows that were deleted or anonymised")


class ErasureRun(Output):
    """One person's erasure; whom it erased is known to nobody once it has finished."""

    run_id: str
    state: Literal["running", "waiting", "finished"] = Field(
        description="waiting: for the second look, at what was on its way during the first"
    )
    requested_by: str
    requested_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    report: list[ErasureLine]


class ErasureList(Output):
    erasures: list[ErasureRun]


class SampleTurn(Output):
    speaker: str = Field(description="Seller 1, Customer 1 …")
    text: str


class TranscriptSample(Output):
    medium: Literal["call", "email"]
    turns: list[SampleTurn]


class TranscriptSamples(Output):
    """Excerpts in which labels stand for people and companies; no call, date or link."""

    competency: str
    band: Literal["high", "medium", "low"]
    suppressed: bool = Field(description="Fewer than five employees have such calls: nothing is shown")
    samples: list[TranscriptSample]
