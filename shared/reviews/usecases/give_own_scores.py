"""Takes in what a person makes of a call before the scorer's scores are shown to them."""

from __future__ import annotations

from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Rejected
from shared.observations.records import Ledger
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents, Transaction
from shared.reviews.contract import OwnScores, ReviewView
from shared.reviews.records import FinalScore, Look, Review, ReviewRecords
from shared.reviews.usecases.decide_review import require_known, require_looked_at
from shared.reviews.usecases.looks import Looks, reviewer, with_look
from shared.reviews.usecases.review_item import drawn
from shared.reviews.usecases.review_policy import ReviewPolicy
from shared.reviews.usecases.review_views import ReviewViews
from shared.reviews.usecases.show_reviews import known, nothing


class GiveOwnScores:
    """Keeps own scores, and then shows the scorer's."""

    def __init__(
        self, documents: Documents, policy: ReviewPolicy, views: ReviewViews, looks: Looks, audit: Audit
    ) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._policy = policy
        self._views = views
        self._looks = looks
        self._audit = audit

    def give(self, caller: Caller, review_id: str, body: OwnScores) -> ReviewView:
        """Returns the review with the scorer's scores. The same own scores again are answered as the first time.

        Raises NotFound, Forbidden, Rejected (a competency without an own score, or of which the call has none), and
        Conflict when others were given before, nothing is left to decide, or another analysis stands by now.
        """
        require(caller, "reviews.decide")
        before = known(self._reviews, review_id)
        employee = self._policy.employee(before.employee_id)
        self._policy.require_reviewer(caller, before, employee)
        seen = self._looks.seen(caller, before)
        self._audit.record(caller, AuditAction.REVIEW_VIEWED, subject=before.employee_id)

        def work(transaction: Transaction) -> Review:
            stored = self._reviews.get(review_id, transaction)
            if stored is None:
                raise nothing(review_id)
            ledger = Ledger(transaction).of_call(stored.source, stored.source_id, stored.employee_id)
            review = drawn(stored, ledger, self._policy.settings) or stored
            looked = self._looked(caller, review, body, seen)
            if looked != stored:
                self._reviews.put(transaction, looked)
            return looked

        return self._views.view(caller, self._documents.transact(work), employee)

    def _looked(self, caller: Caller, review: Review, body: OwnScores, seen: bool) -> Review:
        require_looked_at(body.event_id, review)
        own = _own(review, body)
        before = review.look_of(reviewer(caller))
        if before is not None:
            if before.own == own:
                return review
            raise Conflict("you have seen the analyst's scores already; your own can only be given before")
        if review.state != "open":
            raise Conflict("this has been decided already, or the new scores need nobody to look at them")
        return with_look(
            review,
            Look(
                reviewer=reviewer(caller),
                event_id=review.event_id,
                looked_at=self._policy.now(),
                own=own,
                blind=bool(own) and not seen,
            ),
        )


def _own(review: Review, body: OwnScores) -> tuple[FinalScore, ...]:
    """Returns the own scores in the order of the review's. Raises Rejected unless they are of all of it."""
    require_known([one.competency for one in body.scores], review, "scores")
    require_known(body.not_observed, review, "not_observed")
    given: dict[str, float | None] = {one.competency: one.score for one in body.scores}
    given |= dict.fromkeys(body.not_observed)
    missing = [one.competency for one in review.scores if one.competency not in given]
    if missing and not body.skip:
        raise Rejected(f"{', '.join(missing)}: give a score, or name it in `not_observed`", field="scores")
    return tuple(FinalScore(competency=one.competency, score=given[one.competency]) for one in review.scores if given)
