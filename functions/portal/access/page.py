"""Shows what lets people read what was said: grants and escalations; gives, raises and ends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from functions.portal.calls.labels import name_of
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.privacy import privacy
from shared.conversations.domain.call_name import record_id
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.privacy.contract import Escalation, EscalationBody, Grant, GrantBody
from shared.privacy.domain.transcript_ground import GRANTED_FOR, may_end_escalation

FIELDS = {"grant": ("employee_id", "to", "purpose", "days"), "escalation": ("call_id", "to", "reason")}
"""What each form asks for."""


@dataclass(frozen=True)
class Access:
    """A grant or escalation in force. kind: grant or escalation; about: the employee, or the call; why: its purpose or
    reason; ends: may the viewer end it; leads_to: where the viewer reads, None for others than the reader."""

    kind: str
    access_id: str
    about: str
    to: str
    why: str
    by: str
    until: datetime
    ends: bool = False
    leads_to: str | None = None


@dataclass(frozen=True)
class AccessPage:
    """entered and errors: of the form `refused` (grant or escalation)."""

    items: tuple[Access, ...]
    may_grant: bool
    may_escalate: bool
    refused: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_access(
    on: Environment, visit: Visit, refused: str | None = None, errors: Mapping[str, str] | None = None
) -> PageOrRedirect:
    found = privacy(on).access.in_force(visit.caller)
    titles = {named: name_of(call) for named, call in found.calls.items()}
    return present(
        AccessPage(
            (
                *(_granted(one, found.names, visit) for one in found.grants),
                *(_escalated(one, found.names, titles, visit) for one in found.escalations),
            ),
            visit.may("grants.write"),
            visit.may("escalations.write"),
            refused,
            {"days": str(GRANTED_FOR.days), "call_id": visit.query.get("call", ""), **visit.form},
            errors or {},
        )
    )


def give_grant(on: Environment, visit: Visit) -> PageOrRedirect:
    def give() -> None:
        days = visit.form.get("days", "").strip()
        if not days.isascii() or not days.isdigit() or len(days) > 3:
            raise Rejected("write a number of days from 1 to 90", field="days")
        body = validated(GrantBody, {**_fields(visit, "grant"), "days": int(days)})
        privacy(on).grants.give(visit.caller, body.employee_id, body.to, purpose=body.purpose, days=body.days)

    return _done_or_refused(on, visit, "grant", give, "/access?done=granted")


def escalate(on: Environment, visit: Visit) -> PageOrRedirect:
    def raise_it() -> None:
        body = validated(EscalationBody, _fields(visit, "escalation"))
        privacy(on).escalations.escalate(visit.caller, body.call_id, body.to, reason=body.reason)

    return _done_or_refused(on, visit, "escalation", raise_it, "/access?done=escalated")


def end_grant(on: Environment, visit: Visit) -> PageOrRedirect:
    privacy(on).grants.end(visit.caller, visit.form.get("access_id", ""))
    return Redirect("/access?done=ended")


def end_escalation(on: Environment, visit: Visit) -> PageOrRedirect:
    privacy(on).escalations.end(visit.caller, visit.form.get("access_id", ""))
    return Redirect("/access?done=ended")


def present(view: AccessPage) -> Page:
    def form(name: str) -> dict[str, Mapping[str, str]]:
        shown = view.refused == name
        return {"entered": view.entered if shown else {}, "errors": view.errors if shown else {}}

    variables = {"view": view, "grant": form("grant"), "escalation": form("escalation")}
    return Page("access/access.html", variables, "access", status=422 if view.errors else 200)


def _granted(one: Grant, names: Mapping[str, str], visit: Visit) -> Access:
    return Access(
        "grant",
        one.grant_id,
        names[one.employee_id],
        names[one.to],
        one.purpose,
        names[one.granted_by],
        one.expires_at,
        ends=visit.may("grants.write"),
        leads_to="/calls?" + urlencode({"employee": one.employee_id}) if one.to == visit.caller.employee_id else None,
    )


def _escalated(one: Escalation, names: Mapping[str, str], titles: Mapping[str, str], visit: Visit) -> Access:
    caller, call = visit.caller, record_id(one.source, one.call_id)
    return Access(
        "escalation",
        one.escalation_id,
        titles.get(call, f"a call that is gone, {call}"),
        names[one.to],
        one.reason,
        names[one.raised_by],
        one.expires_at,
        ends=may_end_escalation(caller, one.raised_by),
        leads_to=f"/calls/{quote(call)}/transcript" if one.to == caller.employee_id else None,
    )


def _done_or_refused(on: Environment, visit: Visit, form: str, act: Callable[[], None], done: str) -> PageOrRedirect:
    try:
        act()
    except Rejected as problem:
        return show_access(on, visit, form, refusals(problem, FIELDS[form]))
    return Redirect(done)


def _fields(visit: Visit, form: str) -> dict[str, str]:
    return {name: visit.form.get(name, "") for name in FIELDS[form]}
