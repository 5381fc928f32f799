"""Holds how an organisation reviews its analysts' scores; one of the parameters in force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How an organisation reviews.

    employee_first_hours: so long only the scored employee and reviewers see a call's scores, then managers, too
    sample_share:         share of the analyses with scores that count that chance sends to a person, 0-1
    contest_days:         so long after the scores, or the last decision on them, an employee may contest them
    recalculation:        the run that brings what is published to these hours; None while nobody has changed them
    """

    employee_first_hours: float = 48
    sample_share: float = 0.05
    contest_days: int = 30
    recalculation: str | None = None
