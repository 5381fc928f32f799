"""Finishes what crashes have left: each part of the sweep does so for one kind of thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.kernel.errors import Retryable
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log


class Sweep:
    """Runs every part, whatever became of the others.

    parts: what finishes a kind of thing and returns how many there were, by the kind; each is safe to run again
    """

    def __init__(self, parts: Mapping[str, Callable[[], int]], log: Log) -> None:
        self._parts = parts
        self._log = log

    def run(self) -> Mapping[str, int]:
        """Returns how many of each kind were finished. Raises Retryable, after the last part, when any has failed."""
        done: dict[str, int] = {}
        for kind, part in self._parts.items():
            try:
                done[kind] = part()
            except Exception as error:
                # A defect of one part alerts, and must not keep the others from their work.
                severity = "WARNING" if isinstance(error, Retryable) else "ERROR"
                self._log.event(LogEvent.SWEEP_PART_FAILED, severity, part=kind, cause=type(error).__name__)
        failed = [kind for kind in self._parts if kind not in done]
        if failed:
            raise Retryable(f"not swept: {', '.join(failed)}")
        return done
