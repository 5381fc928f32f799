"""Tells whether a way by which the CRM tells of changes has fallen silent: nothing else does, all is healthy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shared.crm.domain.hint import SOURCES, Source
from shared.crm.records import HintRecords
from shared.kernel.errors import Retryable
from shared.ports.ambient import Clock, ProbeAnswer

MEND: Final = {
    "outbound_message": "look at Setup, Outbound Messages, and at the flow that sends them",
    "callout": "look at the flow that calls out, and at its failed interviews",
    "change_event": "look at whoever bridges them: an expired replay id is silent",
}


class WatchSource:
    """Implements shared.ports.ambient.Probe for one way. silent: for so long nothing came that something is wrong; a
    ValueError of it says that the setting is wrong"""

    def __init__(self, hints: HintRecords, source: Source, silent: Callable[[], timedelta], clock: Clock) -> None:
        self._hints = hints
        self._source: Source = source
        self._silent = silent
        self._clock = clock

    def check(self) -> ProbeAnswer:
        try:
            return self._checked()
        except ValueError as problem:
            return ProbeAnswer(False, str(problem))
        except Retryable as problem:
            return ProbeAnswer(False, problem.detail)

    def _checked(self) -> ProbeAnswer:
        last = self._hints.last_received_at(self._source)
        if last is None:
            return self._never()
        hours = round((self._clock.now() - last) / timedelta(hours=1))
        if self._clock.now() - last > self._silent():
            return ProbeAnswer(False, f"nothing for {hours} hours: {MEND[self._source]}")
        return ProbeAnswer(True, f"delivering, {hours} hours ago" if hours else "delivering")

    def _never(self) -> ProbeAnswer:
        """Answers for a way that nothing came by: that is a fault where nothing came by any."""
        if self._source != SOURCES[0] or any(self._hints.last_received_at(one) for one in SOURCES):
            return ProbeAnswer(True, "not in use: nothing has come by it")
        return ProbeAnswer(False, f"nothing has come in yet: {MEND[self._source]}")
