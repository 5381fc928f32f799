"""Describes what leaders are told of the pipeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from shared.deals.domain.risk import Risk
from shared.enablement.contract import RiskView
from shared.enablement.domain.pipeline import By
from shared.platform.contract import Number, Output

Prepared = Literal["nothing", "open", "overdue", "done"]


class PipelineCell(Output):
    """Counts open deals by risk."""

    risks: list[Risk] = Field(description="Several where too few people are behind one alone")
    deals: int
    deals_low: int = Field(description="Deals of this risk all over their ratings' 80 % intervals")
    deals_high: int = Field(description="Deals of this risk somewhere in them")
    amount: Number = Field(description="US dollars")
    amount_low: Number
    amount_high: Number
    amounts_unknown: int = Field(description="Deals whose amount nobody knows in US dollars; counted, not added")


class PipelineGroup(Output):
    """Counts the open deals of a stage or segment."""

    by: By
    name: str = Field(description="The CRM's stage, or the size in the framework's word; empty for all deals")
    deals: int
    amount: Number = Field(description="US dollars")
    amounts_unknown: int
    unassessed: int = Field(description="Deals of which no assignment was told, so that they have no risk")
    cells: list[PipelineCell] = Field(
        description="By risk, the highest first; empty where fewer than five people are behind a number"
    )


class PreparationView(Output):
    """Says how far somebody has prepared for a deal."""

    state: Prepared
    due_date: datetime | None = None
    done: int = 0
    activities: int = 0


class PipelineDeal(Output):
    """Shows an open deal of somebody whose profile the viewer may open."""

    deal_id: str
    account: str
    stage: str
    segment: str
    value: Number | None
    currency: str
    meeting_at: datetime | None
    closes_on: date | None
    employee_id: str
    name: str
    readiness_score: Number | None = Field(description="null where no assignment was told")
    interval_low: Number | None
    interval_high: Number | None
    skills_required: int
    skills_known: int
    risk_assessment: RiskView | None
    preparation: PreparationView


class PipelineAnswer(Output):
    """Says how ready people are for the open deals."""

    sentence: str
    scope: Literal["team", "organisation", "everyone"] = Field(description="Whose deals are counted")
    as_of: datetime | None = Field(description="When they were counted; null: not yet")
    people: int = Field(description="Who work on them")
    groups: list[PipelineGroup]
    deals: int = Field(description="How many can be listed: those of people whose profiles the viewer may open")
    items: list[PipelineDeal] = Field(description="The riskiest first, then what comes next")
    next: int | None = Field(description="`from` of the next page; null: this is the last")
