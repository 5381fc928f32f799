"""Commits: those that come at the same time share a transaction of the file, and one sync of its log.

Python's interpreter is given up for every statement and every wait, and with other threads busy it comes back half a
millisecond later. So threads do not take turns: one of them commits for all who have come by then, while the others
sleep, or serve requests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.documents.writes import EncodedWrite, apply
from infra.local.durability import Together
from infra.local.sqlite_file import SqliteFile, store_errors
from shared.ports.documents import AlreadyExists, DocumentTooLarge, PreconditionFailed


@dataclass(frozen=True, slots=True)
class Commit:
    """Holds what one caller wants done as a whole, or not at all.

    along: puts something of somebody who shares the file into the same transaction
    """

    writes: Sequence[EncodedWrite]
    along: Callable[[sqlite3.Connection], None] | None = None


class Commits:
    """Takes commits into the file, those of a moment together."""

    def __init__(self, file: SqliteFile):
        self._file = file
        self._together = Together(self._do_all)

    def do(self, commit: Commit) -> None:
        """Returns when the commit is on the disk. Raises as the port's `commit` does; after Retryable it may have
        been done."""
        self._together.do(commit)

    def _do_all(self, commits: Sequence[Commit]) -> Sequence[Exception | None]:
        """Returns for each commit the error with which it is refused, or None. Each is done or not as if it were
        alone."""
        with store_errors("document store", self._file):
            with self._file.transaction() as connection:
                last = raised_counter(connection, len(commits))
                first = last - len(commits) + 1
                errors = [_refusal(connection, commit, first + number) for number, commit in enumerate(commits)]
            self._file.wait()
        return errors


def _refusal(connection: sqlite3.Connection, commit: Commit, version: int) -> Exception | None:
    """Does a commit, or returns why not; then it has written nothing."""
    try:
        apply(connection, commit.writes, version)
    except (AlreadyExists, PreconditionFailed, DocumentTooLarge) as refused:
        return refused
    if commit.along is not None:
        commit.along(connection)
    return None


def raised_counter(connection: sqlite3.Connection, by: int = 1) -> int:
    """Returns the latest of so many new versions."""
    (value,) = connection.execute("UPDATE counter SET value = value + ? RETURNING value", (by,)).fetchone()
    return int(value)
