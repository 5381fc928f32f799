"""Takes in that records of the CRM may have changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.crm.domain.hint import Hint, Source
from shared.crm.records import HintRecords
from shared.crm.usecases.record_tasks import RecordTasks
from shared.ports.ambient import Clock


@dataclass(frozen=True, slots=True)
class Taken:
    """Says what became of some hints: how many are about what deals are read from, and how many readings are new."""

    hints: int
    followed: int
    queued: int


class TakeHints:
    """Takes hints in.

    kinds: of records from which deals are read; what else comes is let lie
    """

    def __init__(self, hints: HintRecords, tasks: RecordTasks, kinds: Collection[str], clock: Clock) -> None:
        self._hints = hints
        self._tasks = tasks
        self._kinds = kinds
        self._clock = clock

    def take(self, source: Source, hints: Sequence[Hint]) -> Taken:
        """Stores hints and has their records read; durable when it returns. Raises Retryable.

        A repetition has its record read only if nobody has read it since it came in first.
        """
        now = self._clock.now()
        followed = [_named(one, now) for one in hints if one.kind in self._kinds]
        kept = self._hints.keep(source, followed, now)
        queued = self._tasks.follow(kept, {one.name: one.since for one in followed})
        return Taken(len(hints), len(followed), queued)


def _named(hint: Hint, now: datetime) -> Hint:
    """Returns a hint with a name; of one that its sender did not name nothing is a repetition."""
    return hint if hint.hint_id is not None else replace(hint, hint_id=f"{now.isoformat()}\n{hint.record_id}")
