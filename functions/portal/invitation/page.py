"""Lets who runs the training invite somebody to learn: the standard's version first, then the person and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from functions.portal.learners.page import address as address_of_learner
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from functions.portal.standards.page import address as address_of_standard
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.learning.enrolment_contract import EnrolmentBody
from shared.taxonomy.contract import StandardSummary, StandardView
from shared.taxonomy.plan_contract import PlanHead

INVITATION = "/learners/invitation"
PER_PAGE = 40
FIELDS = frozenset({"employee_id", "plan", "started_on", "gateway_on", "milestone", "employer_id"})
CHANGES = "change_framework"
BESIDE = FIELDS | {"standard", "revision"}


@dataclass(frozen=True)
class Choice:
    """Holds the standards that somebody may be invited to. next: where the list goes on"""

    standards: Sequence[StandardSummary]
    next: str | None


@dataclass(frozen=True)
class InvitationPage:
    """Holds what the form asks: which text and which of the plans, the latest import last."""

    standard: StandardView
    plans: Sequence[PlanHead]
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_form(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the standards to choose from, or the form of the one that was chosen."""
    key = visit.query.get("standard")
    if key:
        return present(_form(on, visit, key))
    found = taxonomy(on).read_standards.page(visit.caller, PER_PAGE, visit.query.get("after") or None)
    return present_choice(Choice(found.standards, found.next_cursor))


def invite(on: Environment, visit: Visit) -> PageOrRedirect:
    """Invites, or says beside its field what cannot be taken."""
    key = visit.form.get("standard", "")
    entered = {name: visit.form.get(name, "").strip() for name in FIELDS}
    body = {name: value or None for name, value in entered.items()} | {"standard": key, "revision": _revision(visit)}
    changes = visit.form.get(CHANGES) == "yes"
    body["employee_id"], body["milestone"] = entered["employee_id"].lower(), entered["milestone"]
    try:
        held = enrolment(on).enrol.invite(visit.caller, validated(EnrolmentBody, body | {CHANGES: changes}))
    except Rejected as problem:
        if problem.status not in (404, 409, 422):
            raise
        entered |= {CHANGES: "yes" if changes else ""}
        return present(_form(on, visit, key, entered, refusals(problem, BESIDE)))
    return Redirect(f"{address_of_learner(held.employee_id)}?done=invited")


def _revision(visit: Visit) -> int | None:
    """Returns the text that the form showed: whatever is imported meanwhile, they are held to what was seen."""
    text = visit.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _form(
    on: Environment,
    visit: Visit,
    key: str,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> InvitationPage:
    standard = taxonomy(on).read_standards.show(visit.caller, key, None)
    plans = taxonomy(on).assessment_plans.of_standard(visit.caller, key).plans
    latest = {"plan": plans[-1].key if plans else "", "milestone": "gateway"}
    return InvitationPage(standard, plans, latest | dict(entered or {}), errors or {})


def present_choice(view: Choice) -> Page:
    rows = [(one, f"{INVITATION}?standard={quote(one.key, safe='@')}") for one in view.standards]
    following = None if view.next is None else f"{INVITATION}?{urlencode({'after': view.next})}"
    return Page("invitation/choice.html", {"rows": rows, "following": following}, "learners")


def present(view: InvitationPage) -> Page:
    beside = {name: said for name, said in view.errors.items() if name in FIELDS}
    whole = [said for name, said in view.errors.items() if name not in FIELDS]
    variables = {
        "view": view,
        "address": INVITATION,
        "standard": address_of_standard(view.standard.key),
        "errors": beside | ({"form": " ".join(whole)} if whole else {}),
    }
    return Page("invitation/invitation.html", variables, "learners", status=422 if view.errors else 200)
