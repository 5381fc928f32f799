"""Reads a deal as the pipeline counts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from shared.deals.domain.risk import LEVELS, Risk
from shared.deals.records import DealRecord
from shared.deals.wire.deal_words import SIZE
from shared.enablement.domain.pipeline import UNKNOWN, OpenDeal, in_dollars


def open_deal(record: DealRecord, rates: Mapping[str, float]) -> OpenDeal:
    """Returns a deal. rates: US dollars for one of each other currency"""
    least, most = risk_bounds(record)
    return OpenDeal(
        deal_id=record.deal_id,
        employee_id=record.employee_id,
        stage=record.deal.stage,
        segment=next(iter(record.context.get(SIZE, ())), UNKNOWN),
        dollars=in_dollars(record.deal.value, record.deal.currency, rates),
        risk=record.risk.overall_risk if record.risk is not None else None,
        least=least,
        most=most,
        date=_date(record),
    )


def risk_bounds(record: DealRecord) -> tuple[Risk, Risk] | tuple[None, None]:
    """Returns a deal's risk at the upper and at the lower end of what it is judged by; None where it has none.

    Of a record of before, which does not say, any risk is possible.
    """
    risk = record.risk
    if risk is None:
        return None, None
    return risk.least or LEVELS[-1], risk.most or LEVELS[0]


def closes_on(record: DealRecord) -> date | None:
    """Returns the day on which an open deal is to close, as the CRM says; None where it says none."""
    said = record.outcome.closed_on if record.outcome else None
    return None if said is None else date.fromisoformat(said)


def _date(record: DealRecord) -> datetime | None:
    if record.deal.meeting is not None:
        return record.deal.meeting.at
    day = closes_on(record)
    return None if day is None else datetime.combine(day, time.min, UTC)
