"""Shows a person's notifications, and marks them as read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from functions.portal.pages import privacy
from functions.portal.pages.calls import name_of
from functions.portal.services import Services
from functions.portal.shell import words
from functions.portal.shell.paging import cursor, following
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from shared.conversations.records import CallRecord


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
