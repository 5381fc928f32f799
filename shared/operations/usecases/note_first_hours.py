"""Tells the warehouse for how long the employee alone sees a call's scores: marts are made without what is closed."""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row, Warehouse

TABLE = "staging.review_settings"


class NoteFirstHours:
    """Keeps each value that the setting has had since the warehouse first asked."""

    def __init__(self, warehouse: Warehouse, configuration: Configuration, clock: Clock) -> None:
        self._warehouse = warehouse
        self._configuration = configuration
        self._clock = clock

    def note(self) -> None:
        """Notes the hours that are in force, where that is news. Raises Retryable."""
        hours = self._configuration.reviews().employee_first_hours
        known = self._warehouse.query(f"SELECT employee_first_hours FROM {TABLE} ORDER BY known_at DESC LIMIT 1")
        if not known or known[0]["employee_first_hours"] != hours:
            row: Row = {"employee_first_hours": hours, "known_at": self._clock.now().isoformat()}
            self._warehouse.load(TABLE, [row])
