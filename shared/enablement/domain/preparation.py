"""Plans one person's preparation for one deal: the same deal, ratings and moment give the same plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from shared.deals.domain.deal import DOLLARS, Deal, DealContext, closed_by, in_framework
from shared.deals.domain.deal_readiness import DealReadiness, days_between, readiness_for
from shared.deals.domain.risk import RiskAssessment, assess
from shared.enablement.domain.content import Chosen, ContentItem, choose, items_of
from shared.enablement.domain.due_date import WorkCalendar, due_before
from shared.kernel.rounding import whole
from shared.ratings.domain.projection import Projection

Priority = Literal["high", "medium", "low"]
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
MOST_LETTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Preparation:
    """Says what somebody lacks for a deal, what they are to do until when, and whether their manager is told.

    due: None where there is nothing to do, or no meeting to do it for
    """

    deal_context: DealContext
    readiness: DealReadiness
    risk: RiskAssessment
    chosen: tuple[Chosen, ...]
    priority: Priority
    due: datetime | None
    trigger_reason: str
    manager_message: str | None

    def without_content(self) -> Preparation:
        """Returns the plan of a deal for which there is nothing to assign."""
        return replace(self, chosen=(), due=None)


def prepare(
    deal: Deal,
    projection: Projection,
    more: Sequence[ContentItem],
    calendar: WorkCalendar,
    now: datetime,
    name: str,
) -> Preparation:
    """Returns the plan. name: how colleagues call the person; more: what can be assigned besides scenarios"""
    framework = projection.framework
    is_open = closed_by(deal.stage) is None
    meeting = deal.meeting if is_open and deal.meeting and deal.meeting.at > now else None
    today = now.astimezone(calendar.zone).date()
    days = days_between(today, meeting.at.astimezone(calendar.zone).date()) if meeting else None
    context = in_framework(deal, framework)
    readiness = readiness_for(context, projection, days)
    risk = assess(readiness, context, framework, name)
    chosen = choose(readiness.gaps, items_of(framework, more), framework) if meeting else []
    return Preparation(
        deal_context=context,
        readiness=readiness,
        risk=risk,
        chosen=tuple(chosen),
        priority=_priority(readiness),
        due=due_before(meeting.at, now, calendar) if meeting and chosen else None,
        trigger_reason="_".join(filter(None, ("upcoming", context.first, "meeting", _slug(deal.account)))),
        manager_message=_message(deal, context, readiness, bool(chosen), name)
        if is_open and risk.overall_risk != "low"
        else None,
    )


def _priority(readiness: DealReadiness) -> Priority:
    worst = readiness.gaps[0].severity if readiness.gaps else "low"
    return "high" if worst in ("critical", "high") else "medium" if worst == "medium" else "low"


def _slug(words: str) -> str:
    return _NO_WORD.sub("_", words.lower()[:MOST_LETTERS]).strip("_")


def _message(deal: Deal, context: DealContext, readiness: DealReadiness, assigned: bool, name: str) -> str:
    what = " ".join(filter(None, (_amount(deal), context.first, "deal")))
    why = "with limited context experience" if readiness.unseen else "with skills below the bar"
    done = " JIT enablement triggered." if assigned else ""
    return f"{name} assigned to {what} {why}.{done} Review risk assessment."


def _amount(deal: Deal) -> str | None:
    if deal.value is None:
        return None
    sign = "$" if deal.currency == DOLLARS else f"{deal.currency} "
    thousands = whole(deal.value / 1000)
    if thousands < 1:
        return f"{sign}{deal.value:,.0f}"
    return f"{sign}{thousands / 1000:g}M" if thousands >= 1000 else f"{sign}{thousands}K"
