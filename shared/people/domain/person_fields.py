"""Declares which fields hold ids of people, in documents, in facts, in rows, and in what senders post.

An id need be no e-mail address: `42`, `discovery` and `gong` may be people, and are calls, skills and sources in other
fields. Whoever looks for a person (to move them to another id, to erase them) reads these fields alone, and takes no
other value for a mention of somebody but an address, or a word in what people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platform.domain.audit_actions import ABOUT_A_PERSON

ANYWHERE: Final = frozenset(
    {
        *("employee_id", "employee_ids", "employees", "manager_id", "mentor_id", "leader_id", "owner", "reviewer"),
        *("decided_by", "employer_id", "given_by", "granted_by", "imported_by", "invited_by", "published_by"),
        *("raised_by", "recorded_by", "removed_by", "requested_by", "reviewed_by", "revoked_by", "sent_by"),
        *("started_by", "void_by"),
    }
)
"""Names of fields that are ids of people, or lists of them, wherever they stand: in texts that are JSON, too."""

_OF: Final[Mapping[str, frozenset[str]]] = {
    "audit": frozenset({"actor", "subject", "people"}),
    "calls": frozenset({"to", "by"}),
    "coach_hand_overs": frozenset({"answerer_id", "closed_by", "by"}),
    "escalations": frozenset({"to"}),
    "events": frozenset({"by"}),
    "frameworks": frozenset({"by"}),
    "idempotency_keys": frozenset({"caller"}),
    "notifications": frozenset({"by", "to"}),
    "recorder_users": frozenset({"email"}),
    "sessions": frozenset({"email"}),
    "states": frozenset({"former"}),
    "transcript_grants": frozenset({"to"}),
    "organisation_members": frozenset({"team"}),
    "organisation_teams": frozenset({"team"}),
}
"""Those that are so in one collection, or in the rows of one table."""

CLOSED: Final = frozenset({"entry", "framework", "scores"})
"""Fields in which nobody stands, whatever they hold: entries of states, what an organisation calls its skills, and
scores by skill."""

VOICES: Final = frozenset({"speaker_id"})
"""Fields that hold an address where the voice is that of an e-mail, and else a recorder's own number."""

UNDER_THEIR_ID: Final = frozenset(
    {"aliases", "employees", "enrolments", "phone_items", "notification_preferences", "ratings", "states"}
)
"""Collections in which a document stands under somebody's id."""

SUBJECT: Final = "subject"
"""Holds a person in records of some acts alone."""


def fields_of(collection: str) -> frozenset[str]:
    """Returns the fields that hold people in one collection (or table); what an act is about, by the act."""
    return ANYWHERE | _OF.get(collection, frozenset())


def holds_person(fields: frozenset[str], name: str, beside: Mapping[str, Any]) -> bool:
    """Tells whether a field holds ids of people. beside: what it stands in"""
    return name in fields and (name != SUBJECT or beside.get("action") in ABOUT_A_PERSON)


def is_address(employee_id: str) -> bool:
    """Tells whether an id is an e-mail address, which is nothing else anywhere."""
    return "@" in employee_id
