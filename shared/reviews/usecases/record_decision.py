"""Records what a person made of an analyst's scores, as an observation that replaces the analysis."""

from __future__ import annotations

from collections.abc import Mapping

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.accept_event import AcceptEvent
from shared.kernel.access import Caller
from shared.kernel.json_values import JsonObject
from shared.observations.contract import FieldObservation
from shared.observations.records import Ledger
from shared.observations.usecases.interpret import sent
from shared.reviews.records import Decision, Review
from shared.reviews.usecases.review_views import named, payload_of, scores_of


class RecordDecision:
    """Sends decided scores in again."""

    def __init__(self, ledger: Ledger, configuration: Configuration, events: AcceptEvent) -> None:
        self._ledger = ledger
        self._configuration = configuration
        self._events = events

    def record(self, review: Review, decision: Decision, by: Caller) -> None:
        """Records the observation of a decided review. Raises Rejected where it is refused, Retryable."""
        raw = self._observation(review, decision)
        self._events.one(sent(FieldObservation, raw), by)

    def _observation(self, review: Review, decision: Decision) -> JsonObject:
        """Returns the analysis as it was sent, with what the person made of its scores."""
        payload = payload_of(self._ledger, review)
        framework = self._configuration.framework(review.framework_id)
        final, metadata = review.final, payload.get("analysis_metadata")
        scores = []
        for one in scores_of(payload):
            score = final.get(named(one, framework))
            if decision.decision == "rejected":
                scores.append(one)
            elif score is not None:
                scores.append({**one, "score": score})
        return {
            **payload,
            "observation_id": f"review-{review.review_id}-{decision.human}",
            "competency_scores": scores,
            "analysis_metadata": {
                **(metadata if isinstance(metadata, Mapping) else {}),
                "human_reviewed": True,
                "review_decision": decision.decision,
                "review_version": decision.human - 1,
                "reviewed_by": decision.decided_by,
            },
        }
