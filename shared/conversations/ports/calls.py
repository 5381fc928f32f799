"""Offers recorded calls, as a call recorder (Gong) does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.conversations.domain.conversation import Said
from shared.conversations.domain.recorded_call import RecordedCall, UnreadableCall
from shared.kernel.errors import AugmentError, Malformed, Retryable


class CursorExpired(AugmentError):
    """The listing's cursor is too old: begin again with the first page."""


class RateLimited(Retryable):
    """The recorder asks to wait; `after_seconds` says how long at least."""


class BudgetSpent(Retryable):
    """The day's requests are used up; `after_seconds` runs until the next day (UTC)."""


class AccessRefused(Retryable):
    """The recorder does not take our credentials, or is not at that address: a person must act, and nothing is lost by
    waiting."""


class UnreadableAnswer(Malformed):
    """Nobody can read what the recorder answered. raw: for the caller's quarantine, and nowhere else."""

    title = "The call recorder's answer cannot be read"

    def __init__(self, detail: str, *, field: str | None = None, raw: bytes = b""):
        super().__init__(detail, field=field)
        self.raw = raw


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of calls; cursor is None on the last one. unreadable: calls of the page that hold up none of the others,
    for the quarantine."""

    calls: tuple[RecordedCall, ...]
    cursor: str | None = None
    unreadable: tuple[UnreadableCall, ...] = ()


class Calls(Protocol):
    """Every method may raise RateLimited, BudgetSpent, AccessRefused, another Retryable, UnreadableAnswer, or Rejected
    when the recorder finds the request itself wrong."""

    def page(self, since: datetime, until: datetime, cursor: str | None = None) -> CallPage:
        """Returns calls whose scheduled time (else start) is in [since, until), with parties and CRM context, by time.

        Raises CursorExpired.
        """
        ...

    def call(self, call_id: str) -> RecordedCall | None:
        """Returns one call's details; None while (or when) the recorder does not have them."""
        ...

    def transcript(self, call_id: str) -> Said | None:
        """Returns what was said; None while there is no transcript (yet), no turns when it is empty (yet)."""
        ...
