"""What needs a person's hand: unreadable input, undeliverable messages, scores of competencies nobody knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SAYINGS = frozenset(
    {"transcript", "sentences", "text", "quote", "quotes", "evidence", "feedback", "notes", "body", "name", "email"}
)
"""Fields that may hold somebody's words or identity: shown as their length only."""


@dataclass(frozen=True)
class Quarantined:
    """Input that could not be taken in. source: which operation; times: how often; state: open, replayed, discarded.

    record_id: the call that it is about, if it is about one
    """

    item_id: str
    source: str
    reason: str
    received_at: datetime
    times: int = 1
    state: str = "open"
    record_id: str | None = None


@dataclass(frozen=True)
class QuarantineList:
    items: tuple[Quarantined, ...]
    more: str | None = None


@dataclass(frozen=True)
class QuarantineItem:
    """raw: the bytes as text as far as they can be read, already without anybody's words; None once it is discarded.

    replayable: it can be taken in again, or its call asked for again
    """

    item: Quarantined
    raw: str | None
    facts: tuple[tuple[str, str], ...] = ()
    confirm: bool = False
    replayable: bool = True


@dataclass(frozen=True)
class Letter:
    """An undeliverable message. data: its fields, already without anybody's words."""

    letter_id: str
    subscription: str
    reason: str
    attempts: int
    published_at: datetime
    failed_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeadLetterList:
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class DeadLetterItem:
    letter: Letter
    confirm: bool = False


def withheld(value: Any) -> Any:
    """JSON values with everything that may be somebody's words replaced by its length."""
    if isinstance(value, Mapping):
        return {
            key: f"[{len(str(item))} characters withheld]" if key.lower() in SAYINGS and item else withheld(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [withheld(item) for item in value]
    return value


def readable(raw: bytes, *, most: int = 8000) -> str:
    """Raw input for a person's eye: JSON indented and without anybody's words; otherwise only what it looks like."""
    try:
        return json.dumps(withheld(json.loads(raw)), indent=2, ensure_ascii=False)[:most]
    except (ValueError, RecursionError):
        return f"Not readable as JSON: {len(raw):,} bytes, beginning with {raw[:64]!r}"


def present_quarantine(view: QuarantineList) -> Mapping[str, Any]:
    return {"view": view}


def present_quarantined(view: QuarantineItem) -> Mapping[str, Any]:
    return {"view": view}


def present_letters(view: DeadLetterList) -> Mapping[str, Any]:
    return {"view": view}


def present_letter(view: DeadLetterItem) -> Mapping[str, Any]:
    return {
        "view": view,
        "data": json.dumps(withheld(dict(view.letter.data)), indent=2, ensure_ascii=False, default=str),
    }
