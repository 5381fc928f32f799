"""Describes what subscriptions takes in and gives out: the bodies and results of its routes, and what receivers get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.kernel.bodies import Body, Moment, printable
from shared.platform.contract import Output, Page
from shared.subscriptions.domain.event_type import EventType

State = Literal["active", "paused"]
DeliveryState = Literal["waiting", "delivered", "failed", "paused", "withdrawn"]
PauseReason = Literal["asked", "failing", "gone", "owner_may_not"]
Address = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), AfterValidator(printable)
]


class SubscriptionBody(Body):
    """Subscribes an address to types of facts."""

    address: Address = Field(description="Where facts are posted to: https, reachable by everybody")
    event_types: list[EventType] = Field(
        min_length=1, max_length=20, strict=False, description="skill.changed, discrepancy.changed, review.decided"
    )
    description: Annotated[str, StringConstraints(max_length=200), AfterValidator(printable)] = Field(
        "", description="What it is for, in the owner's words"
    )
    state: State = Field("active", description="paused: facts are kept, and sent when they are asked for")


class ReplayBody(Body):
    """Asks for everything again that has not arrived since a moment."""

    since: Moment = Field(description="Facts told from here on; at most 30 days are kept")


class SubscriptionView(Output):
    subscription_id: str
    owner: str = Field(description="Who subscribed: a person's or a service account's address")
    address: str
    event_types: list[EventType]
    description: str
    state: State
    paused_because: PauseReason | None = Field(
        description="asked; failing: nothing arrived for three days; gone: the receiver answered 410; owner_may_not: "
        "the owner may not read this any more"
    )
    failing_since: datetime | None = Field(description="Since when every delivery has failed; null while one arrives")
    secrets: int = Field(description="Secrets that sign: two for a day after a rotation")
    created_at: datetime
    changed_at: datetime


class NewSubscription(SubscriptionView):
    secret: str = Field(description="`whsec_…` of Standard Webhooks; shown this once")


class SubscriptionList(Output):
    subscriptions: list[SubscriptionView]


class NewSecret(Output):
    secret: str = Field(description="`whsec_…` of Standard Webhooks; shown this once")
    earlier_until: datetime = Field(description="Until then the secret before signs, too")


class AttemptView(Output):
    at: datetime
    status: int | None = Field(description="The receiver's answer; null without one")
    error: str | None = Field(description="Why there was none: timeout, unreachable, tls, address_refused")
    latency_ms: int


class DeliveryView(Output):
    delivery_id: str = Field(description="The header `webhook-id` of every attempt")
    subscription_id: str
    event_type: str
    state: DeliveryState = Field(
        description="failed: given up; paused: kept until it is asked for; withdrawn: the call that it is about does "
        "not count any more (it was voided, or moved to another person)"
    )
    attempts: list[AttemptView] = Field(description="The newest 12, in order of time")
    attempts_made: int
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="While it waits; later than now for what is not open yet")
    finished_at: datetime | None


class DeliveryList(Page):
    deliveries: list[DeliveryView]


class ReplayAnswer(Output):
    replayed: int
    more: bool = Field(description="There is more: ask again")


class ChangedSkill(Output):
    competency: str
    context: dict[str, str] | None = Field(description="null: the general skill, as on profiles")
    current_rating: float | None
    interval_low: float | None
    interval_high: float | None
    confidence: str
    status: str
    trend: str
    stale: bool


class SkillChangedData(Output):
    employee_id: str
    framework_id: str
    revision: int = Field(description="Ignore a revision that is lower than one you have seen of this person")
    as_of: str
    overall_readiness: float | None
    skills: list[ChangedSkill] = Field(description="At most 50; the profile has all")
    skills_changed: int


class DiscrepancyChangedData(Output):
    discrepancy_id: str
    revision: int = Field(description="Ignore a revision that is lower than one you have seen of this discrepancy")
    employee_id: str
    framework_id: str
    competency: str
    context: dict[str, str] | None = Field(description="null: the general skill, as on profiles")
    state: Literal["found", "resolved"]
    direction: Literal["practice_ahead", "field_ahead"]
    since: str
    practice_rating: float | None
    field_rating: float | None


class ReviewDecidedData(Output):
    review_id: str
    review_version: int = Field(description="Ignore a version that is lower than one you have seen of this review")
    employee_id: str
    source: str
    decision: Literal["confirmed", "corrected", "rejected"]
    scores: dict[str, float | None] = Field(description="Competency to what counts; null for a score that was dropped")


class TestData(Output):
    subscription_id: str


class WebhookEvent(Output):
    """Tells a receiver of one fact, in the shape that Standard Webhooks proposes."""

    timestamp: str = Field(description="When it became true; the header `webhook-timestamp` has the attempt's moment")


class SkillChangedEvent(WebhookEvent):
    type: Literal["skill.changed"]
    data: SkillChangedData


class DiscrepancyChangedEvent(WebhookEvent):
    type: Literal["discrepancy.changed"]
    data: DiscrepancyChangedData


class ReviewDecidedEvent(WebhookEvent):
    type: Literal["review.decided"]
    data: ReviewDecidedData


class TestEvent(WebhookEvent):
    type: Literal["webhook.test"]
    data: TestData


EVENTS: Mapping[str, type[WebhookEvent]] = {
    "skill.changed": SkillChangedEvent,
    "discrepancy.changed": DiscrepancyChangedEvent,
    "review.decided": ReviewDecidedEvent,
    "webhook.test": TestEvent,
}
"""What a receiver gets, by its type."""
