"""Decides reviews: a person confirms, corrects or rejects an analyst's scores of one call.

A decision is one transaction on the review, which then owes what follows (see follow_decision.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Rejected
from shared.observations.records import Ledger
from shared.ports.documents import Documents, Transaction
from shared.reviews.contract import ReviewDecision, ReviewView
from shared.reviews.domain.review import Decided, pairs
from shared.reviews.records import Asked, Decision, FinalScore, GivenScore, Look, Review, ReviewRecords
from shared.reviews.usecases.follow_decision import FollowDecision
from shared.reviews.usecases.looks import reviewer, with_look
from shared.reviews.usecases.review_item import drawn
from shared.reviews.usecases.review_policy import ReviewPolicy
from shared.reviews.usecases.review_views import ReviewViews
from shared.reviews.usecases.show_reviews import known, nothing


class DecideReview:
    """Takes in decisions."""

    def __init__(
        self,
        documents: Documents,
        policy: ReviewPolicy,
        views: ReviewViews,
        following: FollowDecision,
    ) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._policy = policy
        self._views = views
        self._following = following

    def before(self, caller: Caller, review_id: str) -> ReviewView:
        """Returns the review that the caller is about to decide; leaves no record, since nothing of it is shown.

        Raises NotFound, Forbidden.
        """
        require(caller, "reviews.decide")
        review = known(self._reviews, review_id)
        employee = self._policy.employee(review.employee_id)
        self._policy.require_reviewer(caller, review, employee)
        return self._views.view(caller, review, employee)

    def decide(self, caller: Caller, review_id: str, body: ReviewDecision) -> ReviewView:
        """Confirms, corrects or rejects; returns the review as it is then. The same decision again is answered as the
        first time. It is a blind one only where the caller has given own scores before (give_own_scores.py).

        Raises NotFound, Forbidden, Rejected (a competency that the call has no score of), and Conflict when
        somebody else was first, or another analysis stands by now."""
        before = known(self._reviews, review_id)
        employee = self._policy.employee(before.employee_id)
        self._policy.require_reviewer(caller, before, employee)
        self._following.follow(before)
        review = self._documents.transact(lambda transaction: self._decided(transaction, caller, review_id, body))
        self._following.follow(review)
        return self._views.view(caller, review, employee)

    def _decided(self, transaction: Transaction, caller: Caller, review_id: str, body: ReviewDecision) -> Review:
        stored = self._reviews.get(review_id, transaction)
        if stored is None:
            raise nothing(review_id)
        ledger = Ledger(transaction).of_call(stored.source, stored.source_id, stored.employee_id)
        review = drawn(stored, ledger, self._policy.settings) or stored
        if review.state != "open":
            if _is_again(review, body, caller):
                return review
            raise Conflict(_closed(review) if ledger else "the scores of this call are void: nothing is left to decide")
        require_looked_at(body.event_id, review)
        decided = _with_decision(review, body, caller, self._policy.now())
        self._reviews.put(transaction, decided)
        return decided


def require_looked_at(event_id: str | None, review: Review) -> None:
    """Raises Conflict where the analysis that was looked at is not the one that stands. event_id: None names none"""
    if event_id is not None and event_id != review.event_id:
        raise Conflict(
            "the call has been analysed again since you looked at it; look at the new scores", field="event_id"
        )


def require_known(competencies: Iterable[str], review: Review, field: str) -> None:
    """Raises Rejected for a competency of which the call has no score. field: that names them"""
    scored = [one.competency for one in review.scores]
    for index, competency in enumerate(competencies):
        if competency not in scored:
            raise Rejected(
                f"{competency!r} has no score in this call; it has {', '.join(scored)}", field=f"{field}.{index}"
            )


def _with_decision(review: Review, body: ReviewDecision, caller: Caller, now: datetime) -> Review:
    """Returns the review with the decision, which outranks every one before it and has yet to have its consequences."""
    require_known([score.competency for score in body.scores], review, "scores")
    require_known(body.drop, review, "drop")
    given = {one.competency: one.score for one in review.scores}
    final = _final(review, body, given)
    contested = review.contest.competencies if review.contest else ()
    before = review.decision
    who = reviewer(caller)
    look = review.look_of(who) or Look(reviewer=who, event_id=review.event_id, looked_at=now)
    own = {one.competency: one.score for one in look.own}
    return with_look(review, look).changed(
        state="decided",
        human=review.human + 1,
        decision=Decision(
            decision=_word(final, given),
            asked=_asked(body),
            scores=tuple(FinalScore(competency=competency, score=final[competency]) for competency in given),
            pairs=tuple(pairs([one.analysed for one in review.scores], final, own, review.reasons, contested)),
            note=body.note,
            event_id=review.event_id,
            human=review.human + 1,
            decided_at=now,
            decided_by=who,
            decided_by_role=caller.role,
            elsewhere=False,
            blind=look.blind,
        ),
        earlier=(*review.earlier, before) if before and not before.elsewhere else review.earlier,
        unfinished=True,
    )


def _final(review: Review, body: ReviewDecision, given: dict[str, float]) -> dict[str, float | None]:
    """Returns what each score is after the decision. given: the scorer's. Raises Rejected where none would be left."""
    rejected = review.decision is not None and review.decision.decision == "rejected"
    if body.decision == "reject" or (body.decision == "confirm" and rejected):
        return dict.fromkeys(given)
    if body.decision == "confirm":
        return review.final
    corrected = {score.competency: score.score for score in body.scores}
    final = {**(given if rejected else review.final), **corrected, **dict.fromkeys(body.drop)}
    if all(score is None for score in final.values()):
        raise Rejected("drop: no score would be left; `reject` instead", field="drop")
    return final


def _word(final: dict[str, float | None], given: dict[str, float]) -> Decided:
    if all(score is None for score in final.values()):
        return "rejected"
    return "confirmed" if final == given else "corrected"


def _asked(body: ReviewDecision) -> Asked:
    scores = tuple(GivenScore(competency=one.competency, score=one.score) for one in body.scores)
    return Asked(decision=body.decision, scores=scores, drop=tuple(body.drop))


def _is_again(review: Review, body: ReviewDecision, caller: Caller) -> bool:
    """Tells whether this very decision, by this person, is the one that stands: its answer may have been lost."""
    decision = review.decision
    return bool(
        decision
        and not decision.elsewhere
        and decision.asked == _asked(body)
        and decision.note == body.note
        and decision.decided_by == reviewer(caller)
    )


def _closed(review: Review) -> str:
    if review.state == "superseded" or review.decision is None:
        return "the call has been analysed again, and the new scores need nobody to look at them"
    return f"this has been decided already: {review.decision.decision}"
