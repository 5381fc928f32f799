"""Lists calls and what became of each: the own ones, a person's, or all."""

from __future__ import annotations

from dataclasses import dataclass

from functions.portal.calls.labels import LINK, STATE, TROUBLE, Call, row_of
from functions.portal.shell.forms import sentence
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment
from infra.wiring.people import people
from shared.call_pipeline.contract import CallItem
from shared.call_pipeline.usecases.call_sight import sees_all
from shared.call_pipeline.usecases.list_calls import CallFilter
from shared.conversations.domain import call_state
from shared.kernel.errors import Rejected
from shared.kernel.pages import Page as Found
from shared.platform.edges.query import one_of, place_of

PER_PAGE = 25
MOST_CHOICES = 300


@dataclass(frozen=True)
class CallList:
    """employee, state, deal: the filters, "" for none; people: (id, name) of those who can be chosen

    wide: whether the viewer sees everyone's calls and may filter by state and deal
    """

    calls: tuple[Call, ...]
    people: tuple[tuple[str, str], ...]
    employee: str = ""
    state: str = ""
    deal: str = ""
    wide: bool = False
    again: bool = False
    more: str | None = None
    error: str | None = None


def list_calls(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the own calls, a person's, or for those who see everyone all of them, in one state or with one kind of
    link."""
    query = {name: visit.query.get(name, "").strip() for name in ("employee", "state", "deal")}
    after = place_of(visit)
    state, deal = one_of(visit, "state", call_state.STATES), one_of(visit, "deal", call_state.HOWS)
    error = None
    found: Found[CallItem] = Found((), None)
    try:
        wanted = CallFilter(query["employee"].lower() or None, state, deal)
        found = call_pipeline(on).list_calls.page(visit.caller, wanted, limit=PER_PAGE, after=after)
    except Rejected as problem:
        if problem.field not in {"state", "deal"}:
            raise
        error = sentence(problem.detail, problem.field)
    names = call_pipeline(on).names.of(found.items)
    view = CallList(
        calls=tuple(row_of(item, names) for item in found.items),
        people=_choices(on, visit),
        **query,
        wide=sees_all(visit.caller),
        again=visit.may("calls.analyse_period"),
        more=following("/calls", found.next, {name: value for name, value in query.items() if value}),
        error=error,
    )
    return present(view)


def _choices(on: Environment, visit: Visit) -> tuple[tuple[str, str], ...]:
    """Tells whose calls the viewer may list, by name."""
    if not visit.may("people.list"):
        return ()
    found = [
        (employee.employee_id, employee.name)
        for employee in people(on).in_sight.all(visit.caller)
        if employee.opens_to(visit.caller)
    ]
    return tuple(sorted(found, key=lambda one: (one[1].casefold(), one[0]))[:MOST_CHOICES])


def present(view: CallList) -> Page:
    variables = {"view": view, "STATE": STATE, "LINK": LINK, "TROUBLE": TROUBLE}
    return Page("calls/calls.html", variables, "calls", status=422 if view.error else 200)
