"""Tells the health check whether subscribers hear from the platform."""

from __future__ import annotations

from shared.kernel.errors import Retryable
from shared.ports.ambient import ProbeAnswer
from shared.subscriptions.records import SubscriptionRecords


class WatchSubscriptions:
    """Implements shared.ports.ambient.Probe: paused because nothing arrived is a fault, paused by its owner is none."""

    def __init__(self, records: SubscriptionRecords) -> None:
        self._records = records

    def check(self) -> ProbeAnswer:
        try:
            known = self._records.all()
        except Retryable as problem:
            return ProbeAnswer(False, str(problem))
        paused = [one for one in known if one.state == "paused" and one.paused_because != "asked"]
        failing = [one for one in known if one.state == "active" and one.failing_since is not None]
        if paused:
            return ProbeAnswer(False, f"{len(paused)} of {len(known)} subscriptions were paused: see their deliveries")
        if failing:
            return ProbeAnswer(True, f"{len(failing)} of {len(known)} subscriptions do not answer, and are tried again")
        return ProbeAnswer(True, f"{len(known)} subscriptions" if known else "nobody has subscribed")
