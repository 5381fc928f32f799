"""Recalculate: every employee as of today, in shards (see recalculate_shard).

A run is a document; each shard is a task that writes one document of its own when it is done, so that a shard that
runs twice counts once. Progress is the sum over the shards' documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.days import date_of, day_of
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.kernel.moments import text
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Documents, Put, Query, Where
from shared.ports.messages import TaskQueue

SHARD_SIZE = 50
KEPT = timedelta(days=90)
PAGE = 500


class Recalculate:
    """Starts runs, tells progress."""

    def __init__(self, documents: Documents, tasks: TaskQueue, clock: Clock, ids: Ids, log: Log) -> None:
        self._documents = documents
        self._tasks = tasks
        self._clock = clock
        self._ids = ids
        self._log = log

    def start(
        self,
        *,
        started_by: str,
        employee_ids: Sequence[str] | None = None,
        from_ledger: bool = False,
        nightly: bool = False,
        run_id: str | None = None,
    ) -> dict[str, Any]:
        """Starts a run over the given employees, or everyone, and returns its progress.

        run_id: the name of a run that may be started again by whoever takes over from a caller that died; its tasks
        have names, so that each shard is asked for once.

        nightly: the run has the day's name, so that a second trigger of the same night joins it; it writes the daily
        snapshot, and rebuilds the day's share of employees from the ledger.
        """
        now = self._clock.now()
        if nightly:
            run_id = f"night-{now:%Y-%m-%d}"
        run_id = run_id or f"run-{now:%Y%m%d}-{self._ids.new()[:12]}"
        if employee_ids is not None:
            employee_ids = list(dict.fromkeys(employee_ids))
            known = self._documents.get_many([f"states/{employee_id}" for employee_id in employee_ids])
            missing = [e for e in employee_ids if f"states/{e}" not in known]
            if missing:
                raise Rejected(f"employee_ids: {missing[0]!r} is not known", field="employee_ids")
            shards = [list(employee_ids[i : i + SHARD_SIZE]) for i in range(0, len(employee_ids), SHARD_SIZE)]
        else:
            shards = list(self._shards())
        run = {
            "run_id": run_id,
            "started_at": now,
            "started_by": started_by,
            "as_of": day_of(now),
            "employees": sum(map(len, shards)),
            "shards": len(shards),
            "from_ledger": from_ledger,
            "nightly": nightly,
        }
        self._documents.commit([Put(f"recalculation_runs/{run_id}", run)])
        for number, members in enumerate(shards):
            self._tasks.enqueue(
                "recalculation",
                "recalculate_shard",
                {
                    "run_id": run_id,
                    "shard": number,
                    "employee_ids": members,
                    "from_ledger": from_ledger,
                    "nightly": nightly,
                },
                name=digest(run_id, str(number)),
            )
        self._log.event(
            LogEvent.RECALCULATION_STARTED, run_id=run_id, employees=sum(map(len, shards)), shards=len(shards)
        )
        return self.progress(run_id)

    def progress(self, run_id: str) -> dict[str, Any]:
        """How far a run is, in the shape of the contract's RunAnswer. Raises NotFound, also once what its shards noted
        may have expired: the run would seem to go on for ever."""
        document = self._documents.get(f"recalculation_runs/{run_id}")
        if document is None or document.data["started_at"] + KEPT <= self._clock.now():
            raise NotFound(f"there is no recalculation {run_id[:80]!r} of the last {KEPT.days} days", field="run_id")
        run = document.data
        done = self._documents.query(Query("recalculation_shards", where=[Where("run_id", "==", run_id)]))
        finished = len(done) >= run["shards"]
        repaired = sum(shard.data["repaired"] for shard in done)
        ended = max((shard.data["finished_at"] for shard in done), default=run["started_at"])
        return {
            "run_id": run_id,
            "state": "running" if not finished else "finished_with_differences" if repaired else "finished",
            "started_at": text(run["started_at"]),
            "started_by": run["started_by"],
            "finished_at": text(ended) if finished else None,
            "as_of": str(date_of(run["as_of"])),
            "employees": run["employees"],
            "shards": run["shards"],
            "shards_done": len(done),
            "employees_done": sum(shard.data["employees"] for shard in done),
            "changed": sum(shard.data["changed"] for shard in done),
            "rebuilt": sum(shard.data["rebuilt"] for shard in done),
            "repaired": repaired,
        }

    def started_at(self, run_id: str) -> datetime | None:
        """Returns when a run was started; None where there is none."""
        document = self._documents.get(f"recalculation_runs/{run_id}")
        moment: datetime | None = document.data["started_at"] if document else None
        return moment

    def _shards(self) -> Iterator[list[str]]:
        after: Sequence[Any] | None = None
        while True:
            page = self._documents.query(
                Query("states", order_by=[("employee_id", "asc")], limit=PAGE, after=after, fields=["employee_id"])
            )
            for start in range(0, len(page), SHARD_SIZE):
                yield [document.data["employee_id"] for document in page[start : start + SHARD_SIZE]]
            if len(page) < PAGE:
                return
            after = [page[-1].data["employee_id"], page[-1].id]
