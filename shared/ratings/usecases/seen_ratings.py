"""Reads published ratings for lists, and anew for whoever does not see some of a person's calls yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.kernel.access import Caller
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.records import RatingsRecords
from shared.ratings.usecases.project_person import ProjectPerson


class SeenRatings:
    """Knows ratings as they were published, and as a viewer sees them."""

    def __init__(self, records: RatingsRecords, projecting: ProjectPerson) -> None:
        self._records = records
        self._projecting = projecting

    def published(self, employee_ids: Iterable[str]) -> dict[str, list[SkillRating]]:
        """Returns the published rows of those who have some, by employee."""
        return self._records.skills(employee_ids)

    def without_closed(self, caller: Caller, employee_id: str) -> Sequence[SkillRating] | None:
        """Returns a person's rows without the calls that the caller does not see yet; None where all are open."""
        person = self._projecting.without_closed(caller, employee_id)
        return None if person is None else person.projection.rows()
