"""Rules about what was observed of one person in the field."""

from __future__ import annotations

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE
from tests.policy.both_edges import ADMINISTRATOR, Rule

RULES = (
    Rule(
        "observations in the field are shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "field-observations/{id}"),
        ("GET", "/people/{id}/field"),
        frozenset({"employee", "manager", "mentor", "enablement", "cro", "administrator"}),
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=frozenset({"enablement", "cro", "administrator"}),
    ),
    Rule(
        "what the calibration has learnt is shown to administrators",
        lambda api: "",
        ("GET", "calibration"),
        ("GET", "/calibration"),
        ADMINISTRATOR,
        shown=("Discovery",),
    ),
    Rule(
        "a recalculation is started",
        lambda api: "",
        ("POST", "skills/recalculate"),
        None,
        ADMINISTRATOR,
        body={"employee_ids": None},
        recorded=AuditAction.RECALCULATION_STARTED,
        about="*",
    ),
)
