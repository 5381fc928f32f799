"""Keeps reviews and what they are evidence of.

    reviews/<digest of source, source id, employee id>   one call's scores of one person, and what people said of them
    reruns/<event id>                                    a call analysed twice by a scorer, score beside score

Free text (a contest's reason, a reviewer's note) is personal data: it stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from shared.kernel.access import Role
from shared.kernel.pages import Page, Position, newest_first, page_of
from shared.kernel.records import Record
from shared.ports.documents import DELETE_FIELD, Document, Documents, Merge, Put, Query, Reader, Transaction, Where
from shared.privacy.ports.reviews import CallReview
from shared.reviews.domain.review import AnalysedScore, Decided, Pair
from shared.reviews.domain.review_state import State

IN_ONE_QUERY = 30
"""Employees that one query may name."""
PAGE = 500


class ScoreInReview(Record, frozen=True, kw_only=True):
    """A scorer's score, whatever was decided. reason: what `waits` says, in words"""

    competency: str
    score: float
    confidence: float | None
    waits: str | None
    reason: str | None

    @property
    def analysed(self) -> AnalysedScore:
        """Returns the score as the analysis gave it."""
        return AnalysedScore(self.competency, self.score, self.confidence, self.waits)


class StoredContest(Record, frozen=True, kw_only=True):
    """An employee's contest. competencies: none names all; human: the rank above which a decision answers it"""

    contested_at: datetime
    reason: str
    competencies: tuple[str, ...]
    human: int


class FinalScore(Record, frozen=True, kw_only=True):
    """A competency's score after a decision; None: dropped, or rejected with the rest."""

    competency: str
    score: float | None


class GivenScore(Record, frozen=True, kw_only=True):
    """A score as a person gave it."""

    competency: str
    score: float


class Asked(Record, frozen=True, kw_only=True):
    """Keeps what a person asked for with a decision, word for word."""

    decision: Literal["confirm", "correct", "reject"]
    scores: tuple[GivenScore, ...]
    drop: tuple[str, ...]


class Decision(Record, frozen=True, kw_only=True):
    """Keeps what a person decided. human: its rank

    asked:     unset for a decision that was made elsewhere
    pairs:     the evidence about the scorer; none from elsewhere
    elsewhere: it came in with an observation
    blind:     the person gave own scores before the scorer's were shown to them anywhere
    """

    decision: Decided
    asked: Asked | UnsetType = UNSET
    scores: tuple[FinalScore, ...]
    pairs: tuple[Pair, ...]
    note: str | None
    event_id: str
    human: int
    decided_at: datetime
    decided_by: str | None
    decided_by_role: Role | None
    elsewhere: bool
    blind: bool = False


class Look(Record, frozen=True, kw_only=True):
    """Keeps when somebody who may decide was first shown the scorer's scores of an analysis, and what they had made of
    the call before.

    own:   the person's own scores, None for what was not observed; empty: none were given
    blind: own scores were given, and the scorer's had been shown nowhere before
    """

    reviewer: str
    event_id: str
    looked_at: datetime
    own: tuple[FinalScore, ...] = ()
    blind: bool = False


class Review(Record, frozen=True, kw_only=True):
    """A function of (events of the ledger, contest, decision): whoever draws it again from the same gets the same.
    Beside that it keeps who has looked.

    state:      open: a person is asked; decided; superseded: a newer analysis left nothing to ask
    earlier:    decisions that were replaced after a contest
    looks:      one per person who may decide and analysis, in order of time
    human:      the highest rank of a person's decision, in the ledger or on its way there
    unfinished: set while what follows a decision has not all happened
    """

    review_id: str
    employee_id: str
    framework_id: str
    source: str
    source_id: str
    event_id: str
    scorer: str
    analysis: int
    account_name: str | None
    occurred_at: datetime
    scored_at: datetime
    opened_at: datetime
    state: State
    reasons: tuple[str, ...]
    scores: tuple[ScoreInReview, ...]
    contest: StoredContest | None
    decision: Decision | None
    earlier: tuple[Decision, ...]
    human: int
    unfinished: bool | UnsetType = UNSET
    looks: tuple[Look, ...] = ()

    def look_of(self, reviewer: str) -> Look | None:
        """Returns how somebody came to see the scores of the analysis in question; None: they have not seen them."""
        return next((one for one in self.looks if (one.reviewer, one.event_id) == (reviewer, self.event_id)), None)

    @property
    def owes(self) -> bool:
        """Tells whether what follows a decision has not all happened."""
        return self.unfinished is True

    def without_events(self) -> Review:
        """Returns the review of a call whose events are all void: nothing waits, and nothing follows any more."""
        return self.changed(state="superseded" if self.state == "open" else self.state, unfinished=UNSET)

    @property
    def conversation(self) -> tuple[str, str]:
        """Returns (source, source id)."""
        return self.source, self.source_id

    @property
    def decided_at(self) -> datetime:
        """Returns when the scores were given, or decided about."""
        return self.decision.decided_at if self.decision else self.scored_at

    @property
    def final(self) -> dict[str, float | None]:
        """Returns by competency the score that stands: the last decision's, else the scorer's; None for one dropped."""
        found: Sequence[FinalScore | ScoreInReview] = self.decision.scores if self.decision else self.scores
        return {one.competency: one.score for one in found}


class Evidence(Record, frozen=True, kw_only=True):
    """Keeps what a decided review says about its scorer."""

    scorer: str
    analysis: int
    event_id: str
    decision: Decision
    earlier: tuple[Decision, ...]

    @property
    def blind(self) -> Decision | None:
        """Returns the first blind decision about this analysis; None without one."""
        made = (*self.earlier, self.decision)
        return next((one for one in made if one.blind and one.event_id == self.event_id), None)


class Rerun(Record, frozen=True, kw_only=True):
    """A call that a scorer analysed again. scores: competency to (the first, the second); number: the scorer's"""

    scorer: str
    number: int
    scores: dict[str, tuple[float, float]]


class ReviewRecords:
    """Reads and writes reviews."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, review_id: str, reader: Reader | None = None) -> Review | None:
        """Returns a review; None for an unknown one."""
        found = (reader or self._documents).get(f"reviews/{review_id}")
        return None if found is None else Review.read(found)

    def of_calls(self, review_ids: Iterable[str]) -> dict[str, CallReview]:
        """Returns what those who show a call's words need to know, of the reviews that exist."""
        found = self._documents.get_many([f"reviews/{review_id}" for review_id in review_ids])
        reviews = Review.readable(found.values())
        return {one.review_id: CallReview(one.state == "open", one.scored_at, one.occurred_at) for one in reviews}

    def put(self, transaction: Transaction, review: Review) -> None:
        """Writes a review, whatever was there."""
        transaction.write(Put(f"reviews/{review.review_id}", review.stored()))

    def finished(self, transaction: Transaction, review: Review) -> None:
        """Notes that everything that follows the decision has happened, unless a newer decision stands."""
        known = self.get(review.review_id, transaction)
        if (
            known
            and known.owes
            and known.decision
            and review.decision
            and known.decision.human == review.decision.human
        ):
            transaction.write(Merge(f"reviews/{review.review_id}", {"unfinished": DELETE_FIELD}))

    def unfinished(self) -> list[Review]:
        """Returns the reviews whose decision has not had all its consequences."""
        found = self._documents.query(Query("reviews", where=[Where("unfinished", "==", True)]))
        return list(Review.readable(found))

    def page(
        self,
        *,
        state: str | None,
        reason: str | None,
        people: Sequence[str] | None,
        limit: int,
        after: Position | None,
    ) -> Page[Review]:
        """Returns reviews, those opened last first; of many people by several queries, whose answers are merged.

        people: whose; None: everyone's
        """
        where = [Where("state", "==", state)] if state else []
        if reason:
            where.append(Where("reasons", "array_contains", reason))
        parts: list[list[Where]] = [[]]
        if people is not None:
            some = [list(people[start : start + IN_ONE_QUERY]) for start in range(0, len(people), IN_ONE_QUERY)]
            parts = [[Where("employee_id", "in", ids)] for ids in some]
        found: list[Document] = []
        for part in parts:
            query = Query("reviews", [*where, *part], [("opened_at", "desc")], limit + 1, after)
            found += self._documents.query(query)
        return page_of(Review, newest_first(found, "opened_at"), limit, "opened_at")

    def about(self, employee_ids: Sequence[str]) -> Iterator[Review]:
        """Yields every review of some people, in the order of ids."""
        for start in range(0, len(employee_ids), IN_ONE_QUERY):
            where = [Where("employee_id", "in", list(employee_ids[start : start + IN_ONE_QUERY]))]
            yield from Review.readable(_all(self._documents, "reviews", where))

    def evidence(self) -> Iterator[Evidence]:
        """Yields what each decided review says about its scorer, in the order of ids."""
        fields = ("scorer", "analysis", "event_id", "decision", "earlier")
        yield from Evidence.readable(_all(self._documents, "reviews", [Where("state", "==", "decided")], fields))


class RerunRecords:
    """Reads and writes calls that were analysed twice."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def put(self, event_id: str, rerun: Rerun) -> None:
        """Writes what the second analysis, an event, says beside the first."""
        self._documents.commit([Put(f"reruns/{event_id}", rerun.stored())])

    def all(self) -> Iterator[Rerun]:
        """Yields them in the order of their events' ids."""
        yield from Rerun.readable(_all(self._documents, "reruns"))


def _all(
    documents: Documents, collection: str, where: Sequence[Where] = (), fields: Sequence[str] | None = None
) -> Iterator[Document]:
    """Yields every document of a collection that fulfils the conditions, in the order of ids."""
    after: Sequence[Any] | None = None
    while True:
        page = documents.query(Query(collection, where, limit=PAGE, after=after, fields=fields))
        yield from page
        if len(page) < PAGE:
            return
        after = [page[-1].id]
