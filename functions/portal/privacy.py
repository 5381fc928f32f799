"""Notifications, grants, escalations and erasures: from use cases to view models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from functions.portal.pages import privacy
from functions.portal.pages.calls import name_of
from functions.portal.services import Services
from functions.portal.shell import words
from functions.portal.shell.forms import refusals, sentence
from functions.portal.shell.paging import cursor, following
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from shared.conversations.records import CallRecord
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.privacy.contract import ErasureLine, EscalationBody, GrantBody
from shared.privacy.domain.transcript_ground import GRANTED_FOR

# Notifications


def list_notifications(services: Services, visit: Visit) -> Reply:
    own = visit.caller.employee_id or ""
    items, more = services.notifications.list(visit.caller, own, after=cursor(visit.query.get("after")))
    names = services.employees.names({i["facts"][n] for i in items for n in ("by", "to") if n in i["facts"]})
    calls = services.call_records.find({_call_of(item["facts"]) for item in items if "call_id" in item["facts"]})
    view = privacy.Inbox(
        tuple(_told(item, names, calls) for item in items),
        following("/notifications", more),
    )
    return Page("notifications.html", privacy.present_inbox(view), "notifications")


def read_notification(services: Services, visit: Visit) -> Reply:
    """Marks one as read, or all that are shown."""
    own = visit.caller.employee_id or ""
    named = visit.form.get("notification_id", "")
    if named == "all":
        items, _ = services.notifications.list(visit.caller, own, limit=100)
        chosen = [item["notification_id"] for item in items if item["read_at"] is None]
    else:
        chosen = [named]
    for notification_id in chosen:
        services.notifications.mark_read(visit.caller, own, notification_id)
    return Redirect("/notifications?done=read")


def _told(item: Mapping[str, Any], names: Mapping[str, str], calls: Mapping[str, CallRecord]) -> privacy.Told:
    facts = item["facts"]
    shown = []
    if "ground" in facts:
        shown.append(("Why", privacy.GROUND.get(facts["ground"], facts["ground"])))
    if "until" in facts:
        shown.append(("Until", words.day(date.fromisoformat(facts["until"]))))
    return privacy.Told(
        item["notification_id"],
        privacy.sentence(item["kind"], {**facts, **{n: names[facts[n]] for n in ("by", "to") if n in facts}}),
        item["at"],
        item["read_at"] is None,
        tuple(shown),
        _call_named(_call_of(facts), calls) if "call_id" in facts else None,
    )


def _call_of(facts: Mapping[str, Any]) -> str:
    return f"{facts['source']}-{facts['call_id']}"


def _call_named(record_id: str, calls: Mapping[str, CallRecord]) -> tuple[str, str]:
    """(the call's id, how people speak of it)."""
    return record_id, name_of(calls[record_id]) if record_id in calls else f"a call that is gone, {record_id}"


# Grants and escalations


def show_access(
    services: Services,
    visit: Visit,
    refused: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> Reply:
    caller = visit.caller
    grants, escalations = services.transcript_access.grants(caller), services.transcript_access.escalations(caller)
    calls = services.call_records.find({_call_of(one) for one in escalations})
    names = services.employees.names(
        {one[field] for one in grants for field in ("employee_id", "to", "granted_by")}
        | {one[field] for one in escalations for field in ("to", "raised_by")},
    )
    items = [
        privacy.Access(
            "grant",
            one["grant_id"],
            names[one["employee_id"]],
            names[one["to"]],
            one["purpose"],
            names[one["granted_by"]],
            one["expires_at"],
            ends=visit.may("grants.write"),
            leads_to="/calls?" + urlencode({"employee": one["employee_id"]})
            if one["to"] == caller.employee_id
            else None,
        )
        for one in grants
    ] + [
        privacy.Access(
            "escalation",
            one["escalation_id"],
            _call_named(_call_of(one), calls)[1],
            names[one["to"]],
            one["reason"],
            names[one["raised_by"]],
            one["expires_at"],
            ends=visit.may("escalations.write")
            and (caller.role == "administrator" or one["raised_by"] == caller.employee_id),
            leads_to=f"/calls/{quote(_call_of(one))}/transcript" if one["to"] == caller.employee_id else None,
        )
        for one in escalations
    ]
    view = privacy.AccessPage(
        tuple(items),
        visit.may("grants.write"),
        visit.may("escalations.write"),
        refused,
        {"days": str(GRANTED_FOR.days), "call_id": visit.query.get("call", ""), **visit.form},
        errors or {},
    )
    return Page("access.html", privacy.present_access(view), "access", status=422 if errors else 200)


def give_grant(services: Services, visit: Visit) -> Reply:
    def give() -> None:
        days = visit.form.get("days", "").strip()
        if not days.isascii() or not days.isdigit() or len(days) > 3:
            raise Rejected("write a number of days from 1 to 90", field="days")
        body = validated(GrantBody, {**_fields(visit, "grant"), "days": int(days)})
        services.transcript_access.grant(visit.caller, body.employee_id, body.to, purpose=body.purpose, days=body.days)

    return _done_or_refused(services, visit, "grant", give, "/access?done=granted")


def escalate(services: Services, visit: Visit) -> Reply:
    def raise_it() -> None:
        body = validated(EscalationBody, _fields(visit, "escalation"))
        services.transcript_access.escalate(visit.caller, body.call_id, body.to, reason=body.reason)

    return _done_or_refused(services, visit, "escalation", raise_it, "/access?done=escalated")


def end_grant(services: Services, visit: Visit) -> Reply:
    services.transcript_access.revoke_grant(visit.caller, visit.form.get("access_id", ""))
    return Redirect("/access?done=ended")


def end_escalation(services: Services, visit: Visit) -> Reply:
    services.transcript_access.revoke_escalation(visit.caller, visit.form.get("access_id", ""))
    return Redirect("/access?done=ended")


def _done_or_refused(services: Services, visit: Visit, form: str, act: Callable[[], None], done: str) -> Reply:
    try:
        act()
    except Rejected as problem:
        return show_access(services, visit, form, refusals(problem, FIELDS[form]))
    return Redirect(done)


def _fields(visit: Visit, form: str) -> dict[str, str]:
    return {name: visit.form.get(name, "") for name in FIELDS[form]}


FIELDS = {"grant": ("employee_id", "to", "purpose", "days"), "escalation": ("call_id", "to", "reason")}
"""What each form asks for."""


# Erasures


def list_erasures(services: Services, visit: Visit, errors: Mapping[str, str] | None = None) -> Reply:
    runs = services.erasures.latest(visit.caller)
    names = services.employees.names({run.requested_by for run in runs})
    view = privacy.Erasures(
        tuple(
            privacy.Erasure(
                run.run_id,
                run.state,
                names[run.requested_by],
                run.requested_at,
                run.second_look_at,
                run.finished_at,
                tuple((line.store, line.part, _happened(line)) for line in run.report),
            )
            for run in runs
        ),
        visit.form,
        errors or {},
    )
    return Page("erasures.html", privacy.present_erasures(view), "erasures", status=422 if errors else 200)


def start_erasure(services: Services, visit: Visit) -> Reply:
    employee_id = visit.form.get("employee_id", "").strip().lower()
    if not employee_id:
        return list_erasures(services, visit, {"employee_id": "Write the person’s e-mail address."})
    try:
        services.start_erasure.start(visit.caller, employee_id, visit.form.get("repeated", ""))
    except Rejected as problem:
        wrong = visit.form.get("repeated", "").strip().lower() != employee_id
        return list_erasures(
            services, visit, {"repeated" if wrong else "employee_id": sentence(problem.detail, problem.field)}
        )
    return Redirect("/erasures?done=erasing")


def _happened(line: ErasureLine) -> str:
    counts = (("removed", line.removed), ("anonymised", line.anonymised))
    parts = [f"{number:,} {name}" for name, number in counts if number]
    if line.rows:
        parts.append(f"{words.count(line.rows, 'row')} erased")
    return ", ".join(parts)
