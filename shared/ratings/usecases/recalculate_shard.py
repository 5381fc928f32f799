"""Recalculates a shard: some employees as of today, all at once, those whose night it is rebuilt from the ledger.

Who is rated is rated together with the others of the shard and framework (see domain.batch_rating). Where that fails,
for one whose data cannot be read, they are rated alone, and whose data it was is told by the failure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.observations.state_records import States
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Documents
from shared.ports.messages import Bus, Message
from shared.ratings.messages import ShardTask
from shared.ratings.records import KEPT, RecalculationRecords, ShardNote
from shared.ratings.usecases.rate_members import Member, RateMembers
from shared.ratings.usecases.update_rating import Outcome

SNAPSHOT_TOPIC = "ratings-snapshotted"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShardCounts:
    """How many employees a shard has rated, and of these: changed, rebuilt from the ledger, repaired."""

    employees: int
    changed: int
    rebuilt: int
    repaired: int


class _Failures:
    """Collects what kept single members from being rated, so that they keep nobody else back."""

    def __init__(self, task: ShardTask, log: Log) -> None:
        self._task = task
        self._log = log
        self.errors: list[Exception] = []

    def without(self, position: int, work: Callable[[], T | None]) -> T | None:
        """Returns what the work does for one member; None where it fails. Raises Retryable."""
        try:
            return work()
        except Retryable:
            raise
        except Exception as error:
            # The position in the task's list leads to the person; a log names nobody.
            self._log.event(
                LogEvent.RECALCULATION_MEMBER_FAILED,
                "ERROR",
                run_id=self._task.run_id,
                shard=self._task.shard,
                position=position,
                cause=type(error).__name__,
            )
            self.errors.append(error)
            return None


class RecalculateShard:
    """Rates and publishes a shard of a run (see recalculate)."""

    def __init__(self, documents: Documents, members: RateMembers, bus: Bus, clock: Clock, log: Log) -> None:
        self._states = States(documents)
        self._records = RecalculationRecords(documents)
        self._members = members
        self._bus = bus
        self._clock = clock
        self._log = log

    def recalculate(self, task: ShardTask) -> ShardCounts:
        """Recalculates one shard.

        A person whose data cannot be read keeps nobody back: the others are done before that error is raised.
        """
        now = self._clock.now()
        self._members.begin()
        failures = _Failures(task, self._log)
        done: list[tuple[Member, Outcome]] = []
        snapshots: list[Message] = []
        for member in self._members.together(self._read(task, now, failures), now):
            rated = failures.without(member.position, partial(self._rate, member, task, now))
            if rated is not None:
                done.append((rated[0], rated[1]))
                snapshots += rated[2]
        if snapshots:
            self._bus.publish(SNAPSHOT_TOPIC, snapshots)
        if failures.errors:
            raise failures.errors[0]
        counts = _counted(done)
        if task.run_id and task.shard is not None:
            self._records.note(task.shard, _note(task.run_id, now, counts))
        return counts

    def _read(self, task: ShardTask, now: datetime, failures: _Failures) -> list[Member]:
        """Returns those of the shard whom there still are, with the states to rate."""
        states = self._states.get_many(task.employee_ids)
        members = []
        for position, employee_id in enumerate(task.employee_ids):
            state = states.get(employee_id)
            if state is None:
                continue
            member = failures.without(position, partial(self._members.current, position, state, task, now))
            if member is not None:
                members.append(member)
        return members

    def _rate(self, member: Member, task: ShardTask, now: datetime) -> tuple[Member, Outcome, list[Message]] | None:
        done = self._members.update(member, task)
        if done is None:
            return None
        rated, outcome = done
        if outcome.days_ahead:
            self._log.event(LogEvent.RATINGS_OF_THE_FUTURE, "ERROR", days=outcome.days_ahead)
        return rated, outcome, [self._members.snapshot(rated, outcome.told_others, now)] if task.nightly else []


def _counted(done: Sequence[tuple[Member, Outcome]]) -> ShardCounts:
    return ShardCounts(
        employees=len(done),
        changed=sum(outcome.changed for _, outcome in done),
        rebuilt=sum(member.rebuilt or member.repaired for member, _ in done),
        repaired=sum(member.repaired for member, _ in done),
    )


def _note(run_id: str, now: datetime, counts: ShardCounts) -> ShardNote:
    return ShardNote(
        run_id=run_id,
        finished_at=now,
        expires_at=now + KEPT,
        employees=counts.employees,
        altered=counts.changed,
        rebuilt=counts.rebuilt,
        repaired=counts.repaired,
    )
