"""Describes what the local queue keeps in its file (infra/local/queue.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from infra.local.stored_json import stored_json
from shared.ports.messages import DeadLetter

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    data TEXT NOT NULL,
    attributes TEXT NOT NULL,
    published_at REAL NOT NULL,
    due REAL NOT NULL,
    leased INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (channel, due);
CREATE INDEX IF NOT EXISTS deliveries_leased ON deliveries (leased) WHERE leased = 1;
CREATE TABLE IF NOT EXISTS task_names (
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    free_at REAL,
    PRIMARY KEY (queue, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_names_free ON task_names (free_at);
CREATE TABLE IF NOT EXISTS dead_letters (
    letter_id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL,
    data TEXT NOT NULL,
    attributes TEXT NOT NULL,
    published_at REAL NOT NULL,
    failed_at REAL NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS dead_letters_failed ON dead_letters (failed_at);
CREATE TABLE IF NOT EXISTS schedule_marks (name TEXT PRIMARY KEY, last_run REAL NOT NULL) WITHOUT ROWID;
"""


TAKE_OVER: Final = """
BEGIN IMMEDIATE;
INSERT INTO deliveries (channel, kind, message_id, data, attributes, published_at, due, leased, attempts, answered)
    SELECT channel, kind, message_id, data, attributes, published_at, due, leased, attempts, answered
    FROM own.deliveries ORDER BY number;
INSERT OR IGNORE INTO task_names SELECT * FROM own.task_names;
INSERT OR IGNORE INTO dead_letters SELECT * FROM own.dead_letters;
INSERT OR IGNORE INTO schedule_marks SELECT * FROM own.schedule_marks;
COMMIT;
"""
"""Moves what the queue had in a file of its own, attached as `own`."""

INSERT: Final = (
    "INSERT INTO deliveries (channel, kind, message_id, data, attributes, published_at, due) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
LETTER: Final = "letter_id, channel, data, attributes, attempts, reason, published_at, failed_at"


def letter(row: Sequence[Any]) -> DeadLetter:
    """Returns the dead letter of a row of the columns LETTER."""
    return DeadLetter(
        letter_id=row[0],
        subscription=row[1],
        data=stored_json(row[2]),
        attributes=stored_json(row[3]),
        attempts=row[4],
        reason=row[5],
        published_at=datetime.fromtimestamp(row[6], UTC),
        failed_at=datetime.fromtimestamp(row[7], UTC),
    )
