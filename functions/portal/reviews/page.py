"""Lists which of an analyst's scores wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.reviews import reviews
from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import own_calls_first
from shared.platform.edges.query import one_of, place_of
from shared.reviews.contract import ReviewSummary
from shared.reviews.domain.review_state import REASONS, STATES, State

PER_PAGE = 25
OPEN: State = "open"
REASON = {
    "contested": "Contested",
    "untrusted_scorer": "Scorer agrees too little",
    "low_confidence": "Analyst unsure",
    "lexical": "Scored by counting",
    "sample": "Random sample",
}
STATE = {"open": "Open", "decided": "Decided", "superseded": "Superseded"}
OUTCOME = {"confirmed": "Confirmed", "corrected": "Corrected", "rejected": "Rejected"}


@dataclass(frozen=True)
class Row:
    """One review in the list. outcome: what was decided, None while nobody has; mine: waits for the viewer"""

    review_id: str
    name: str
    account: str | None
    occurred_at: datetime
    opened_at: datetime
    state: str
    reasons: tuple[str, ...]
    competencies: tuple[str, ...]
    outcome: str | None = None
    mine: bool = False
    source: str = ""

    @property
    def medium(self) -> str:
        return "thread" if self.source == "email" else "call"


@dataclass(frozen=True)
class ReviewList:
    """state, reason: the filters, "" for any; own: whether the viewer's own calls are what can be in it

    names: of competencies
    """

    rows: tuple[Row, ...]
    state: str
    reason: str
    own: bool = False
    more: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def list_reviews(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows what waits for a person; an employee's own, whatever became of them."""
    own = own_calls_first(visit.caller)
    state = one_of(visit, "state", STATES) if own or "state" in visit.query else OPEN
    reason = one_of(visit, "reason", REASONS)
    page = reviews(on).show.page(
        visit.caller,
        state=state,
        reason=reason,
        limit=PER_PAGE,
        after=place_of(visit),
    )
    more = following("/reviews", page.next, {"state": state or "", "reason": reason or ""})
    rows = tuple(row_of(item) for item in page.items)
    return present(
        ReviewList(rows, state or "", reason or "", own, more, taxonomy(on).skills.competency_names(visit.caller))
    )


def row_of(item: ReviewSummary) -> Row:
    """Returns a review as a list shows it."""
    return Row(
        review_id=item.review_id,
        name=item.name,
        account=item.account_name,
        occurred_at=item.occurred_at,
        opened_at=item.opened_at,
        state=item.state,
        reasons=tuple(item.reasons),
        competencies=tuple(item.competencies),
        outcome=item.outcome,
        mine=item.may_decide,
        source=item.source,
    )


def present(view: ReviewList) -> Page:
    variables = {"view": view, "REASON": REASON, "STATE": STATE, "OUTCOME": OUTCOME, "names": view.names}
    return Page("reviews/reviews.html", variables, "reviews")
