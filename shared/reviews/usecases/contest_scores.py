"""Takes in an employee's contest of the scores of an own call."""

from __future__ import annotations

from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Conflict, Forbidden
from shared.observations.records import Ledger
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents, Transaction
from shared.reviews.contract import Contest, ReviewView
from shared.reviews.records import Review, ReviewRecords, StoredContest
from shared.reviews.usecases.decide_review import require_known
from shared.reviews.usecases.follow_decision import FollowDecision
from shared.reviews.usecases.known_scores import KnownScores
from shared.reviews.usecases.review_item import drawn
from shared.reviews.usecases.review_policy import ReviewPolicy
from shared.reviews.usecases.review_views import ReviewViews
from shared.reviews.usecases.show_reviews import nothing


class ContestScores:
    """Opens a review because the scored person asks for it."""

    def __init__(
        self, documents: Documents, policy: ReviewPolicy, views: ReviewViews, following: FollowDecision, audit: Audit
    ) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._own = KnownScores(self._reviews, Ledger(documents), policy)
        self._policy = policy
        self._views = views
        self._following = following
        self._audit = audit

    def contest(self, caller: Caller, review_id: str, body: Contest) -> ReviewView:
        """Takes in an employee's objection to the scores of an own call, whether they wait, count or were decided; the
        review as it is then. The same objection again is answered as the first time.

        Raises NotFound (no scores of the caller's have this id), Rejected, and Conflict: contested already, or the
        time to contest is over, Forbidden. The decision on a contest is final.
        """
        require(caller, "reviews.contest")
        before = self._reviews.get(review_id)
        if before is not None and not is_own(caller, before.employee_id):
            raise Forbidden("you may contest scores of your own calls")
        if before is not None:
            self._following.follow(before)
        employee_id = caller.employee_id or caller.email
        call = before.conversation if before else self._own.call(employee_id, review_id)
        if call is None:
            raise nothing(review_id)
        new = StoredContest(
            contested_at=self._policy.now(),
            reason=body.reason,
            competencies=tuple(sorted(set(body.competencies))),
            human=0,
        )
        record = self._audit.draft(caller, AuditAction.SCORE_CONTESTED, subject=employee_id, detail=review_id)

        def work(transaction: Transaction) -> Review:
            known = self._reviews.get(review_id, transaction)
            ledger = Ledger(transaction).of_call(*call, employee_id)
            contested = known.contest if known else None
            review = drawn(known, ledger, self._policy.settings, None if contested else new)
            if review is None or not ledger:
                raise nothing(review_id)
            asked = _again(review, contested, new) if contested else self._contested(transaction, review, new)
            self._audit.within(transaction, record)
            return asked

        review = self._documents.transact(work)
        self._audit.tell([record])
        return self._views.view(caller, review, self._policy.employee(employee_id))

    def _contested(self, transaction: Transaction, review: Review, new: StoredContest) -> Review:
        require_known(new.competencies, review, "competencies")
        if new.contested_at > self._policy.contestable_until(review):
            days = self._policy.settings.contest_days
            raise Conflict(f"scores can be contested for {days} days after they were given")
        # What has been decided so far does not answer what is asked now.
        asked = review.changed(contest=new.changed(human=review.human), state="open")
        self._reviews.put(transaction, asked)
        return asked


def _again(review: Review, contested: StoredContest, new: StoredContest) -> Review:
    """Returns the review that is contested already, if in the very same words and open. Raises Conflict."""
    same = (contested.reason, contested.competencies) == (new.reason, new.competencies)
    if same and review.state == "open":
        return review
    raise Conflict(
        "the decision on a contest is final"
        if review.state != "open"
        else "these scores are contested already; a person will decide"
    )
