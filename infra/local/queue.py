"""The durable bus, task queues and scheduled runs in a SQLite file: the embedded default of three ports.

What is to be delivered is a row in `deliveries`, one per reader, on a *channel*:

    rating_update--observation-recorded     a topic's subscription by a function (pushed)
    warehouse--observation-recorded         a topic's subscription by the warehouse (pulled)
    recalculation                           a queue's tasks
    schedule--nightly-recalculation         a run that the clock has asked for

A delivery is leased until a time, then deleted (done), put back with a later due time (refused), or moved to the dead
letters with the reason (refused too often). Leases of a process that died are free again at the next start (`recover`),
those of a hanging handler when they run out. So everything is delivered at least once, in no promised order.

Durability: what is accepted (publish, enqueue, replay) is on the disk before the call returns. Leases and
acknowledgements do not wait for the disk: losing one to a power cut means one more delivery, which readers bear anyway.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.declarations.pipeline import Pipeline, Retry
from infra.local.leased import Leased
from infra.local.queue_clock import AHEAD_SECONDS, NAME_KEPT_SECONDS, go_on_from
from infra.local.queue_tables import INSERT, LETTER, SCHEMA, TAKE_OVER, letter
from infra.local.sqlite_file import SqliteFile, store_errors
from infra.local.stored_json import stored_json
from shared.kernel.json_values import Json
from shared.ports.messages import DeadLetter, Message

Delivered = tuple[str, str, str, str, str, float, float]
"""A new delivery: channel, kind, message id, data, attributes, published at, due."""


class LocalQueue:
    """The ports `Bus`, `TaskQueue` and `DeadLetters` on a SQLite file, for the readers that `pipeline` declares.

    on_due is called, outside any lock, with a channel and a time (Unix seconds) whenever something becomes deliverable
    there; `infra.local.delivery` listens.
    """

    def __init__(self, place: Path | SqliteFile, pipeline: Pipeline, *, now: Callable[[], float] = time.time):
        """Takes as `place` the file, or the path of one of its own."""
        self._pipeline = pipeline
        self._clock = now
        self._latest = 0.0
        self._names_swept = 0.0
        self._readers: dict[str, Sequence[str]] = {}
        self.on_due: Callable[[str, float], None] = lambda channel, due: None
        with store_errors("message store"):
            self.file = place if isinstance(place, SqliteFile) else SqliteFile(place)
            self.file.declare(SCHEMA)
        self._connection = self.file.connection

    def close(self) -> None:
        """Closes the file."""
        self.file.close()

    # --- Bus

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        rows = self.deliveries(topic, messages)
        if rows:
            with self._write(durable=True) as connection:
                self.insert(connection, rows)
        self.tell(rows)

    def deliveries(self, topic: str, messages: Sequence[Message]) -> Sequence[Delivered]:
        """Returns what `publish` puts into the file, encoded."""
        if topic not in self._pipeline.topics:
            raise ValueError(f"topic {topic!r} is not declared")
        now = self._now()
        channels = self._channels_of(topic)
        rows: list[Delivered] = []
        for message in messages:
            data = message.text if message.text is not None else _json(message.data)
            attributes, message_id = _json(message.attributes), uuid.uuid4().hex
            rows += [(channel, "message", message_id, data, attributes, now, now) for channel in channels]
        return rows

    def insert(self, connection: sqlite3.Connection, rows: Sequence[Delivered]) -> None:
        """Puts deliveries into the file, inside the connection's transaction."""
        connection.executemany(INSERT, rows)

    def tell(self, rows: Sequence[Delivered]) -> None:
        """Says of deliveries that are in the file that they are there."""
        due = {row[0]: row[-1] for row in reversed(rows)}
        for channel, since in due.items():
            self.on_due(channel, since)

    def take_over(self, path: Path) -> None:
        """Moves what the queue's own file at `path` holds into this one, and removes it. Killed in between, it does so
        at the next start; what it had moved by then is delivered twice."""
        if not path.exists():
            return
        with store_errors("message store", self.file), self.file.writer:
            connection = self.file.writing
            connection.execute("ATTACH ? AS own", (str(path),))
            try:
                connection.executescript(TAKE_OVER)
            finally:
                connection.execute("DETACH own")
        self.file.wait()
        for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
            path.with_name(name).unlink(missing_ok=True)

    def _channels_of(self, topic: str) -> Sequence[str]:
        known = self._readers.get(topic)
        if known is None:
            known = [subscription.name for subscription in self._pipeline.subscriptions_of(topic)]
            self._readers[topic] = known
        return known

    # --- TaskQueue

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Json],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        if queue not in self._pipeline.queues:
            raise ValueError(f"queue {queue!r} is not declared")
        if self._pipeline.function_of_queue(queue).name != function:
            raise ValueError(f"queue {queue!r} does not lead to {function!r}")
        now = self._now()
        due = max(now, run_at.timestamp()) if run_at else now
        data = _json(payload)
        with self._write(durable=True) as connection:
            self._sweep_names(connection, now)
            if name is not None:
                known = connection.execute(
                    "INSERT INTO task_names VALUES (?, ?, NULL) ON CONFLICT (queue, name) DO UPDATE SET free_at = NULL "
                    "WHERE free_at < ?",
                    (queue, name, now),
                )
                if not known.rowcount:
                    return False
            connection.execute(INSERT, (queue, "task", name or uuid.uuid4().hex, data, "{}", now, due))
        self.on_due(queue, due)
        return True

    # --- DeadLetters

    def list(self, *, limit: int = 100, subscription: str | None = None) -> Sequence[DeadLetter]:
        """Lists the latest first."""
        with store_errors("message store", self.file):
            rows = self._connection().execute(
                f"SELECT {LETTER} FROM dead_letters WHERE channel = coalesce(?, channel) "
                "ORDER BY failed_at DESC, letter_id LIMIT ?",
                (subscription, limit),
            )
            return [letter(row) for row in rows]

    def get(self, letter_id: str) -> DeadLetter | None:
        with store_errors("message store", self.file):
            row = (
                self._connection()
                .execute(f"SELECT {LETTER} FROM dead_letters WHERE letter_id = ?", (letter_id,))
                .fetchone()
            )
        return letter(row) if row else None

    def replay(self, letter_id: str) -> bool:
        now = self._now()
        with self._write(durable=True) as connection:
            row = connection.execute(
                "DELETE FROM dead_letters WHERE letter_id = ? "
                "RETURNING channel, kind, message_id, data, attributes, published_at",
                (letter_id,),
            ).fetchone()
            if row is None:
                return False
            connection.execute(INSERT, (*row, now))
        self.on_due(row[0], now)
        return True

    def discard(self, letter_id: str) -> bool:
        with self._write(durable=True) as connection:
            return bool(connection.execute("DELETE FROM dead_letters WHERE letter_id = ?", (letter_id,)).rowcount)

    # --- the scheduler's side

    def schedule_mark(self, name: str) -> float | None:
        """Returns when a schedule last ran, in Unix seconds; None if it never did."""
        with store_errors("message store", self.file):
            row = self._connection().execute("SELECT last_run FROM schedule_marks WHERE name = ?", (name,)).fetchone()
        return float(row[0]) if row else None

    def run_schedule(self, name: str, at: float, *, start: bool = True) -> bool:
        """Asks for the run of time `at` and remembers it, both or neither; False if that run is known already.

        With `start=False` only remembers: a new schedule begins with its next time.
        """
        channel = schedule_channel(name)
        with self._write(durable=True) as connection:
            changed = connection.execute(
                "INSERT INTO schedule_marks VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last_run = ?2 "
                "WHERE last_run < ?2",
                (name, at),
            ).rowcount
            if not changed:
                return False
            if start:
                now = self._now()
                connection.execute(INSERT, (channel, "schedule", f"{name}-{int(at)}", "{}", "{}", at, now))
        if start:
            self.on_due(channel, at)
        return True

    def void_mark(self, name: str, now: float) -> None:
        """Has a schedule go on from now, whose mark lies in the future: a clock was wrong."""
        with self._write(durable=True) as connection:
            connection.execute(
                "UPDATE schedule_marks SET last_run = ? WHERE name = ? AND last_run > ?", (now, name, now)
            )

    def newest_moment(self) -> float | None:
        """Returns the newest moment at which anything was published, or a schedule ran, in Unix seconds."""
        with store_errors("message store", self.file):
            row = self._connection().execute(
                "SELECT max(at) FROM (SELECT max(last_run) AS at FROM schedule_marks "
                "UNION ALL SELECT max(published_at) FROM deliveries UNION ALL SELECT max(failed_at) FROM dead_letters)"
            )
            (newest,) = row.fetchone()
        return None if newest is None else float(newest)

    # --- the deliverer's side

    def recover(self) -> int:
        """Frees all leases: for the one process that delivers, when it starts. Returns how many there were. What a
        clock has put off that was wrong goes on from now."""
        now = self._now()
        with self._write() as connection:
            go_on_from(connection, now)
            return connection.execute(
                "UPDATE deliveries SET leased = 0, due = min(due, ?) WHERE leased = 1", (now,)
            ).rowcount

    def clock_came_back(self) -> int:
        """Has what was put off by a clock that was ahead, and has come back, go on from now; how many deliveries."""
        now = self._clock()
        if self._latest <= now + AHEAD_SECONDS:
            return 0
        with self._write(durable=True) as connection:
            freed = go_on_from(connection, now)
            channels = connection.execute("SELECT channel, min(due) FROM deliveries GROUP BY channel").fetchall()
        self._latest = now
        for channel, due in channels:
            self.on_due(channel, due)
        return freed

    def lease(self, channel: str, limit: int, seconds: float) -> Sequence[Leased]:
        """Takes up to `limit` deliveries that are due, for so long."""
        now = self._now()
        with self._write() as connection:
            rows = connection.execute(
                "UPDATE deliveries SET leased = 1, attempts = attempts + 1, due = ? WHERE number IN "
                "(SELECT number FROM deliveries WHERE channel = ? AND due <= ? ORDER BY due, number LIMIT ?) "
                "RETURNING number, channel, kind, message_id, data, attributes, published_at, attempts, answered",
                (now + seconds, channel, now, limit),
            ).fetchall()
        return [
            Leased(number, channel, kind, name, data, stored_json(attributes), datetime.fromtimestamp(at, UTC), *rest)
            for number, channel, kind, name, data, attributes, at, *rest in sorted(rows)
        ]

    def next_due(self, channel: str) -> float | None:
        """Returns when the channel next has something deliverable, in Unix seconds; None if it holds nothing."""
        with store_errors("message store", self.file):
            row = (
                self._connection()
                .execute("SELECT due FROM deliveries WHERE channel = ? ORDER BY due LIMIT 1", (channel,))
                .fetchone()
            )
        return float(row[0]) if row else None

    def acknowledge(self, deliveries: Sequence[Leased]) -> None:
        """Removes them: they are done."""
        free_at = self._now() + NAME_KEPT_SECONDS
        with self._write() as connection:
            connection.executemany("DELETE FROM deliveries WHERE number = ?", [(item.number,) for item in deliveries])
            connection.executemany(
                "UPDATE task_names SET free_at = ? WHERE queue = ? AND name = ?",
                [(free_at, item.channel, item.message_id) for item in deliveries if item.kind == "task"],
            )

    def refuse(self, delivery: Leased, retry: Retry, reason: str, *, answered: bool = True) -> bool:
        """Puts back what failed, after a backoff, or makes it a dead letter at `retry.max_attempts`. True if dead."""
        now = self._now()
        dead = delivery.attempts >= retry.max_attempts
        with self._write() as connection:
            if dead:
                connection.execute(
                    "INSERT INTO dead_letters SELECT ?, channel, kind, message_id, data, attributes, published_at, ?, "
                    "attempts, ? FROM deliveries WHERE number = ?",
                    (uuid.uuid4().hex, now, reason, delivery.number),
                )
                connection.execute("DELETE FROM deliveries WHERE number = ?", (delivery.number,))
                if delivery.kind == "task":
                    connection.execute(
                        "UPDATE task_names SET free_at = ? WHERE queue = ? AND name = ?",
                        (now + NAME_KEPT_SECONDS, delivery.channel, delivery.message_id),
                    )
            else:
                due = now + backoff(retry, delivery.attempts)
                connection.execute(
                    "UPDATE deliveries SET leased = 0, due = ?, answered = answered + ? WHERE number = ?",
                    (due, int(answered), delivery.number),
                )
        if not dead:
            self.on_due(delivery.channel, due)
        return dead

    def release(self, deliveries: Sequence[Leased], delay: float = 0) -> None:
        """Puts them back as if they had not been taken, due after `delay` seconds."""
        due = self._now() + delay
        with self._write() as connection:
            connection.executemany(
                "UPDATE deliveries SET leased = 0, attempts = attempts - 1, due = ? WHERE number = ?",
                [(due, item.number) for item in deliveries],
            )
        for channel in {item.channel for item in deliveries}:
            self.on_due(channel, due)

    def unsettled(self, channels: Sequence[str]) -> bool:
        """Tells whether anything is due, leased or waiting for another try; what is meant for later does not count."""
        return bool(self._of_unsettled("SELECT EXISTS (SELECT 1 {})", channels))

    def unsettled_count(self, channels: Sequence[str]) -> int:
        """Counts what is due, leased or waiting for another try."""
        return self._of_unsettled("SELECT count(*) {}", channels)

    def _of_unsettled(self, asked: str, channels: Sequence[str]) -> int:
        places = ",".join("?" * len(channels))
        among = f"FROM deliveries WHERE (due <= ? OR leased = 1 OR attempts > 0) AND channel IN ({places})"
        with store_errors("message store", self.file):
            (found,) = self._connection().execute(asked.format(among), (self._now(), *channels)).fetchone()
        return int(found)

    def backlog(self) -> dict[str, tuple[int, datetime]]:
        """Tells, by channel, how many deliveries wait and when the oldest of them was published."""
        with store_errors("message store", self.file):
            rows = self._connection().execute(
                "SELECT channel, count(*), min(published_at) FROM deliveries GROUP BY channel"
            )
            return {channel: (count, datetime.fromtimestamp(oldest, UTC)) for channel, count, oldest in rows}

    def _now(self) -> float:
        """Returns the time, and remembers the latest by which anything was put into the file."""
        now = self._clock()
        self._latest = max(self._latest, now)
        return now

    # --- the file

    def _sweep_names(self, connection: sqlite3.Connection, now: float) -> None:
        if abs(now - self._names_swept) > 60:
            connection.execute("DELETE FROM task_names WHERE free_at < ?", (now,))
            self._names_swept = now

    @contextmanager
    def _write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        with store_errors("message store", self.file), self.file.transaction() as connection:
            yield connection
        if durable:
            self.file.wait()


def schedule_channel(name: str) -> str:
    return f"schedule--{name}"


def backoff(retry: Retry, attempts: int) -> float:
    """Returns seconds until the next delivery after so many: doubling from min to max, ± a quarter by chance."""
    delay: float = min(retry.max_backoff, retry.min_backoff * 2 ** min(attempts - 1, 30))
    return delay * random.uniform(0.75, 1.25)


_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
