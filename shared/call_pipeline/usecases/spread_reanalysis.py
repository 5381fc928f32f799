"""Spreads a request to analyse a period's calls again over the calls."""

from __future__ import annotations

from contextlib import suppress

from shared.call_pipeline.records.reanalysis_runs import Run, Runs
from shared.call_pipeline.usecases.ask_again import AskAgain
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecords
from shared.kernel.errors import Conflict

MOST_CALLS = 5_000
"""In one request for a period."""
PAGE = 200


class SpreadReanalysis:
    """Finds a run's calls, and asks for each."""

    def __init__(self, runs: Runs, records: CallRecords, asking: AskAgain) -> None:
        self._runs = runs
        self._records = records
        self._asking = asking

    def spread(self, run_id: str) -> int:
        """Returns how many calls the run has; doing it again is harmless. Raises NotFound, Retryable."""
        run = self._runs.get(run_id)
        if run.state == "gathering":
            run = self._gather(run)
        for record_id, analysis in sorted(run.calls.items()):
            with suppress(Conflict):  # analysed the most times already: listed as failed, and keeps no other back
                self._asking.ask(record_id, analysis, "batch")
        return len(run.calls)

    def _gather(self, run: Run) -> Run:
        """Lists the run's calls with the analysis that each has now, so that a repeated task asks for no second one."""
        calls: dict[str, int] = {}
        after = None
        while len(calls) < MOST_CALLS:
            page = self._records.page(since=run.since, until=run.until, source=run.source, limit=PAGE, after=after)
            calls |= {one.record_id: one.analysis for one in page.items if one.state in OVER - {"private"}}
            after = page.next
            if after is None:
                break
        gathered = run.changed(
            state="running", calls=dict(list(calls.items())[:MOST_CALLS]), truncated=after is not None
        )
        self._runs.put(gathered)
        return gathered
