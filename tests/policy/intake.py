"""Rules about single events."""

from __future__ import annotations

from itertools import count

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient, role_play
from tests.policy.both_edges import ADMINISTRATOR, Rule

_numbers = count(1)


def recorded(api: ApiClient) -> str:
    """A role-play of Joe's."""
    body = role_play(7000 + next(_numbers))
    api.record(body)
    return str(body["event_id"])


RULES = (
    Rule(
        "an event is made void",
        recorded,
        ("POST", "voids"),
        ("POST", "/events/void"),
        ADMINISTRATOR,
        form={"event_id": "{id}", "source": "voice-roleplay", "reason": "Of somebody else"},
        body={"event_id": "{id}", "source": "voice-roleplay", "reason": "Of somebody else"},
        recorded=AuditAction.EVENT_VOIDED,
        about=JOE,
    ),
)
