"""Shows the viewer's learners: who may need help and why, what ends soon, how long a milestone takes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.rounding import percent
from shared.learning.enrolment_contract import AuthorisationList
from shared.learning.progress_contract import AtRiskList, MilestoneTime, MilestoneTimes

PER_PAGE = 15
STATE = {
    "invited": "Invited, not there yet",
    "joined": "Has not agreed yet",
    "learning": "Learning",
    "on_break": "On a break",
    "withdrawn": "Has withdrawn",
    "left": "Has left",
}
AUTHORISED = {
    "to_come": "To come",
    "in_force": "In force",
    "ends_soon": "Ends soon",
    "ended": "Ended",
    "revoked": "Taken back",
}
MOST_STEPS = 6
"""Of a curve, that are written out: the last ones say most."""


@dataclass(frozen=True)
class LearnersPage:
    """Holds the answers of the page's three questions. invites: the viewer runs the training"""

    at_risk: AtRiskList
    ending: AuthorisationList
    times: MilestoneTimes
    invites: bool = False


def show_learners(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows a page of the learners in the viewer's sight, those who may need help first."""
    watching, caller = enrolment(on).watching, visit.caller
    found = watching.at_risk(caller, PER_PAGE, visit.query.get("after") or None)
    ending, times = enrolment(on).authorise.ending(caller), watching.milestones(caller)
    return present(LearnersPage(found, ending, times, visit.may("enrolments.write")))


def present(view: LearnersPage) -> Page:
    ordered = sorted(
        view.at_risk.learners,
        key=lambda one: (one.state == "left", not one.reasons, one.name.casefold(), one.employee_id),
    )
    following = view.at_risk.next_cursor
    variables = {
        "view": view,
        "rows": [(one, address(one.employee_id), STATE[one.state]) for one in ordered],
        "calling": sum(bool(one.reasons) for one in ordered),
        "learning_here": sum(one.state != "left" for one in ordered),
        "following": None if following is None else f"/learners?after={quote(following, safe='@')}",
        "ending": [(one, address(one.employee_id)) for one in view.ending.authorisations],
        "times": [(one, median(one), steps(one)) for one in view.times.milestones],
        "least": SMALLEST_GROUP,
    }
    return Page("learners/learners.html", variables, "learners")


def address(employee_id: str) -> str:
    """Returns where a learner's page is."""
    return f"/learners/{quote(employee_id, safe='@')}"


def median(one: MilestoneTime) -> str:
    """Returns in how many days half of the learners reach a milestone, with how sure that is."""
    if one.median_days is None:
        return "Half of them have not reached it yet, so that no middle can be told."
    low = one.median_low if one.median_low is not None else 0
    high = f"{one.median_high}" if one.median_high is not None else "an end that cannot be told yet"
    return f"Half of them reach it within {one.median_days} days (80 % interval {low} to {high})."


def steps(one: MilestoneTime) -> list[str]:
    """Returns what share reaches it by which day, in words."""
    return [
        f"By day {step.days}: {percent(step.share.value)} % "
        f"({percent(step.share.low)}–{percent(step.share.high)} %), {step.going} followed until then"
        for step in one.steps[-MOST_STEPS:]
    ]
