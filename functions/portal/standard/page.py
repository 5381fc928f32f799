"""Shows one version of an official standard, with a plan of its assessment in the plan's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from functions.portal.standard.changes import Changes, asked_for
from functions.portal.standards.page import KIND, STATE, Version, address, compared, versions_of
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.errors import NotFound
from shared.learning.enrolment_contract import EnrolmentView, PinnedLearners
from shared.platform.edges.query import whole_number
from shared.taxonomy.contract import StandardStatement, StandardView
from shared.taxonomy.plan_contract import PlanHead, PlannedView, PlanView
from shared.taxonomy.standard_contract import FrameworkOfStandard, VersionedStandard

LATEST_TEXTS = 10
"""Of the former texts of a version so many are offered to compare with."""
GROUPS = (("knowledge", "Knowledge"), ("skill", "Skills"), ("behaviour", "Behaviours"))


@dataclass(frozen=True)
class StandardPage:
    """Holds what the page asks.

    plan:      the one that is shown; beside: all versions that are kept
    pinned:    to those who may know; own: what the viewer is held to, where it is this standard
    changes:   the comparison that is asked for
    framework: by which people learn it, to those who may begin one or invite
    """

    standard: StandardView
    plans: tuple[PlanHead, ...]
    plan: PlanView | None
    beside: VersionedStandard
    pinned: PinnedLearners | None = None
    own: EnrolmentView | None = None
    changes: Changes | None = None
    framework: FrameworkOfStandard | None = None
    may_begin: bool = False
    may_invite: bool = False


@dataclass(frozen=True)
class Row:
    """Shows a statement, and how the plan has it assessed. mandatory: in words; how: likewise"""

    statement: StandardStatement
    lines: tuple[str, ...]
    mandatory: str
    how: str


def show_standard(on: Environment, visit: Visit, key: str) -> PageOrRedirect:
    """Shows a version as it stands; to a learner who is held to it, the text and the plan that they are held to."""
    own = _own(on, visit, key)
    asked = whole_number(visit, "revision", 1, 1_000_000)
    revision = asked if asked is not None or own is None else own.revision
    found = taxonomy(on).read_standards.show(visit.caller, key, revision)
    plans = taxonomy(on).assessment_plans.of_standard(visit.caller, key).plans
    last = plans[-1].key if plans else None
    chosen = visit.query.get("plan") or (own.plan if own is not None else None) or last
    plan = None if chosen is None else taxonomy(on).assessment_plans.show(visit.caller, chosen)
    if plan is not None and plan.standard != key:
        raise NotFound(f"{plan.key} is no plan of {key}", field="plan")
    pinned = enrolment(on).keeping.pinned(visit.caller, key) if visit.may("standards.read") else None
    changes = asked_for(on, visit, key, revision, chosen)
    beside = taxonomy(on).read_standards.beside(visit.caller, key)
    begins, invites = visit.may("skills.write"), visit.may("enrolments.write")
    framework = taxonomy(on).begin_framework.of_standard(visit.caller, key) if begins or invites else None
    return present(StandardPage(found, tuple(plans), plan, beside, pinned, own, changes, framework, begins, invites))


def begin_framework(on: Environment, visit: Visit, key: str) -> PageOrRedirect:
    """Begins the framework by which people learn this standard; again it changes nothing."""
    taxonomy(on).begin_framework.begin(visit.caller, key)
    return Redirect(f"{address(key)}?done=framework_begun#learning")


def _own(on: Environment, visit: Visit, key: str) -> EnrolmentView | None:
    caller = visit.caller
    if caller.employee_id is None or not visit.may("learning.own"):
        return None
    try:
        own = enrolment(on).keeping.show(caller, caller.employee_id)
    except NotFound:
        return None
    return own if own.standard == key else None


def present(view: StandardPage) -> Page:
    standard = view.standard
    planned = {} if view.plan is None else {one.code: one for one in view.plan.statements}
    variables = {
        "view": view,
        "kind": KIND[standard.kind],
        "address": address(standard.key),
        "groups": [
            (title, rows)
            for category, title in GROUPS
            if (rows := [_row(one, planned) for one in standard.statements if one.category == category])
        ],
        "state": STATE.get(standard.status, standard.status),
        "plans": [(one, f"{address(standard.key)}?plan={quote(one.key, safe='@')}") for one in view.plans],
        "versions": _beside(view),
        "texts": range(max(1, standard.revision - LATEST_TEXTS), standard.revision),
        "least": SMALLEST_GROUP,
        "skills": None
        if view.framework is None
        else f"/skills?framework={quote(view.framework.framework_id, safe='')}",
        "invitation": f"/learners/invitation?standard={quote(standard.key, safe='@')}",
    }
    return Page("standard/standard.html", variables, "standards")


def _beside(view: StandardPage) -> list[tuple[Version, str | None]]:
    """Returns all versions with where each is compared with this one, from the earlier to the later; None for this."""
    key, shown = view.standard.key, versions_of(view.beside.versions, {})
    here = next((place for place, one in enumerate(shown) if one.of.key == key), len(shown))
    return [
        (one, None if place == here else compared(one.address, view.standard.version))
        if place <= here
        else (one, compared(address(key), one.of.version))
        for place, one in enumerate(shown)
    ]


def _row(statement: StandardStatement, planned: Mapping[str, PlannedView]) -> Row:
    plan = planned.get(statement.code)
    if plan is None:
        return Row(statement, tuple(statement.text.split("\n")), "", "")
    mandatory = {True: "Mandatory", False: "Not mandatory", None: ""}[plan.mandatory]
    by = f", marked by the {plan.marked_by}" if plan.marked_by else ""
    how = f"{', '.join(plan.methods)}{by}" if plan.methods else by.removeprefix(", ").capitalize()
    return Row(statement, tuple(statement.text.split("\n")), mandatory, how)
