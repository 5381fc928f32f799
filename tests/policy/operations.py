"""Rules of operations: rejected input, dead letters, health."""

from __future__ import annotations

import json
import sqlite3
from itertools import count

from shared.kernel.errors import Rejected
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient, role_play
from tests.policy.both_edges import ADMINISTRATOR, Rule

RATING = "rating_update--observation-recorded"
WORDS = "She asked about the budget"
_numbers = count(1)


def quarantined(api: ApiClient) -> str:
    """A request that was rejected, and would be taken in now."""
    event = role_play(1000 + next(_numbers), employee=JOE)
    event["competency_scores"] = [{"competency": "discovery", "score": 80, "evidence": WORDS}]
    raw = json.dumps(event).encode()
    return api.platform.quarantine.keep("record_validation_event", raw, Rejected("no such employee"), sent_by="x@y")


def dead_letter(api: ApiClient, subscription: str = RATING) -> str:
    """A message that was given up."""
    letter_id, moment = f"letter-{next(_numbers)}", api.clock.now().timestamp()
    data = json.dumps({"employee_id": JOE, "quote": WORDS})
    row = (letter_id, subscription, "message", "m-1", data, "{}", moment, moment, 8, "broken")
    with sqlite3.connect(api.parts.directory / "documents.sqlite") as file:
        file.execute(f"INSERT INTO dead_letters VALUES ({', '.join('?' * len(row))})", row)
    file.close()
    return letter_id


CONFIRMED = {"confirmed": "yes"}
RULES = (
    Rule(
        "a quarantined input is shown with its words",
        quarantined,
        ("GET", "quarantine/{id}"),
        ("GET", "/quarantine/{id}"),
        ADMINISTRATOR,
        shown=(WORDS,),
        recorded=AuditAction.QUARANTINE_VIEWED,
    ),
    Rule(
        "a quarantined input is taken in again",
        quarantined,
        ("POST", "quarantine/{id}/replay"),
        ("POST", "/quarantine/{id}/replay"),
        ADMINISTRATOR,
        recorded=AuditAction.QUARANTINE_REPLAYED,
    ),
    Rule(
        "a quarantined input is given up",
        quarantined,
        ("DELETE", "quarantine/{id}"),
        ("POST", "/quarantine/{id}/discard"),
        ADMINISTRATOR,
        form=CONFIRMED,
        recorded=AuditAction.QUARANTINE_DISCARDED,
    ),
    Rule(
        "quarantined inputs are listed without their words",
        quarantined,
        ("GET", "quarantine"),
        ("GET", "/quarantine"),
        ADMINISTRATOR,
        shown=("no such employee",),
        never=(WORDS,),
    ),
    Rule(
        "a dead letter is shown with its words",
        dead_letter,
        ("GET", "dead-letters/{id}"),
        ("GET", "/dead-letters/{id}"),
        ADMINISTRATOR,
        shown=(WORDS,),
        recorded=AuditAction.DEAD_LETTER_VIEWED,
    ),
    Rule(
        "a dead letter is delivered again",
        dead_letter,
        ("POST", "dead-letters/{id}/replay"),
        ("POST", "/dead-letters/{id}/replay"),
        ADMINISTRATOR,
        recorded=AuditAction.DEAD_LETTER_REPLAYED,
    ),
    Rule(
        "dead letters are delivered again all at once",
        dead_letter,
        ("POST", "dead-letters/replay"),
        ("POST", "/dead-letters/replay"),
        ADMINISTRATOR,
        body={},
        about="all",
        recorded=AuditAction.DEAD_LETTER_REPLAYED,
    ),
    Rule(
        "a dead letter is given up",
        dead_letter,
        ("DELETE", "dead-letters/{id}"),
        ("POST", "/dead-letters/{id}/discard"),
        ADMINISTRATOR,
        form=CONFIRMED,
        recorded=AuditAction.DEAD_LETTER_DISCARDED,
    ),
    Rule(
        "dead letters are listed without their words",
        dead_letter,
        ("GET", "dead-letters"),
        ("GET", "/dead-letters"),
        ADMINISTRATOR,
        shown=("broken",),
        never=(WORDS,),
    ),
    Rule("health is shown", lambda api: "", ("GET", "health"), ("GET", "/health"), ADMINISTRATOR),
)
