"""Rules about one person's profile."""

from __future__ import annotations

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE
from tests.policy.both_edges import Rule

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
        frozenset({"employee", "manager", "mentor", "enablement", "cro", "administrator"}),
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=frozenset({"enablement", "cro", "administrator"}),
    ),
)
