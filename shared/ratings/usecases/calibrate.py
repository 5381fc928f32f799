"""Calibrates: learns from the warehouse how noisy scores are and how far scorers lean, and publishes what has changed.

What is learnt from is what a rating's filter sees: the score that counts, a person's decision in the scorer's place and
with no scorer's lean. The scorer's own would be another distribution than the one that the intervals are made of.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import msgspec

from shared.frameworks.domain.parameters import Parameters
from shared.frameworks.domain.published_parameters import rounded, same_numbers
from shared.frameworks.records import FrameworkRecords, Publication, SettingsRecords
from shared.kernel.access import Caller
from shared.kernel.log_events import LogEvent
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Documents, Transaction
from shared.ports.warehouse import Warehouse
from shared.ratings.domain.calibration import calibrated
from shared.ratings.domain.calibration_rows import ScoreRow, field_scorers, scores_by_competency

PLATFORM = Caller(email="calibrate-ratings")
"""Who acts, in the audit's records."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Sums up a night. version: in force then; scores: that were seen; pairs: blind ones"""

    version: int
    changed: bool
    scores: int
    pairs: int


@dataclass(frozen=True, slots=True)
class _Pair:
    """One conversation that a person scored blind."""

    source: str
    difference: float


@dataclass(frozen=True, slots=True)
class _Learnt:
    """Holds what a night has learnt. seen: the scorers of the conversations"""

    parameters: Parameters
    seen: tuple[str, ...]


class Calibrate:
    """Publishes a version of the parameters when they have changed by more than rounding."""

    def __init__(self, documents: Documents, warehouse: Warehouse, audit: Audit, clock: Clock, log: Log) -> None:
        self._documents = documents
        self._settings = SettingsRecords(documents)
        self._frameworks = FrameworkRecords(documents)
        self._warehouse = warehouse
        self._audit = audit
        self._clock = clock
        self._log = log

    def run(self) -> Calibrated:
        """Learns from the last 180 days. Once more over the same scores it publishes nothing. Raises Retryable."""
        rows = msgspec.convert(self._warehouse.ask("calibration_scores"), list[ScoreRow])
        pairs = msgspec.convert(self._warehouse.ask("blind_pairs"), list[_Pair])
        learnt = self._learnt(rows, pairs)
        record = self._audit.draft(PLATFORM, AuditAction.PARAMETERS_CALIBRATED, subject="*")

        def work(transaction: Transaction) -> tuple[int, AuditRecord | None]:
            return self._publish(transaction, learnt, record)

        version, written = self._documents.transact(work)
        if written is not None:
            self._audit.tell([written])
        done = Calibrated(version, written is not None, len(rows), len(pairs))
        self._log.event(LogEvent.RATINGS_CALIBRATED, **asdict(done))
        return done

    def _learnt(self, rows: list[ScoreRow], pairs: list[_Pair]) -> _Learnt:
        before = self._settings.parameters() or Parameters()
        frameworks = [one.content() for one in self._frameworks.all()]
        scores = scores_by_competency(rows, frameworks, before.untrusted)
        differences: dict[str, list[float]] = {}
        for pair in pairs:
            differences.setdefault(pair.source, []).append(pair.difference)
        return _Learnt(rounded(calibrated(scores, differences, before)), field_scorers(scores))

    def _publish(
        self, transaction: Transaction, learnt: _Learnt, record: AuditRecord
    ) -> tuple[int, AuditRecord | None]:
        """Publishes what was learnt on top of what is in force now: who is trusted may have changed meanwhile.

        Returns the version in force then, and the audit record that was written; None where nothing has changed.
        """
        present = self._settings.parameters(transaction) or Parameters()
        found = learnt.parameters
        after = replace(present, competencies=found.competencies, scorers=found.scorers, factor=found.factor)
        if same_numbers(after, present):
            return present.version, None
        publication = Publication(PLATFORM.email, self._clock.now(), learnt.seen)
        version = self._settings.publish_parameters(transaction, after, publication).version
        written = record.changed(detail=f"version {version}")
        self._audit.within(transaction, written)
        return version, written
