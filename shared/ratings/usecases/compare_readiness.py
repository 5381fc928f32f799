"""Compare readiness with an earlier day: what moved, under the rules in force today.

A rating is a pure function of the state and the day, so that an earlier day needs no snapshot: the state is projected
as of then. Both days are judged by today's rules; a change of rules therefore never looks like a change of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.days import day_of
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.ratings.domain import readiness
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import SkillRating

MOST_PEOPLE = 300
"""A page waits for the projection (a few milliseconds a person); above this the warehouse's reports answer."""
PAGE = 100


class CompareReadiness:
    """Projects a group's states as of an earlier day."""

    def __init__(self, documents: Documents, configuration: Configuration, clock: Clock) -> None:
        self._documents = documents
        self._configuration = configuration
        self._clock = clock

    def earlier(
        self, employee_ids: Sequence[str], framework: Framework, back: timedelta, *, own_team: bool
    ) -> readiness.TeamReadiness | None:
        """The group's readiness `back` ago; None above 300 people, and when nothing had been observed by then."""
        if len(employee_ids) > MOST_PEOPLE:
            return None
        day = day_of(self._clock.now() - back)
        parameters = self._configuration.parameters()
        rows: dict[str, list[SkillRating]] = {employee_id: [] for employee_id in employee_ids}
        paths = [f"states/{employee_id}" for employee_id in employee_ids]
        for start in range(0, len(paths), PAGE):
            for document in self._documents.get_many(paths[start : start + PAGE]).values():
                entries: Mapping[str, str] = document.data.get("observations", {})
                rows[document.data["employee_id"]] = project(
                    entries, framework, parameters, day, only=frozenset(framework.core)
                )
        if not any(row.basis != "none" for person in rows.values() for row in person):
            return None
        return readiness.team(rows, framework, own_team=own_team)
