"""Answers "are we ready to sell?" from the published ratings of the people in the caller's sight.

An aggregate is made without what is closed to others, for everybody: of two numbers, before and after a call, whoever
knows whose call it was could work out its scores, however many people the number is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import LIST_SIGHT, Caller, require
from shared.kernel.errors import Rejected
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.ports.ambient import Clock
from shared.ratings.contract import CellView, CoverageView, HeatMapLine, ReadinessAnswer
from shared.ratings.domain import readiness
from shared.ratings.domain.head import Head
from shared.ratings.domain.readiness import Coverage
from shared.ratings.domain.team_sums import TeamSums
from shared.ratings.records import NOTHING_SHOWN, RatingsRecords
from shared.ratings.sums_records import ReadinessSums

RATED_ROLES = frozenset({"employee"})
"""Whose skills the headline is about: those who do the work, not those who lead or enable them."""
LARGE = 500
"""So many people are read while somebody waits, half a millisecond each; of more, what was added up before is shown."""
MOST_AGE = timedelta(hours=26)
"""Every night everybody's ratings move: what was added up before the last one is no answer any more."""


@dataclass(frozen=True, slots=True)
class Team:
    """The active people in somebody's sight who are rated by a framework.

    heads: by employee id, without what is closed to others; an empty one for the unseen; none where they were added up
    own:  they are the reports of who looks
    likeness: correlation between the skills of one person
    as_of: when they were looked at
    added_up: their sums, where they are too many to be looked at while somebody waits
    """

    framework: Framework
    heads: Mapping[str, Head]
    own: bool
    likeness: float
    as_of: datetime
    added_up: TeamSums | None = None

    @property
    def people(self) -> int:
        """Returns how many they are."""
        return len(self.heads) if self.added_up is None else self.added_up.people

    @property
    def first_dimension(self) -> str:
        """Returns what a heat map is by unless somebody asks otherwise; empty for a framework without dimensions."""
        return self.framework.dimensions[0].dimension if self.framework.dimensions else ""

    def readiness(self) -> readiness.TeamReadiness:
        """Returns how ready the team is."""
        return self._sums().readiness(self.framework, own_team=self.own)

    def coverage(self) -> tuple[Coverage, ...]:
        """Returns where the team stands in each competency, which is less to work out than how ready it is."""
        return self._sums().coverage(self.framework, own_team=self.own)

    def answer(self, dimension: str) -> ReadinessAnswer:
        """Returns how ready the team is, with a heat map by a dimension of the framework."""
        sums = self._sums(dimension)
        team = sums.readiness(self.framework, own_team=self.own)
        lines = [] if team.suppressed else sums.heat_map(self.framework, dimension, own_team=self.own)
        return ReadinessAnswer(
            as_of=None if self.added_up is None else self.as_of,
            sentence=team.sentence,
            people=team.people,
            likely_ready=None if team.likely is None else team.likely.said[0],
            likely_ready_interval=None if team.likely is None else list(team.likely.said[1:]),
            ready=team.ready,
            share=team.share,
            interval=None if team.low is None or team.high is None else [team.low, team.high],
            mean_readiness=team.mean,
            mean_readiness_interval=None if team.mean_interval is None else list(team.mean_interval),
            rated=team.rated,
            suppressed=team.suppressed,
            coverage=[CoverageView.model_validate(one, from_attributes=True) for one in team.coverage],
            heat_map_dimension=dimension,
            heat_map=[
                HeatMapLine(
                    competency=line[0].competency,
                    cells=[CellView.model_validate(cell, from_attributes=True) for cell in line],
                )
                for line in lines
                if line
            ],
        )

    def _sums(self, *dimensions: str) -> TeamSums:
        if self.added_up is not None:
            return self.added_up
        return TeamSums.of(self.heads.values(), self.framework, self.likeness, dimensions)


class Readiness:
    """Answers for the team in the caller's sight.

    records: published ratings, and what is added up of many
    """

    def __init__(
        self,
        records: tuple[RatingsRecords, ReadinessSums],
        configuration: Configuration,
        people: PeopleInSight,
        clock: Clock,
    ) -> None:
        self._records, self._sums = records
        self._configuration = configuration
        self._people = people
        self._clock = clock

    def team(self, caller: Caller, framework_id: str) -> Team:
        """Returns the caller's team. Raises Forbidden, NotFound."""
        require(caller, "readiness.read")
        framework = self._configuration.framework(framework_id)
        now, likeness = self._clock.now(), self._configuration.parameters().factor.likeness
        added_up = self._added_up(caller, framework, now)
        if added_up is not None:
            return Team(framework, {}, own=False, likeness=likeness, as_of=added_up[0], added_up=added_up[1])
        ids = [
            record.employee_id
            for record in self._people.all(caller, framework_id=framework_id)
            if record.active and record.role in RATED_ROLES
        ]
        shown = self._records.shown(ids, now)
        heads = {employee_id: shown.get(employee_id, NOTHING_SHOWN).head for employee_id in ids}
        return Team(framework, heads, own=caller.role == "manager", likeness=likeness, as_of=now)

    def _added_up(self, caller: Caller, framework: Framework, now: datetime) -> tuple[datetime, TeamSums] | None:
        """Returns when a large group in the caller's sight was looked at, and its sums; None where it is not large, or
        where nobody has looked lately, or by another version of the framework."""
        sight = LIST_SIGHT[caller.role] if caller.role else "everyone"
        look = self._sums.look(framework.framework_id) if sight in ("everyone", "organisation") else None
        if look is None or look.shown_at is None or look.shown_version != framework.version:
            return None
        sums = self._sums.shown(look, None if sight == "everyone" else caller.employee_id or "")
        if sums is None or sums.people <= LARGE or look.shown_at < now - MOST_AGE:
            return None
        return look.shown_at, sums

    def answer(
        self, caller: Caller, *, framework_id: str | None = None, dimension: str | None = None
    ) -> ReadinessAnswer:
        """Returns the readiness of the caller's team. Raises Forbidden, NotFound, Rejected."""
        team = self.team(caller, framework_id or caller.framework_id or DEFAULT_FRAMEWORK)
        chosen = dimension or team.first_dimension
        known = team.framework.by_dimension
        if chosen and chosen not in known:
            raise Rejected(f"dimension: {chosen[:60]!r} is none of {', '.join(known)}", field="dimension")
        return team.answer(chosen)
