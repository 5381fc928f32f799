"""Records what a person made of an analyst's scores, as an observation that replaces the analysis."""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.accept_event import AcceptEvent
from shared.kernel.access import Caller
from shared.observations.contract import FieldObservation
from shared.observations.records import Ledger
from shared.observations.usecases.interpret import sent
from shared.observations.wire.sent_observation import SentObservation
from shared.reviews.records import Decision, Review
from shared.reviews.usecases.review_views import named, sent_analysis


class RecordDecision:
    """Sends decided scores in again."""

    def __init__(self, ledger: Ledger, configuration: Configuration, events: AcceptEvent) -> None:
        self._ledger = ledger
        self._configuration = configuration
        self._events = events

    def record(self, review: Review, decision: Decision, by: Caller) -> None:
        """Records the observation of a decided review. Raises Rejected where it is refused, Retryable."""
        self._events.one(sent(FieldObservation, self._observation(review, decision).body), by)

    def _observation(self, review: Review, decision: Decision) -> SentObservation:
        """Returns the analysis as it was sent, with what the person made of its scores."""
        analysis, final = sent_analysis(self._ledger, review), review.final
        framework = self._configuration.framework(review.framework_id)
        decided = {one.word: final.get(named(one, framework)) for one in analysis.scores}
        metadata = {
            "human_reviewed": True,
            "review_decision": decision.decision,
            "review_version": decision.human - 1,
            "reviewed_by": decision.decided_by,
        }
        observation_id = f"review-{review.review_id}-{decision.human}"
        return analysis.decided(observation_id, metadata, None if decision.decision == "rejected" else decided)
