"""Recorded calls: what a call recorder (Gong) offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.conversation import Turn
from shared.domain.errors import AugmentError, Retryable
from shared.domain.recorded_call import RecordedCall


class CursorExpired(AugmentError):
    """The listing's cursor is too old: begin again with the first page."""


class RateLimited(Retryable):
    """The recorder asks to wait; `after_seconds` says how long at least."""


class BudgetSpent(Retryable):
    """The day's requests are used up; `after_seconds` runs until the next day (UTC)."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of calls; cursor is None on the last one."""

    calls: tuple[RecordedCall, ...]
    cursor: str | None = None


class Calls(Protocol):
    """Every method may raise RateLimited, BudgetSpent or Retryable; what the recorder answers and nobody can read is
    Rejected (Malformed), with the raw answer left to the caller's quarantine."""

    def page(self, since: datetime, until: datetime, cursor: str | None = None) -> CallPage:
        """Calls whose scheduled time lies in [since, until), with parties and CRM context. Raises CursorExpired."""
        ...

    def call(self, call_id: str) -> RecordedCall | None:
        """One call's details; None while (or when) the recorder does not have them."""
        ...

    def transcript(self, call_id: str) -> tuple[Turn, ...] | None:
        """What was said, in the canonical order; None while there is no transcript (yet)."""
        ...
