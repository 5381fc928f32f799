"""Describes what deals takes in and gives out: the bodies of an assignment and of an outcome, and a snapshot."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.deals.domain.deal import Described, closed_by
from shared.deals.domain.deal_readiness import Severity
from shared.deals.wire.deal_words import words_of
from shared.deals.wire.salesforce_ids import one_deal_id
from shared.kernel.bodies import Body, Day, DocumentName, EmployeeId, Moment, Word
from shared.kernel.reading import Misfit
from shared.platform.contract import Number, Output
from shared.ratings.domain.readiness import Tier
from shared.ratings.domain.skill_rating import Confidence

Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
Currency = Annotated[str, StringConstraints(min_length=3, max_length=3, to_upper=True, pattern="^[A-Za-z]{3}$")]
DealId = Annotated[DocumentName, AfterValidator(one_deal_id)]
"""The CRM's id of a deal; Salesforce's of 15 and of 18 characters are one."""
MOST_PRODUCTS = 30
MOST_ATTENDEES = 100


class AccountBody(Body):
    """The customer, as the CRM knows it."""

    name: Word
    industry: Word | None = None
    size: Word | None = Field(None, description="enterprise, mid-market or smb, or the CRM's word; else by the value")
    headquarters: Word | None = None


class OpportunityBody(Body):
    """Names what is to be sold."""

    name: Word
    value: Amount | None = None
    currency: Currency = Field("USD", description="Of the value. A value in another one tells no size")
    stage: Word
    products: list[Word] = Field(default_factory=list, max_length=MOST_PRODUCTS)
    timeline: Word | None = None


class AttendeeBody(Body):
    """Somebody of the customer's."""

    name: Word
    title: Word | None = None
    persona: Word | None = None


class MeetingBody(Body):
    """The next meeting."""

    date: Moment = Field(description="When it begins: ISO 8601 with a time zone")
    type: Word | None = None
    attendees: list[AttendeeBody] = Field(default_factory=list, max_length=MOST_ATTENDEES)


class DealAssignmentBody(Body):
    """Says who works on a deal, and whom they meet next. Told again with other content it replaces what was told."""

    deal_id: DealId
    employee_id: EmployeeId
    account: AccountBody
    opportunity: OpportunityBody
    next_meeting: MeetingBody | None = None
    told_at: Moment | None = Field(
        None, description="The CRM's time of this state of the record; what is older than what is known changes nothing"
    )

    @property
    def words(self) -> tuple[Described, ...]:
        """Returns what is said of the deal, by dimension."""
        sold, people = self.opportunity, self.next_meeting.attendees if self.next_meeting else ()
        personas = [(one.persona, one.title) for one in people]
        account = (self.account.industry, self.account.name)
        return words_of(account, self.account.size, (sold.value, sold.currency), personas, sold.products)


class DecisionMakerBody(Body):
    """Somebody who decides."""

    name: Word
    title: Word | None = None
    persona: Word | None = None


class DealOutcomeBody(Body):
    """Says how far a deal is, and what came of it. Told again with other content it replaces what was told."""

    deal_id: DealId
    employee_id: EmployeeId = Field(description="Who works on it")
    account_name: Word
    industry: Word | None = None
    deal_size_tier: Word | None = None
    opportunity_name: Word
    deal_value: Amount | None = None
    currency: Currency = Field("USD", description="Of the value")
    product_lines: list[Word] = Field(default_factory=list, max_length=MOST_PRODUCTS)
    primary_buyer_persona: Word | None = None
    decision_makers: list[DecisionMakerBody] = Field(default_factory=list, max_length=MOST_ATTENDEES)
    se_assigned_date: Moment | Day | None = None
    created_date: Moment | Day | None = None
    close_date: Moment | Day | None = None
    stage: Word = Field(description="closed_won and closed_lost close the deal, also written as `Closed Won`")
    closed_won: bool = False
    closed_lost_reason: Word | None = None
    demo_calls_conducted: int = Field(0, ge=0, le=10_000)
    technical_deep_dives: int = Field(0, ge=0, le=10_000)
    poc_delivered: bool = False
    told_at: Moment | None = Field(
        None, description="The CRM's time of this state of the record; what is older than what is known changes nothing"
    )

    @property
    def words(self) -> tuple[Described, ...]:
        """Returns what is said of the deal, by dimension."""
        personas = [(self.primary_buyer_persona, None), *((one.persona, one.title) for one in self.decision_makers)]
        amount = (self.deal_value, self.currency)
        account = (self.industry, self.account_name)
        return words_of(account, self.deal_size_tier, amount, personas, self.product_lines)

    @model_validator(mode="after")
    def _consistent(self) -> DealOutcomeBody:
        if self.closed_won and closed_by(self.stage) == "lost":
            raise Misfit("is true for a deal in stage closed_lost", field="closed_won")
        return self


class DealOutcomeAnswer(Output):
    """Says what is known of a deal now."""

    deal_id: str
    revision: int
    status: Literal["accepted", "superseded"] = Field(description="superseded: older than what is known of the deal")
    duplicate: bool
    closed: Literal["won", "lost"] | None


class SnapshotSkillView(Output):
    """One skill as it counted for the deal."""

    competency: str
    context: str = Field(description="Of the deal, where the skill is weakest: `dimension=value&dimension=value`")
    rated_in: str | None = Field(description="The context whose rating counts; null where nothing is known")
    context_match: bool = Field(
        description="Rated in the deal's own context; else a wider one's rating counts, less 15 points, or 40 for none"
    )
    rating: Number
    interval_low: Number = Field(description="Lower bound of the 80 % interval of the level behind the rating")
    interval_high: Number
    confidence: Confidence


class SnapshotGapView(Output):
    """One skill that is not where the deal asks for it."""

    competency: str
    context: str
    severity: Severity


class SkillSnapshotView(Output):
    """Says what a person's skills were when a deal became theirs."""

    snapshot_id: str
    deal_id: str
    employee_id: str
    created_at: datetime
    skill_ratings: list[SnapshotSkillView]
    overall_readiness_score: Number = Field(description="Mean over what the deal's stage and meeting ask for")
    interval_low: Number = Field(description="Lower bound of the readiness, were all skills off the same way: 80 %")
    interval_high: Number
    readiness: Tier = Field(description="high from 80, medium from 60, low below")
    skills_known: int = Field(description="Of `skill_ratings`, those of which anything was seen; the others count 40")
    gaps_identified: list[SnapshotGapView]
