"""Shows how far erasures are, and what they did; whom they are about is shown to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.people.records import EmployeeRecords
from shared.privacy.contract import ErasureLine, ErasureRun
from shared.privacy.records.erasures import Counts, Erasure, ErasureRecords, Rows


class FollowErasures:
    """Finds runs for who may start one."""

    def __init__(self, records: ErasureRecords, employees: EmployeeRecords) -> None:
        self._records = records
        self._employees = employees

    def one(self, caller: Caller, run_id: str) -> ErasureRun:
        """Returns a run and what it has done so far. Raises Forbidden, NotFound."""
        require(caller, "erasure.run")
        run = self._records.get(run_id)
        if run is None:
            raise NotFound(f"there is no erasure {run_id[:60]!r}", field="run_id")
        return shown(run)

    def latest(self, caller: Caller, *, limit: int = 50) -> list[ErasureRun]:
        """Returns the latest runs, the newest first. Raises Forbidden."""
        require(caller, "erasure.run")
        return [shown(run) for run in self._records.latest(limit)]

    def names(self, runs: Iterable[ErasureRun]) -> Mapping[str, str]:
        """Returns the names of those who asked for the runs, by id."""
        return self._employees.names({run.requested_by for run in runs})


def shown(run: Erasure) -> ErasureRun:
    """Shows a run without whom it erases: its state, its times and what it did, one line per store and part of it."""
    report = run.report
    parts: dict[str, dict[str, Counts | Rows]] = {
        "dead_letters": {**report.dead_letters},
        "documents": {**report.documents},
        "integrations": {**report.integrations},
        "warehouse": {**report.warehouse},
    }
    return ErasureRun(
        run_id=run.run_id,
        state=run.state,
        requested_by=run.requested_by,
        requested_at=run.requested_at,
        second_look_at=run.second_look_at,
        finished_at=run.finished_at,
        report=[_line(store, part, counts) for store in parts for part, counts in sorted(parts[store].items())],
    )


def _line(store: str, part: str, counts: Counts | Rows) -> ErasureLine:
    if isinstance(counts, Rows):
        return ErasureLine(store=store, part=part, removed=0, anonymised=0, rows=counts.rows)
    return ErasureLine(store=store, part=part, removed=counts.removed, anonymised=counts.anonymised, rows=0)
