"""What the platform makes of a labelled deal: read as a CRM's record is, its person rated from what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

import yaml

from infra.frameworks.shipped import framework_file
from shared.crm.domain.deal_mapping import Amounts, DealMapping, Engineer
from shared.crm.wire.opportunity import FoundDeal, RecordsOfDeal, read_deal
from shared.deals.domain.deal import in_framework
from shared.deals.domain.risk import Risk
from shared.enablement.domain.due_date import WorkCalendar
from shared.enablement.domain.preparation import Preparation, prepare
from shared.enablement.usecases.assign_deal import deal_of
from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.kernel.context import observed
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import Kind, Observation, Score
from shared.ports.crm import CrmRecord, Scalar
from shared.ratings.domain.projection import Projection
from tests.deals.labelled_deals import LabelledDeal, Seen, about
from tests.ratings.builders import PARAMETERS, seen, state

MAPPING = DealMapping(
    engineer=Engineer("field", ("Engineer",)),
    size="Segment",
    amounts=Amounts(currency="CurrencyIsoCode", dollars=about().rates),
    products="Lines",
    history=False,
)
DAYS_APART = 3
SWING = 4
"""Points by which one conversation is better and the next one worse than the mean."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the platform says of a deal. stage: the framework's word; risk: None where nobody is assigned any more"""

    context: dict[str, frozenset[str]]
    stage: str | None
    risk: Risk | None
    preparation: Preparation | None


@cache
def sales() -> Framework:
    """The framework that ships."""
    return framework_from_dict(yaml.safe_load(framework_file("sales_engineering").read_text("utf-8")))


def judged(deal: LabelledDeal) -> Judged:
    """Returns what the platform makes of the deal, on the way that a deal of the CRM takes."""
    found = crm_deal(deal)
    told = deal_of(found.assignment("engineer", about().today))
    if found.closed:
        return Judged(_values(dict(in_framework(told, sales()).context)), f"closed_{found.closed}", None, None)
    made = prepare(told, person(deal), (), WorkCalendar(ZoneInfo("UTC")), about().today, "Kim")
    context = made.deal_context
    return Judged(_values(dict(context.context)), context.stage, made.risk.overall_risk, made)


def _values(context: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in context.items()}


def crm_deal(deal: LabelledDeal) -> FoundDeal:
    """Returns the deal as it is read from the CRM's records."""
    today, opportunity, account = about().today, deal.opportunity, deal.account
    closed = opportunity.stage.lower().startswith("closed")

    def record(number: int, **fields: Scalar) -> CrmRecord:
        return CrmRecord(f"{deal.id}-{number}", fields, today)

    whole: dict[str, Scalar] = {
        "Name": opportunity.name,
        "Account.Name": account.name,
        "Account.Industry": account.industry,
        "Account.NumberOfEmployees": account.employees,
        "Account.Parent.Name": account.parent,
        "Segment": account.segment,
        "Amount": opportunity.amount,
        "CurrencyIsoCode": opportunity.currency,
        "StageName": opportunity.stage,
        "Type": opportunity.type,
        "CloseDate": opportunity.close,
        "Description": opportunity.description,
        "NextStep": opportunity.next_step,
        "Lines": ";".join(deal.lines),
        "IsClosed": closed,
        "IsWon": closed and "won" in opportunity.stage.lower(),
    }
    people = deal.meeting.attendees if deal.meeting else ()
    roles = tuple(
        record(number, **{"Contact.Name": f"Person {number}", "Contact.Title": one.title, "Role": None})
        for number, one in enumerate(people, 1)
    )
    events = (
        (record(0, StartDateTime=deal.meeting.at.isoformat(), Subject=deal.meeting.subject),) if deal.meeting else ()
    )
    return read_deal(RecordsOfDeal(CrmRecord(deal.id, whole, today), (), roles, events), MAPPING, today)


def person(deal: LabelledDeal) -> Projection:
    """Returns the assigned person's ratings."""
    observations = [one for group, shown in enumerate(deal.engineer.evidence()) for one in _observed(shown, group)]
    return Projection(state(*observations), sales(), PARAMETERS, int(about().today.timestamp()) // SECONDS_PER_DAY)


def _observed(shown: Seen, group: int) -> list[Observation]:
    """Returns conversations of which the mean is as told, the newest one as many days ago as told."""
    of_value = {value: one.dimension for one in sales().dimensions for value in one.values}
    context: dict[str, list[str]] = {}
    for value in shown.where:
        context.setdefault(of_value[value], []).append(value)
    made = []
    for number in range(shown.count):
        at = about().today - timedelta(days=shown.newest_days_ago + DAYS_APART * number)
        swing = 0 if number == shown.count - 1 and shown.count % 2 else SWING * (-1) ** number
        scores = tuple(Score(name, (score + swing) * 100, observed(context)) for name, score in shown.scores)
        day, second = divmod(int(at.timestamp()), SECONDS_PER_DAY)
        kind: Kind = "field" if shown.kind == "field" else "validation"
        made.append(seen(kind, None, day, second=second, source_id=f"{group}-{number}", scores=scores))
    return made
