"""Tells what the last health check found, with its age, and what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.analysts.usecases.model_gate import REFUSES, ModelGate, worded
from shared.kernel.access import Caller, require
from shared.operations.records import HealthRecords, HealthReport, IntegrationState, State
from shared.ports.ambient import Clock, Probe

if TYPE_CHECKING:
    from shared.operations.contract import HealthAnswer

LANGUAGE_MODEL = "Claude"
STORAGE = "Storage"
LATE_AFTER = timedelta(minutes=45)
"""Three missed checks, of one every quarter of an hour: what the last one found says nothing about now."""


class Health:
    """Reads the last report, and what the language model refuses at this moment: that is not a quarter of an hour old.

    gate:    before the language model, which has the name LANGUAGE_MODEL in the report
    storage: of a platform that keeps its own data, which has the name STORAGE: what cannot be written into cannot
             keep a report of that
    """

    def __init__(self, records: HealthRecords, gate: ModelGate, storage: Probe | None, clock: Clock) -> None:
        self._records = records
        self._gate = gate
        self._storage = storage
        self._clock = clock

    def latest(self, caller: Caller) -> HealthAnswer:
        """Returns the last report; `unknown` without one, or when it is late. Raises Forbidden."""
        from shared.operations.contract import HealthAnswer, IntegrationHealth

        require(caller, "operations.read")
        report, now = self._records.latest(), self._clock.now()
        storage = self._stored(now)
        failing = storage is not None and storage.state == "failing"
        if report is None and not failing:
            return HealthAnswer(state="unknown", checked_at=None, integrations=[])
        items = [self._live(one) for one in report.integrations if one.name != STORAGE] if report else []
        if storage is not None:
            items = sorted([*items, storage], key=_order(report))
        late = report is None or now - report.checked_at > LATE_AFTER
        bad = any(one.state in ("failing", "stale") for one in items)
        return HealthAnswer(
            state="unknown" if late and not failing else "degraded" if bad else "ok",
            checked_at=now if report is None else report.checked_at,
            integrations=[IntegrationHealth.model_validate(one, from_attributes=True) for one in items],
        )

    def _stored(self, now: datetime) -> IntegrationState | None:
        if self._storage is None:
            return None
        answer = self._storage.check()
        state: State = "ok" if answer.ok else "failing"
        return IntegrationState(name=STORAGE, state=state, detail=answer.detail, checked_at=now, last_seen_at=None)

    def _live(self, item: IntegrationState) -> IntegrationState:
        if item.name != LANGUAGE_MODEL:
            return item
        outage = self._gate.present()
        if outage is not None:
            return item.changed(state="failing", detail=worded(outage), checked_at=self._clock.now())
        if item.detail.startswith(REFUSES):
            return item.changed(state="ok", detail="serves us again; asked at the next check")
        return item

    def secrets(self, caller: Caller) -> Mapping[str, bool]:
        """Returns which secrets the last check found set; nothing before the first. Raises Forbidden."""
        require(caller, "operations.read")
        report = self._records.latest()
        return {} if report is None else report.secrets


def _order(report: HealthReport | None) -> Callable[[IntegrationState], int]:
    """Returns where an item stood in a report; one that did not stands first."""
    names = [one.name for one in report.integrations] if report else []
    return lambda item: names.index(item.name) if item.name in names else -1
