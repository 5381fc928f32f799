"""Shows one learner: what they are held to, how far they are with the evidence behind it, what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from functions.portal.learners.page import AUTHORISED, STATE, address
from functions.portal.shell import words
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.learning import learning
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.learning.enrolment_contract import AuthorisationBody, AuthorisationList, BreakBody, EnrolmentView
from shared.learning.progress_contract import LearnerProgress

if TYPE_CHECKING:
    from shared.learning.contract import MasteryView

FIELDS = frozenset({"activity", "scope", "begins", "ends"})
OF_BREAK = {"begins": "break_begins", "ends": "break_ends", "reason": "break_reason"}
"""How the form that notes a break calls what a break has; that of authorisations stands on the same page."""
OF_ITS_END = {"ends": "break_last"}
BREAK_REASON = {
    "agreed_leave": "Agreed leave",
    "parental_leave": "Parental leave",
    "illness": "Illness",
    "change_of_employer": "Change of employer",
    "other": "Another reason",
}
GROUPS = (("knowledge", "Knowledge"), ("skill", "Skills"), ("behaviour", "Behaviours"))
MARK = {
    "not_safe": "failing",
    "not_started": "gap",
    "in_progress": "in_progress",
    "fading": "stale",
    "expired": "expired",
    "shown": "validated",
}


@dataclass(frozen=True)
class LearnerPage:
    """Holds what the page tells. gives: the viewer may authorise; keeps: and note breaks; entered, errors: of a form
    that was refused, and which it was"""

    enrolment: EnrolmentView
    mastery: MasteryView
    progress: LearnerProgress
    authorisations: AuthorisationList
    own: bool
    gives: bool
    keeps: bool = False
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


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
        return present(_page(on, visit, employee_id, entered, refusals(problem, FIELDS), "authorisation"))
    return Redirect(f"{address(employee_id)}?done=authorised")


def revoke_authorisation(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Takes back what the learner was authorised to do."""
    enrolment(on).authorise.revoke(visit.caller, visit.form.get("authorisation_id", ""))
    return Redirect(f"{address(employee_id)}?done=authorisation_ended")


def note_break(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Notes a break in learning, or says what of it cannot be taken."""
    entered = {name: visit.form.get(name, "").strip() for name in OF_BREAK.values()}
    body = {name: entered[ours] or None for name, ours in OF_BREAK.items()}
    return _noted(on, visit, employee_id, _BreakForm(body, entered, OF_BREAK, "break"))


def end_break(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Gives the break that has no end its last day; its beginning and reason stay."""
    entered = {"break_last": visit.form.get("break_last", "").strip()}
    if not entered["break_last"]:
        errors = {"break_last": "Enter the last day."}
        return present(_page(on, visit, employee_id, entered, errors, "end"))
    body = {"begins": visit.form.get("begins"), "reason": visit.form.get("reason"), "ends": entered["break_last"]}
    return _noted(on, visit, employee_id, _BreakForm(body, entered, OF_ITS_END, "end"))


@dataclass(frozen=True)
class _BreakForm:
    """Parts of what was sent: the break, what was entered, how the form calls what a break has, which form."""

    body: Mapping[str, str | None]
    entered: Mapping[str, str]
    names: Mapping[str, str]
    which: str


def _noted(on: Environment, visit: Visit, employee_id: str, form: _BreakForm) -> PageOrRedirect:
    try:
        enrolment(on).keeping.note_break(visit.caller, employee_id, validated(BreakBody, form.body))
    except Rejected as problem:
        if problem.status != 422:
            raise
        errors = {form.names.get(name, "form"): said for name, said in refusals(problem, form.names).items()}
        return present(_page(on, visit, employee_id, form.entered, errors, form.which))
    return Redirect(f"{address(employee_id)}?done={'break_noted' if form.which == 'break' else 'break_ended'}")


def _page(
    on: Environment,
    visit: Visit,
    employee_id: str,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str = "",
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
        keeps=visit.may("enrolments.write"),
        entered={"scope": "supervised", "begins": _today(visit).isoformat(), **(entered or {})},
        errors=errors or {},
        refused=refused,
    )


def _today(visit: Visit) -> date:
    return visit.now.date()


def present(view: LearnerPage) -> Page:
    variables = {
        "view": view,
        "state": STATE[view.enrolment.state],
        "address": address(view.enrolment.employee_id),
        "groups": [
            (
                title,
                [
                    (one, MARK[one.attained], words.statement(one.competency, one.name))
                    for one in view.mastery.items
                    if one.category == category
                ],
            )
            for category, title in GROUPS
            if any(one.category == category for one in view.mastery.items)
        ],
        "agreed": next((one for one in reversed(view.enrolment.consents) if one.agreed), None),
        "plan": (view.enrolment.plan or "").rpartition("_")[2],
        "open_break": next((one for one in view.enrolment.breaks if one.ends is None), None),
        "BREAK_REASON": BREAK_REASON,
        "authorisations": [(one, AUTHORISED[one.state]) for one in view.authorisations.authorisations],
    }
    return Page("learner/learner.html", variables, "learners", status=422 if view.errors else 200)
