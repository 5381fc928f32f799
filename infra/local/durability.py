"""Makes SQLite commits durable, many at a time.

SQLite's own `synchronous=FULL` syncs its log once per commit, while holding the write lock. With `NORMAL` a commit only
writes the log; syncing it here afterwards gives the same promise, lets the next writer go on meanwhile, and one sync
serves all commits that waited for it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from shared.domain.errors import Retryable

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
