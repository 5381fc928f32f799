"""Shows one learner: what they are held to, how far they are with the evidence behind it, what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from functions.portal.learners.page import STATE, address
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.learning import learning
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.learning.enrolment_contract import AuthorisationBody, AuthorisationList, EnrolmentView
from shared.learning.progress_contract import LearnerProgress

if TYPE_CHECKING:
    from shared.learning.contract import MasteryView

FIELDS = frozenset({"activity", "scope", "begins", "ends"})
GROUPS = (("knowledge", "Knowledge"), ("skill", "Skills"), ("behaviour", "Behaviours"))
MARK = {
    "not_safe": "failing",
    "not_started": "gap",
    "in_progress": "in_progress",
    "fading": "stale",
    "expired": "expired",
    "shown": "validated",
}
AUTHORISED = {
    "to_come": "To come",
    "in_force": "In force",
    "ends_soon": "Ends soon",
    "ended": "Ended",
    "revoked": "Taken back",
}


@dataclass(frozen=True)
class LearnerPage:
    """Holds what the page tells. gives: the viewer may authorise; entered, errors: of a form that was refused"""

    enrolment: EnrolmentView
    mastery: MasteryView
    progress: LearnerProgress
    authorisations: AuthorisationList
    own: bool
    gives: bool
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_learner(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    return present(_page(on, visit, employee_id))


def authorise_learner(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Says what the learner may do, or what of it cannot be taken."""
    entered = {name: visit.form.get(name, "").strip() for name in FIELDS}
    try:
        enrolment(on).authorise.give(visit.caller, employee_id, validated(AuthorisationBody, entered))
    except Rejected as problem:
        if problem.status != 422:
            raise
        return present(_page(on, visit, employee_id, entered, refusals(problem, FIELDS)))
    return Redirect(f"{address(employee_id)}?done=authorised")


def revoke_authorisation(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Takes back what the learner was authorised to do."""
    enrolment(on).authorise.revoke(visit.caller, visit.form.get("authorisation_id", ""))
    return Redirect(f"{address(employee_id)}?done=authorisation_ended")


def _page(
    on: Environment,
    visit: Visit,
    employee_id: str,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> LearnerPage:
    caller = visit.caller
    held = enrolment(on).keeping.show(caller, employee_id)
    return LearnerPage(
        held,
        learning(on).mastery.show(caller, held.employee_id),
        enrolment(on).watching.one(caller, held.employee_id),
        enrolment(on).authorise.of(caller, held.employee_id),
        own=caller.employee_id == held.employee_id,
        gives=enrolment(on).authorise.may(caller, held.mentor_id),
        entered=entered or {"scope": "supervised", "begins": _today(visit).isoformat()},
        errors=errors or {},
    )


def _today(visit: Visit) -> date:
    return visit.now.date()


def present(view: LearnerPage) -> Page:
    variables = {
        "view": view,
        "state": STATE[view.enrolment.state],
        "address": address(view.enrolment.employee_id),
        "groups": [
            (title, [(one, MARK[one.attained]) for one in view.mastery.items if one.category == category])
            for category, title in GROUPS
            if any(one.category == category for one in view.mastery.items)
        ],
        "authorisations": [(one, AUTHORISED[one.state]) for one in view.authorisations.authorisations],
    }
    return Page("learner/learner.html", variables, "learners", status=422 if view.errors else 200)
