"""Tells what the last health check found, with its age, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.kernel.access import Caller, require
from shared.operations.records import HealthRecords
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from shared.operations.contract import HealthAnswer

LATE_AFTER = timedelta(minutes=45)
"""Three missed checks, of one every quarter of an hour: what the last one found says nothing about now."""


class Health:
    """Reads the last report."""

    def __init__(self, records: HealthRecords, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def latest(self, caller: Caller) -> HealthAnswer:
        """Returns the last report; `unknown` without one, or when it is late. Raises Forbidden."""
        from shared.operations.contract import HealthAnswer, IntegrationHealth

        require(caller, "operations.read")
        report = self._records.latest()
        if report is None:
            return HealthAnswer(state="unknown", checked_at=None, integrations=[])
        late = self._clock.now() - report.checked_at > LATE_AFTER
        return HealthAnswer(
            state="unknown" if late else report.state,
            checked_at=report.checked_at,
            integrations=[IntegrationHealth.model_validate(one, from_attributes=True) for one in report.integrations],
        )

    def secrets(self, caller: Caller) -> Mapping[str, bool]:
        """Returns which secrets the last check found set; nothing before the first. Raises Forbidden."""
        require(caller, "operations.read")
        report = self._records.latest()
        return {} if report is None else report.secrets
