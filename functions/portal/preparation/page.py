"""Shows what somebody is to do before a meeting, until when and why, and notes what they did of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.portal.preparation.assigning import Offer, give, offer
from functions.portal.shell import words
from functions.portal.shell.effects import Doing, doing
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from shared.kernel.reading import validated
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentView
    from shared.enablement.usecases.open_preparation import OpenedPreparation

KIND = {
    "podcast": "Listen",
    "battlecard": "Read",
    "documentation": "Read",
    "call_recording": "Listen",
    "video": "Watch",
    "course": "Watch",
    "role_play": "Practise",
    "multiple_choice_test": "Answer",
    "hands_on_lab": "Try",
    "certification_exam": "Answer",
}
TRIGGER = {
    "gap": "Below the bar",
    "declining": "Declining",
    "expiring": "Validation expiring",
    "practice_falls": "Practice is falling",
    "not_in_the_field": "Practice and field apart",
    "by_hand": "Assigned",
}
CLOSED = {
    "completed": "Done",
    "reassigned": "Withdrawn: somebody else works on the deal now",
    "meeting_gone": "Withdrawn: there is no meeting to prepare for",
    "deal_gone": "Withdrawn: the CRM does not have the deal any more",
    "deal_closed": "Withdrawn: the deal is closed",
    "withdrawn": "Taken back",
    "shown": "Not needed any more: shown in the field",
}


@dataclass(frozen=True)
class Preparation:
    """Holds what is open, with what it would do, and what is over. name: whose it is; None on the own page

    givers: names of who assigned something, by id; offer: what the viewer may assign; None for nothing
    scores_open_at: when the last of the calls opens that count for nothing here; None: none is
    """

    employee_id: str
    name: str | None
    open: tuple[Doing, ...]
    over: tuple[AssignmentView, ...]
    more: str | None = None
    givers: Mapping[str, str] = field(default_factory=dict)
    offer: Offer | None = None
    scores_open_at: datetime | None = None


def show_own(on: Environment, visit: Visit) -> PageOrRedirect:
    own = visit.caller.employee_id or ""
    found = enablement(on).preparation.open(visit.caller, own, limit=50, after=place_of(visit))
    return present(_preparation(on, found, None, "/preparation"))


def show_of(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows somebody's preparation, and what the viewer may assign to them."""
    return _page_of(on, visit, employee_id, {})


def assign(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Assigns something to somebody, or says what cannot be taken."""
    done = give(on, visit, f"/people/{quote(employee_id)}/preparation")
    return done if isinstance(done, Redirect) else replace(_page_of(on, visit, employee_id, done), status=422)


def take_back(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Takes something back that was assigned."""
    enablement(on).by_hand.take_back(visit.caller, visit.form.get("assignment_id", ""))
    return Redirect(f"/people/{quote(employee_id)}/preparation?done=withdrawn")


def _page_of(on: Environment, visit: Visit, employee_id: str, errors: Mapping[str, str]) -> Page:
    address = f"/people/{employee_id}/preparation"
    found = enablement(on).preparation.open(visit.caller, employee_id, limit=50, after=place_of(visit))
    employee = found.employee
    to = [(employee.employee_id, employee.name)] if employee.active else []
    view = _preparation(on, found, employee.name, address)
    return present(replace(view, offer=offer(on, visit, employee.framework_id, to, errors)))


def complete(on: Environment, visit: Visit) -> PageOrRedirect:
    """Notes that one thing is done, and whether it helped."""
    from shared.enablement.contract import CompletionBody

    relevant = {"yes": True, "no": False}.get(visit.form.get("relevant", ""))
    body = validated(CompletionBody, {"content_id": visit.form.get("content_id"), "relevant": relevant})
    enablement(on).assignments.complete(visit.caller, visit.form.get("assignment_id", ""), body)
    return Redirect("/preparation?done=prepared")


def present(view: Preparation) -> Page:
    variables = {"view": view, "KIND": KIND, "CLOSED": CLOSED, "TRIGGER": TRIGGER, "plain": words.plain}
    return Page("preparation/preparation.html", variables, "preparation" if view.name is None else "people")


def _preparation(on: Environment, found: OpenedPreparation, name: str | None, address: str) -> Preparation:
    return Preparation(
        found.employee.employee_id,
        name,
        doing(found),
        tuple(one for one in found.assignments.items if one.state != "open"),
        following(address, found.assignments.next),
        enablement(on).assignments.givers(found.assignments.items),
        scores_open_at=found.scores_open_at,
    )
