"""Has a period's calls analysed again, and tells how far that is."""

from __future__ import annotations

from datetime import datetime

from shared.call_pipeline.contract import Reanalysis
from shared.call_pipeline.records.reanalysis_runs import Run, Runs
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.conversations.domain.analysis_version import MOST_ANALYSES
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller, require
from shared.kernel.errors import Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Ids


class ReanalysePeriod:
    """Takes requests for the calls of a period."""

    def __init__(self, runs: Runs, records: CallRecords, tasks: CallTasks, audit: Audit, ids: Ids) -> None:
        self._runs = runs
        self._records = records
        self._tasks = tasks
        self._audit = audit
        self._ids = ids

    def start(self, since: datetime, until: datetime, source: str | None, caller: Caller) -> Reanalysis:
        """Starts a run over the known calls of [since, until). source: only of it. Raises Rejected, Forbidden."""
        require(caller, "calls.analyse_period")
        if since >= until:
            raise Rejected("until must be after from", field="until")
        self._audit.record(
            caller, AuditAction.CALLS_REANALYSIS_REQUESTED, detail=f"{since.isoformat()} to {until.isoformat()}"
        )
        by = caller.employee_id or caller.email
        run = self._runs.begin(self._ids.new(), since, until, source=source, by=by)
        self._tasks.spread(run.run_id)
        return self._shown(run)

    def progress(self, run_id: str, caller: Caller) -> Reanalysis:
        """Returns how far a run is: calls by what has become of them. Raises NotFound, Forbidden."""
        require(caller, "calls.analyse_period")
        return self._shown(self._runs.get(run_id))

    def _shown(self, run: Run) -> Reanalysis:
        found = self._records.find(run.calls)
        done = [_outcome(found.get(record_id), analysis) for record_id, analysis in run.calls.items()]
        over = sum(one is not None for one in done)
        return Reanalysis(
            run_id=run.run_id,
            state="gathering" if run.state == "gathering" else "done" if over == len(done) else "running",
            since=run.since,
            until=run.until,
            source=run.source,
            started_at=run.started_at,
            truncated=run.truncated,
            total=len(done),
            done=over,
            failed=sum(one is False for one in done),
        )


def _outcome(record: CallRecord | None, analysis: int) -> bool | None:
    """Tells whether the new analysis of a call went well; None while it is not over."""
    if record is None or analysis + 1 >= MOST_ANALYSES:
        return False
    if record.analysis <= analysis or record.state not in OVER:
        return None
    return record.state not in {"failed", "refused"}
