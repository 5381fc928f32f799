"""Rules of the platform: the audit, and what a person is told."""

from __future__ import annotations

from itertools import count

from shared.kernel.ids import digest
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient
from tests.policy.both_edges import ADMINISTRATOR, EVERYBODY, PEOPLE, Rule

_numbers = count(1)


def told(api: ApiClient) -> str:
    """A notice that each of the people has."""
    once = f"told-{next(_numbers)}"
    for employee_id in PEOPLE.values():
        api.platform.notifications.tell(employee_id, "grant.given", {"by": JOE, "until": "2026-03-01"}, once=once)
    return once


def notice(api: ApiClient) -> str:
    """A notice of Joe's that he has not read."""
    once = told(api)
    return digest("notification", JOE, "grant.given", once)


def sent(api: ApiClient) -> str:
    """Something that Joe was sent."""
    api.platform.notifications.tell(JOE, "deal.at_risk", {"to": JOE, "account": "Acme"}, once=f"sent-{next(_numbers)}")
    api.deliver()
    return JOE


RULES = (
    Rule(
        "the audit is searched",
        lambda api: "",
        ("GET", "audit"),
        ("GET", "/audit"),
        ADMINISTRATOR,
    ),
    Rule(
        "what a person was told is shown to that person",
        told,
        ("GET", "employees/{me}/notifications"),
        ("GET", "/notifications"),
        EVERYBODY - {"employer"},
    ),
    Rule(
        "a notice is marked as read by whom it tells",
        notice,
        ("POST", f"employees/{JOE}/notifications/{{id}}/read"),
        ("POST", "/notifications"),
        frozenset({"employee"}),
        form={"notification_id": "{id}"},
        refused=frozenset({403, 404}),
    ),
    Rule(
        "what somebody is sent is shown to that person",
        lambda api: "",
        ("GET", "employees/{me}/notification-settings"),
        ("GET", "/notifications/settings"),
        EVERYBODY - {"employer"},
    ),
    Rule(
        "what became of what somebody was sent is shown to that person",
        lambda api: "",
        ("GET", "employees/{me}/notification-deliveries"),
        ("GET", "/notifications/deliveries"),
        EVERYBODY - {"employer"},
    ),
    Rule(
        "what somebody is sent is their own choice",
        lambda api: JOE,
        ("PUT", f"employees/{JOE}/notification-settings"),
        None,
        frozenset({"employee"}),
        body={"daily_at": "09:00"},
    ),
    Rule(
        "what became of what others were sent is shown to administrators, on record",
        sent,
        ("GET", f"employees/{JOE}/notification-deliveries"),
        None,
        frozenset({"employee", "administrator"}),
        recorded=AuditAction.NOTIFICATIONS_READ,
        recorded_for=ADMINISTRATOR,
        about=JOE,
    ),
)
