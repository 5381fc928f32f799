"""Builds the use cases of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.intake import intake
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.evidence_files import evidence_files
from infra.wiring.ports.outbox import outbox

if TYPE_CHECKING:
    from shared.evidence.records import EvidenceRecords
    from shared.evidence.usecases.keep_evidence import KeepEvidence
    from shared.evidence.usecases.label_evidence import LabelEvidence
    from shared.evidence.usecases.learner_access import LearnerAccess
    from shared.evidence.usecases.record_performance import RecordPerformance
    from shared.evidence.usecases.remove_content import RemoveContent
    from shared.evidence.usecases.score_sheets import ScoreSheets
    from shared.evidence.usecases.show_evidence import ShowEvidence
    from shared.evidence.usecases.take_evidence import TakeEvidence
    from shared.evidence.usecases.tell_ledger import TellLedger
    from shared.evidence.usecases.tell_pieces import TellPieces
    from shared.evidence.usecases.tidy_evidence import TidyEvidence


class EvidenceUseCases(Wiring):
    """Makes each use case of evidence when it is first asked for."""

    @wired
    def taking(self) -> TakeEvidence:
        from shared.evidence.usecases.take_evidence import TakeEvidence

        on = self._on
        return TakeEvidence(self.keeping, self.access, frameworks(on).configuration)

    @wired
    def labelling(self) -> LabelEvidence:
        from shared.evidence.usecases.label_evidence import LabelEvidence

        configuration = frameworks(self._on).configuration
        return LabelEvidence(self.records, self.keeping, self.access, configuration, outbox(self._on))

    @wired
    def showing(self) -> ShowEvidence:
        from shared.evidence.usecases.show_evidence import ShowEvidence

        on = self._on
        return ShowEvidence(self.records, evidence_files(on), self.access, self._removing, platform(on).audit)

    @wired
    def recording(self) -> RecordPerformance:
        from shared.evidence.usecases.record_performance import RecordPerformance

        configuration = frameworks(self._on).configuration
        return RecordPerformance(self.keeping, self.records, self._telling, self.access, configuration)

    @wired
    def pieces(self) -> TellPieces:
        from shared.evidence.usecases.tell_pieces import TellPieces

        return TellPieces(self.records, intake(self._on).judged, self.access)

    @wired
    def sheets(self) -> ScoreSheets:
        from shared.evidence.usecases.score_sheets import ScoreSheets

        return ScoreSheets(self.access, frameworks(self._on).configuration)

    @wired
    def tidying(self) -> TidyEvidence:
        from shared.evidence.usecases.tidy_evidence import TidyEvidence

        on = self._on
        return TidyEvidence(self.records, evidence_files(on), self._removing, on.clock, self._telling.tell)

    @wired
    def records(self) -> EvidenceRecords:
        from shared.evidence.records import EvidenceRecords

        return EvidenceRecords(documents(self._on))

    @wired
    def keeping(self) -> KeepEvidence:
        from shared.evidence.usecases.keep_evidence import KeepEvidence, KeptIn

        on = self._on
        stores = KeptIn(self.records, people(on).aliases)
        return KeepEvidence(stores, evidence_files(on), outbox(on), on.clock, on.ids)

    @wired
    def access(self) -> LearnerAccess:
        from infra.wiring.apprentices import apprentices
        from shared.evidence.usecases.learner_access import LearnerAccess

        on = self._on
        return LearnerAccess(people(on).records, apprentices(on), platform(on).audit)

    @wired
    def _telling(self) -> TellLedger:
        from shared.evidence.usecases.tell_ledger import TellLedger

        on = self._on
        return TellLedger(self.records, intake(on).alone, evidence_files(on), outbox(on))

    @wired
    def _removing(self) -> RemoveContent:
        from shared.evidence.usecases.remove_content import RemoveContent

        return RemoveContent(self.records, evidence_files(self._on), outbox(self._on), self._on.clock)


def evidence(on: Environment) -> EvidenceUseCases:
    """Returns the use cases of evidence on an environment."""
    return on.once(EvidenceUseCases)
