"""Who saw whom, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Record:
    at: datetime
    actor: str
    actor_role: str
    action: str
    subject: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Audit:
    """filters: actor, subject, action, from, to as entered; errors: filter → what is wrong; more: the next page."""

    records: tuple[Record, ...]
    filters: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    more: str | None = None


def present(view: Audit) -> Mapping[str, Any]:
    return {"view": view, "filtered": any(view.filters.values())}
