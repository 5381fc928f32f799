"""Keeps what the last health check found.

health/latest   the state of every integration
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from shared.kernel.records import Record
from shared.ports.documents import Documents, Put

LATEST = "health/latest"
State = Literal["ok", "failing", "stale", "not_configured"]


class IntegrationState(Record, frozen=True, kw_only=True):
    """How one integration was. last_seen_at: when it last delivered something"""

    name: str
    state: State
    detail: str
    checked_at: datetime
    last_seen_at: datetime | None


class HealthReport(Record, frozen=True, kw_only=True):
    """How everything was. secrets: of those that the check may read, whether each holds something; never what"""

    state: Literal["ok", "degraded"]
    checked_at: datetime
    integrations: tuple[IntegrationState, ...]
    secrets: Mapping[str, bool] = {}


class HealthRecords:
    """Reads and writes the last report."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def latest(self) -> HealthReport | None:
        """Returns the last report; None before the first check."""
        document = self._documents.get(LATEST)
        return None if document is None else HealthReport.read(document)

    def put(self, report: HealthReport) -> None:
        """Writes the last report."""
        self._documents.commit([Put(LATEST, report.stored())])
