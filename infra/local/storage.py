"""Watches what the data lie on: whether the files are whole, whether there is room, whether the log can be written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from infra.local.ambient import JsonLog
from infra.local.sqlite_file import SqliteFile, too_full
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log, ProbeAnswer

DAY: Final = 24 * 3600.0
WELL: Final = "files whole, room left"


class Storage:
    """The `Probe` of the embedded platform's own data.

    files:     looked through, page by page, at the start and once a day
    warehouse: tells what is wrong with it; None where nothing is
    """

    def __init__(self, directory: Path, files: Sequence[SqliteFile], log: Log) -> None:
        self._directory = directory
        self._files = files
        self._log = log
        self.warehouse: Callable[[], str | None] = lambda: None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Looks through the files now, and from now on once a day."""
        self.inspect()
        threading.Thread(target=self._daily, name="storage", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def inspect(self) -> None:
        """Looks through the files; what is found is logged, and health tells it until it is mended."""
        for file in self._files:
            if file.inspect() is not None:
                self._log.event(LogEvent.STORAGE_DAMAGED, "CRITICAL", file=file.path.name)

    def check(self) -> ProbeAnswer:
        lost = self._log.trouble if isinstance(self._log, JsonLog) else None
        found = [
            *(file.refusal() for file in self._files if file.damage is not None),
            self.warehouse(),
            too_full(self._directory / "documents.sqlite"),
            None if lost is None else f"the log cannot be written: {lost}",
        ]
        wrong = [one for one in found if one is not None]
        return ProbeAnswer(ok=not wrong, detail="; ".join(wrong) or WELL)

    def _daily(self) -> None:
        while not self._stopped.wait(DAY):
            self.inspect()
            for file in self._files:
                file.empty_log()  # what an erasure could not, as somebody was reading
