"""Knows who has been shown a scorer's scores, and who has said before what they make of the call themselves.

Whoever has seen a score is drawn towards it: only what a person gave before says how far a scorer agrees with people.
So the queue covers the scorer's scores until a person has given their own, or has said that they want to do without.
What shows a call's scores elsewhere (a profile, a call, a list of calls) leaves an audit record; one since the analysis
came, and the person may have seen them. Where a role's views leave no record nobody can tell: they count as seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.kernel.access import Caller, is_own
from shared.observations.records import Ledger
from shared.people.records import Employee
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecords
from shared.ports.documents import Documents, Transaction
from shared.privacy.domain.visibility import opening
from shared.reviews.records import Look, Review, ReviewRecords
from shared.reviews.usecases.review_item import fact_of
from shared.reviews.usecases.review_policy import ReviewPolicy

SHOW_SCORES = (
    AuditAction.PROFILE_VIEWED,
    AuditAction.CALL_VIEWED,
    AuditAction.CALLS_LISTED,
    AuditAction.ACTIVITY_VIEWED,
    AuditAction.EVENT_VOIDED,
)
"""Acts about an employee that show scores of single calls. What the queue itself shows, the review's looks know."""
RECORDED_EVERY = timedelta(hours=1)
"""A view that is repeated within so long may leave one record, of its first time."""


class Looks:
    """Covers scores, and keeps who was shown them."""

    def __init__(self, documents: Documents, policy: ReviewPolicy) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._audited = AuditRecords(documents)
        self._ledger = Ledger(documents)
        self._policy = policy

    def covers(self, caller: Caller, review: Review, employee: Employee | None) -> bool:
        """Tells whether the scorer's scores are covered: the caller may decide, and has not looked under them."""
        return self._policy.may_decide(caller, review, employee) and review.look_of(reviewer(caller)) is None

    def uncovered(self, caller: Caller, review: Review) -> None:
        """Notes, before they are shown, that the caller sees the scores without having given own ones."""
        if not self._policy.could_review(caller, review) or review.look_of(reviewer(caller)) is not None:
            return

        def work(transaction: Transaction) -> None:
            known = self._reviews.get(review.review_id, transaction)
            if known is not None:
                look = Look(reviewer=reviewer(caller), event_id=review.event_id, looked_at=self._policy.now())
                self._reviews.put(transaction, with_look(known, look))

        self._documents.transact(work)

    def seen(self, caller: Caller, review: Review) -> bool:
        """Tells whether the caller may have seen the scorer's scores of this call, those of another analysis too."""
        if any(one.reviewer == reviewer(caller) for one in review.looks):
            return True
        if is_own(caller, review.employee_id):
            return True
        who, since = reviewer(caller), self._shown_since(review) - RECORDED_EVERY
        return any(
            self._audited.page(actor=who, subject=review.employee_id, action=action, since=since, limit=1).items
            for action in SHOW_SCORES
        )

    def _shown_since(self, review: Review) -> datetime:
        """Returns from when on scores of the call may have been seen elsewhere: when the first of its earlier analyses
        opened to others than the employee, and this one came in at the latest."""
        hours = self._policy.settings.employee_first_hours
        known = self._ledger.of_call(review.source, review.source_id, review.employee_id)
        facts = [fact_of(one.message) for one in known]
        opened = [opening(one.received_at, hours, one.occurred_at) or one.received_at for one in facts if one.scorer]
        return min([review.scored_at, *opened])


def reviewer(caller: Caller) -> str:
    """Returns under which name a person's decisions and looks are kept."""
    return caller.employee_id or caller.email


def with_look(review: Review, look: Look) -> Review:
    """Returns the review with a look; the first of a person and an analysis stands."""
    known = [(one.reviewer, one.event_id) for one in review.looks]
    return review if (look.reviewer, look.event_id) in known else review.changed(looks=(*review.looks, look))
