"""Describes what ratings takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field

from shared.frameworks.domain.parameters import Verdict
from shared.kernel.bodies import Body, EmployeeId
from shared.platform.contract import Number, Output, Page
from shared.platform.domain.change import About

CONTEXT_EXAMPLE = "industry=healthcare&deal_size=enterprise"
"""How a context is written in an address."""

Confidence = Literal["high", "medium", "low", "unknown"]


DiscrepancyReason = Literal["ratings_apart", "field_below_bar", "validation_ended"]

Status = Literal["not_started", "in_progress", "validated", "expired"]


TrendWord = Literal["improving", "stable", "declining", "insufficient"]


class SkillUpdate(Output):
    competency: str
    context: dict[str, str] | None = Field(description="null: the general skill")
    previous_rating: Number | None
    new_rating: Number | None
    preliminary_rating: Number | None = Field(description="A baseline, while there is too little for a rating")
    interval: list[Number] | None = Field(
        description="Where the level in the field lies with 80 % probability, [low, high]; the rating may lie beside it"
    )
    confidence: Confidence
    status: Status
    trend: TrendWord
    explanation: str
    shown: bool = Field(
        description="The profile with `view=all` has this row: a mirror keeps it, and drops what is not shown"
    )
    vanished: bool = Field(description="The profile had this row before and does not show it any more")


class RecommendedActivity(Output):
    activity_type: str
    scenario_id: str
    title: str
    reason: str


class SkillImpact(Output):
    competency: str
    context: dict[str, str] | None
    current_rating: Number | None
    preliminary_rating: Number | None
    confidence: Confidence
    recommendation: str


class NextStep(Output):
    activity_type: str
    scenario: str
    title: str
    reason: str


class SkillView(Output):
    """One skill of a profile; a row has the fields that are asked for, null where there is nothing to say."""

    model_config = ConfigDict(json_schema_extra={"required": ["competency", "context"]})

    competency: str
    name: str
    context: dict[str, str] | None
    current_rating: Number | None
    preliminary_rating: Number | None
    decayed_rating: Number | None = Field(description="The rating less the rule's decay; null unless the rule sets one")
    interval: list[Number] | None
    confidence: Confidence
    stale: bool
    basis: str
    trend: TrendWord = Field(
        description="By the slope of the last 90 days' scores over their days, fitted by generalised least squares "
        "with the competency's noise and likeness of neighbouring conversations: improving from 1.28 standard errors "
        "and 3 points over the days on, declining likewise; insufficient with fewer than 6 scores"
    )
    trend_of: Literal["field", "practice"] | None = Field(description="Whose scores; null when there are too few")
    status: Status
    observations_count: int = Field(description="Data points that the rating rests on; of a stale one, rested on")
    field_observations: int = Field(
        description="Of the last 90 days; of a stale rating, of the 90 days up to its newest observation"
    )
    validation_events: int = Field(description="Likewise")
    held_observations: int
    practice_rating: Number | None = Field(
        description="Practice alone, when practice and field both have three or more"
    )
    field_rating: Number | None
    discrepancy: bool = Field(description="Practice and field disagree: there is one of the reasons below")
    discrepancy_reasons: list[DiscrepancyReason] = Field(
        description="ratings_apart: their ratings are 15 points and 1.96 standard errors or more apart; "
        "field_below_bar: practice meets the rule's bar and the field, with the required count, misses its own; "
        "validation_ended: the field has ended a validation"
    )
    under_doubt: bool = Field(
        description="The latest conversation speaks against the validation: more like it would end it"
    )
    discrepancy_since: date | None = Field(description="The first day of it, by what is known now; null without one")
    likely_ready: Number | None = Field(
        description="Probability that the level in the field is at the rule's field bar, else at 80; 0-1"
    )
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
    kind: Literal["declining", "expiring", "weak", "no_evidence"] = Field(
        description="declining: below 80 and falling; expiring: a validation that ends within 60 days or has ended, or "
        "stale evidence; weak: below 80, or too little for a rating; no_evidence: not seen where it is expected"
    )
    current_rating: Number | None = Field(description="The skill's own, a stale one as well")
    reason: str
    recommendation: str
    scenario_id: str | None


class ScorerCertificate(Output):
    """Tells how far a scorer that contributed to a rating agrees with people on that competency."""

    scorer: str
    competency: str
    n: int = Field(description="Scores that a person gave as well, before the scorer's was shown to them")
    kappa: Number | None = Field(description="Quadratic weighted kappa over the rubric's levels")
    kappa_interval: list[Number] | None = Field(description="95 % interval; null under 30 scores: too few to say")
    within: Number | None = Field(description="Share within ten points of a person's score, 0-1")
    verdict: Verdict


class ProfileAnswer(Page):
    employee_id: str
    as_of: date
    framework_id: str
    framework_version: int
    overall_readiness: Number | None = Field(
        description="Mean of the core competencies' current ratings; null while one of them is not known"
    )
    overall_readiness_interval: list[Number] | None = Field(
        description="Where the mean of the core competencies' levels in the field lies with 80 % probability"
    )
    readiness_tier: Literal["high", "medium", "low"] | None
    core_competencies: int
    core_seen: int = Field(description="Core competencies with a current rating")
    skills: list[SkillView]
    gaps_identified: list[GapView] = Field(
        description="Declining, then expiring, then weak, then those without evidence: 20, or all with view=all"
    )
    gaps_by_kind: dict[str, int] = Field(description="How many there are, those that are not named as well")
    gaps_for_this_week: int = Field(description="How many of them, from the first, a person can work on in a week")
    scores_open_at: datetime | None = Field(
        description="Some calls are not open to you yet, and count nowhere in this answer; the last of them opens then"
    )
    notices: list[str] = Field(description="Dimensions and values of `context` that the framework does not know")
    scorer_certificates: list[ScorerCertificate] = Field(
        description="Of the analysts whose scores of the last 90 days, reviewed by nobody, stand behind these ratings"
    )


class ChangedProfile(Output):
    """A person whose profile changed."""

    employee_id: str | None = Field(description="null: somebody who has been erased")
    erased: str = Field(
        "", description="Of who has been erased the SHA-256 of the `employee_id` in hexadecimal: drop whom it matches"
    )
    at: datetime
    about: list[About] = Field(
        description="skills: rows changed or vanished; discrepancies: found or resolved; person: the record; deals: of "
        "the person's calls; opened: scores that the caller did not see yet; erased. Of everybody at once: day: a new "
        "one (UTC) began; places: the organisation works somewhere else; scorers: their certificates; settings"
    )
    profile: ProfileAnswer | None = Field(
        description="As it is by now, as a line of the export; null: nothing any more (erased, left, unknown)"
    )


class ChangesAnswer(Output):
    """Tells whose profiles changed, each person once, in the log's order."""

    changes: list[ChangedProfile]
    cursor: str = Field(description="Pass as `after`, now if there is `more`, else whenever you like within 14 days")
    more: bool


class RunAnswer(Output):
    """A recalculation and how far it is."""

    run_id: str
    state: Literal["running", "finished", "finished_with_differences"]
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    as_of: date
    shared_out: bool = Field(
        description="false: it is still being listed who is recalculated, and `employees` and `shards` will grow"
    )
    employees: int
    shards: int
    shards_done: int
    employees_done: int
    changed: int = Field(description="Employees whose published status, confidence or tier changed")
    rebuilt: int = Field(description="Employees whose state was rebuilt from the ledger")
    repaired: int = Field(description="Employees whose live state differed from the rebuilt one and was repaired")


class CoverageView(Output):
    competency: str
    name: str
    core: bool
    validated: int
    in_progress: int
    expired: int
    not_started: int
    stale: int = Field(description="Validated or in progress, on evidence that is stale: counted here alone")
    share_validated: Number
    share_interval: list[Number] = Field(description="80 % Wilson interval of share_validated")
    mean_rating: Number | None = Field(description="Of current ratings")


class CellView(Output):
    value: str
    mean: Number | None
    interval: list[Number] | None = Field(description="Where the mean of their levels lies with 80 % probability")
    people: int
    suppressed: bool
    weak: bool


class HeatMapLine(Output):
    competency: str
    cells: list[CellView]


class ReadinessAnswer(Output):
    """Are we ready to sell?"""

    as_of: datetime | None = Field(
        description="When the people were looked at, where they are over 500: mostly within the last hour; null: now"
    )
    sentence: str
    people: int
    likely_ready: Number | None = Field(
        description="How many of the people in `rated` are likely ready: the sum of their probabilities that every "
        "core level in the field is at or above its bar, that of the rule, else 80"
    )
    likely_ready_interval: list[Number] | None = Field(description="80 % interval of how many are ready")
    ready: int | None = Field(description="People who hold the validation of every core competency")
    share: Number | None = Field(description="Of people validated in every core competency, 0-1")
    interval: list[Number] | None = Field(description="80 % Wilson interval of the share")
    mean_readiness: Number | None = Field(description="Of the people in `rated`")
    mean_readiness_interval: list[Number] | None = Field(
        description="Where the mean of their levels in the field lies with 80 % probability"
    )
    rated: int | None = Field(description="People whose every core competency has a current rating")
    suppressed: bool
    coverage: list[CoverageView]
    heat_map_dimension: str
    heat_map: list[HeatMapLine]


class RecalculationBody(Body):
    """Which employees to recalculate, and whether from the ledger of events."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_ids: list[EmployeeId] | None = Field(None, max_length=500, description="Absent: everyone")
    from_ledger: bool = Field(False, description="Rebuild every state from the events before rating")


class NoiseView(Output):
    """How scores lie around people's levels; in points, but for `rho`."""

    sigma: Number = Field(description="Standard deviation of one conversation's score around the person's level")
    rho: Number = Field(description="Correlation of neighbouring conversations' scores around the level, 0 to below 1")
    drift: Number = Field(description="How far a level wanders in a day, points per square root of a day")
    population_mean: Number = Field(description="Mean of people's levels")
    population_spread: Number = Field(description="Standard deviation of people's levels")
    practice_sigma: Number = Field(description="Standard deviation of one session's score around the level in practice")
    transfer: Number = Field(description="Standard deviation between people of practice less field")


class CompetencyCalibration(NoiseView):
    competency: str
    name: str
    learnt: bool = Field(description="false: the shipped defaults")
    observations: int = Field(description="Scores that the figures were learnt from")
    since_version: int | None = Field(description="Which version brought these figures; null for the defaults")


class ScorerCalibration(Output):
    """Tells how far a scorer's scores lie above a person's who scored before seeing them."""

    scorer: str = Field(description="The source of the conversations")
    learnt: bool = Field(description="false: nobody has scored blind beside it; the bias is 0, the error the default")
    bias: Number = Field(description="In points, positive for a generous scorer")
    error: Number = Field(description="The bias's standard error, in points")
    pairs: int = Field(description="Conversations that a person scored blind")
    since_version: int | None = Field(description="Which version brought these figures; null while not learnt")


class ParametersVersionView(Output):
    version: int
    published_at: datetime
    published_by: str
    observations: int = Field(description="Scores that its figures were learnt from")
    pairs: int = Field(description="Blind pairs that its scorers' biases were learnt from")
    untrusted: int = Field(description="Scorer and competency pairs whose scores wait for a person")


class CalibrationAnswer(Output):
    """The parameters behind intervals, probabilities and trends."""

    version: int = Field(description="Of these figures; 1: as shipped")
    in_force: int = Field(description="The version in force")
    published_at: datetime | None
    default: NoiseView = Field(description="Of competencies with too few scores")
    default_scorer_error: Number
    skills_correlation: Number = Field(
        description="Between the levels of one person in two competencies; 0.3 until 30 people tell it. How many are "
        "likely ready rests on it"
    )
    skills_correlation_error: Number = Field(
        description="Its standard error; of the default, how far organisations lie apart"
    )
    skills_correlation_people: int = Field(description="Of how many people it was learnt; 0: the default")
    competencies: list[CompetencyCalibration]
    scorers: list[ScorerCalibration]
    versions: list[ParametersVersionView] = Field(description="The newest 30, the newest first")
