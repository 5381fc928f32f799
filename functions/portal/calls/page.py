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
from shared.people.domain.name_search import LONGEST_SEARCH, NameSearch
from shared.platform.edges.query import one_of, place_of

PER_PAGE = 25
MOST_CHOICES = 12
"""People that a search offers, where it finds several."""
MOST_FOUND = 100
"""People that a search looks at."""


@dataclass(frozen=True)
class CallList:
    """employee, state, deal: the filters, which narrow each other, "" for none

    person: who was looked for, as it was typed or by name
    people: (id, name) of those whom it may mean, where it is not one; asks: others' calls can be looked for
    wide: whether the viewer sees everyone's calls
    """

    calls: tuple[Call, ...]
    person: str = ""
    people: tuple[tuple[str, str], ...] = ()
    asks: bool = False
    employee: str = ""
    state: str = ""
    deal: str = ""
    wide: bool = False
    again: bool = False
    more: str | None = None
    error: str | None = None


def list_calls(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the own calls, a person's, or for those who see everyone all; in one state, with one kind of link."""
    query = {name: visit.query.get(name, "").strip() for name in ("employee", "state", "deal")}
    after = place_of(visit)
    state, deal = one_of(visit, "state", call_state.STATES), one_of(visit, "deal", call_state.HOWS)
    error = None
    person, choices, others = _looked_for(on, visit, query["employee"])
    if len(choices) == 1:
        query["employee"] = choices[0][0]
    found: Found[CallItem] = Found((), None)
    try:
        if person and len(choices) != 1 and (choices or "@" not in person):  # a former address is no name, yet known
            raise Rejected(_unclear(person, len(choices), others), field="employee")
        wanted = CallFilter(query["employee"].lower() or None, state, deal)
        found = call_pipeline(on).list_calls.page(visit.caller, wanted, limit=PER_PAGE, after=after)
    except Rejected as problem:
        if problem.field != "employee":
            raise
        error = sentence(problem.detail, problem.field)
    names = call_pipeline(on).names.of(found.items)
    view = CallList(
        calls=tuple(row_of(item, names) for item in found.items),
        person=choices[0][1] if len(choices) == 1 else person,
        people=choices[:MOST_CHOICES] if len(choices) > 1 else (),
        asks=visit.may("people.list"),
        **query,
        wide=sees_all(visit.caller),
        again=visit.may("calls.analyse_period"),
        more=following("/calls", found.next, {name: value for name, value in query.items() if value}),
        error=error,
    )
    return present(view)


def _looked_for(on: Environment, visit: Visit, typed: str) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """Returns whom the viewer looks for, (id, name) of those whose calls they may list whom it can mean, and whether
    there may be more of them."""
    if not visit.may("people.list") or not typed:
        return "", (), False
    search = NameSearch(typed)
    found, following = people(on).in_sight.listed(visit.caller, search, limit=MOST_FOUND)
    meant = search.among((one.employee_id, one.name) for one in found if one.opens_to(visit.caller))
    return typed[:LONGEST_SEARCH], tuple(meant), following is not None


def _unclear(person: str, found: int, others: bool) -> str:
    if not found:
        return f"nobody whose calls you may see is called {person!r}"
    many = f"more than {found}" if others else str(found)
    return f"{many} people match {person!r}: choose one, or write more of the name"


def present(view: CallList) -> Page:
    variables = {"view": view, "STATE": STATE, "LINK": LINK, "TROUBLE": TROUBLE}
    return Page("calls/calls.html", variables, "calls", status=422 if view.error else 200)
