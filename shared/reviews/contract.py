"""Defines what reviews takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.frameworks.domain.parameters import Verdict
from shared.kernel.bodies import Body, Identifier, LongText, Points, Word
from shared.observations.contract import MOST_SCORES
from shared.platform.contract import Number, Output, Page
from shared.reviews.domain.review import Decided
from shared.reviews.domain.review_state import State


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
    state: State
    reasons: list[str] = Field(description="lexical, low_confidence, untrusted_scorer, contested, sample")
    competencies: list[str]
    contested: bool
    outcome: Decided | None = Field(description="Of the decision that stands")
    may_decide: bool = Field(description="Whether the caller may decide now")
    may_contest: bool = Field(description="Whether the caller may contest now")


class ReviewList(Page):
    items: list[ReviewSummary]


class ReviewScore(Output):
    """A scorer's score, and what a person made of it."""

    competency: str
    name: str
    score: Number | None = Field(description="The scorer's, 0-100; null as long as the caller's own are awaited")
    own_score: Number | None = Field(
        description="Of the person who decided, or is about to, given before the scorer's was shown; null: not "
        "observed, or none was given"
    )
    confidence: Number | None
    waits: str | None = Field(description="Why it counts only once a person has looked; null for one that counts")
    reason: str | None = Field(description="The same in words")
    evidence: str | None = Field(description="References: turns, spans and digests of quotes, or what was measured")
    quotes: list[str] = Field(
        default_factory=list, description="Your own words that it stands on: of own scores, while the words are kept"
    )
    analyst_reason: str | None = Field(None, description="Why the analyst gave it, in a sentence; likewise")
    person_score: Number | None = Field(
        description="What stands after the decision; null: none yet, or it does not count"
    )


class ContestView(Output):
    contested_at: datetime
    reason: str
    competencies: list[str] = Field(description="Empty: all of the call")
    answered: bool


class DecidedScore(Output):
    competency: str
    score: Number | None


class DecisionView(Output):
    decision: Decided
    scores: list[DecidedScore]
    note: str | None
    decided_at: datetime
    decided_by: str | None
    decided_by_role: str | None
    elsewhere: bool = Field(description="It came in with an observation, not by this API's decision")
    blind: bool = Field(
        description="The person gave own scores before the scorer's were shown to them; only such decisions certify"
    )


class ReviewView(ReviewSummary):
    event_id: str = Field(description="The analysis; send it with the decision")
    analysis_version: int
    source_url: str | None
    awaits_own_scores: bool = Field(
        description="The caller may decide and has not said what they make of the call themselves: until POST "
        "…/own-scores the scorer's scores, their evidence, the objection's words and former decisions are left out"
    )
    blind: bool = Field(description="Whether the caller's decision, made now, would be a blind one")
    scores: list[ReviewScore]
    contest: ContestView | None
    decision: DecisionView | None
    earlier: list[DecisionView] = Field(description="Decisions that were replaced")


class ReviewSettingsView(Output):
    """How scores are reviewed."""

    employee_first_hours: Number
    sample_share: Number
    contest_days: int
    recalculation: str | None = Field(
        description="The run that brings readiness, lists and aggregates to these hours, at "
        "`GET /recalculations/{run_id}`; null while nobody has changed them"
    )


class AgreementView(Output):
    """A scorer's scores beside people's. Intervals are of 95 %."""

    n: int = Field(description="Scores that a person gave as well, before the scorer's was shown to them")
    kappa: Number | None = Field(description="Quadratic weighted kappa over the rubric's levels; null where undefined")
    kappa_interval: list[Number] | None = Field(description="null under 30 scores: too few to say")
    within: Number | None = Field(description="Share within ten points of the person's score, 0-1")
    within_interval: list[Number] | None = Field(description="null under 30 scores: too few to say")
    bias: Number | None = Field(description="Mean of scorer less person, in points")
    mean_difference: Number | None = Field(description="Mean distance, in points")


class AgreementByReason(AgreementView):
    reason: str = Field(description="Why a person looked; `sample` is the part that chance has chosen")


class StabilityView(Output):
    """The same calls analysed twice by the same scorer."""

    n: int
    mean_difference: Number | None = Field(description="In points")
    within: Number | None = Field(description="Share within ten points, 0-1")
    within_interval: list[Number] | None


class CompetencyCertificate(AgreementView):
    """Tells what is known about a scorer in one competency."""

    competency: str
    verdict: Verdict
    certified: bool = Field(description="Whether blind reviews say that it agrees with people: the verdict is `counts`")
    dropped: int = Field(description="Scores of what the person did not observe; they have no score to compare")
    rejected: int = Field(description="The same in calls that a person rejected whole")
    not_blind: int = Field(description="Reviewed scores that certify nothing: the person had seen the scorer's")
    by_reason: list[AgreementByReason]
    stability: StabilityView


class CertificateView(Output):
    """Tells how far a scorer agrees with people, per competency."""

    certificate_id: str
    scorer: str
    computed_at: datetime
    tuned_on: list[str] = Field(
        description="Labelled conversations on which its words, targets or prompt were chosen; none of them is in the "
        "figures"
    )
    competencies: list[CompetencyCertificate]


class RecentScores(Output):
    """Tells what became of a scorer's scores in the newest 200 observed conversations."""

    scorer: str
    calls: int = Field(description="Analyses of this scorer")
    scores: int
    waiting: int = Field(description="Those that count only once a person has looked")
    competencies: int = Field(description="Competencies that it scored")
    counting: int = Field(description="Those of which some score counts without a person")
    certified: int = Field(description="Those for which blind reviews say that it agrees with people")


class CertificateList(Output):
    certificates: list[CertificateView]
    recent: list[RecentScores] = Field(description="The scorer that scored last first")


class CertificateHistory(Output):
    days: list[CertificateView] = Field(description="The newest first")


class ReviewedScore(Body):
    """Tells what a person makes of one competency's score."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    competency: Word
    score: Points


class OwnScores(Body):
    """Carries a person's own scores of a call, given before the analyst's are shown."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    scores: list[ReviewedScore] = Field(
        default_factory=list,
        max_length=MOST_SCORES,
        description="The person's own; with `not_observed`, all of the call",
    )
    not_observed: list[Word] = Field(
        default_factory=list, max_length=MOST_SCORES, description="Competencies that the person has not seen in it"
    )
    skip: bool = Field(
        False, description="Show the analyst's scores without own ones; the decision then says nothing of the analyst"
    )
    event_id: Identifier | None = Field(
        None, description="The analysis in question; if another one stands by now, it is a conflict"
    )

    @model_validator(mode="after")
    def _gives_them_or_skips(self) -> OwnScores:
        named = [score.competency for score in self.scores] + self.not_observed
        if self.skip == bool(named):
            raise ValueError("give `scores` and `not_observed`, or `skip`; not both")
        for competency in named:
            if named.count(competency) > 1:
                raise ValueError(f"{competency!r} is named twice")
        return self


class ReviewDecision(Body):
    """A person's decision on an analyst's scores of one call."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    decision: Literal["confirm", "correct", "reject"]
    scores: list[ReviewedScore] = Field(
        default_factory=list, max_length=MOST_SCORES, description="With `correct`: the scores that are to be others"
    )
    drop: list[Word] = Field(
        default_factory=list, max_length=MOST_SCORES, description="With `correct`: competencies that were not shown"
    )
    note: LongText | None = Field(None, description="For the employee and other reviewers; kept in the review only")
    event_id: Identifier | None = Field(
        None, description="The analysis that was looked at; if another one stands by now, it is a conflict"
    )

    @model_validator(mode="after")
    def _says_what_it_changes(self) -> ReviewDecision:
        if self.decision == "correct" and not self.scores and not self.drop:
            raise ValueError("`correct` needs `scores` or `drop`; to leave all as they are, `confirm`")
        if self.decision != "correct" and (self.scores or self.drop):
            raise ValueError(f"`{self.decision}` takes neither `scores` nor `drop`; to change some, `correct`")
        named = [score.competency for score in self.scores] + self.drop
        for competency in named:
            if named.count(competency) > 1:
                raise ValueError(f"{competency!r} is named twice")
        return self


class ReviewSettingsBody(Body):
    """How scores are reviewed. What is absent stays as it is."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_first_hours: float | None = Field(
        None,
        ge=0,
        le=720,
        allow_inf_nan=False,
        description="So long the employee sees a score first; 0: off",
    )
    sample_share: float | None = Field(
        None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the analyses that count which are reviewed",
    )
    contest_days: int | None = Field(None, ge=1, le=365, description="So long after a score it may be contested")
    recalculation: str | None = Field(
        None, max_length=200, exclude=True, description="May repeat the settings'; it changes nothing"
    )

    @model_validator(mode="after")
    def _changes_something(self) -> ReviewSettingsBody:
        if self.employee_first_hours is None and self.sample_share is None and self.contest_days is None:
            raise ValueError("give at least one of employee_first_hours, sample_share, contest_days")
        return self


class Contest(Body):
    """An employee's objection to the scores of an own call."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    reason: Annotated[LongText, StringConstraints(min_length=1, strip_whitespace=True)] = Field(
        description="For the reviewer; kept in the review only"
    )
    competencies: list[Word] = Field(
        default_factory=list, max_length=MOST_SCORES, description="Which scores; empty: all of the call"
    )
