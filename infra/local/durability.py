"""Makes SQLite commits, and makes them durable, many at a time.

SQLite's own `synchronous=FULL` syncs its log once per commit, while holding the write lock. With `NORMAL` a commit only
writes the log; syncing it here afterwards gives the same promise, lets the next writer go on meanwhile, and one sync
serves all commits that waited for it (`SyncedLog`).

Threads that want the same thing done at the same time need not each do it, nor each wait for the interpreter after
every step: one of them does it for all that have come by then (`Together`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

from shared.kernel.errors import Retryable

T = TypeVar("T")

_sync = getattr(os, "fdatasync", os.fsync)


class SyncedLog:
    """The write-ahead log of the SQLite database at `path`.

    Some connection of this process must be open throughout: the last one to close removes the log. (Opening the log
    itself is safe; SQLite keeps its locks on the database and the shared-memory file only.)
    """

    def __init__(self, path: Path):
        self._path = path.with_name(path.name + "-wal")
        self._descriptor: int | None = None
        self._changed = threading.Condition(threading.Lock())
        self._wanted = 0
        self._synced = 0
        self._syncing = False

    def wait(self) -> None:
        """Returns when everything that was committed before the call is on the disk. Raises Retryable."""
        with self._changed:
            self._wanted += 1
            mine = self._wanted
            while self._synced < mine:
                if self._syncing:
                    self._changed.wait()
                    continue
                self._syncing = True
                covered = self._wanted
                self._changed.release()
                try:
                    self._sync_now()
                except OSError as error:
                    raise Retryable(f"the disk refuses to keep what was written: {error.strerror}") from error
                finally:
                    self._changed.acquire()
                    self._syncing = False
                    self._changed.notify_all()
                self._synced = covered

    def close(self) -> None:
        with self._changed:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _sync_now(self) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR)
        _sync(self._descriptor)


class Together(Generic[T]):
    """Has one of several threads do what all of them want done, in the order in which they came.

    While one thread works, others queue up; when it is done, the first of these works for them all. So nobody waits for
    company, and a lone thread works at once and alone.

    work: takes what was handed in, and gives for each the error that its thread is to raise, or None
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[Exception | None]], *, most: int = 64):
        """Takes as `most` how many are done in one go."""
        self._work: Final = work
        self._most: Final = most
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[T]] = []
        self._working = False

    def do(self, item: T) -> None:
        """Returns when it is done. Raises what the work gave for it, or what the work itself raised."""
        mine = _Waiting(item)
        with self._lock:
            self._waiting.append(mine)
            leads = not self._working
            self._working = True
        if not leads:
            mine.woken.acquire()
        if not mine.done:
            self._lead()
        if mine.error is not None:
            raise mine.error

    def _lead(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            errors: Sequence[BaseException | None] = self._work([waiting.item for waiting in batch])
        except BaseException as error:
            errors = [error] * len(batch)
        with self._lock:
            self._working = bool(self._waiting)
            following = self._waiting[0] if self._waiting else None
        if following is not None:
            following.woken.release()
        for waiting, outcome in zip(batch, errors, strict=True):
            waiting.error = outcome
            waiting.done = True
            waiting.woken.release()


class _Waiting(Generic[T]):
    """A thread with what it wants done. woken: released when that is done, or when the thread is to lead."""

    __slots__ = ("done", "error", "item", "woken")

    def __init__(self, item: T):
        self.item = item
        self.done = False
        self.error: BaseException | None = None
        self.woken = threading.Lock()
        self.woken.acquire()
