"""Describes what enablement tells other functions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from shared.deals.domain.deal import Released
from shared.deals.domain.risk import Risk
from shared.kernel.messages import Fact
from shared.ratings.domain.readiness import Tier


class DealChanged(Fact):
    """Tells that a deal is somebody's, or that something about it changed. A lower revision than a known one is old."""

    deal_id: str = Field(description="The CRM's id of the deal")
    revision: int = Field(description="Of the deal; rises with every telling that changed something")
    employee_id: str = Field(description="Who works on it")
    received_at: datetime = Field(description="When the platform was told")
    stage: str = Field(description="In the CRM's word")
    stage_since: datetime = Field(description="When the CRM, or else the platform, knew of the stage")
    closed: Literal["won", "lost"] | None = Field(None, description="null while the deal is open")
    closed_on: date | None = Field(None, description="Day on which the deal was closed, as the CRM says it")
    released: Released | None = Field(
        None, description="Why it is nobody's: deleted in the CRM, or unassigned; null while it is somebody's"
    )
    context: dict[str, str] = Field(
        default_factory=dict, description="Of each dimension that the framework knows of it, the first value"
    )
    value: float | None = Field(None, description="In `currency`")
    currency: str = Field("USD", description="Of the value, as ISO 4217 has it")
    meeting_at: datetime | None = Field(None, description="The next meeting that is known")
    readiness_score: float | None = Field(None, description="0-100; null where nobody is assigned")
    readiness_low: float | None = Field(None, description="Lower bound of the 80 % interval")
    readiness_high: float | None = Field(None, description="Upper bound of the 80 % interval")
    readiness: Tier | None = Field(None, description="high from 80, medium from 60, low below")
    risk: Risk | None = Field(None, description="Of the deal in this person's hands")
    risk_least: Risk | None = Field(
        None, description="Likewise, were the skills that decide it at the upper ends of their intervals"
    )
    risk_most: Risk | None = Field(None, description="Likewise, were the skills that decide it at the lower ends")
    gaps: int = Field(0, description="Skills that are not where the deal asks for them")
