"""Health: how every integration is, whether data goes stale, and what could not be delivered.

The scheduled check asks and writes; pages and the API read what it wrote, with its age.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shared.kernel.log_events import LogEvent
from shared.kernel.moments import text
from shared.ports.ambient import Clock, Log, Probe
from shared.ports.documents import Documents, Put, Query, Where
from shared.ports.messages import DeadLetters

STALE_AFTER = timedelta(days=30)
"""Skills not updated for so long are warned about, and so is a source that has delivered and then fell silent."""
QUIET_AFTER = timedelta(days=3)
CHECK_OLD_AFTER = timedelta(hours=2)


class Health:
    """Checks and reports.

    probes: by integration name, what asks it whether it answers; None for one that is not configured
    secrets: of the secrets that this function may read, whether each holds something; never what
    """

    def __init__(
        self,
        documents: Documents,
        dead_letters: DeadLetters,
        probes: Mapping[str, Probe | None],
        clock: Clock,
        log: Log,
        secrets: Callable[[], Mapping[str, bool]] = dict,
    ) -> None:
        self._documents = documents
        self._dead_letters = dead_letters
        self._probes = probes
        self._clock = clock
        self._log = log
        self._secrets = secrets

    def check(self) -> dict[str, Any]:
        """Asks everything, writes the result, logs what alerts are made of; the contract's HealthAnswer."""
        now = self._clock.now()
        integrations = [self._probe(name, probe) for name, probe in sorted(self._probes.items())]
        integrations += self._sources()
        integrations.append(self._freshness())
        integrations.append(self._undelivered())
        bad = [item["name"] for item in integrations if item["state"] in {"failing", "stale"}]
        for item in integrations:
            if item["state"] in {"failing", "stale"}:
                self._log.event(LogEvent.HEALTH_PROBLEM, "ERROR", integration=item["name"], state=item["state"])
        result = {
            "state": "degraded" if bad else "ok",
            "checked_at": now,
            "integrations": integrations,
            "secrets": dict(self._secrets()),
        }
        self._documents.commit([Put("health/latest", result)])
        self._log.event(LogEvent.HEALTH_CHECKED, integrations=len(integrations), problems=len(bad))
        return self.latest()

    def latest(self) -> dict[str, Any]:
        """The last check, as the contract's HealthAnswer; `unknown` without one, or when it is over two hours old."""
        document = self._documents.get("health/latest")
        if document is None:
            return {"state": "unknown", "checked_at": None, "integrations": []}
        data = document.data
        old = self._clock.now() - data["checked_at"] > CHECK_OLD_AFTER
        return {
            "state": "unknown" if old else data["state"],
            "checked_at": text(data["checked_at"]),
            "integrations": [
                {
                    **item,
                    "checked_at": text(item["checked_at"]),
                    "last_seen_at": text(item["last_seen_at"]),
                }
                for item in data["integrations"]
            ],
        }

    def secrets(self) -> Mapping[str, bool]:
        """Which secrets the last check found set, for who may not read them; empty before the first."""
        document = self._documents.get("health/latest")
        return {} if document is None else document.data.get("secrets", {})

    def _item(self, name: str, state: str, detail: str, last_seen: Any = None) -> dict[str, Any]:
        return {
            "name": name,
            "state": state,
            "detail": detail,
            "checked_at": self._clock.now(),
            "last_seen_at": last_seen,
        }

    def _probe(self, name: str, probe: Probe | None) -> dict[str, Any]:
        if probe is None:
            return self._item(name, "not_configured", "no credentials are configured")
        result = probe.check()
        return self._item(name, "ok" if result["ok"] else "failing", str(result["detail"])[:300])

    def _sources(self) -> list[dict[str, Any]]:
        """Every kind of event: when one was last received, and whether it has fallen silent."""
        items = []
        for kind, label in (
            ("validation", "practice and tests"),
            ("field", "field observations"),
            ("learning", "learning platforms"),
        ):
            newest = self._documents.query(
                Query(
                    "events",
                    where=[Where("kind", "==", kind)],
                    order_by=[("received_at", "desc")],
                    limit=1,
                    fields=["received_at"],
                )
            )
            if not newest:
                items.append(self._item(label, "not_configured", "nothing has been received yet"))
                continue
            seen = newest[0].data["received_at"]
            silent = self._clock.now() - seen
            state = "stale" if silent > QUIET_AFTER else "ok"
            detail = "delivering" if state == "ok" else f"silent for {silent.days} days"
            items.append(self._item(label, state, detail, seen))
        return items

    def _freshness(self) -> dict[str, Any]:
        """Whether ratings are kept up to date, by the oldest computation among them."""
        oldest = self._documents.query(
            Query("ratings", order_by=[("computed_at", "asc")], limit=1, fields=["computed_at"])
        )
        if not oldest:
            return self._item("ratings", "not_configured", "nobody has been rated yet")
        computed = oldest[0].data["computed_at"]
        age = self._clock.now() - computed
        if age > STALE_AFTER:
            return self._item("ratings", "stale", f"the oldest rating was computed {age.days} days ago", computed)
        return self._item("ratings", "ok", "computed within the last 30 days", computed)

    def _undelivered(self) -> dict[str, Any]:
        letters = self._dead_letters.list(limit=100)
        if not letters:
            return self._item("delivery", "ok", "no dead letters")
        number = f"{len(letters)}{'+' if len(letters) == 100 else ''}"
        return self._item("delivery", "failing", f"{number} dead letters wait for a decision", letters[0].failed_at)
