"""Rules of access to transcripts, and of erasure."""

from __future__ import annotations

from itertools import count

from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import Merge
from tests.harness.api_client import ADA, DANA, JOE, SARAH, VIC, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, Rule
from tests.policy.calls import call

_numbers = count(1)


def grant(api: ApiClient) -> str:
    """A grant to Dana to read Sarah's calls."""
    body = {"employee_id": SARAH, "to": DANA, "purpose": "Coaching"}
    return str(api.post("transcript-grants", body, who=ADA).json["grant_id"])


def escalation(api: ApiClient) -> str:
    """A call of Joe's that an administrator lets Vic read."""
    body = {"call_id": call(api), "to": VIC, "reason": "A complaint"}
    return str(api.post("escalations", body, who=ADA).json["escalation_id"])


def employee(api: ApiClient) -> str:
    """Somebody who may be erased."""
    employee_id = f"leaver-{next(_numbers)}@augmentcode.com"
    assert api.put(f"employees/{employee_id}", {"name": "Lea Ver"}).status == 200
    return employee_id


def moved(api: ApiClient) -> str:
    """A person's move to another id, which has begun."""
    leaver = employee(api)
    body = {"new_id": f"other-{leaver}", "reason": "Took another name"}
    return str(api.post(f"employees/{leaver}/rename", body, who=ADA).json["run_id"])


def renamed(api: ApiClient) -> str:
    """A person with a former id, everything of which has been moved."""
    leaver = employee(api)
    former = f"former-{leaver}"
    assert api.put(f"employees/{former}", {"name": "Lea Ver"}).status == 200
    run = api.post(f"employees/{former}/merge", {"into": leaver, "reason": "Imported twice"}, who=ADA).json
    api.parts.documents.commit([Merge(f"moves/{run['run_id']}", {"state": "finished"})])
    return leaver


def erasure(api: ApiClient) -> str:
    """A person's erasure, which has begun."""
    leaver = employee(api)
    return str(api.post(f"employees/{leaver}/erasure", {"employee_id": leaver}, who=ADA).json["run_id"])


RULES = (
    Rule(
        "grants in force are shown",
        grant,
        ("GET", "transcript-grants"),
        ("GET", "/access"),
        EVERYBODY - {"employer"},
    ),
    Rule(
        "a grant is given",
        lambda api: SARAH,
        ("POST", "transcript-grants"),
        ("POST", "/access/grant"),
        ADMINISTRATOR,
        form={"employee_id": "{id}", "to": DANA, "purpose": "Coaching", "days": "30"},
        body={"employee_id": "{id}", "to": DANA, "purpose": "Coaching"},
        recorded=AuditAction.GRANT_GIVEN,
    ),
    Rule(
        "a grant is ended",
        grant,
        ("DELETE", "transcript-grants/{id}"),
        ("POST", "/access/grant/end"),
        ADMINISTRATOR,
        form={"access_id": "{id}"},
        recorded=AuditAction.GRANT_REVOKED,
        about=SARAH,
    ),
    Rule(
        "the manager of somebody in a call lets a senior manager read it",
        call,
        ("POST", "escalations"),
        ("POST", "/access/escalation"),
        ADMINISTRATOR | {"manager"},
        form={"call_id": "{id}", "to": VIC, "reason": "A complaint"},
        body={"call_id": "{id}", "to": VIC, "reason": "A complaint"},
        recorded=AuditAction.ESCALATION_RAISED,
        about=JOE,
    ),
    Rule(
        "an escalation is ended by who raised it, or an administrator",
        escalation,
        ("DELETE", "escalations/{id}"),
        ("POST", "/access/escalation/end"),
        ADMINISTRATOR,
        form={"access_id": "{id}"},
        recorded=AuditAction.ESCALATION_REVOKED,
        about=JOE,
    ),
    Rule(
        "an escalation is shown to whom it concerns",
        escalation,
        ("GET", "escalations"),
        ("GET", "/access"),
        EVERYBODY - {"employer"},
    ),
    Rule("erasures are listed", lambda api: "", ("GET", "erasures"), ("GET", "/erasures"), ADMINISTRATOR),
    Rule("an erasure's progress is shown", erasure, ("GET", "erasures/{id}"), None, ADMINISTRATOR),
    Rule(
        "a person is given another id",
        employee,
        ("POST", "employees/{id}/rename"),
        ("POST", "/people/{id}/identity"),
        ADMINISTRATOR,
        form={"to": "other-{id}", "repeated": "other-{id}", "reason": "Took another name"},
        body={"new_id": "other-{id}", "reason": "Took another name"},
        recorded=AuditAction.EMPLOYEE_RENAMED,
        about="*",
    ),
    Rule(
        "two records become one person",
        employee,
        ("POST", "employees/{id}/merge"),
        ("POST", "/people/{id}/identity"),
        ADMINISTRATOR,
        form={"to": JOE, "repeated": JOE, "reason": "Imported twice", "merge": "yes"},
        body={"into": JOE, "reason": "Imported twice"},
        recorded=AuditAction.EMPLOYEES_MERGED,
        about="*",
    ),
    Rule(
        "former ids are listed",
        employee,
        ("GET", "employees/{id}/former-ids"),
        None,
        ADMINISTRATOR,
    ),
    Rule(
        "a former id is given up",
        renamed,
        ("POST", "employees/{id}/former-ids/former-{id}/release"),
        ("POST", "/people/{id}/identity/release"),
        ADMINISTRATOR,
        form={"former": "former-{id}", "why": "Somebody else's"},
        body={"reason": "Somebody else's"},
        recorded=AuditAction.EMPLOYEE_ID_RELEASED,
        about="*",
    ),
    Rule("a move's progress is shown", moved, ("GET", "moves/{id}"), None, ADMINISTRATOR),
    Rule(
        "a person is erased",
        employee,
        ("POST", "employees/{id}/erasure"),
        ("POST", "/erasures"),
        ADMINISTRATOR,
        form={"employee_id": "{id}", "repeated": "{id}"},
        body={"employee_id": "{id}"},
        recorded=AuditAction.ERASURE_STARTED,
        about="*",
    ),
)
