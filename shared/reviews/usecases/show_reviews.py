"""Lists and shows reviews of analysts' scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.reviews.contract import ReviewSummary, ReviewView
from shared.reviews.records import Review, ReviewRecords
from shared.reviews.usecases.known_scores import KnownScores
from shared.reviews.usecases.looks import Looks
from shared.reviews.usecases.review_policy import ReviewPolicy
from shared.reviews.usecases.review_views import ReviewViews

MOST_WAITING = 100
"""Open reviews that are looked through for those that wait for somebody."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """number: of reviews that wait for somebody; more: there may be others; next: which to take, None without one"""

    number: int
    more: bool
    next: str | None


class ShowReviews:
    """Reads reviews."""

    def __init__(
        self, known: KnownScores, policy: ReviewPolicy, views: ReviewViews, looks: Looks, audit: Audit
    ) -> None:
        self._known = known
        self._records = known.records
        self._policy = policy
        self._views = views
        self._looks = looks
        self._audit = audit

    def page(
        self,
        caller: Caller,
        *,
        state: str | None = None,
        reason: str | None = None,
        employee_id: str | None = None,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[ReviewSummary]:
        """Returns the reviews in the caller's sight, those opened last first, without their scores.

        What is not open for the caller yet is left out, so that a page may be shorter than its limit. Raises Forbidden
        for an employee outside the caller's sight.
        """
        people = self._policy.sight(caller, employee_id)
        found = self._records.page(state=state, reason=reason, people=people, limit=limit, after=after)
        shown = self._views.summaries(caller, found.items)
        self._audit.read(caller, AuditAction.REVIEWS_LISTED, [one.employee_id for one in shown])
        return Page(shown, found.next)

    def waiting(self, caller: Caller, besides: str) -> Waiting:
        """Returns how many other reviews wait for the caller, of those opened last, and which to take next. Raises
        Forbidden."""
        require(caller, "reviews.decide")
        people = self._policy.sight(caller, None)
        found = self._records.page(state="open", reason=None, people=people, limit=MOST_WAITING, after=None)
        employees = self._policy.employees({one.employee_id for one in found.items})
        mine = [
            one.review_id
            for one in found.items
            if one.review_id != besides and self._policy.may_decide(caller, one, employees.get(one.employee_id))
        ]
        return Waiting(len(mine), found.next is not None, mine[0] if mine else None)

    def existing(self, caller: Caller, review_ids: Iterable[str]) -> frozenset[str]:
        """Returns which of some reviews exist, whose scores the caller has been shown. Raises Forbidden."""
        require(caller, "reviews.read")
        return frozenset(one for one in review_ids if self._records.get(one) is not None)

    def get(self, caller: Caller, review_id: str) -> ReviewView:
        """Returns one review with its scores and what each stands on; leaves an audit record. Of the own calls also
        scores that nobody has been asked about. Who may decide it sees the scorer's scores only after the own ones
        (give_own_scores.py).

        Raises NotFound, and Forbidden where the caller may not see the employee, or not yet.
        """
        review = self._records.get(review_id) or self._known.unasked(caller, review_id)
        if review is None:
            raise nothing(review_id)
        employee = self._policy.employee(review.employee_id)
        self._policy.require_sight(caller, employee)
        self._policy.require_open(caller, review)
        self._audit.read(caller, AuditAction.REVIEW_VIEWED, [review.employee_id])
        covered = self._looks.covers(caller, review, employee)
        if not covered:
            self._looks.uncovered(caller, review)
        return self._views.view(caller, review, employee, covered=covered)


def known(records: ReviewRecords, review_id: str) -> Review:
    """Returns a review. Raises NotFound."""
    review = records.get(review_id)
    if review is None:
        raise nothing(review_id)
    return review


def nothing(review_id: str) -> NotFound:
    """Returns the error that there is no such review."""
    return NotFound(f"there is no review {review_id[:64]!r}", field="review_id")
