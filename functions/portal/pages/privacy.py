"""Who reads what was said, what a person was told about it, and erasing one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SENTENCES = {
    "transcript.opened": "{by} read what was said in a call of yours",
    "grant.given": "{by} lets {to} read your calls",
    "grant.revoked": "{by} has ended that {to} may read your calls",
    "escalation.raised": "{by} lets {to} read a call of yours",
    "escalation.revoked": "{by} has ended that {to} may read a call of yours",
}
GROUND = {
    "administrator": "as an administrator",
    "review": "to decide about its scores",
    "escalation": "because the call was escalated",
    "grant": "with an administrator’s grant",
}


@dataclass(frozen=True)
class Told:
    """A notification. sentence: what happened; facts: (label, value) pairs; call: (its id, its name) where it is about
    one."""

    notification_id: str
    sentence: str
    at: datetime
    unread: bool
    facts: tuple[tuple[str, str], ...] = ()
    call: tuple[str, str] | None = None


@dataclass(frozen=True)
class Inbox:
    items: tuple[Told, ...]
    more: str | None = None


def sentence(kind: str, facts: Mapping[str, str]) -> str:
    """What a notification tells, in words."""
    return SENTENCES[kind].format(by=facts.get("by", "Somebody"), to=facts.get("to", "somebody"))


def present_inbox(view: Inbox) -> Mapping[str, Any]:
    return {"view": view}
