"""Shows what the platform has told a person: who read what they said in a call, and who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from functions.portal.calls.labels import name_of
from functions.portal.shell import words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.privacy import privacy
from shared.conversations.domain.call_name import record_id
from shared.notifications.domain.telling import page_of, sentence_of
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.platform.contract import Notification

GROUND = {
    "administrator": "as an administrator",
    "review": "to decide about its scores",
    "escalation": "because the call was escalated",
    "grant": "with an administrator’s grant",
}
PAUSED = words.PAUSED | {"owner_may_not": "you may not read any more what it tells"}
MOST_AT_ONCE = 100
"""Marked as read with one click."""


@dataclass(frozen=True)
class Told:
    """A notification. sentence: what happened; facts: (label, value) pairs, a moment as such; call: (its id, its name)
    where it is about one; page: (address, what to do there)."""

    notification_id: str
    sentence: str
    at: datetime
    unread: bool
    facts: tuple[tuple[str, str | datetime], ...] = ()
    call: tuple[str, str] | None = None
    page: tuple[str, str] | None = None


@dataclass(frozen=True)
class Inbox:
    items: tuple[Told, ...]
    more: str | None = None


def list_notifications(on: Environment, visit: Visit) -> PageOrRedirect:
    found = privacy(on).notices.own(visit.caller, after=place_of(visit))
    calls = {named: name_of(call) for named, call in found.calls.items()}
    told = tuple(_told(notice, found.names, calls) for notice in found.page.items)
    return present(Inbox(told, following("/notifications", found.page.next)))


def read_notification(on: Environment, visit: Visit) -> PageOrRedirect:
    """Marks one as read, or all that are shown."""
    own, told = visit.caller.employee_id or "", platform(on).notifications
    chosen = [visit.form.get("notification_id", "")]
    if chosen == ["all"]:
        shown = told.list(visit.caller, own, limit=MOST_AT_ONCE).items
        chosen = [notice.notification_id for notice in shown if notice.read_at is None]
    for notification_id in chosen:
        told.mark_read(visit.caller, own, notification_id)
    return Redirect("/notifications?done=read")


def present(view: Inbox) -> Page:
    return Page("notifications/notifications.html", {"view": view}, "notifications")


def _told(notice: Notification, names: Mapping[str, str], calls: Mapping[str, str]) -> Told:
    """Puts a notice into words. names: of people, by id; calls: how people speak of them, by record id"""
    facts = notice.facts
    shown: list[tuple[str, str | datetime]] = []
    if "ground" in facts:
        shown.append(("Why", GROUND.get(facts["ground"], facts["ground"])))
    if "until" in facts:
        shown.append(("Until", words.day(date.fromisoformat(facts["until"]))))
    if "because" in facts:
        shown.append(("Why", PAUSED.get(facts["because"], facts["because"])))
    if "due" in facts:
        shown.append(("Due", datetime.fromisoformat(facts["due"])))
    if "risk" in facts:
        shown.append(("Risk", words.plain(facts["risk"])))
    call = None
    if "call_id" in facts:
        named = record_id(facts["source"], facts["call_id"])
        call = named, calls.get(named, f"a call that is gone, {named}")
    sentence, page = sentence_of(notice.kind, facts, names), page_of(notice.kind, facts)
    return Told(notice.notification_id, sentence, notice.at, notice.read_at is None, tuple(shown), call, page)
