"""Rules of reviews, certificates, and how scores are reviewed."""

from __future__ import annotations

import json
from itertools import count

from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import ENID, JOE, ApiClient, call_analysed
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, Rule
from tests.policy.calls import LEADING, REVIEWING

_numbers = count(1)


def review(api: ApiClient) -> str:
    """A call of Joe's that waits for a person, scored just now."""
    call_id = f"reviewed-{next(_numbers)}"
    api.record(call_analysed(1, observation_id=f"obs-{call_id}", source_id=call_id))
    for told in Ledger(api.platform.documents).of_call("gong", call_id, JOE):
        api.platform.review_items.observe(validated(ObservationRecorded, json.loads(told.message)))
    return review_id_of("gong", call_id, JOE)


def certificate(api: ApiClient) -> str:
    """How far a scorer agrees with a person who confirmed a call of its."""
    assert api.post(f"reviews/{review(api)}/decision", {"decision": "confirm"}, who=ENID).status == 200
    api.platform.certify.run()
    return str(api.get("certificates").json["certificates"][0]["certificate_id"])


RULES = (
    Rule(
        "a review is shown to the employee and to reviewers first, whose views are recorded",
        review,
        ("GET", "reviews/{id}"),
        ("GET", "/reviews/{id}"),
        REVIEWING | {"employee"},
        recorded=AuditAction.REVIEW_VIEWED,
        recorded_for=REVIEWING,
        about=JOE,
    ),
    Rule(
        "own scores are given by who decides, and the review that is shown then is recorded",
        review,
        ("POST", "reviews/{id}/own-scores"),
        ("POST", "/reviews/{id}/own-scores"),
        REVIEWING,
        form={"own": "give", "own.discovery": "60", "unseen.listening": "yes"},
        body={"scores": [{"competency": "discovery", "score": 60}], "not_observed": ["listening"]},
        recorded=AuditAction.REVIEW_VIEWED,
        about=JOE,
    ),
    Rule("reviews are listed", review, ("GET", "reviews"), ("GET", "/reviews"), EVERYBODY - {"employer"}),
    Rule(
        "a review is decided, and nothing but the decision is recorded",
        review,
        ("POST", "reviews/{id}/decision"),
        ("POST", "/reviews/{id}/decision"),
        REVIEWING,
        form={"decision": "confirm", "score.discovery": "80", "score.listening": "70"},
        body={"decision": "confirm"},
        recorded=AuditAction.REVIEW_CONFIRMED,
        about=JOE,
    ),
    Rule(
        "scores are contested by the person whose they are",
        review,
        ("POST", "reviews/{id}/contest"),
        ("POST", "/reviews/{id}/contest"),
        frozenset({"employee"}),
        form={"reason": "I said nothing of the kind"},
        body={"reason": "I said nothing of the kind"},
        recorded=AuditAction.SCORE_CONTESTED,
        about=JOE,
    ),
    Rule("certificates are listed", lambda api: "", ("GET", "certificates"), ("GET", "/analysts"), LEADING),
    Rule(
        "how a certificate developed is shown",
        certificate,
        ("GET", "certificates/{id}/history"),
        None,
        LEADING,
        shown=("claude:m:rubric-1:prompt-1",),
    ),
    Rule(
        "how scores are reviewed is shown",
        lambda api: "",
        ("GET", "settings/reviews"),
        None,
        EVERYBODY - {"employer"},
    ),
    Rule(
        "how scores are reviewed is changed",
        lambda api: "reviews",
        ("PUT", "settings/reviews"),
        None,
        ADMINISTRATOR,
        body={"sample_share": 0.05},
        recorded=AuditAction.SETTINGS_CHANGED,
    ),
)
