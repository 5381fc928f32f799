"""Who reads what was said, what a person was told about it, and erasing one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.portal.shell import words

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
STORE = {
    "documents": "Live state",
    "integrations": "Calls",
    "dead_letters": "Dead letters",
    "warehouse": "Dashboards",
}
STATE = {"running": "Running", "waiting": "Waiting for the second look", "finished": "Finished"}


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


@dataclass(frozen=True)
class Access:
    """A grant or escalation in force. kind: grant or escalation; about: the employee, or the call; why: its purpose or
    reason; ends: may the viewer end it; leads_to: where the viewer reads, None for others than the reader."""

    kind: str
    access_id: str
    about: str
    to: str
    why: str
    by: str
    until: datetime
    ends: bool = False
    leads_to: str | None = None


@dataclass(frozen=True)
class AccessPage:
    """entered and errors: of the form `refused` (grant or escalation)."""

    items: tuple[Access, ...]
    may_grant: bool
    may_escalate: bool
    refused: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Erasure:
    run_id: str
    state: str
    requested_by: str
    requested_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    lines: tuple[tuple[str, str, str], ...] = ()
    """(store, part, what happened)"""


@dataclass(frozen=True)
class Erasures:
    items: tuple[Erasure, ...]
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def sentence(kind: str, facts: Mapping[str, str]) -> str:
    """What a notification tells, in words."""
    return SENTENCES[kind].format(by=facts.get("by", "Somebody"), to=facts.get("to", "somebody"))


def present_inbox(view: Inbox) -> Mapping[str, Any]:
    return {"view": view}


def present_access(view: AccessPage) -> Mapping[str, Any]:
    def form(name: str) -> dict[str, Any]:
        shown = view.refused == name
        return {"entered": view.entered if shown else {}, "errors": view.errors if shown else {}}

    return {"view": view, "grant": form("grant"), "escalation": form("escalation")}


def present_erasures(view: Erasures) -> Mapping[str, Any]:
    return {"view": view, "STATE": STATE, "STORE": STORE, "part": part}


def part(name: str) -> str:
    """A part of a store in words: `individuals.field_timeline, look 1` → `Field timeline (individuals), first look`."""
    table, _, look = name.partition(", look ")
    dataset, _, short = table.rpartition(".")
    said = words.plain(short) + (f" ({words.plain(dataset).lower()})" if dataset else "")
    return f"{said}, {'first' if look == '1' else 'second'} look" if look else said
