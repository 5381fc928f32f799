"""Tells who employs whom, and who agreed that anything is kept: enrolments know it, which stand above evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Apprentices(Protocol):
    """The learners whom somebody employs. Every method may raise Retryable."""

    def employer_of(self, employee_id: str) -> str | None:
        """Returns who attests for a learner; None for who is not enrolled, or whose employer nobody named."""
        ...

    def may_keep(self, employee_id: str) -> bool:
        """Tells whether anything new of somebody may be kept: who is enrolled has to have agreed, and not withdrawn."""
        ...

    def of(self, employer_id: str, most: int) -> Sequence[str]:
        """Returns some apprentices of an employer's, by their ids, in order."""
        ...
