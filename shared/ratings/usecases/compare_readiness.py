"""Compares readiness with an earlier day: what moved, under the rules in force today.

A rating is a pure function of the state and the day, so that an earlier day needs no snapshot: the state is projected
as of then. Both days are judged by today's rules; a change of rules therefore never looks like a change of people.
"""

from __future__ import annotations

from datetime import timedelta

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.days import day_of
from shared.observations.state_records import States
from shared.ports.ambient import Clock
from shared.ratings.domain import readiness
from shared.ratings.domain.batch_rating import profiles
from shared.ratings.domain.head import head_of
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.team_sums import team as team_of
from shared.ratings.usecases.team_readiness import Team

MOST_PEOPLE = 300
"""A page waits for the projection (a few milliseconds a person); above this the warehouse's reports answer."""
PAGE = 100


class CompareReadiness:
    """Projects a team's states as of an earlier day."""

    def __init__(self, states: States, configuration: Configuration, clock: Clock) -> None:
        self._states = states
        self._configuration = configuration
        self._clock = clock

    def earlier(self, team: Team, back: timedelta) -> readiness.TeamReadiness | None:
        """Returns the team's readiness `back` ago; None above 300 people, and where nobody had been observed."""
        if team.people > MOST_PEOPLE:
            return None
        day = day_of(self._clock.now() - back)
        parameters, framework = self._configuration.parameters(), team.framework
        rows: dict[str, list[SkillRating]] = {employee_id: [] for employee_id in team.heads}
        ids, general = list(rows), [(competency, "") for competency in framework.core]
        for start in range(0, len(ids), PAGE):
            found = self._states.get_many(ids[start : start + PAGE])
            entries = [state.entries.values() for state in found.values()]
            rated = profiles(entries, framework, parameters, day, only=general)
            rows |= {employee_id: profile.rows() for employee_id, profile in zip(found, rated, strict=True)}
        if not any(row.basis != "none" for person in rows.values() for row in person):
            return None
        heads = {employee_id: head_of(of_person) for employee_id, of_person in rows.items()}
        return team_of(heads, framework, own_team=team.own, likeness=team.likeness)
