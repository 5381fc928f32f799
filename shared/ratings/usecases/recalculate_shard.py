"""Recalculate a shard: some employees as of today, all at once, those whose night it is rebuilt from the ledger.

Who is rated is rated together with the others of the shard and framework (see domain.batch_rating). Where that fails,
for one whose data cannot be read, they are rated alone, and whose data it was is told by the failure.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.days import day_of
from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.observations.domain.entry import canonical_bytes, entry_key
from shared.ports.ambient import Clock, Log
from shared.ports.documents import (
    DELETE_FIELD,
    Document,
    Documents,
    Merge,
    PreconditionFailed,
    Put,
    Query,
    Reader,
    Where,
)
from shared.ports.messages import Bus, Message
from shared.ratings.domain import readiness
from shared.ratings.domain.batch_rating import profiles
from shared.ratings.domain.explanation import points
from shared.ratings.domain.projection import project
from shared.ratings.domain.retention import retain
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.messages import RatingsSnapshotted
from shared.ratings.usecases.recalculate import KEPT
from shared.ratings.usecases.update_rating import Outcome, RatedState, UpdateRatings, skill_state

SNAPSHOT_TOPIC = "ratings-snapshotted"
ROTATION_DAYS = 28
"""Every employee is rebuilt from the ledger once in so many nights."""


class _Member(NamedTuple):
    """One of a shard. position: in the task's list; rebuild: from the ledger, asked for or for their night; repaired:
    this run found their state to differ from the ledger, and mended it."""

    position: int
    state: Document
    rebuild: bool
    repaired: bool


class RecalculateShard:
    """Rates and publishes a shard of a run (see recalculate)."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        configuration: Configuration,
        ratings: UpdateRatings,
        clock: Clock,
        log: Log,
    ) -> None:
        self._documents = documents
        self._bus = bus
        self._configuration = configuration
        self._ratings = ratings
        self._clock = clock
        self._log = log

    def recalculate(self, payload: Mapping[str, Any]) -> dict[str, int]:
        """Recalculates one shard: `employee_ids`, and optionally `run_id`, `shard`, `from_ledger`, `nightly`.

        A person whose data cannot be read keeps nobody back: the others are done before that error is raised.
        """
        now = self._clock.now()
        # A run follows the publication of rules within seconds; what this instance remembers may be older.
        self._configuration.forget()
        run_id = payload.get("run_id")
        nightly, from_ledger = bool(payload.get("nightly")), bool(payload.get("from_ledger"))
        failures: list[Exception] = []

        def failed(position: int, error: Exception) -> None:
            # The position in the task's list leads to the person; a log names nobody.
            self._log.event(
                LogEvent.RECALCULATION_MEMBER_FAILED,
                "ERROR",
                run_id=run_id,
                shard=payload.get("shard"),
                position=position,
                cause=type(error).__name__,
            )
            failures.append(error)

        members: list[_Member] = []
        ids = [str(employee_id) for employee_id in payload["employee_ids"]]
        states = self._documents.get_many([f"states/{employee_id}" for employee_id in ids])
        for position, employee_id in enumerate(ids):
            state = states.get(f"states/{employee_id}")
            if state is None:
                continue
            rebuild = from_ledger or (nightly and due_for_rebuild(employee_id, day_of(now)))
            try:
                found = self._current(position, state, rebuild, run_id)
            except Retryable:
                raise
            except Exception as error:
                failed(position, error)
                continue
            if found is not None:
                members.append(found)

        counts = {"employees": 0, "changed": 0, "rebuilt": 0, "repaired": 0}
        snapshots: list[Message] = []
        for member, rated in zip(members, self._together(members, now), strict=True):
            try:
                done = self._update(member, rated, run_id, nightly, passing_of_time=not from_ledger)
                if done is None:
                    continue
                member, rated, outcome = done
                if nightly:
                    snapshots.append(self._snapshot(member.state, rated, outcome.revision, now))
            except Retryable:
                raise
            except Exception as error:
                failed(member.position, error)
                continue
            counts["employees"] += 1
            counts["rebuilt"] += member.rebuild or member.repaired
            counts["repaired"] += member.repaired
            counts["changed"] += outcome.changed
        if snapshots:
            self._bus.publish(SNAPSHOT_TOPIC, snapshots)
        if failures:
            raise failures[0]
        if run_id:
            name = f"recalculation_shards/{run_id}-{payload['shard']}"
            record = {"run_id": run_id, "finished_at": now, "expires_at": now + KEPT, **counts}
            self._documents.commit([Put(name, record)])
        return counts

    def _current(self, position: int, state: Document, rebuild: bool, run_id: str | None) -> _Member | None:
        """Who is to be rated, with the state to rate, rebuilt if asked; None when there is nobody any more."""
        if not rebuild:
            return _Member(position, state, False, run_id is not None and state.data.get("repaired_in") == run_id)
        rebuilt, repaired = self._rebuild(state.id, run_id)
        return None if rebuilt is None else _Member(position, rebuilt, True, repaired)

    def _together(self, members: Sequence[_Member], now: datetime) -> list[RatedState | None]:
        """What all are rated by their frameworks; None for who has to be rated alone."""
        found: list[RatedState | None] = [None] * len(members)
        by_framework: dict[str, list[int]] = {}
        for number, member in enumerate(members):
            framework_id = member.state.data.get("framework_id")
            if isinstance(framework_id, str):
                by_framework.setdefault(framework_id, []).append(number)
        parameters, today = self._configuration.parameters(), day_of(now)
        for framework_id, numbers in by_framework.items():
            try:
                framework = self._configuration.framework(framework_id)
                entries = [members[number].state.data.get("observations", {}).values() for number in numbers]
                for number, profile in zip(numbers, profiles(entries, framework, parameters, today), strict=True):
                    version = members[number].state.version
                    found[number] = RatedState(version, framework, parameters, today, profile.rows(), profile.text())
            except Retryable:
                raise
            except Exception:
                # One whose data cannot be read, or whose framework: each will tell for itself.
                continue
        return found

    def _update(
        self, member: _Member, rated: RatedState | None, run_id: str | None, nightly: bool, *, passing_of_time: bool
    ) -> tuple[_Member, RatedState | None, Outcome] | None:
        """Writes and publishes one person's ratings: the state that they rest on, what it is rated, the outcome; None
        when there is nobody any more."""

        def update(state: Document, rated: RatedState | None) -> Outcome:
            return self._ratings.update_from(state, passing_of_time=passing_of_time, run_id=run_id, rated=rated)

        try:
            outcome = update(member.state, rated)
        except Retryable:
            raise
        except Exception:
            if member.rebuild or not nightly:
                raise
            # What cannot be read may be mended at once: it need not wait for its own night.
            state, repaired = self._rebuild(member.state.id, run_id)
            if state is None:
                return None
            member, rated = member._replace(state=state, rebuild=True, repaired=repaired), None
            outcome = update(state, rated)
        if outcome.outdated:
            # An event came meanwhile. Under its revision only what it made may be shown.
            member, rated = member._replace(state=self._documents.get(member.state.path) or member.state), None
        return member, rated, outcome

    def _rebuild(self, employee_id: str, run_id: str | None = None) -> tuple[Document | None, bool]:
        """Rebuilds a state from the ledger and repairs the live one if it differs: (the state to rate, repaired).

        The two are compared as what retention keeps of each, byte for byte: entries that are merely not yet collected
        are no difference. An entry that the ledger does not have, or has otherwise, is one, readable or not.
        """

        def read(reader: Reader) -> tuple[Document | None, dict[str, str]]:
            return reader.get(f"states/{employee_id}"), ledger_entries(reader, employee_id)

        live, rebuilt = self._documents.read_together(read)
        if live is None:
            return None, False
        framework = self._configuration.framework(live.data["framework_id"])
        entries = live.data.get("observations", {})
        as_before = run_id is not None and live.data.get("repaired_in") == run_id
        if rebuilt == entries:
            # The same entries are retained alike. Most states were never collected: this is nearly everybody.
            return live, as_before
        wanted = retain(rebuilt, framework)
        stray = {key for key, text in entries.items() if rebuilt.get(key) != text}
        if not stray and canonical_bytes(wanted) == canonical_bytes(retain(entries, framework)):
            return live, as_before
        gone = entries.keys() - wanted.keys()
        missing = {key: text for key, text in wanted.items() if entries.get(key) != text}
        # After a collection, what a late event needs is missing as a matter of course.
        unexpected = bool(stray) or not live.data.get("collected")
        change: dict[str, Any] = {"observations": {**missing, **dict.fromkeys(gone, DELETE_FIELD)}}
        if unexpected and run_id:
            change["repaired_in"] = run_id
        try:
            self._documents.commit([Merge(f"states/{employee_id}", change, if_version=live.version)])
        except PreconditionFailed:
            raise Retryable("the employee's state changed while it was rebuilt") from None
        if unexpected:
            self._log.event(LogEvent.STATE_REPAIRED, "ERROR", added=len(missing), removed=len(gone))
        return self._documents.get(f"states/{employee_id}"), unexpected

    def _snapshot(self, state: Document, rated: RatedState | None, revision: int, now: datetime) -> Message:
        framework = self._configuration.framework(state.data["framework_id"])
        parameters, today = self._configuration.parameters(), day_of(now)
        rows: list[SkillRating]
        if rated is not None and rated.of(state, framework, parameters, today):
            rows = rated.rows
        else:
            rows = project(state.data.get("observations", {}), framework, parameters, today)
        fact = RatingsSnapshotted(
            employee_id=state.data["employee_id"],
            framework_id=framework.framework_id,
            as_of=now.date(),
            revision=revision,
            overall_readiness=points(readiness.overall(rows, framework)) or 0,
            core_validated=readiness.core_validated(rows, framework),
            skills=[
                skill_state(row) for row in rows if row.basis != "none" or row.stale or row.status != "not_started"
            ],
        )
        return Message(fact.model_dump(mode="json"), {"employee_id": fact.employee_id})


def ledger_entries(reader: Reader, employee_id: str) -> dict[str, str]:
    """The state that the ledger's events of one employee make: key → entry text."""
    return {entry_key(text): text for text in ledger_texts(reader, employee_id)}


def ledger_texts(reader: Reader, employee_id: str) -> list[str]:
    """The entries of all events of one employee."""
    events = reader.query(Query("events", where=[Where("employee_id", "==", employee_id)], fields=["entry"]))
    return [event.data["entry"] for event in events]


def due_for_rebuild(employee_id: str, day: int) -> bool:
    """Whether it is this employee's night: each comes once in 28."""
    return zlib.crc32(employee_id.encode()) % ROTATION_DAYS == day % ROTATION_DAYS
