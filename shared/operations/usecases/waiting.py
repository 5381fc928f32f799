"""Counts what waits: for delivery, and for a person's decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.access import Caller, require
from shared.platform.records.quarantine import QuarantineRecords
from shared.ports.ambient import Clock
from shared.ports.messages import DeadLetters
from shared.taxonomy.usecases.decide_unmapped import UnmappedScores

MOST_LETTERS = 100
MOST_LISTED = 200
"""Unmapped scores and quarantined inputs are counted up to here."""

Queued = Mapping[str, tuple[int, datetime]]
"""By subscription or queue: (how many wait, since when the oldest does)."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """A subscription or queue: how many wait, and since when the oldest one does."""

    name: str
    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Live counts.

    backlogs: None where the platform does not tell; capped: more is unmapped or quarantined than counted
    """

    backlogs: tuple[Backlog, ...] | None
    dead_letters: int
    quarantined: int
    unmapped: int
    capped: bool


class CountWaiting:
    """Counts. queued: tells what waits to be delivered; None in the cloud, where its monitoring does"""

    def __init__(
        self,
        letters: DeadLetters,
        quarantine: QuarantineRecords,
        unmapped: UnmappedScores,
        queued: Callable[[], Queued] | None,
        clock: Clock,
    ) -> None:
        self._letters = letters
        self._quarantine = quarantine
        self._unmapped = unmapped
        self._queued = queued
        self._clock = clock

    def count(self, caller: Caller) -> Waiting:
        """Returns the present counts. Raises Forbidden."""
        require(caller, "operations.read")
        quarantined = self._quarantine.page(limit=MOST_LISTED)
        unmapped = self._unmapped.page(caller, limit=MOST_LISTED)
        return Waiting(
            self._backlogs(),
            len(self._letters.list(limit=MOST_LETTERS)),
            sum(item.state == "open" for item in quarantined.items),
            len(unmapped.items),
            quarantined.next is not None or unmapped.next is not None,
        )

    def _backlogs(self) -> tuple[Backlog, ...] | None:
        if self._queued is None:
            return None
        now = self._clock.now()
        return tuple(
            Backlog(name, waiting, max(0.0, (now - oldest).total_seconds()))
            for name, (waiting, oldest) in sorted(self._queued().items())
            if waiting
        )
