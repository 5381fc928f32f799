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
        self._looking = threading.Event()
        self._watching: threading.Thread | None = None

    def start(self) -> None:
        """Begins to look through the files, from now on once a day; returns at once."""
        self._looking.set()
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
        """Looks through the files; what is found is logged, and health tells it until it is mended."""
        self._looking.set()
        for file in self._files:
            if not self._stopped.is_set() and file.inspect() is not None:
                self._log.event(LogEvent.STORAGE_DAMAGED, "CRITICAL", file=file.path.name)
        self._looking.clear()

    def check(self) -> ProbeAnswer:
        lost = self._log.trouble if isinstance(self._log, JsonLog) else None
        found = [
            *(file.refusal() for file in self._files if file.damage is not None),
            self.warehouse(),
            too_full(self._directory / "documents.sqlite"),
            None if lost is None else f"the log cannot be written: {lost}",
        ]
        wrong = [one for one in found if one is not None]
        return ProbeAnswer(ok=not wrong, detail="; ".join(wrong) or (CHECKING if self._looking.is_set() else WELL))

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self.inspect()
            for file in () if self._stopped.is_set() else self._files:
                file.empty_log()  # what nobody could who committed meanwhile: a look reads one moment to its end
            self._stopped.wait(DAY)
