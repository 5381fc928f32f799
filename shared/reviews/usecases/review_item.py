"""Draws a review: what the ledger says about one call and one person, and what people have said about it.

A review is a function of (events of the ledger, contest, decision): whoever draws it again from the same gets the same,
whatever order the messages came in and however often.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.frameworks.domain.review_settings import ReviewSettings
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.domain.waiting import WAITS
from shared.observations.messages import ObservationRecorded
from shared.observations.records import ToldEvent
from shared.reviews.domain.review import Analysed, AnalysedScore, highest, reasons
from shared.reviews.domain.review_state import CONTESTED, State
from shared.reviews.records import Decision, FinalScore, Review, ScoreInReview, StoredContest


def fact_of(message: str) -> ObservationRecorded:
    """Reads an event's message as the ledger keeps it."""
    return validated(ObservationRecorded, json.loads(message))


def analysed(message: ObservationRecorded, entry: str = "") -> Analysed:
    """Returns a recorded field observation. entry: its text in the employee's state"""
    scores: dict[str, AnalysedScore] = {}
    for one in (*message.waiting, *message.scores):
        if one.score is not None and one.competency not in scores:
            scores[one.competency] = AnalysedScore(one.competency, one.score, one.confidence, one.waits)
    return Analysed(
        event_id=message.event_id,
        human=message.human,
        analysis=message.analysis,
        entry=entry,
        scorer=message.scorer,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        scores=tuple(score for _, score in sorted(scores.items())),
        decision=None if not message.human else message.review_decision or "confirmed",
        account_name=message.account_name,
    )


def drawn(
    known: Review | None,
    ledger: Iterable[ToldEvent],
    settings: ReviewSettings,
    contest: StoredContest | None = None,
    *,
    unasked: bool = False,
) -> Review | None:
    """Returns the review as it stands; None when there is nothing for a person to look at.

    known: the review so far, of which contest, decision and earlier decisions are kept. contest: a new one.
    unasked: also where nothing asks for a person
    """
    facts = {event.event_id: (fact_of(event.message), event.entry) for event in ledger}
    events = [analysed(fact, entry) for fact, entry in facts.values()]
    analyses = [event for event in events if event.human == 0 and event.scorer is not None]
    top = highest(events)
    decision, earlier = (known.decision, known.earlier) if known else (None, ())
    own = None if decision is None or decision.elsewhere else decision
    basis = _basis(own, top, analyses)
    if top is None:
        return None if known is None else known.without_events()
    if basis is None:
        return known
    contest = contest or (known.contest if known else None)
    if not unasked and known is None and contest is None and not any(_reasons(one, settings) for one in analyses):
        return None
    if top.human > (own.human if own else 0):
        decision = _elsewhere(top, basis)
        earlier = (*earlier, own) if own else earlier
    drawn_now = _Drawn(basis, (*_reasons(basis, settings), *([CONTESTED] if contest else [])), contest, decision)
    review = drawn_now.review(facts[basis.event_id][0], earlier).changed(looks=known.looks if known else ())
    return review.changed(unfinished=True) if known and known.owes else review


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Holds what a review consists of. basis: the analysis in question"""

    basis: Analysed
    why: tuple[str, ...]
    contest: StoredContest | None
    decision: Decision | None

    @property
    def human(self) -> int:
        return self.decision.human if self.decision else 0

    @property
    def state(self) -> State:
        outstanding = self.contest is not None and self.human <= self.contest.human
        if outstanding or (self.why and not self.human):
            return "open"
        return "decided" if self.human else "superseded"

    @property
    def opened_at(self) -> datetime:
        return self.contest.contested_at if self.contest else self.basis.received_at

    def review(self, fact: ObservationRecorded, earlier: tuple[Decision, ...]) -> Review:
        """Returns the review about what the basis told."""
        return Review(
            review_id=review_id_of(fact.source, fact.source_id, fact.employee_id),
            employee_id=fact.employee_id,
            framework_id=fact.framework_id,
            source=fact.source,
            source_id=fact.source_id,
            event_id=self.basis.event_id,
            scorer=self.basis.scorer or "",
            analysis=self.basis.analysis,
            account_name=self.basis.account_name,
            occurred_at=self.basis.occurred_at,
            scored_at=self.basis.received_at,
            opened_at=self.opened_at,
            state=self.state,
            reasons=self.why,
            scores=tuple(_score(one) for one in self.basis.scores),
            contest=self.contest,
            decision=self.decision,
            earlier=earlier,
            human=self.human,
        )


def _score(one: AnalysedScore) -> ScoreInReview:
    reason = None if one.waits is None else WAITS[one.waits]
    return ScoreInReview(
        competency=one.competency, score=one.score, confidence=one.confidence, waits=one.waits, reason=reason
    )


def _basis(own: Decision | None, top: Analysed | None, analyses: Sequence[Analysed]) -> Analysed | None:
    """Returns the analysis in question: the one that a person has decided about, else the highest.

    own: a decision made here
    """
    if top is None:
        return None
    if own and own.human >= top.human:
        about = [one for one in analyses if one.event_id == own.event_id]
    else:
        about = [one for one in analyses if top.human and one.analysis == top.analysis]
    return highest(about or analyses)


def _reasons(analysis: Analysed, settings: ReviewSettings) -> tuple[str, ...]:
    return reasons(analysis.event_id, analysis.scores, settings.sample_share)


def _elsewhere(decided: Analysed, basis: Analysed) -> Decision:
    """Returns a decision that came in with an observation: it closes the review, and is no evidence about the scorer,
    since nobody here knows who looked at what."""
    final = {score.competency: score.score for score in decided.scores} if decided.decision != "rejected" else {}
    return Decision(
        decision=decided.decision or "confirmed",
        scores=tuple(FinalScore(competency=one.competency, score=final.get(one.competency)) for one in basis.scores),
        pairs=(),
        note=None,
        event_id=basis.event_id,
        human=decided.human,
        decided_at=decided.received_at,
        decided_by=None,
        decided_by_role=None,
        elsewhere=True,
    )
