"""Rules of ratings: what they stand on, what they add up to, and their recalculation."""

from __future__ import annotations

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, Rule
from tests.policy.people import OPENING, RECORDED


def recalculation(api: ApiClient) -> str:
    """A recalculation of Joe's ratings."""
    return str(api.post("skills/recalculate", {"employee_ids": [JOE]}).json["run_id"])


RULES = (
    Rule(
        "observations in the field are shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "field-observations/{id}"),
        ("GET", "/people/{id}/field"),
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    ),
    Rule(
        "readiness is shown to those who lead; the portal sends the others to what is theirs",
        lambda api: "",
        ("GET", "readiness"),
        None,
        frozenset({"manager", "senior_manager", "enablement", "cro", "administrator"}),
    ),
    Rule(
        "everybody's profiles at once are for who may see everybody's, without those who design programmes",
        lambda api: "",
        ("GET", "export/skill-profiles"),
        None,
        frozenset({"cro", "administrator"}),
        recorded=AuditAction.PROFILES_EXPORTED,
    ),
    Rule(
        "what changed about everybody is for who may have everybody's profiles",
        lambda api: "",
        ("GET", "changes"),
        None,
        frozenset({"cro", "administrator"}),
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
    Rule(
        "a recalculation's progress is shown",
        recalculation,
        ("GET", "recalculations/{id}"),
        None,
        ADMINISTRATOR,
    ),
)
