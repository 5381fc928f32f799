"""Rules of deals, and of what people are to do for them."""

from __future__ import annotations

from itertools import count

from infra.wiring.enablement import enablement
from shared.platform.domain.audit_actions import AuditAction
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import ADA, JOE, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, Rule
from tests.policy.people import OPENING, RECORDED

_numbers = count(1)


def deal(api: ApiClient) -> str:
    """A deal of Joe's."""
    deal_id = f"opp-{next(_numbers)}"
    assert api.post("deal-assignments", acme(deal_id=deal_id), who=CRM).status == 201
    api.deliver()
    return deal_id


def assignment(api: ApiClient) -> str:
    """What Joe is to do for a deal."""
    answer = api.post("deal-assignments", acme(deal_id=f"opp-{next(_numbers)}"), who=CRM)
    api.deliver()
    return str(answer.json["assignments"][0]["assignment_id"])


def at_risk(api: ApiClient) -> str:
    """A deal of Joe's for which nothing of his was ever seen."""
    return deal(api)


def counted(api: ApiClient) -> str:
    """A deal of Joe's, and everybody's counted."""
    made = deal(api)
    enablement(api.platform.on).count_pipeline.run()
    return made


def without_trial(api: ApiClient) -> str:
    """No deal goes without preparation now."""
    assert api.put("settings/hold-out", {"on": False}, who=ADA).status == 200
    return ""


OUTCOME = {
    "deal_id": "opp-won",
    "employee_id": JOE,
    "account_name": "Acme Health",
    "opportunity_name": "Expansion",
    "stage": "closed_won",
}


def given(api: ApiClient) -> str:
    """What Joe was asked to do by hand, and has not to do for a deal as well."""
    nothing_to_do(api)
    for one in api.get("assignable-content", who=ADA).json["items"]:
        answer = api.post("assignments", GIVEN | {"content_id": one["content_id"]}, who=ADA)
        if answer.status == 201:
            return str(answer.json["items"][0]["assignment_id"])
    raise AssertionError("Joe has everything to do already")


def nothing_to_do(api: ApiClient) -> str:
    """Nobody has asked Joe for anything."""
    for one in api.get(f"employees/{JOE}/assignments", who=JOE).json["items"]:
        if one["state"] == "open" and one["trigger"] == "by_hand":
            assert api.post(f"assignments/{one['assignment_id']}/withdrawal", None, who=ADA).status == 200
    api.clock.move(seconds=1)
    return JOE


def by_default(api: ApiClient) -> str:
    """No rule assigns now."""
    assert api.put("settings/assignments", {"on": False}, who=ADA).status == 200
    return ""


GIVEN = {"employee_ids": [JOE], "content_id": "hipaa-battlecard", "due_on": "2026-02-20", "reason": "For Friday"}
GIVING = frozenset({"manager", "enablement", "administrator"})
"""Of Joe: a senior manager assigns to the own direct reports, too."""

RULES = (
    Rule(
        "managers assign to whom they lead, enablement to everybody, and it is recorded",
        nothing_to_do,
        ("POST", "assignments"),
        ("POST", "/people/{id}/preparation"),
        GIVING,
        form=lambda api, which: {
            "person-0": JOE,
            "content_id": "hipaa-battlecard",
            "due_on": "2026-02-20",
            "reason": "For Friday",
        },
        body=GIVEN,
        recorded=AuditAction.ASSIGNMENT_GIVEN,
    ),
    Rule(
        "whoever may assign may take it back, and it is recorded",
        given,
        ("POST", "assignments/{id}/withdrawal"),
        ("POST", f"/people/{JOE}/preparation/withdrawal"),
        GIVING,
        form=lambda api, which: {"assignment_id": which},
        recorded=AuditAction.ASSIGNMENT_WITHDRAWN,
        about=JOE,
    ),
    Rule(
        "which rules assign is enablement's to see",
        lambda api: "",
        ("GET", "settings/assignments"),
        ("GET", "/assignment-rules"),
        frozenset({"enablement", "administrator"}),
    ),
    Rule(
        "which rules assign is enablement's to say, which is recorded",
        by_default,
        ("PUT", "settings/assignments"),
        ("POST", "/assignment-rules"),
        frozenset({"enablement", "administrator"}),
        form=lambda api, which: {"on": "yes", "most_open": "3", "cooldown_days": "30", "remind_after": "50"},
        body={"on": True},
        recorded=AuditAction.SETTINGS_CHANGED,
        about="assignments",
    ),
    Rule(
        "what can be assigned is shown to whoever may assign",
        lambda api: "",
        ("GET", "assignable-content"),
        None,
        GIVING | {"senior_manager"},
    ),
    Rule(
        "preparation is shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", "employees/{id}/assignments"),
        ("GET", "/people/{id}/preparation"),
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    ),
    Rule(
        "a snapshot is shown to whom the relation opens the profile, and leaders' views are recorded",
        deal,
        ("GET", "deals/{id}/skill-snapshot"),
        None,
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
        about=JOE,
    ),
    Rule(
        "what is done is said by the person alone",
        assignment,
        ("POST", "assignments/{id}/completions"),
        ("POST", "/preparation"),
        frozenset({"employee"}),
        form=lambda api, which: {"assignment_id": which, "content_id": "hipaa-battlecard"},
        body={"content_id": "hipaa-battlecard"},
    ),
    Rule(
        "a deal is told by who connects the CRM, and what the answer says of the person is recorded",
        lambda api: "",
        ("POST", "deal-assignments"),
        None,
        ADMINISTRATOR,
        body=acme(),
        recorded=AuditAction.PROFILE_VIEWED,
        about=JOE,
    ),
    Rule(
        "a team's page and its deals at risk are the manager's, and looking is recorded",
        at_risk,
        ("GET", "team/deals-at-risk"),
        ("GET", "/team"),
        frozenset({"manager", "senior_manager"}),
        shown=("Acme Health",),
        shown_to=frozenset({"manager"}),
        recorded=AuditAction.PROFILES_LISTED,
        about="*",
    ),
    Rule(
        "the pipeline is for those who lead: deal by deal of whose profiles they may open, and looking is recorded",
        counted,
        ("GET", "pipeline"),
        ("GET", "/pipeline"),
        frozenset({"manager", "senior_manager", "cro", "administrator"}),
        shown=("Acme Health",),
        shown_to=frozenset({"manager", "cro", "administrator"}),
        recorded=AuditAction.PROFILES_LISTED,
        about="*",
    ),
    Rule(
        "a team's figures are the manager's, and looking is recorded",
        lambda api: JOE,
        ("GET", "team"),
        None,
        frozenset({"manager", "senior_manager"}),
        recorded=AuditAction.PROFILES_LISTED,
        recorded_for=frozenset({"manager"}),
        about="*",
    ),
    Rule(
        "whether deals go without preparation is administrators' alone to know",
        lambda api: "",
        ("GET", "settings/hold-out"),
        None,
        ADMINISTRATOR,
    ),
    Rule(
        "which deals go without preparation, and whether any do, is administrators' alone",
        lambda api: "",
        ("GET", "trial-deals"),
        ("GET", "/hold-out"),
        ADMINISTRATOR,
    ),
    Rule(
        "administrators alone have deals go without preparation, which is recorded",
        without_trial,
        ("PUT", "settings/hold-out"),
        ("POST", "/hold-out"),
        ADMINISTRATOR,
        form=lambda api, which: {"on": "yes"},
        body={"on": True},
        recorded=AuditAction.SETTINGS_CHANGED,
        about="hold_out",
    ),
    Rule(
        "an outcome is told by who connects the CRM",
        lambda api: "",
        ("POST", "deal-outcomes"),
        None,
        ADMINISTRATOR,
        body=OUTCOME,
    ),
)
