"""Recalculate: every employee as of today, in shards; a rotating part rebuilt from the ledger of events.

A run is a document; each shard is a task that writes one document of its own when it is done, so that a shard that
runs twice counts once. Progress is the sum over the shards' documents.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.contracts.messages import RatingsSnapshotted
from shared.domain import readiness
from shared.domain.errors import NotFound, Rejected, Retryable
from shared.domain.explanation import points
from shared.domain.moments import text
from shared.domain.observation import canonical_bytes, entry_key
from shared.domain.projection import project, retain
from shared.ports.ambient import Clock, Ids, Log
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
from shared.ports.messages import Bus, Message, TaskQueue
from shared.usecases.configuration import Configuration
from shared.usecases.observing import digest
from shared.usecases.update_rating import Outcome, UpdateRatings, date_of, day_of, skill_state

SNAPSHOT_TOPIC = "ratings-snapshotted"
SHARD_SIZE = 50
ROTATION_DAYS = 28
"""Every employee is rebuilt from the ledger once in so many nights."""
KEPT = timedelta(days=90)
PAGE = 500


class Recalculate:
    """Starts runs, recalculates shards, tells progress."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        tasks: TaskQueue,
        configuration: Configuration,
        ratings: UpdateRatings,
        clock: Clock,
        ids: Ids,
        log: Log,
    ) -> None:
        self._documents = documents
        self._bus = bus
        self._tasks = tasks
        self._configuration = configuration
        self._ratings = ratings
        self._clock = clock
        self._ids = ids
        self._log = log

    def start(
        self,
        *,
        started_by: str,
        employee_ids: Sequence[str] | None = None,
        from_ledger: bool = False,
        nightly: bool = False,
        run_id: str | None = None,
    ) -> dict[str, Any]:
        """Starts a run over the given employees, or everyone, and returns its progress.

        run_id: the name of a run that may be started again by whoever takes over from a caller that died; its tasks
        have names, so that each shard is asked for once.

        nightly: the run has the day's name, so that a second trigger of the same night joins it; it writes the daily
        snapshot, and rebuilds the day's share of employees from the ledger.
        """
        now = self._clock.now()
        if nightly:
            run_id = f"night-{now:%Y-%m-%d}"
        run_id = run_id or f"run-{now:%Y%m%d}-{self._ids.new()[:12]}"
        if employee_ids is not None:
            employee_ids = list(dict.fromkeys(employee_ids))
            known = self._documents.get_many([f"states/{employee_id}" for employee_id in employee_ids])
            missing = [e for e in employee_ids if f"states/{e}" not in known]
            if missing:
                raise Rejected(f"employee_ids: {missing[0]!r} is not known", field="employee_ids")
            shards = [list(employee_ids[i : i + SHARD_SIZE]) for i in range(0, len(employee_ids), SHARD_SIZE)]
        else:
            shards = list(self._shards())
        run = {
            "run_id": run_id,
            "started_at": now,
            "started_by": started_by,
            "as_of": day_of(now),
            "employees": sum(map(len, shards)),
            "shards": len(shards),
            "from_ledger": from_ledger,
            "nightly": nightly,
        }
        self._documents.commit([Put(f"recalculation_runs/{run_id}", run)])
        for number, members in enumerate(shards):
            self._tasks.enqueue(
                "recalculation",
                "recalculate_shard",
                {
                    "run_id": run_id,
                    "shard": number,
                    "employee_ids": members,
                    "from_ledger": from_ledger,
                    "nightly": nightly,
                },
                name=digest(run_id, str(number)),
            )
        self._log.event("recalculation.started", run_id=run_id, employees=sum(map(len, shards)), shards=len(shards))
        return self.progress(run_id)

    def progress(self, run_id: str) -> dict[str, Any]:
        """How far a run is, in the shape of the contract's RunAnswer. Raises NotFound, also once what its shards noted
        may have expired: the run would seem to go on for ever."""
        document = self._documents.get(f"recalculation_runs/{run_id}")
        if document is None or document.data["started_at"] + KEPT <= self._clock.now():
            raise NotFound(f"there is no recalculation {run_id[:80]!r} of the last {KEPT.days} days", field="run_id")
        run = document.data
        done = self._documents.query(Query("recalculation_shards", where=[Where("run_id", "==", run_id)]))
        finished = len(done) >= run["shards"]
        repaired = sum(shard.data["repaired"] for shard in done)
        ended = max((shard.data["finished_at"] for shard in done), default=run["started_at"])
        return {
            "run_id": run_id,
            "state": "running" if not finished else "finished_with_differences" if repaired else "finished",
            "started_at": text(run["started_at"]),
            "started_by": run["started_by"],
            "finished_at": text(ended) if finished else None,
            "as_of": str(date_of(run["as_of"])),
            "employees": run["employees"],
            "shards": run["shards"],
            "shards_done": len(done),
            "employees_done": sum(shard.data["employees"] for shard in done),
            "changed": sum(shard.data["changed"] for shard in done),
            "rebuilt": sum(shard.data["rebuilt"] for shard in done),
            "repaired": repaired,
        }

    def shard(self, payload: Mapping[str, Any]) -> dict[str, int]:
        """Recalculates one shard: `employee_ids`, and optionally `run_id`, `shard`, `from_ledger`, `nightly`.

        A person whose data cannot be read keeps nobody back: the others are done before that error is raised.
        """
        now = self._clock.now()
        # A run follows the publication of rules within seconds; what this instance remembers may be older.
        self._configuration.forget()
        run_id = payload.get("run_id")
        members = [str(member) for member in payload["employee_ids"]]
        nightly, from_ledger = bool(payload.get("nightly")), bool(payload.get("from_ledger"))
        states = self._documents.get_many([f"states/{member}" for member in members])
        counts = {"employees": 0, "changed": 0, "rebuilt": 0, "repaired": 0}
        snapshots: list[Message] = []
        failure: Exception | None = None
        for position, member in enumerate(members):
            state = states.get(f"states/{member}")
            if state is None:
                continue
            rebuild = from_ledger or (nightly and due_for_rebuild(member, day_of(now)))
            try:
                try:
                    done = self._member(state, rebuild, run_id, passing_of_time=not from_ledger)
                except Retryable:
                    raise
                except Exception:
                    if rebuild or not nightly:
                        raise
                    # What cannot be read may be mended at once: it need not wait for its own night.
                    rebuild, done = True, self._member(state, True, run_id, passing_of_time=True)
                if done is None:
                    continue
                state, repaired, outcome = done
                if nightly:
                    snapshots.append(self._snapshot(state, outcome.revision, now))
            except Retryable:
                raise
            except Exception as error:
                # The position in the task's list leads to the person; a log names nobody.
                self._log.event(
                    "recalculation.member_failed",
                    "ERROR",
                    run_id=run_id,
                    shard=payload.get("shard"),
                    position=position,
                    cause=type(error).__name__,
                )
                failure = failure or error
                continue
            counts["employees"] += 1
            counts["rebuilt"] += rebuild or repaired
            counts["repaired"] += repaired
            counts["changed"] += outcome.changed
        if snapshots:
            self._bus.publish(SNAPSHOT_TOPIC, snapshots)
        if failure is not None:
            raise failure
        if run_id:
            name = f"recalculation_shards/{run_id}-{payload['shard']}"
            record = {"run_id": run_id, "finished_at": now, "expires_at": now + KEPT, **counts}
            self._documents.commit([Put(name, record)])
        return counts

    def _member(
        self, state: Document, rebuild: bool, run_id: str | None, *, passing_of_time: bool
    ) -> tuple[Document, bool, Outcome] | None:
        """Rates one person, from the ledger if asked: the state that was rated, whether this run repaired it, and the
        outcome; None when there is nobody any more."""
        repaired = run_id is not None and state.data.get("repaired_in") == run_id
        if rebuild:
            rebuilt, repaired = self._rebuild(state.id, run_id)
            if rebuilt is None:
                return None
            state = rebuilt
        outcome = self._ratings.update_from(state, passing_of_time=passing_of_time, run_id=run_id)
        if outcome.outdated:
            # An event came meanwhile. Under its revision only what it made may be shown.
            state = self._documents.get(state.path) or state
        return state, repaired, outcome

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
            self._log.event("state.repaired", "ERROR", added=len(missing), removed=len(gone))
        return self._documents.get(f"states/{employee_id}"), unexpected

    def _snapshot(self, state: Document, revision: int, now: datetime) -> Message:
        framework = self._configuration.framework(state.data["framework_id"])
        rows = project(state.data.get("observations", {}), framework, self._configuration.parameters(), day_of(now))
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

    def _shards(self) -> Iterator[list[str]]:
        after: Sequence[Any] | None = None
        while True:
            page = self._documents.query(
                Query("states", order_by=[("employee_id", "asc")], limit=PAGE, after=after, fields=["employee_id"])
            )
            for start in range(0, len(page), SHARD_SIZE):
                yield [document.data["employee_id"] for document in page[start : start + SHARD_SIZE]]
            if len(page) < PAGE:
                return
            after = [page[-1].data["employee_id"], page[-1].id]


def ledger_entries(reader: Reader, employee_id: str) -> dict[str, str]:
    """The state that the ledger's events of one employee make: key → entry text."""
    events = reader.query(Query("events", where=[Where("employee_id", "==", employee_id)], fields=["entry"]))
    return {entry_key(event.data["entry"]): event.data["entry"] for event in events}


def due_for_rebuild(employee_id: str, day: int) -> bool:
    """Whether it is this employee's night: each comes once in 28."""
    return zlib.crc32(employee_id.encode()) % ROTATION_DAYS == day % ROTATION_DAYS
