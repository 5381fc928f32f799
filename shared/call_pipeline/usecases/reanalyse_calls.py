"""Ask for calls to be analysed again: one, or those of a period, with progress.

A request raises the record's `analysis` by one and puts it back to the beginning; what is then observed has a
higher version, so it replaces what it corrects. What a person has decided about the call outranks it all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared.call_pipeline.usecases.discover_calls import DiscoverCalls
from shared.conversations.domain.analysis_version import MOST_ANALYSES
from shared.conversations.domain.call_state import OVER
from shared.conversations.usecases.call_records import CallRecords
from shared.conversations.usecases.call_settings import Route
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Ids
from shared.ports.documents import Documents, Put
from shared.ports.messages import TaskQueue

QUEUE, FUNCTION = "reanalyses", "reanalyse_calls"
MOST_CALLS = 5_000
"""In one request for a period."""
PAGE = 200


class ReanalyseCalls:
    """Takes requests, spreads those for a period over the calls, and tells how far they are."""

    def __init__(
        self,
        records: CallRecords,
        discovery: DiscoverCalls,
        integrations: Documents,
        tasks: TaskQueue,
        audit: Audit,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._records = records
        self._discovery = discovery
        self._integrations = integrations
        self._tasks = tasks
        self._audit = audit
        self._clock = clock
        self._ids = ids

    def one(self, record_id: str, caller: Caller) -> dict[str, Any]:
        """Asks for one call; its record. Raises NotFound, Conflict (private, or being analysed at this moment)."""
        record = self._records.get(record_id)
        if record["state"] == "private":
            raise Conflict("the recorder marks this call as private; it is not analysed", field="call_id")
        if record["state"] not in OVER:
            raise Conflict(f"this call is being analysed: it is {record['state']}", field="call_id")
        self._audit.record(caller, AuditAction.CALL_REANALYSIS_REQUESTED, subject=record_id)
        return self._again(record_id, record["analysis"], "immediate")

    def once_more(self, record_id: str, caller: Caller) -> dict[str, Any]:
        """Asks for a call that could not be read, unless somebody has: its record. Raises NotFound, Conflict."""
        record = self._records.get(record_id)
        return self.one(record_id, caller) if record["state"] in OVER else record

    def period(self, since: datetime, until: datetime, source: str | None, caller: Caller) -> dict[str, Any]:
        """Starts a run over the known calls of [since, until); how far it is. Raises Rejected."""
        if since >= until:
            raise Rejected("until must be after from", field="until")
        self._audit.record(
            caller, AuditAction.CALLS_REANALYSIS_REQUESTED, detail=f"{since.isoformat()} to {until.isoformat()}"
        )
        run_id = self._ids.new()
        run = {
            "run_id": run_id,
            "state": "gathering",
            "since": since,
            "until": until,
            "source": source,
            "started_at": self._clock.now(),
            "started_by": caller.employee_id or caller.email,
            "calls": {},
            "truncated": False,
        }
        self._integrations.commit([Put(f"reanalyses/{run_id}", run)])
        self._tasks.enqueue(QUEUE, FUNCTION, {"run_id": run_id}, name=f"reanalysis-{run_id}")
        return self.progress(run_id)

    def spread(self, run_id: str) -> dict[str, Any]:
        """The run's task: finds its calls, asks for each; doing it again is harmless. Raises NotFound, Retryable."""
        run = self._run(run_id)
        if run["state"] == "gathering":
            run = self._gather(run)
        for record_id, analysis in sorted(run["calls"].items()):
            with suppress(Conflict):  # analysed the most times already: listed as failed, and keeps no other back
                self._again(record_id, analysis, "batch")
        return {"calls": len(run["calls"])}

    def progress(self, run_id: str) -> dict[str, Any]:
        """How far a run is: calls by what has become of them. Raises NotFound."""
        run = self._run(run_id)
        found = self._records.find(run["calls"])
        counts = {"total": len(run["calls"]), "done": 0, "failed": 0}
        for record_id, analysis in run["calls"].items():
            record = found.get(record_id)
            spent = analysis + 1 >= MOST_ANALYSES
            over = record is None or spent or (record["analysis"] > analysis and record["state"] in OVER)
            counts["done"] += over
            counts["failed"] += over and (record is None or spent or record["state"] in {"failed", "refused"})
        state = (
            "gathering" if run["state"] == "gathering" else "done" if counts["done"] == counts["total"] else "running"
        )
        return {
            "run_id": run_id,
            "state": state,
            "since": run["since"],
            "until": run["until"],
            "source": run["source"],
            "started_at": run["started_at"],
            "truncated": run["truncated"],
            **counts,
        }

    def _run(self, run_id: str) -> dict[str, Any]:
        document = self._integrations.get(f"reanalyses/{run_id}")
        if document is None:
            raise NotFound(f"there is no re-analysis {run_id[:64]!r}", field="run_id")
        return dict(document.data)

    def _gather(self, run: dict[str, Any]) -> dict[str, Any]:
        """Lists the run's calls with the analysis that each has now, so that a repeated task asks for no second one."""
        calls: dict[str, int] = {}
        after = None
        while len(calls) < MOST_CALLS:
            page, after = self._records.page(
                since=run["since"], until=run["until"], source=run["source"], limit=PAGE, after=after
            )
            calls |= {one["record_id"]: one["analysis"] for one in page if one["state"] in OVER - {"private"}}
            if after is None:
                break
        run |= {"state": "running", "calls": dict(list(calls.items())[:MOST_CALLS]), "truncated": after is not None}
        self._integrations.commit([Put(f"reanalyses/{run['run_id']}", run)])
        return run

    def _again(self, record_id: str, analysis: int, route: Route) -> dict[str, Any]:
        def again(known: dict[str, Any]) -> Mapping[str, Any] | None:
            if known["analysis"] != analysis or known["state"] not in OVER:
                return None
            if analysis + 1 >= MOST_ANALYSES:
                raise Conflict(f"this call has been analysed {analysis + 1} times, which is the most", field="call_id")
            return {
                "state": "discovered",
                "analysis": analysis + 1,
                "route": "immediate",
                "tries": 0,
                "rounds": 0,
                "last_error": None,
            }

        record, _ = self._records.change(record_id, again)
        if record["state"] == "discovered" and record["analysis"] == analysis + 1:
            self._discovery.queue(record, route)
        return record
