"""Has people rated again of whom a call has opened, so that whoever is told of ratings is told of it, too.

Who waits stands in the published ratings themselves, by when the first of their closed calls opens: whoever is rated in
between waits no more, and who could not be rated is found again.
"""

from __future__ import annotations

from typing import Final

from shared.ports.ambient import Clock
from shared.ports.messages import TaskQueue
from shared.ratings.messages import ShardTask
from shared.ratings.records import RatingsRecords
from shared.ratings.usecases.share_out import FUNCTION, QUEUE, SHARD_SIZE

MOST_AT_ONCE: Final = 2_000
"""Who waits longest comes first; the others are found the next time."""


class RateOpened:
    """Looks for those who wait."""

    def __init__(self, records: RatingsRecords, tasks: TaskQueue, clock: Clock) -> None:
        self._records = records
        self._tasks = tasks
        self._clock = clock

    def sweep(self) -> int:
        """Makes tasks to rate those of whom a call has opened; returns how many they are. Raises Retryable."""
        people = self._records.opened(self._clock.now(), MOST_AT_ONCE)
        for start in range(0, len(people), SHARD_SIZE):
            task = ShardTask(employee_ids=people[start : start + SHARD_SIZE])
            self._tasks.enqueue(QUEUE, FUNCTION, task.model_dump())
        return len(people)
