"""Lets the employee see a score first: for some hours nobody above sees what a single call's scores are.

The rating itself moves at once; what waits is the individual call (its review, its results). Who reviews sees it at
once, since somebody has to look while it is fresh. Whether a caller may see the person at all is decided before, by
access.py: this is only about time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.kernel.access import Caller, Role

REVIEWERS: frozenset[Role] = frozenset({"enablement", "administrator"})
"""Who reviews scores of anyone, at once."""
IMPORTED = timedelta(days=14)
"""A call that happened so long before its analysis is history that was brought in: nobody learns of it first."""


def opens_at(
    caller: Caller, employee_id: str, scored_at: datetime, hours: float, happened_at: datetime
) -> datetime | None:
    """Returns when a call's scores open for the caller; None: at once (the employee, a reviewer, a service, and
    everybody for what was imported).

    scored_at: when the analysis was accepted. hours: `ReviewSettings.employee_first_hours`; happened_at: the call
    """
    if caller.role is None or caller.role in REVIEWERS or is_own(caller, employee_id):
        return None
    if scored_at - happened_at >= IMPORTED:
        return None
    return scored_at + timedelta(hours=hours)


def visible_to(
    caller: Caller, employee_id: str, scored_at: datetime, hours: float, happened_at: datetime, now: datetime
) -> bool:
    """Tells whether a call's scores are open for the caller now."""
    opens = opens_at(caller, employee_id, scored_at, hours, happened_at)
    return opens is None or opens <= now


def is_own(caller: Caller, employee_id: str) -> bool:
    """Tells whether the caller is the person in question."""
    return not caller.is_service and employee_id in (caller.employee_id, caller.email)
