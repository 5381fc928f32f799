"""Tells who employs whom: enrolments know it, which stand above evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Apprentices(Protocol):
    """The learners whom somebody employs. Every method may raise Retryable."""

    def employer_of(self, employee_id: str) -> str | None:
        """Returns who attests for a learner; None for who is not enrolled, or whose employer nobody named."""
        ...

    def of(self, employer_id: str, most: int) -> Sequence[str]:
        """Returns some apprentices of an employer's, by their ids, in order."""
        ...
