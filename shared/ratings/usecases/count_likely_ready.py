"""Counts once a day, after the night's recalculation, how many people are likely ready, for the warehouse's marts.

The marts carry what is counted here, by the formula of the page: a second one in SQL would print another number. It is
counted of everybody, and of the organisation below each senior manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.people.domain.reporting_lines import ReportingLines
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row, Warehouse
from shared.ratings.domain.likely_ready import LikelyReady
from shared.ratings.domain.readiness import likely_among
from shared.ratings.records import RatingsRecords, RecalculationRecords, is_over
from shared.ratings.usecases.team_readiness import RATED_ROLES

TABLE = "staging.likely_ready"
PAGE = 300


class CountLikelyReady:
    """Reads the published ratings of everybody, page by page."""

    def __init__(
        self,
        ratings: tuple[RatingsRecords, RecalculationRecords],
        employees: EmployeeRecords,
        configuration: Configuration,
        warehouse: Warehouse,
        clock: Clock,
    ) -> None:
        self._ratings, self._runs = ratings
        self._employees = employees
        self._configuration = configuration
        self._warehouse = warehouse
        self._clock = clock

    def today(self) -> int:
        """Returns for how many frameworks it counted; 0 while the night's run is not over, and once it has counted."""
        now = self._clock.now()
        if self._counted(now.date()) or not self._is_over(now.date()):
            return 0
        lines = ReportingLines(self._employees.everybody())
        rows: list[Row] = []
        frameworks = self._configuration.frameworks()
        for framework in frameworks:
            for leader, found in self._likely(framework, lines).items():
                number, low, high = found.said
                rows.append(
                    {
                        "framework_id": framework.framework_id,
                        "leader_id": leader,
                        "day": now.date().isoformat(),
                        "known": found.people,
                        "likely_ready": number,
                        "likely_ready_low": low,
                        "likely_ready_high": high,
                        "counted_at": now.isoformat(),
                    }
                )
        if rows:
            self._warehouse.load(TABLE, rows)
        return len(frameworks)

    def _likely(self, framework: Framework, lines: ReportingLines) -> Mapping[str | None, LikelyReady]:
        """Returns the number of everybody (None), and of each senior manager with people of the framework below."""
        likeness = self._configuration.parameters().factor.likeness
        found: dict[str | None, LikelyReady] = {None: LikelyReady()}
        after = None
        while True:
            page = self._employees.of_framework(framework.framework_id, limit=PAGE, after=after)
            ids = [one.employee_id for one in page if one.active and one.role in RATED_ROLES]
            for employee_id, shown in self._ratings.shown(ids, self._clock.now()).items():
                likely = likely_among([shown.head], framework, likeness)
                for leader in (None, *lines.senior_managers_above(employee_id)):
                    found[leader] = found.get(leader, LikelyReady()) + likely
            if len(page) < PAGE:
                return found
            after = page[-1].employee_id

    def _is_over(self, day: date) -> bool:
        run = self._runs.run(f"night-{day:%Y-%m-%d}")
        return run is not None and is_over(run, self._runs.notes(run.run_id))

    def _counted(self, day: date) -> bool:
        rows = self._warehouse.query(f"SELECT COUNT(*) AS counted FROM {TABLE} WHERE day = @day", {"day": day})
        return bool(rows[0]["counted"])
