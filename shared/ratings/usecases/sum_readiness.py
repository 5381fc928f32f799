"""Adds up, in the background, how ready the people of large frameworks are, for the page that leaders open first.

A page may read some hundred people's heads; everybody's of a large organisation it may not. So a look goes over the
people of a framework in the order of their ids, part by part, each a task that asks for the next one, and adds up
everybody and the organisation below each senior manager, by the page's own formula. When it is over it takes the place
of the look before, whole. Whatever has happened between two looks (a correction, a move to another team, a leaver, an
erasure) is right in the next one, which starts from nothing: there is no sum that could drift.

Where calls were closed to others when their person was rated, the sums are without them: they may be late, never early.
A part that dies, or is delivered twice, adds once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.ids import digest
from shared.people.domain.reporting_lines import ReportingLines
from shared.people.records import Employee, EmployeeRecords
from shared.platform.records.changes import HORIZON
from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue
from shared.ratings.domain.head import Head
from shared.ratings.domain.team_sums import TeamSums
from shared.ratings.messages import LookTask
from shared.ratings.records import NOTHING_SHOWN, RatingsRecords
from shared.ratings.sums_records import Look, ReadinessSums
from shared.ratings.usecases.share_out import FUNCTION, QUEUE
from shared.ratings.usecases.team_readiness import LARGE, RATED_ROLES

PAGE, PAGES_OF_A_PART = 500, 4
MOST_TIME = timedelta(seconds=30)
PACE = timedelta(minutes=30)
"""As often as the warehouse is refreshed: everybody is read, which costs a document each."""
GIVEN_UP = timedelta(hours=3)
"""A look that is not over by then has lost its task, and is begun again."""


class SumReadiness:
    """Begins looks and carries them out.

    records: published ratings, and the sums
    """

    def __init__(
        self,
        records: tuple[RatingsRecords, ReadinessSums],
        employees: EmployeeRecords,
        configuration: Configuration,
        tasks: TaskQueue,
        clock: Clock,
    ) -> None:
        self._ratings, self._sums = records
        self._employees = employees
        self._configuration = configuration
        self._tasks = tasks
        self._clock = clock

    def sweep(self) -> int:
        """Begins a look at each large framework whose people may have changed since the last one, and asks for the next
        part of one that goes on; returns how many looks there are to do. Raises Retryable."""
        changes = self._ratings.last_computed_at(), self._employees.last_updated_at()
        changed_at = max((one for one in changes if one is not None), default=None)
        going_on = 0
        for framework in self._configuration.frameworks():
            look = self._sums.look(framework.framework_id)
            if look is None or look.over or self._clock.now() - look.begun_at > GIVEN_UP:
                look = self._begun(framework, look) if self._is_due(framework, look, changed_at) else None
            if look is not None:
                self._ask_for_part(look)
                going_on += 1
        return going_on

    def part(self, task: LookTask) -> Look | None:
        """Adds up some people and asks for the next part; None where the look is not the newest any more."""
        look = self._sums.look(task.framework_id)
        if look is None or look.look_id != task.look_id:
            return None
        if look.parts == task.part and not look.over:
            look = self._added(look)
        if look.look_id == task.look_id and not look.over:
            self._ask_for_part(look)
        return look

    def _is_due(self, framework: Framework, look: Look | None, changed_at: datetime | None) -> bool:
        few = self._employees.of_framework(framework.framework_id, limit=LARGE + 1)
        if changed_at is None or len(few) <= LARGE:
            return False
        if look is None or not self._judges_alike(look, framework):
            return True
        missed = look.begun_at - HORIZON <= changed_at  # what was decided before it began may have been written after
        return not look.over or (missed and look.begun_at <= self._clock.now() - PACE)

    def _judges_alike(self, look: Look, framework: Framework) -> bool:
        version = self._configuration.parameters().version
        return (look.framework_version, look.parameters_version) == (framework.version, version)

    def _begun(self, framework: Framework, before: Look | None) -> Look:
        now = self._clock.now()
        look = Look(
            look_id=digest("look", framework.framework_id, now.isoformat()),
            framework_id=framework.framework_id,
            begun_at=now,
            framework_version=framework.version,
            parameters_version=self._configuration.parameters().version,
            shown=None if before is None else before.shown,
            shown_at=None if before is None else before.shown_at,
            shown_version=None if before is None else before.shown_version,
        )
        self._sums.put(look)
        if before is not None and before.look_id != before.shown:
            self._forget(before.look_id)
        return look

    def _added(self, look: Look) -> Look:
        """Adds up the next people; returns the look as it is then."""
        framework, parameters = self._configuration.framework(look.framework_id), self._configuration.parameters()
        if not (look.is_whole and self._judges_alike(look, framework)):
            # Half by one version and half by another would be neither: the next sweep begins anew.
            return self._sums.add(look, look.following(None).changed(over=True, framework_version=0), {})
        late = self._clock.now() + MOST_TIME
        found: dict[str | None, TeamSums] = {None: TeamSums()}
        lines = _Lines(self._employees)
        after, over = look.after, False
        for _ in range(PAGES_OF_A_PART):
            page = self._employees.of_framework(look.framework_id, limit=PAGE, after=after)
            self._add(page, framework, parameters.factor.likeness, lines.of(page), found)
            over = len(page) < PAGE
            after = None if over else page[-1].employee_id
            if over or self._clock.now() >= late:
                break
        following = look.following(after)
        if not over:
            return self._sums.add(look, following, found)
        done = following.changed(
            over=True, shown=look.look_id, shown_at=look.begun_at, shown_version=look.framework_version
        )
        there = self._sums.add(look, done, found)
        if there == done and look.shown is not None:
            self._forget(look.shown)
        return there

    def _add(
        self,
        page: Sequence[Employee],
        framework: Framework,
        likeness: float,
        lines: ReportingLines,
        found: dict[str | None, TeamSums],
    ) -> None:
        """Adds a page's people to everybody's sums and to those of the organisations that they are in."""
        ids = [one.employee_id for one in page if one.active and one.role in RATED_ROLES]
        shown = self._ratings.shown(ids, self._clock.now())
        groups: dict[tuple[str | None, ...], list[Head]] = {}
        for employee_id in ids:
            leaders = (None, *lines.senior_managers_above(employee_id))
            groups.setdefault(leaders, []).append(shown.get(employee_id, NOTHING_SHOWN).head)
        for leaders, heads in groups.items():
            sums = TeamSums.of(heads, framework, likeness, list(framework.by_dimension))
            for leader in leaders:
                found.setdefault(leader, TeamSums()).merge(sums)

    def _forget(self, look_id: str) -> None:
        late = self._clock.now() + MOST_TIME
        self._sums.forget(look_id, lambda: self._clock.now() >= late)

    def _ask_for_part(self, look: Look) -> None:
        task = LookTask(framework_id=look.framework_id, look_id=look.look_id, part=look.parts)
        self._tasks.enqueue(QUEUE, FUNCTION, task.model_dump(), name=digest(look.look_id, str(look.parts)))


class _Lines:
    """Finds the reporting lines of some people, and remembers whom it has asked for."""

    def __init__(self, employees: EmployeeRecords) -> None:
        self._employees = employees
        self._known: dict[str, Employee] = {}
        self._asked: set[str] = set()

    def of(self, people: Iterable[Employee]) -> ReportingLines:
        """Returns the lines from some people up."""
        self._known.update((one.employee_id, one) for one in people)
        while (
            above := {one.manager_id for one in self._known.values() if one.manager_id}
            - self._known.keys()
            - self._asked
        ):
            self._asked |= above
            self._known |= self._employees.many(above)
        return ReportingLines(self._known.values())

    def _unknown(self) -> set[str]:
        managers = {one.manager_id for one in self._known.values() if one.manager_id}
        return managers - self._known.keys() - self._asked
