"""Does what follows a decision on scores.

The observation goes in again under the person's rank (all scores of the call, so that it replaces the analysis whole),
`review-decided` is published, and the act is audited. Each of these is harmless twice; the caller's retry, the next act
on the review, or the sweep finishes what a crash left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.analysts.domain.sample import SAMPLE
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.kernel.log_events import LogEvent
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Log
from shared.ports.documents import Documents, Transaction
from shared.ports.messages import Bus, Message
from shared.reviews.domain.review import foremost
from shared.reviews.messages import ReviewDecided, ReviewedScore
from shared.reviews.records import Decision, Review, ReviewRecords

if TYPE_CHECKING:
    from shared.reviews.usecases.record_decision import RecordDecision

TOPIC = "review-decided"


class FollowDecision:
    """Lets decisions have their consequences."""

    def __init__(self, documents: Documents, bus: Bus, record: RecordDecision, audit: Audit, log: Log) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._bus = bus
        self._record = record
        self._audit = audit
        self._log = log

    def finish(self) -> int:
        """Does what follows each decision that has not had it all yet; how many there were. One whose observation is
        refused (the person is gone) keeps nobody back."""
        left = self._reviews.unfinished()
        for review in left:
            try:
                self.follow(review)
            except Rejected as error:
                cause = type(error).__name__
                self._log.event(LogEvent.REVIEW_UNFINISHED, "ERROR", review_id=review.review_id, cause=cause)
        return len(left)

    def follow(self, review: Review) -> None:
        """Does what follows the decision that stands, if any of it is owed."""
        decision = review.decision
        if not review.owes or decision is None:
            return
        by = Caller(email=decision.decided_by or "", role=decision.decided_by_role, employee_id=decision.decided_by)
        self._record.record(review, decision, by)
        self._bus.publish(TOPIC, [told_of_decision(review, decision)])
        action = AuditAction(f"review.{decision.decision}")
        self._audit.record(by, action, subject=review.employee_id, detail=review.review_id)

        def work(transaction: Transaction) -> None:
            self._reviews.finished(transaction, review)

        self._documents.transact(work)


def told_of_decision(review: Review, decision: Decision) -> Message:
    """Returns the message about a decision."""
    fact = _fact(review, decision)
    return Message(fact.model_dump(mode="json"), {"employee_id": fact.employee_id})


def _fact(review: Review, decision: Decision) -> ReviewDecided:
    return ReviewDecided(
        review_id=review.review_id,
        review_version=decision.human,
        employee_id=review.employee_id,
        scorer=review.scorer,
        source=review.source,
        reason=foremost(review.reasons),
        decision=decision.decision,
        pairs=[
            ReviewedScore(
                competency=one.competency,
                scorer_score=one.scorer,
                person_score=one.person,
                own_score=one.own,
                reason=one.reason,
            )
            for one in decision.pairs
        ],
        sampled=review.reasons == (SAMPLE,),
        reviewed_by_role=decision.decided_by_role or "",
        decided_at=decision.decided_at,
        blind=decision.blind,
    )
