"""Asks every integration how it is, whether data goes stale, and what could not be delivered; writes and logs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from shared.kernel.log_events import LogEvent
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger
from shared.operations.records import HealthRecords, HealthReport, IntegrationState, State
from shared.operations.usecases.unreadable_records import Kept
from shared.ports.ambient import Clock, Log, Probe
from shared.ports.messages import DeadLetters
from shared.ratings.records import RatingsRecords, RecalculationRecords, is_over

STALE_AFTER = timedelta(days=30)
"""Skills not updated for so long are warned about."""
QUIET_AFTER = timedelta(days=3)
"""A source that has delivered and then fell silent for so long is warned about."""
SOURCES: Sequence[tuple[Kind, str]] = (
    ("validation", "practice and tests"),
    ("field", "field observations"),
    ("learning", "learning platforms"),
)
MOST_LETTERS = 100
RECALCULATED_WITHIN = timedelta(hours=6)
"""A recalculation that goes on for longer has lost a task, and is warned about."""


class AskIntegrations:
    """Asks what is outside.

    probes:  by integration name, what asks it whether it answers; None for one that is not configured
    secrets: of the secrets that this function may read, whether each holds something; never what
    """

    def __init__(self, probes: Mapping[str, Probe | None], secrets: Callable[[], Mapping[str, bool]] = dict) -> None:
        self._probes = probes
        self.secrets = secrets

    def states(self, now: datetime) -> list[IntegrationState]:
        """Returns how each integration is, by name."""
        return [_asked(name, probe, now) for name, probe in sorted(self._probes.items())]


class CheckHealth:
    """Checks everything at once."""

    def __init__(self, kept: Kept, dead_letters: DeadLetters, outside: AskIntegrations, clock: Clock, log: Log) -> None:
        self._kept = kept
        self._ledger = Ledger(kept.documents)
        self._ratings = RatingsRecords(kept.documents)
        self._runs = RecalculationRecords(kept.documents)
        self._health = HealthRecords(kept.documents)
        self._dead_letters = dead_letters
        self._outside = outside
        self._clock = clock
        self._log = log

    def check(self) -> HealthReport:
        """Asks everything, writes the report, and logs what alerts are made of."""
        now = self._clock.now()
        integrations = self._outside.states(now)
        integrations += [self._source(kind, label, now) for kind, label in SOURCES]
        integrations.append(self._freshness(now))
        integrations.append(self._recalculation(now))
        integrations.append(self._undelivered(now))
        bad = [item for item in integrations if item.state in {"failing", "stale"}]
        for item in bad:
            self._log.event(LogEvent.HEALTH_PROBLEM, "ERROR", integration=item.name, state=item.state)
        self._kept.log_unreadable(self._log)
        report = HealthReport(
            state="degraded" if bad else "ok",
            checked_at=now,
            integrations=tuple(integrations),
            secrets=dict(self._outside.secrets()),
        )
        self._health.put(report)
        self._log.event(LogEvent.HEALTH_CHECKED, integrations=len(integrations), problems=len(bad))
        return report

    def _source(self, kind: Kind, label: str, now: datetime) -> IntegrationState:
        """Says when an event of a kind was last received, and whether they have fallen silent."""
        seen = self._ledger.last_received_at(kind)
        if seen is None:
            return _state(label, "not_configured", "nothing has been received yet", now)
        silent = now - seen
        if silent > QUIET_AFTER:
            return _state(label, "stale", f"silent for {silent.days} days", now, seen)
        return _state(label, "ok", "delivering", now, seen)

    def _freshness(self, now: datetime) -> IntegrationState:
        """Says whether ratings are kept up to date, by the oldest computation among them."""
        computed = self._ratings.first_computed_at()
        if computed is None:
            return _state("ratings", "not_configured", "nobody has been rated yet", now)
        age = now - computed
        if age > STALE_AFTER:
            return _state("ratings", "stale", f"the oldest rating was computed {age.days} days ago", now, computed)
        return _state("ratings", "ok", "computed within the last 30 days", now, computed)

    def _recalculation(self, now: datetime) -> IntegrationState:
        """Says how far the latest recalculation is."""
        run = self._runs.newest()
        if run is None:
            return _state("recalculation", "not_configured", "none has been started yet", now)
        notes = self._runs.notes(run.run_id)
        done = sum(note.employees for note in notes)
        if is_over(run, notes):
            last = max((note.finished_at for note in notes), default=run.started_at)
            return _state("recalculation", "ok", f"finished: {done:,} people", now, last)
        so_far = "" if run.shared_out else " so far"
        told = f"{len(notes):,} of {run.shards:,} shards{so_far}, {done:,} of {run.employees:,} people{so_far}"
        late = now - run.started_at > RECALCULATED_WITHIN
        return _state("recalculation", "stale" if late else "ok", f"running: {told}", now, run.started_at)

    def _undelivered(self, now: datetime) -> IntegrationState:
        letters = self._dead_letters.list(limit=MOST_LETTERS)
        if not letters:
            return _state("delivery", "ok", "no dead letters", now)
        number = f"{len(letters)}{'+' if len(letters) == MOST_LETTERS else ''}"
        return _state("delivery", "failing", f"{number} dead letters wait for a decision", now, letters[0].failed_at)


def _asked(name: str, probe: Probe | None, now: datetime) -> IntegrationState:
    if probe is None:
        return _state(name, "not_configured", "no credentials are configured", now)
    answer = probe.check()
    return _state(name, "ok" if answer.ok else "failing", answer.detail[:300], now)


def _state(
    name: str, state: State, detail: str, checked_at: datetime, last_seen_at: datetime | None = None
) -> IntegrationState:
    return IntegrationState(name=name, state=state, detail=detail, checked_at=checked_at, last_seen_at=last_seen_at)
