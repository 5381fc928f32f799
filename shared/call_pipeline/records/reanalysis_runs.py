"""Names what is stored of a request to analyse a period's calls again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import field

from shared.kernel.errors import NotFound
from shared.kernel.records import Record
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Put


class Run(Record, frozen=True, kw_only=True):
    """One request: the calls of [since, until), and the analysis that each had when they were gathered.

    source:    only calls of it; None: all
    truncated: the period has more calls than one request takes
    """

    run_id: str
    state: Literal["gathering", "running"] = "gathering"
    since: datetime
    until: datetime
    source: str | None
    started_at: datetime
    started_by: str
    calls: Mapping[str, int] = field(default_factory=dict)
    truncated: bool = False


class Runs:
    """Reads and writes runs.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def begin(self, run_id: str, since: datetime, until: datetime, *, source: str | None, by: str) -> Run:
        """Writes a new run, whose calls are to be gathered."""
        run = Run(run_id=run_id, since=since, until=until, source=source, started_at=self._clock.now(), started_by=by)
        self.put(run)
        return run

    def get(self, run_id: str) -> Run:
        """Reads a run. Raises NotFound."""
        document = self._documents.get(_path(run_id))
        if document is None:
            raise NotFound(f"there is no re-analysis {run_id[:64]!r}", field="run_id")
        return Run.read(document)

    def put(self, run: Run) -> None:
        """Writes a run."""
        self._documents.commit([Put(_path(run.run_id), run.stored())])


def _path(run_id: str) -> str:
    return f"reanalyses/{run_id}"
