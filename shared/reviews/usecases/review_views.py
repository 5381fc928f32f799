"""Shows reviews: the stored record, the analysis it is about, and what the viewer may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.conversations.usecases.deals_in_force import Deal, DealsInForce
from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.observations.records import Ledger
from shared.observations.wire.sent_observation import SentObservation, SentScore
from shared.people.records import Employee
from shared.reviews.contract import ContestView, DecidedScore, DecisionView, ReviewScore, ReviewSummary, ReviewView
from shared.reviews.records import Decision, Look, Review, StoredContest
from shared.reviews.usecases.looks import reviewer
from shared.reviews.usecases.review_policy import ReviewPolicy


class ReviewViews:
    """Makes what the contract promises of reviews."""

    def __init__(self, ledger: Ledger, configuration: Configuration, deals: DealsInForce, policy: ReviewPolicy) -> None:
        self._ledger = ledger
        self._configuration = configuration
        self._deals = deals
        self._policy = policy

    def summaries(self, caller: Caller, reviews: Sequence[Review]) -> tuple[ReviewSummary, ...]:
        """Returns reviews without their scores, those that are open for the caller."""
        employees = self._policy.employees({review.employee_id for review in reviews})
        deals = self._deals.of(review.conversation for review in reviews)
        return tuple(
            self._summary(caller, review, employees.get(review.employee_id), deals[review.conversation])
            for review in reviews
            if self._policy.opens(caller, review) is None
        )

    def view(self, caller: Caller, review: Review, employee: Employee, *, covered: bool = False) -> ReviewView:
        """Returns one review with its scores and what each stands on. Raises NotFound for an analysis that is gone.

        covered: without the scores, and without everything that tells of them
        """
        analysis = sent_analysis(self._ledger, review)
        framework = self._configuration.framework(review.framework_id)
        deal = self._deals.of([review.conversation])[review.conversation]
        evidence = {named(one, framework): one.evidence for one in analysis.scores}
        look = review.look_of(reviewer(caller))
        scores = _scores(review, framework, evidence, _own(review, look))
        return ReviewView(
            **dict(self._summary(caller, review, employee, deal)),
            event_id=review.event_id,
            analysis_version=review.analysis,
            source_url=analysis.source_url,
            awaits_own_scores=covered,
            blind=look is not None and look.blind,
            scores=[_covered(one) for one in scores] if covered else scores,
            contest=None if covered else _contest(review.contest, review.human),
            decision=None if covered or review.decision is None else _decision(review.decision),
            earlier=[] if covered else [_decision(one) for one in review.earlier],
        )

    def _summary(self, caller: Caller, review: Review, employee: Employee | None, deal: Deal) -> ReviewSummary:
        return ReviewSummary(
            review_id=review.review_id,
            employee_id=review.employee_id,
            name=employee.name if employee else review.employee_id,
            manager_id=employee.manager_id if employee else None,
            source=review.source,
            source_id=review.source_id,
            account_name=deal.over(None, review.account_name).account_name,
            scorer=review.scorer,
            occurred_at=review.occurred_at,
            scored_at=review.scored_at,
            opened_at=review.opened_at,
            visible_to_manager_at=self._policy.opens_to_managers_at(review),
            state=review.state,
            reasons=list(review.reasons),
            competencies=[one.competency for one in review.scores],
            contested=review.contest is not None,
            outcome=review.decision.decision if review.decision else None,
            may_decide=self._policy.may_decide(caller, review, employee),
            may_contest=self._policy.may_contest(caller, review),
        )


def sent_analysis(ledger: Ledger, review: Review) -> SentObservation:
    """Returns the analysis as it was sent. Raises NotFound."""
    event = ledger.get(review.event_id)
    if event is None:
        raise NotFound("the analysis is not in the ledger any more", field="review_id")
    return SentObservation.read(event.payload)


def named(score: SentScore, framework: Framework) -> str:
    """Returns the competency that a sent score is of, in the framework's word where it is known there."""
    return framework.competency_named(score.word) or score.word


def _own(review: Review, look: Look | None) -> dict[str, float | None]:
    """Returns the own scores of who is about to decide, else of who has."""
    if review.state == "open" and look is not None:
        return {one.competency: one.score for one in look.own}
    return {one.competency: one.own for one in review.decision.pairs} if review.decision else {}


def _covered(score: ReviewScore) -> ReviewScore:
    nothing = dict.fromkeys(("score", "confidence", "waits", "reason", "evidence", "person_score"))
    return score.model_copy(update=nothing)


def _scores(
    review: Review, framework: Framework, evidence: Mapping[str, str | None], own: Mapping[str, float | None]
) -> list[ReviewScore]:
    stands = review.final if review.decision else {}
    competencies = framework.by_competency
    return [
        ReviewScore(
            competency=one.competency,
            name=competencies[one.competency].name if one.competency in competencies else one.competency,
            score=one.score,
            own_score=own.get(one.competency),
            confidence=one.confidence,
            waits=one.waits,
            reason=one.reason,
            evidence=evidence.get(one.competency),
            person_score=stands.get(one.competency),
        )
        for one in review.scores
    ]


def _contest(contest: StoredContest | None, human: int) -> ContestView | None:
    if contest is None:
        return None
    return ContestView(
        contested_at=contest.contested_at,
        reason=contest.reason,
        competencies=list(contest.competencies),
        answered=human > contest.human,
    )


def _decision(decision: Decision) -> DecisionView:
    return DecisionView(
        decision=decision.decision,
        scores=[DecidedScore(competency=one.competency, score=one.score) for one in decision.scores],
        note=decision.note,
        decided_at=decision.decided_at,
        decided_by=decision.decided_by,
        decided_by_role=decision.decided_by_role,
        elsewhere=decision.elsewhere,
        blind=decision.blind,
    )
