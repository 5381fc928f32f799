"""Calls: lists, one call, and having calls analysed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from functions.portal.pages import calls
from functions.portal.services import Services
from functions.portal.shell import words
from functions.portal.shell.forms import day, refusals, sentence
from functions.portal.shell.paging import cursor, following, one_of
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from shared.call_pipeline.contract import CallItem, CallResult, DealLinkBody
from shared.call_pipeline.usecases.call_items import people_in
from shared.call_pipeline.usecases.call_sight import sees_all
from shared.call_pipeline.usecases.list_calls import CallFilter
from shared.conversations.domain import call_state
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.kernel.ids import review_id_of
from shared.kernel.pages import Page as Found
from shared.kernel.reading import validated
from shared.privacy.domain.visibility import REVIEWERS

PER_PAGE = 25
MOST_CHOICES = 300
WORDED = call_state.OVER - {"private"}
"""States in which there may be words: before, they have not been fetched."""


def list_calls(services: Services, visit: Visit) -> Reply:
    """Shows the own calls, a person's, or for those who see everyone all of them, in one state or with one kind of
    link."""
    query = {name: visit.query.get(name, "").strip() for name in ("employee", "state", "deal")}
    after = cursor(visit.query.get("after"))
    one_of(query["state"], call_state.STATES, "state")
    one_of(query["deal"], call_state.HOWS, "deal")
    error = None
    found: Found[CallItem] = Found((), None)
    try:
        wanted = CallFilter(
            query["employee"].lower() or None,
            next((one for one in call_state.STATES if one == query["state"]), None),
            next((one for one in call_state.HOWS if one == query["deal"]), None),
        )
        found = services.list_calls.page(visit.caller, wanted, limit=PER_PAGE, after=after)
    except Rejected as problem:
        if problem.field not in {"state", "deal"}:
            raise
        error = sentence(problem.detail, problem.field)
    names = services.employees.names({one.employee_id for item in found.items for one in item.participants})
    view = calls.CallList(
        calls=tuple(_call(item, names) for item in found.items),
        people=_choices(services, visit),
        **query,
        wide=sees_all(visit.caller),
        again=visit.may("calls.analyse_period"),
        more=following("/calls", found.next, {name: value for name, value in query.items() if value}),
        error=error,
    )
    return Page("calls.html", calls.present_list(view), "calls", status=422 if error else 200)


def _choices(services: Services, visit: Visit) -> tuple[tuple[str, str], ...]:
    """Whose calls the viewer may list, by name."""
    if not visit.may("people.list"):
        return ()
    found = [
        (employee.employee_id, employee.name)
        for employee in services.in_sight.all(visit.caller)
        if employee.opens_to(visit.caller)
    ]
    return tuple(sorted(found, key=lambda one: (one[1].casefold(), one[0]))[:MOST_CHOICES])


def _call(item: CallItem, names: Mapping[str, str]) -> calls.Call:
    return calls.Call(
        record_id=item.record_id,
        title=item.title or ("E-mail thread" if item.source == "email" else "Call"),
        at=item.started_at,
        state=item.state,
        deal=item.deal.account_name,
        link=item.deal.how,
        people=tuple(names[one.employee_id] for one in item.participants),
    )


# One call


def show_call(
    services: Services,
    visit: Visit,
    record_id: str,
    error: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> Reply:
    """Shows one call."""
    item = services.show_call.show(visit.caller, record_id)
    names = services.employees.names(people_in(item))
    competencies = services.competency_names()
    view = calls.CallPage(
        call=_call(item, names),
        source=item.source,
        minutes=round(item.duration_seconds / 60),
        url=item.url,
        deal_id=item.deal.deal_id,
        context=_context(item),
        scorer=item.scorer,
        analysis=item.analysis,
        cost=item.cost_usd if visit.caller.role in REVIEWERS else None,
        last_error=item.last_error if visit.caller.role in REVIEWERS else None,
        updated_at=item.updated_at,
        participants=tuple((names[one.employee_id], one.spoke) for one in item.participants),
        results=tuple(_result(services, visit, item, one, names, competencies) for one in item.results),
        may_analyse=visit.may("calls.analyse") and item.state in WORDED,
        error=error,
        words=_words(services, visit, record_id) if item.state in WORDED else None,
        may_escalate=visit.may("escalations.write"),
        may_link=visit.may("calls.link"),
        entered={
            "deal_id": item.deal.deal_id or "",
            "account_name": item.deal.account_name or "",
            **visit.form,
        },
        errors=errors or {},
    )
    return Page("call.html", calls.present_call(view), "calls", status=422 if error or errors else 200)


def _context(item: CallItem) -> tuple[tuple[str, str], ...]:
    """What is known about the deal: (name, values)."""
    return tuple(
        (words.plain(name), ", ".join(words.plain(str(one)) for one in _values(value)))
        for name, value in item.context.items()
        if value
    )


def _values(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _words(services: Services, visit: Visit, record_id: str) -> str | None:
    """The ground on which the viewer may read what was said; "" for none."""
    if not visit.may("transcripts.read"):
        return None
    try:
        return services.grounds.of(visit.caller, services.call_records.get(record_id))
    except Forbidden:
        return ""


def _result(
    services: Services,
    visit: Visit,
    item: CallItem,
    one: CallResult,
    names: Mapping[str, str],
    competencies: Mapping[str, str],
) -> calls.Result:
    own = one.employee_id == visit.caller.employee_id
    review = None
    if one.scores_open_at is None and one.observation_id is not None:
        review_id = review_id_of(item.source, item.call_id, one.employee_id)
        known = services.documents.get(f"reviews/{review_id}") is not None
        review = f"/reviews/{review_id}" if known else f"/reviews/{review_id}/contest" if own else None
    return calls.Result(
        name=names[one.employee_id],
        employee_id=one.employee_id,
        standing=one.standing,
        scores=tuple(
            (competencies.get(competency, words.plain(competency)), score, competency in one.waiting)
            for competency, score in sorted(one.scores.items())
        ),
        opens_at=one.scores_open_at,
        review=review,
        own=own,
    )


def analyse_call(services: Services, visit: Visit, record_id: str) -> Reply:
    """Asks for the call to be analysed again."""
    try:
        services.reanalyse_call.ask(record_id, visit.caller)
    except Conflict as problem:
        return show_call(services, visit, record_id, sentence(problem.detail, problem.field))
    return Redirect(f"/calls/{quote(record_id)}?done=queued")


def link_call(services: Services, visit: Visit, record_id: str) -> Reply:
    """Says which deal the call belongs to."""
    entered = {name: visit.form.get(name, "").strip() for name in ("deal_id", "account_name")}
    try:
        body = validated(DealLinkBody, {**entered, "account_name": entered["account_name"] or None})
    except Rejected as problem:
        return show_call(services, visit, record_id, errors=refusals(problem, entered))
    services.link_call.link(record_id, body.deal_id, body.account_name, visit.caller)
    return Redirect(f"/calls/{quote(record_id)}?done=linked")


# The calls of a period


def new_period(services: Services, visit: Visit) -> Reply:
    return Page("call_analyses.html", calls.present_period(calls.Period()), "calls")


def start_period(services: Services, visit: Visit) -> Reply:
    """Starts a run over the calls of the days entered, both included."""
    errors: dict[str, str] = {}
    since, until = (day(visit.form, name, errors, required=True) for name in ("from", "to"))
    if since and until and until < since:
        errors["to"] = "The end lies before the beginning."
    if errors or since is None or until is None:
        view = calls.Period(None, visit.form, errors)
        return Page("call_analyses.html", calls.present_period(view), "calls", status=422)
    source = visit.form.get("source", "") or None
    run = services.reanalyse_period.start(since, until + timedelta(days=1), source, visit.caller)
    return Redirect(f"/calls/analyses/{quote(run.run_id)}")


def show_period(services: Services, visit: Visit, run_id: str) -> Reply:
    view = calls.Period(services.reanalyse_period.progress(run_id, visit.caller))
    return Page("call_analyses.html", calls.present_period(view), "calls")
