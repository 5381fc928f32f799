"""Shows one event of a person's history as it was sent and as it stands, and takes out what was recorded by mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from functions.portal.shell import words
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.intake import intake
from shared.intake.contract import EventView, VoidBody
from shared.kernel.access import is_own
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.reading import validated

STANDING = {
    "counted": "Counts",
    "held": "Waits for a person",
    "rejected": "Rejected by a person",
    "superseded": "Superseded",
    "void": "Void",
    "not_open_yet": "Not open yet",
}
MOST_CHARACTERS = 8000


@dataclass(frozen=True)
class EventPage:
    """may_void: the viewer may take it out"""

    event: EventView
    own: bool
    may_void: bool
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_event(on: Environment, visit: Visit, errors: Mapping[str, str] | None = None) -> PageOrRedirect:
    """Shows the event that the address names by its id and source."""
    named = visit.form if errors else visit.query
    event_id, source = named.get("event_id", "").strip(), named.get("source", "").strip()
    if not event_id:
        raise NotFound("The address names no event.", field="event_id")
    event = intake(on).event.get(visit.caller, event_id, source or None)
    own = is_own(visit.caller, event.employee_id)
    view = EventPage(
        event=event,
        own=own,
        may_void=visit.may("events.void") and event.void is None,
        entered=visit.form,
        errors=errors or {},
    )
    return present(view)


def void_event(on: Environment, visit: Visit) -> PageOrRedirect:
    """Takes the event out."""
    entered = {name: visit.form.get(name, "").strip() for name in ("event_id", "source", "reason")}
    try:
        body = validated(VoidBody, {**entered, "source": entered["source"] or None})
    except Rejected as problem:
        return show_event(on, visit, refusals(problem, entered))
    intake(on).voiding.void(visit.caller, body)
    return Redirect(f"{address(body.event_id, body.source)}&done=voided")


def address(event_id: str, source: str | None) -> str:
    """Returns where an event is shown: its id may hold what no path can."""
    return f"/events?{urlencode({'event_id': event_id, 'source': source or ''})}"


def present(view: EventPage) -> Page:
    variables = {
        "view": view,
        "standing": STANDING[view.event.standing],
        "kind": words.capital(words.plain(view.event.kind)),
        "raw": words.cut(json.dumps(view.event.payload, indent=2, ensure_ascii=False), MOST_CHARACTERS),
    }
    place = "me" if view.own else "people"
    return Page("event/event.html", variables, place, status=422 if view.errors else 200)
