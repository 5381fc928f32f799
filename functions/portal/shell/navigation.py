"""Says where a person may go in the portal, and where they start."""

from __future__ import annotations

from dataclasses import replace

from functions.portal.shell.frame import Place
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from shared.kernel.access import Caller, Permission, own_calls_first

_EVERYONE: tuple[tuple[Permission, Place], ...] = (
    ("team.read", Place("team", "My team", "/team", "people", "Understand")),
    ("readiness.read", Place("readiness", "Readiness", "/", "readiness", "Understand")),
    ("pipeline.read", Place("pipeline", "Pipeline risk", "/pipeline", "pipeline", "Understand")),
    ("readiness.read", Place("reports", "Reports", "/reports", "analysts", "Understand")),
    ("people.list", Place("people", "People", "/people", "people", "Understand")),
    ("readiness.read", Place("activity", "Activity", "/activity", "activity", "Understand")),
    ("learning.own", Place("learn", "My lessons", "/learn/", "samples", "Understand")),
    ("profile.read", Place("me", "My profile", "/me", "person", "Understand")),
    ("assignments.complete", Place("preparation", "Preparation", "/preparation", "preparation", "Understand")),
    ("histories.read", Place("calls", "Calls", "/calls", "calls", "Understand")),
    ("observations.write", Place("observe", "Observe", "/observe", "reviews", "Understand")),
    ("behaviours.verify", Place("verify", "Verify behaviours", "/verify", "reviews", "Understand")),
    ("samples.read", Place("samples", "Samples", "/samples", "samples", "Understand")),
    ("reviews.read", Place("reviews", "Reviews", "/reviews", "reviews", "Understand")),
    ("certificates.read", Place("analysts", "Analysts", "/analysts", "analysts", "Understand")),
    ("notifications.read", Place("notifications", "Notifications", "/notifications", "notifications", "Privacy")),
    ("grants.read", Place("access", "Transcript access", "/access", "access", "Privacy")),
    ("skills.read", Place("skills", "Skills and rules", "/skills", "skills", "Configure")),
    ("learners.read", Place("learners", "Learners", "/learners", "people", "Understand")),
    ("hand_overs.answer", Place("hand_overs", "Hand-overs", "/hand-overs", "reviews", "Understand")),
    ("standards.read", Place("standards", "Standards", "/standards", "audit", "Configure")),
    ("lessons.write", Place("lessons", "Lessons", "/lessons", "samples", "Configure")),
    (
        "assignment_rules.manage",
        Place("assignment_rules", "Assignments by rule", "/assignment-rules", "preparation", "Configure"),
    ),
    ("operations.read", Place("held", "Held scores", "/held-scores", "held", "Configure")),
    ("operations.read", Place("health", "Health", "/health", "health", "Operate")),
    ("operations.read", Place("coach", "Coach", "/coach", "notifications", "Operate")),
    ("operations.read", Place("calibration", "Calibration", "/calibration", "calibration", "Operate")),
    ("hold_out.manage", Place("hold_out", "Hold-out", "/hold-out", "calibration", "Operate")),
    ("operations.read", Place("quarantine", "Quarantine", "/quarantine", "quarantine", "Operate")),
    ("operations.read", Place("dead_letters", "Dead letters", "/dead-letters", "dead-letters", "Operate")),
    (
        "operations.read",
        Place("notification_deliveries", "What was sent", "/notification-deliveries", "dead-letters", "Operate"),
    ),
    ("webhooks.manage", Place("webhooks", "Webhooks", "/webhooks", "webhooks", "Operate")),
    ("erasure.run", Place("erasures", "Erasures", "/erasures", "erasures", "Operate")),
    ("audit.read", Place("audit", "Audit", "/audit", "audit", "Operate")),
)


def home(on: Environment, caller: Caller, address: str = "/") -> str:
    """Returns where somebody starts who asked for nothing else: a manager at the own team, a mentor at the own
    learners, who learns by a standard at the own lessons, others as `/` leads them."""
    if address != "/":
        return address
    if caller.role == "manager":
        return "/team"
    if caller.role == "mentor":
        return "/learners"
    return "/learn/" if _learns(on, caller) else address


def places(on: Environment, caller: Caller) -> tuple[Place, ...]:
    """Returns where a person may go, in the navigation's order, with how many notifications wait.

    The own profile stands there for those whose pages begin with it, the lessons for who learns by a standard.
    """
    open_to = {"me": own_calls_first(caller), "reports": on.reports_here, "learn": _learns(on, caller)}
    told = caller.employee_id is not None and "notifications.read" in caller.permissions
    unread = platform(on).notifications.unread(caller, caller.employee_id or "") if told else 0
    return tuple(
        replace(place, count=unread or None) if place.name == "notifications" else place
        for permission, place in _EVERYONE
        if permission in caller.permissions and open_to.get(place.name, True)
    )


def _learns(on: Environment, caller: Caller) -> bool:
    """Tells whether somebody works by a framework that is for a standard. What is told of it is remembered."""
    return (
        caller.role == "employee"
        and caller.framework_id is not None
        and frameworks(on).configuration.is_for_standard(caller.framework_id)
    )
