"""Rules about people's records and profiles."""

from __future__ import annotations

from itertools import count

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, Rule

OPENING = frozenset({"employee", "manager", "mentor", "enablement", "cro", "administrator"})
"""Whom the relation to Joe opens his profile."""
RECORDED = OPENING - {"employee"}
"""Whoever opens somebody else's."""
"""Of those: whose views are recorded."""
_numbers = count(1)


def newcomer(api: ApiClient) -> str:
    """Somebody of whom there is no record yet."""
    return f"newcomer-{next(_numbers)}@augmentcode.com"


RULES = (
    Rule(
        "people are listed, without their ratings, to those who have somebody in sight",
        lambda api: JOE,
        ("GET", "employees"),
        None,
        frozenset({"manager", "senior_manager", "mentor", "enablement", "cro", "administrator"}),
        shown=("Joe Smith",),
    ),
    Rule(
        "a profile is shown to whom the relation opens it, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "employees/{id}/skills"),
        ("GET", "/people/{id}"),
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    ),
    Rule(
        "the events behind a skill are shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "employees/{id}/skills"),
        ("GET", "/people/{id}/skills/discovery"),
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    ),
    Rule(
        "a person's record is shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "employees/{id}"),
        None,
        OPENING,
        shown=("Joe Smith",),
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    ),
    Rule(
        "a person's record is written",
        newcomer,
        ("PUT", "employees/{id}"),
        None,
        ADMINISTRATOR,
        body={"name": "New Comer"},
        recorded=AuditAction.EMPLOYEE_CHANGED,
    ),
    Rule(
        "the titles that an import reads are shown to whoever imports",
        lambda api: "",
        ("GET", "job-titles"),
        ("GET", "/job-titles"),
        ADMINISTRATOR,
        shown=("Regional Director",),
    ),
    Rule(
        "people are imported",
        newcomer,
        ("POST", "employees/import"),
        None,
        ADMINISTRATOR,
        body="name,email,role,manager,hire_date\nNew Comer,{id},employee,,\n",
        recorded=AuditAction.EMPLOYEES_IMPORTED,
        about="*",
    ),
)
