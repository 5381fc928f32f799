"""Rules of what is taken in about a person, and of the histories that it makes."""

from __future__ import annotations

from itertools import count

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import JOE, ApiClient, call_seen, lesson, role_play
from tests.policy.both_edges import ADMINISTRATOR, Rule
from tests.policy.people import OPENING, RECORDED

_numbers = count(1)


def unheard(api: ApiClient) -> str:
    """An id that nothing has been sent under."""
    return f"unheard-{next(_numbers)}"


def event(api: ApiClient) -> str:
    """A role play of Joe's."""
    event_id = unheard(api)
    api.record(role_play(7000, event_id=event_id))
    return event_id


def exported(thread_id: str) -> str:
    """An e-mail thread of one message that Joe wrote."""
    return f"""From x@y Tue Mar  3 10:00:00 2026
From: {JOE}
To: carla@acme.example
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <{thread_id}@example.com>
Subject: Pilot

What would the pilot have to show, in your eyes?
"""


def history(noun: str, path: str) -> Rule:
    """Returns the rule of one kind of event in a person's history."""
    return Rule(
        f"{noun} are shown to whom the relation opens the profile, and leaders' views are recorded",
        lambda api: JOE,
        ("GET", f"{path}/{{id}}"),
        None,
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
    )


RULES = (
    Rule(
        "a validation event is taken in",
        unheard,
        ("POST", "validation-events"),
        None,
        ADMINISTRATOR,
        body=role_play(7001, event_id="{id}"),
    ),
    Rule(
        "a field observation is taken in",
        unheard,
        ("POST", "field-observations"),
        None,
        ADMINISTRATOR,
        body=call_seen(7002, observation_id="{id}", source_id="{id}"),
    ),
    Rule(
        "a learning activity is taken in",
        unheard,
        ("POST", "learning-activities"),
        None,
        ADMINISTRATOR,
        body=lesson(7003, activity_id="{id}"),
    ),
    Rule(
        "an e-mail thread is taken in",
        unheard,
        ("POST", "email-threads"),
        None,
        ADMINISTRATOR,
        body={"thread_id": "{id}", "export": exported("{id}")},
    ),
    Rule(
        "certifications are imported",
        unheard,
        ("POST", "certifications/import"),
        None,
        ADMINISTRATOR,
        body=f"email,certification,competency,score,date\n{JOE},{{id}},discovery,90,2026-02-01\n",
        recorded=AuditAction.CERTIFICATIONS_IMPORTED,
        about="*",
    ),
    history("validation events", "validation-events"),
    history("learning activities", "learning-activities"),
    Rule(
        "an event is shown to whom the relation opens the profile; to others there is none",
        event,
        ("GET", "events/{id}?source=voice-roleplay"),
        ("GET", "/events?event_id={id}&source=voice-roleplay"),
        OPENING,
        recorded=AuditAction.PROFILE_VIEWED,
        recorded_for=RECORDED,
        about=JOE,
        refused=frozenset({403, 404}),
    ),
    Rule(
        "an event is made void",
        event,
        ("POST", "voids"),
        ("POST", "/events/void"),
        ADMINISTRATOR,
        form={"event_id": "{id}", "source": "voice-roleplay", "reason": "Of somebody else"},
        body={"event_id": "{id}", "source": "voice-roleplay", "reason": "Of somebody else"},
        recorded=AuditAction.EVENT_VOIDED,
        about=JOE,
    ),
)
