"""Rules of evidence: who brings it, who sees it, whose words are recorded."""

from __future__ import annotations

from itertools import count

from shared.platform.domain.audit_actions import AuditAction
from tests.evidence.sending import employ, jointing, send
from tests.harness.api_client import JOE, MO, NOW, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, Rule

_numbers = count(1)
BESIDE = ADMINISTRATOR | {"mentor", "employer"}


def key(api: ApiClient) -> str:
    """A device's own key of something new."""
    return f"device-{next(_numbers)}"


def learner(api: ApiClient) -> str:
    """Somebody who learns cable jointing with Mo, for the partner, and of whom Mo has brought a photo."""
    employee_id = f"learner-{next(_numbers)}@augmentcode.com"
    jointing(api, employee_id)
    employ(api, employee_id)
    assert send(api, who=MO, employee_id=employee_id, key=employee_id).status == 201
    return employee_id


def photo(api: ApiClient) -> str:
    """Such a photo."""
    employee_id = learner(api)
    return str(send(api, who=MO, employee_id=employee_id, key=employee_id).json["evidence_id"])


SEEN = {
    "key": "{id}",
    "employee_id": "{id}",
    "observed_at": NOW.isoformat(),
    "competency_scores": [{"competency": "S1", "level": 75}],
    "supervision": "alone",
}
VERIFIED = {
    "key": "{id}",
    "employee_id": "{id}",
    "observed_at": NOW.isoformat(),
    "competency_scores": [{"competency": "B1", "level": 75}],
}

WHEN = {"key": "{id}-page", "observed_at": f"{NOW:%Y-%m-%dT%H:%M}"}

RULES = (
    Rule(
        "evidence is brought",
        key,
        ("POST", "evidence?key={id}&kind=note&employee_id={me}"),
        None,
        EVERYBODY - {"employer"},
        body="A joint",
    ),
    Rule(
        "evidence is listed",
        learner,
        ("GET", "evidence?employee_id={id}"),
        ("GET", "/people/{id}/evidence"),
        BESIDE,
        recorded=AuditAction.EVIDENCE_LISTED,
    ),
    Rule(
        "what was brought is opened",
        photo,
        ("GET", "evidence/{id}/content"),
        ("GET", "/evidence/{id}/content"),
        BESIDE,
        recorded=AuditAction.EVIDENCE_OPENED,
        about="*",
        refused=frozenset({404}),
    ),
    Rule(
        "evidence is taken back",
        photo,
        ("DELETE", "evidence/{id}"),
        ("POST", f"/people/{JOE}/evidence/withdrawal"),
        ADMINISTRATOR,
        form={"evidence_id": "{id}"},
        recorded=AuditAction.EVIDENCE_REMOVED,
        about="*",
        refused=frozenset({403, 404}),
    ),
    Rule(
        "what a mentor saw is recorded",
        learner,
        ("POST", "learning/observations"),
        ("POST", "/people/{id}/observation"),
        frozenset({"mentor"}),
        form=WHEN | {"level-S1": "75", "supervision": "alone"},
        body=SEEN,
        recorded=AuditAction.PERFORMANCE_OBSERVED,
    ),
    Rule(
        "a behaviour is verified",
        learner,
        ("POST", "learning/verifications"),
        ("POST", "/people/{id}/verification"),
        frozenset({"employer"}),
        form=WHEN | {"level-B1": "75"},
        body=VERIFIED,
        recorded=AuditAction.BEHAVIOUR_VERIFIED,
    ),
)
