"""Lets certificates have their consequences: who agrees with people too little does not score alone.

Such a scorer stops scoring the competency alone: `Parameters.untrusted` gets a new version, new scores wait for a
person (see interpret.py), and those that counted without one stop counting with the recalculation that follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from shared.frameworks.domain.parameters import Parameters, Untrusted
from shared.frameworks.records import Publication, SettingsRecords
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction
from shared.ratings.usecases.recalculate import Recalculate

ASKED_AGAIN = timedelta(days=2)
"""So long a recalculation that has not ended is asked for again: whoever started it may have died half-way."""
PLATFORM = Caller(email="certify-scorers")
"""Who acts, in the audit's records."""

Doubted = set[tuple[str, str]]
"""(scorer, competency) pairs."""


class TrustScorers:
    """Stops scorers, lets them count again, and has everyone recalculated."""

    def __init__(
        self, documents: Documents, configuration: Configuration, recalculate: Recalculate, audit: Audit, clock: Clock
    ) -> None:
        self._documents = documents
        self._settings = SettingsRecords(documents)
        self._configuration = configuration
        self._recalculate = recalculate
        self._audit = audit
        self._clock = clock

    def stopped(self) -> Doubted:
        """Returns the pairs that do not count alone so far."""
        return _pairs(self._configuration.parameters(fresh=True))

    def publish(self, untrusted: Doubted, trusted: Doubted, numbers: Mapping[str, set[int]]) -> bool:
        """Publishes the parameters with other pairs than so far that do not score alone; False where they are the same.

        numbers: those under which each scorer has analysed
        """
        known = self.stopped()
        wanted = (known - trusted) | untrusted
        for scorer, competency in sorted(wanted ^ known):
            stops = (scorer, competency) in wanted
            action = AuditAction.SCORER_STOPPED_COUNTING if stops else AuditAction.SCORER_COUNTS_AGAIN
            self._audit.record(PLATFORM, action, subject=scorer, detail=competency)

        def work(transaction: Transaction) -> bool:
            before = self._settings.parameters(transaction) or Parameters()
            kept = {one for one in before.untrusted if (one.scorer, one.competency) not in trusted}
            listed = kept | {
                Untrusted(scorer, n, competency) for scorer, competency in untrusted for n in numbers[scorer]
            }
            if listed == set(before.untrusted):
                return False
            after = sorted(listed, key=lambda one: (one.scorer, one.number, one.competency))
            publication = Publication(PLATFORM.email, self._clock.now())
            self._settings.publish_parameters(transaction, replace(before, untrusted=tuple(after)), publication)
            return True

        return self._documents.transact(work)

    def follow_up(self) -> None:
        """Sees to it that everyone is recalculated under the scorers that are trusted now.

        What a calibration published since then is taken up by the nightly recalculation.
        """
        version = self._configuration.parameters(fresh=True).version
        published = self._settings.parameters_version(version)
        version = published.trusted_since if published else version
        if version == Parameters().version:
            return
        run_id = f"parameters-{version}"
        started_at = self._recalculate.started_at(run_id)
        if started_at is not None:
            old = self._clock.now() - started_at > ASKED_AGAIN
            if old or self._recalculate.progress(run_id).state != "running":
                return
        self._recalculate.start(started_by=PLATFORM.email, run_id=run_id)


def _pairs(parameters: Parameters) -> Doubted:
    return {(one.scorer, one.competency) for one in parameters.untrusted}
