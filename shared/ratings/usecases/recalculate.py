"""Recalculates every employee as of today, in shards (see share_out, recalculate_shard).

A run is a document; each shard is a task that writes one document of its own when it is done, so that a shard that
runs twice counts once. Progress is the sum over the shards' documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.kernel.days import EPOCH, date_of, day_of
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.log_events import LogEvent
from shared.observations.state_records import States
from shared.people.aliases import Aliases
from shared.platform.records.kept_since import KeptSince
from shared.ports.ambient import Clock, Ids, Log
from shared.ports.documents import Documents
from shared.ratings.contract import RunAnswer
from shared.ratings.records import KEPT, RecalculationRecords, RecalculationRun, is_over
from shared.ratings.usecases.share_out import ShareOut, shards_of

JOINED_FOR = timedelta(days=2)
"""So long a run of the same name is gone on with; then it is begun again."""


class Recalculate:
    """Starts runs, tells progress."""

    def __init__(self, documents: Documents, sharing: ShareOut, clock: Clock, ids: Ids, log: Log) -> None:
        self._states = States(documents)
        self._aliases = Aliases(documents)
        self._records = RecalculationRecords(documents)
        self._kept = KeptSince(documents)
        self._sharing = sharing
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
        due: datetime | None = None,
    ) -> RunAnswer:
        """Starts a run over the given employees, or everyone, and returns its progress. Raises Rejected.

        Who everyone is, is found by the run's own tasks: whoever starts it waits for one write and one task.
        run_id: of a run that may be started again by whoever takes over from a caller that died: it goes on.
        due: everybody is rated from then on.
        nightly: the run has the day's name, so that a second trigger joins it; it writes the daily snapshot, and
        rebuilds the day's share of employees from the ledger.
        """
        now = self._clock.now()
        if nightly:
            run_id = f"night-{now:%Y-%m-%d}"
            self._kept.begin(now)
        some = [] if employee_ids is None else self.require_known(employee_ids)
        shards = list(shards_of([some]))
        run = RecalculationRun(
            run_id=run_id or self.new_id(),
            started_at=now,
            started_by=started_by,
            as_of=day_of(now),
            employees=len(some),
            shards=len(shards),
            from_ledger=from_ledger,
            nightly=nightly,
            shared_out=employee_ids is not None,
        )
        run = self._joined(run)
        for number, members in enumerate(shards):
            self._sharing.ask_for_shard(run, number, members)
        self._sharing.ask_for_part(run, due)
        return self.progress(run.run_id)

    def _joined(self, run: RecalculationRun) -> RecalculationRun:
        """Returns the run of the same name that is going on, or else begins this one."""
        known = self._records.run(run.run_id)
        if known is not None and run.started_at - known.started_at < JOINED_FOR:
            return known
        self._records.put(run)
        self._log.event(LogEvent.RECALCULATION_STARTED, run_id=run.run_id)
        return run

    def progress(self, run_id: str) -> RunAnswer:
        """Returns how far a run is. Raises NotFound, also once what its shards noted may have expired: the run would
        seem to go on for ever."""
        run = self._records.run(run_id)
        if run is None or run.started_at + KEPT <= self._clock.now():
            raise NotFound(f"there is no recalculation {run_id[:80]!r} of the last {KEPT.days} days", field="run_id")
        done = self._records.notes(run_id)
        finished = is_over(run, done)
        repaired = sum(note.repaired for note in done)
        return RunAnswer(
            run_id=run_id,
            state="running" if not finished else "finished_with_differences" if repaired else "finished",
            started_at=run.started_at,
            started_by=run.started_by,
            finished_at=max((note.finished_at for note in done), default=run.started_at) if finished else None,
            as_of=date_of(run.as_of) or EPOCH,
            shared_out=run.shared_out,
            employees=run.employees,
            shards=run.shards,
            shards_done=len(done),
            employees_done=sum(note.employees for note in done),
            changed=sum(note.altered for note in done),
            rebuilt=sum(note.rebuilt for note in done),
            repaired=repaired,
        )

    def started_at(self, run_id: str) -> datetime | None:
        """Returns when a run was started; None where there is none."""
        run = self._records.run(run_id)
        return None if run is None else run.started_at

    def new_id(self) -> str:
        """Returns a name for a run that nobody else has."""
        return f"run-{self._clock.now():%Y%m%d}-{self._ids.new()[:12]}"

    def require_known(self, employee_ids: Sequence[str]) -> list[str]:
        """Returns the employees, each once, under their present ids. Raises Rejected where one is not known."""
        aliases = self._aliases.among(employee_ids)
        wanted = list(dict.fromkeys(aliases[one].employee_id if one in aliases else one for one in employee_ids))
        known = self._states.get_many(wanted)
        missing = next((one for one in wanted if one not in known), None)
        if missing is not None:
            raise Rejected(f"employee_ids: {missing!r} is not known", field="employee_ids")
        return wanted
