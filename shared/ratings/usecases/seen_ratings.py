"""Reads published ratings for lists and aggregates as others may see them, and anew where a list shows a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.kernel.access import Caller
from shared.ports.ambient import Clock
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.records import RatingsRecords, ShownHead
from shared.ratings.usecases.project_person import ProjectPerson


class SeenRatings:
    """Knows ratings as they were published without what is closed, and as a viewer sees them now."""

    def __init__(self, records: RatingsRecords, projecting: ProjectPerson, clock: Clock) -> None:
        self._records = records
        self._projecting = projecting
        self._clock = clock

    def shown(self, employee_ids: Iterable[str]) -> dict[str, ShownHead]:
        """Returns the heads of those who have been rated, by employee, as anybody else may see them."""
        return self._records.shown(employee_ids, self._clock.now())

    def now(self, caller: Caller, employee_id: str) -> Sequence[SkillRating]:
        """Returns a person's rows as the caller sees them now: the own ones with all calls, others without those that
        are still closed."""
        return self._projecting.seen_by(caller, employee_id).projection.rows()
