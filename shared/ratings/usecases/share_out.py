"""Shares a recalculation of everybody out into shards, part by part: each part is a task that asks for the next one.

A part lists some thousand people, and for no longer than half a minute. Where the next one begins stands in the run,
written when all shards of a part have been asked for. A part that dies, or is delivered twice, begins where it began:
a shard has the name of its people, so that the same one is asked for once, and nobody falls between two where somebody
has come or gone meanwhile. Of two that do the same part at the same time the first decides where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.ids import digest
from shared.observations.state_records import States
from shared.ports.ambient import Clock
from shared.ports.documents import Documents
from shared.ports.messages import TaskQueue
from shared.ratings.messages import PartTask, ShardTask
from shared.ratings.records import RecalculationRecords, RecalculationRun

QUEUE, FUNCTION = "recalculation", "recalculate_shard"
SHARD_SIZE = 50
PAGE = 500
MOST_SHARDS = 100
MOST_TIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SharedOut:
    """Tells how far a run is shared out. employees, shards: so far"""

    employees: int
    shards: int
    shared_out: bool


class ShareOut:
    """Asks for the shards of runs."""

    def __init__(self, documents: Documents, tasks: TaskQueue, clock: Clock) -> None:
        self._states = States(documents)
        self._records = RecalculationRecords(documents)
        self._tasks = tasks
        self._clock = clock

    def ask_for_part(self, run: RecalculationRun, due: datetime | None = None) -> None:
        """Asks for a run's next part; there is none once all is shared out. due: when it is to be done; None: now"""
        if not run.shared_out:
            task = PartTask(run_id=run.run_id, part=run.parts)
            name = _name(run, "part", str(run.parts))
            self._tasks.enqueue(QUEUE, FUNCTION, task.model_dump(), name=name, run_at=due)

    def ask_for_shard(self, run: RecalculationRun, number: int, members: Sequence[str]) -> None:
        """Asks for one shard of a run."""
        task = ShardTask(
            employee_ids=list(members),
            run_id=run.run_id,
            shard=number,
            from_ledger=run.from_ledger,
            nightly=run.nightly,
        )
        self._tasks.enqueue(QUEUE, FUNCTION, task.model_dump(), name=_name(run, str(number), *members))

    def part(self, task: PartTask) -> SharedOut | None:
        """Asks for the shards of one part and for the next part; None where there is no such run any more."""
        run = self._records.run(task.run_id)
        if run is None:
            return None
        if run.parts == task.part and not run.shared_out:
            run = self._records.move_on(run, self._listed(run))
        self.ask_for_part(run)
        return SharedOut(run.employees, run.shards, run.shared_out)

    def _listed(self, run: RecalculationRun) -> RecalculationRun:
        """Asks for the shards of the next part; returns the run as it is then."""
        late = self._clock.now() + MOST_TIME
        employees, shards, last = run.employees, run.shards, run.shared_until
        for members in shards_of(self._states.ids(PAGE, run.shared_until)):
            self.ask_for_shard(run, shards, members)
            employees, shards, last = employees + len(members), shards + 1, members[-1]
            if shards - run.shards >= MOST_SHARDS or self._clock.now() >= late:
                return run.changed(employees=employees, shards=shards, parts=run.parts + 1, shared_until=last)
        return run.changed(employees=employees, shards=shards, parts=run.parts + 1, shared_until=None, shared_out=True)


def shards_of(pages: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yields the members of one shard after the other, as they are asked for."""
    for page in pages:
        for start in range(0, len(page), SHARD_SIZE):
            yield page[start : start + SHARD_SIZE]


def _name(run: RecalculationRun, *what: str) -> str:
    """Returns a task's name: one run that was begun again asks for everything again."""
    return digest(run.run_id, run.started_at.isoformat(), *what)
