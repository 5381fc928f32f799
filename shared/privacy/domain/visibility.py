"""Lets the employee see a score first: for some hours nobody else sees what an analyst made of a call.

A call's scores open at the later of two moments: the hours that the organisation has set after the conversation, and
half of them after the analysis came in, so that the employee has had the time also where an analysis is late. What is
closed counts for nobody else, on no page and in no answer: lists, ratings and aggregates are made without it. Reviewers
have one exception, the queue in which they decide, since somebody has to look while it is fresh. Whether a caller may
see the person at all is decided before, by access.py: this is only about time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.kernel.access import Caller, Role, is_own

REVIEWERS: frozenset[Role] = frozenset({"enablement", "administrator"})
"""Who reviews scores of anyone, at once."""
IMPORTED = timedelta(days=14)
"""A call that happened so long before its analysis is history that was brought in: nobody learns of it first."""


def after_conversation(hours: float) -> timedelta:
    """Returns how long after a conversation its scores open. hours: `ReviewSettings.employee_first_hours`"""
    return timedelta(hours=hours)


def after_receipt(hours: float) -> timedelta:
    """Returns how long after an analysis came in its scores open at the earliest."""
    return timedelta(hours=hours) / 2


def latest_opening(scored_at: datetime, hours: float, happened_at: datetime) -> datetime:
    """Returns when a call's scores open at the latest, whether it was imported or not."""
    return max(happened_at + after_conversation(hours), scored_at + after_receipt(hours))


def opening(scored_at: datetime, hours: float, happened_at: datetime) -> datetime | None:
    """Returns when a call's scores open to others than the employee; None: at once.

    scored_at: when the analysis was accepted. hours: `ReviewSettings.employee_first_hours`; happened_at: the call
    """
    if hours <= 0 or scored_at - happened_at >= IMPORTED:
        return None
    return latest_opening(scored_at, hours, happened_at)


def happened_since(now: datetime, hours: float) -> datetime:
    """Returns the moment before which no call happened whose scores are closed."""
    return now - max(after_conversation(hours), IMPORTED + after_receipt(hours))


def opens_at(
    caller: Caller, employee_id: str, scored_at: datetime, hours: float, happened_at: datetime
) -> datetime | None:
    """Returns when a call's scores open for the caller; None: at once (the employee, and everybody for what was
    imported)."""
    return None if is_own(caller, employee_id) else opening(scored_at, hours, happened_at)


def opens_in_queue_at(
    caller: Caller, employee_id: str, scored_at: datetime, hours: float, happened_at: datetime
) -> datetime | None:
    """Returns likewise when they open for the caller where they are reviewed: for reviewers at once."""
    return None if caller.role in REVIEWERS else opens_at(caller, employee_id, scored_at, hours, happened_at)
