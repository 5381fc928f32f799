"""Shows those who lead how ready people are for the open deals: in numbers, then deal by deal, the riskiest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from shared.enablement.domain.pipeline import REST, money
from shared.enablement.usecases.show_pipeline import MOST_BEFORE
from shared.kernel.access import SMALLEST_GROUP
from shared.platform.edges.query import whole_number

if TYPE_CHECKING:
    from shared.enablement.pipeline_contract import PipelineAnswer, PipelineCell, PipelineDeal, PipelineGroup

SCOPE = {"team": "Your team’s deals", "organisation": "Your organisation’s deals", "everyone": "All open deals"}
WEIGHT = {"mitigating": "speaks for it", "sufficient": "speaks for it"}


@dataclass(frozen=True)
class Line:
    """One row of the numbers. cells: of each level its deals, their bounds, their amount and its bounds, in words"""

    name: str
    deals: int
    amount: str
    cells: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Deal:
    """One deal. against, in_favour: what makes it riskier, and what speaks for the person"""

    of: PipelineDeal
    amount: str
    between: str
    against: Sequence[str]
    in_favour: Sequence[str]
    prepared: str
    late: bool
    met: str


def show_pipeline(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the deals in the viewer's sight."""
    start = whole_number(visit, "from", 0, MOST_BEFORE) or 0
    return present(enablement(on).pipeline.show(visit.caller, start=start), visit.now, start)


def present(view: PipelineAnswer, now: datetime, start: int = 0) -> Page:
    tables = [
        (title, [_line(one) for one in found], _heads(found))
        for by, title in (("all", "By risk"), ("stage", "By stage"), ("segment", "By size"))
        if (found := [one for one in view.groups if one.by == by and one.deals])
    ]
    unassessed = sum(one.unassessed for one in view.groups if one.by == "all")
    variables = {
        "view": view,
        "scope": SCOPE[view.scope],
        "tables": tables,
        "unassessed": unassessed,
        "unknown": sum(one.amounts_unknown for one in view.groups if one.by == "all"),
        "least": SMALLEST_GROUP,
        "deals": [_deal(one, now) for one in view.items],
        "start": start,
        "shown": f"{start + 1} to {start + len(view.items)} of {view.deals}",
        "more": None if view.next is None else f"/pipeline?from={view.next}",
        "back": None if not start else "/pipeline",
    }
    return Page("pipeline/pipeline.html", variables, "pipeline")


def _heads(groups: Sequence[PipelineGroup]) -> list[str]:
    """Returns the levels that the columns are of; empty where none is told."""
    return [" or ".join(one.risks).capitalize() for one in groups[0].cells]


def _line(group: PipelineGroup) -> Line:
    name = "All" if group.by == "all" else "Others" if group.name == REST else words.plain(group.name)
    return Line(name, group.deals, _known(group.amount, group), [_cell(one) for one in group.cells])


def _cell(cell: PipelineCell) -> Sequence[str]:
    """Returns the deals, their bounds, the amount and its bounds; no bounds where nothing could be of the level."""
    lines = [str(cell.deals), f"{cell.deals_low}–{cell.deals_high}", _known(cell.amount, cell)]
    return [*lines, f"{money(cell.amount_low)}–{money(cell.amount_high)}"] if cell.amount_high else lines


def _known(amount: float, of: PipelineGroup | PipelineCell) -> str:
    """Returns an amount with what is not in it; nothing where no amount is known."""
    if of.amounts_unknown >= of.deals:
        return "amount unknown" if of.deals else "–"
    return money(amount) + (f" + {of.amounts_unknown} unknown" if of.amounts_unknown else "")


def _deal(one: PipelineDeal, now: datetime) -> Deal:
    factors = one.risk_assessment.factors if one.risk_assessment else []
    known = one.interval_low is not None and one.interval_high is not None
    return Deal(
        of=one,
        amount=_amount(one),
        between=words.between((one.interval_low or 0, one.interval_high or 0)) if known else "",
        against=[each.factor for each in factors if each.severity not in WEIGHT],
        in_favour=[each.factor for each in factors if each.severity in WEIGHT],
        prepared=_prepared(one),
        late=one.preparation.state == "overdue",
        met=words.meeting(one.meeting_at, now),
    )


def _amount(one: PipelineDeal) -> str:
    """Returns the amount as the CRM has it, else the size, else that nobody knows."""
    if one.value is not None:
        return money(one.value) if one.currency == "USD" else f"{one.currency} {one.value:,.0f}"
    return "Amount unknown" if one.segment == "unknown" else f"{words.plain(one.segment)}, amount unknown"


def _prepared(one: PipelineDeal) -> str:
    prepared = one.preparation
    done = f"{prepared.done} of {prepared.activities} done"
    return {
        "nothing": "Nothing to prepare",
        "open": f"Preparation: {done}",
        "overdue": f"Preparation: {done}",
        "done": "Prepared",
    }[prepared.state]
