"""Has what the local queue keeps go on from now, after a clock that was ahead."""

from __future__ import annotations

import sqlite3
from typing import Final

LATEST_DUE_SECONDS: Final = 31 * 24 * 3600
"""From now, for any delivery; Cloud Tasks takes 30 days."""
NAME_KEPT_SECONDS: Final = 24 * 3600
"""How long after its task is done a name still refuses another task."""
AHEAD_SECONDS: Final = 2 * 3600
"""How far before the clock anything may lie that was not put off to then: no lease and no pause between two tries is as
long, and clocks are set back a little."""

_CHANGES: Final = (
    # What had failed, or was under way; the latter may still be.
    "due = :now + leased * (:ahead - :now), published_at = min(published_at, :now) WHERE attempts > 0 AND due > :ahead",
    # What was asked for meanwhile waits as long as it was to wait.
    "due = :now + max(0, due - published_at), published_at = :now WHERE published_at > :ahead",
    f"due = :now WHERE due > :now + {LATEST_DUE_SECONDS}",
)


def go_on_from(connection: sqlite3.Connection, now: float) -> int:
    """Puts back what lies further ahead than it can; how many deliveries that are. A name that is kept longer than any
    is free."""
    given = {"now": now, "ahead": now + AHEAD_SECONDS}
    connection.execute("UPDATE dead_letters SET failed_at = :now WHERE failed_at > :ahead", given)
    connection.execute("DELETE FROM task_names WHERE free_at > ?", (now + AHEAD_SECONDS + NAME_KEPT_SECONDS,))
    return sum(connection.execute(f"UPDATE deliveries SET {change}", given).rowcount for change in _CHANGES)
