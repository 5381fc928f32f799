"""Watches what the data lie on: whether the files are whole, whether there is room, whether the log can be written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from infra.local.ambient import JsonLog
from infra.local.sqlite_file import SqliteFile, too_full
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log, ProbeAnswer

DAY: Final = 24 * 3600.0
WELL: Final = "files whole, room left"
CHECKING: Final = "checking: the files are being looked through, page by page"
STOP_SECONDS: Final = 5.0
"""For a look that is cut short."""
AGAIN_SECONDS: Final = 3600.0
"""After a look that a file could not be looked through at: a disk may recover."""
LONGEST_SECONDS: Final = 2 * 3600.0
"""Of a look: 100 GB at 15 MB/s. A disk that hangs lets none come to its end."""


class Storage:
    """The `Probe` of the embedded platform's own data.

    files:     looked through, page by page, from the start on and once a day: some gigabytes take minutes
    warehouse: tells what is wrong with it; None where nothing is
    """

    def __init__(self, directory: Path, files: Sequence[SqliteFile], log: Log) -> None:
        self._directory = directory
        self._files = files
        self._log = log
        self.warehouse: Callable[[], str | None] = lambda: None
        self._stopped = threading.Event()
        self._began: float | None = None  # the look that is under way
        self._unseen: Sequence[str] = ()
        self._watching: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look through the files, from now on once a day; returns at once."""
        self._began = time.monotonic()
        self._watching = threading.Thread(target=self._watch, name="storage", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        """Cuts a look short."""
        self._stopped.set()
        deadline = time.monotonic() + STOP_SECONDS
        while self._watching is not None and self._watching.is_alive() and time.monotonic() < deadline:
            for file in self._files:
                file.stop_inspecting()
            self._watching.join(0.05)

    def inspect(self) -> None:
        """Looks through the files, and empties their logs, which nobody could who committed meanwhile: a look reads one
        moment to its end. What is found is logged, and health tells it until it is mended."""
        self._began = time.monotonic()
        self._unseen = [told for file in self._files if (told := self._looked_through(file)) is not None]
        self._began = None

    def check(self) -> ProbeAnswer:
        parts = (self._damage, self.warehouse, self._room, self._log_trouble, self._late)
        found = [self._asked(part) for part in parts]
        wrong = [one for one in (*found, *self._unseen) if one is not None]
        return ProbeAnswer(ok=not wrong, detail="; ".join(wrong) or (WELL if self._began is None else CHECKING))

    def _looked_through(self, file: SqliteFile) -> str | None:
        """Returns why a file could not be looked through; None where it could, or nobody wants to know any more. What
        its disk raises is for health to tell: it ends no watch."""
        try:
            if not self._stopped.is_set() and file.inspect() is not None:
                self._log.event(LogEvent.STORAGE_DAMAGED, "CRITICAL", file=file.path.name)
            if not self._stopped.is_set():
                file.empty_log()
        except Exception as error:
            if self._stopped.is_set():
                return None
            self._log.event(LogEvent.STORAGE_UNREADABLE, "CRITICAL", file=file.path.name, error=type(error).__name__)
            return f"{file.path.name} could not be looked through ({error}): look at its disk, and at the last backup"
        return None

    def _damage(self) -> str | None:
        refused = [file.refusal() for file in self._files if file.damage is not None]
        return "; ".join(one for one in refused if one is not None) or None

    def _room(self) -> str | None:
        return too_full(self._directory / "documents.sqlite")

    def _log_trouble(self) -> str | None:
        lost = self._log.trouble if isinstance(self._log, JsonLog) else None
        return None if lost is None else f"the log cannot be written: {lost}"

    def _late(self) -> str | None:
        began = self._began
        if began is None or (seconds := time.monotonic() - began) < LONGEST_SECONDS:
            return None
        return f"the files have been looked through for {seconds / 3600:.0f} hours, without an end: look at their disk"

    @staticmethod
    def _asked(part: Callable[[], str | None]) -> str | None:
        """Returns what is wrong with a part, which may be that it cannot be asked."""
        try:
            return part()
        except Exception as error:
            return f"what the data lie on could not be asked ({error}): look at its disk"

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self.inspect()
            self._stopped.wait(AGAIN_SECONDS if self._unseen else DAY)
