"""Shows one review beside the words it stands on, and takes in decisions and contests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from functions.portal.review.form import decision_from, own_scores_from
from functions.portal.review.view import Contested, Decision, Review, Score, present, present_covered
from functions.portal.reviews.page import row_of
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import PageOrRedirect, Redirect, Visit
from functions.portal.transcript.evidence import Measured, Quoted, read
from functions.portal.transcript.passages import Passage, passages, turn_at
from infra.wiring.environment import Environment
from infra.wiring.reviews import reviews
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.kernel.reading import validated
from shared.reviews.contract import Contest, DecisionView, OwnScores, ReviewDecision, ReviewView
from shared.reviews.usecases.read_review import ReadableReview
from shared.reviews.usecases.review_words import Words
from shared.reviews.usecases.show_reviews import Waiting

Evidence = Mapping[str, tuple[tuple[Quoted, ...], tuple[Measured, ...]]]
"""What each score stands on, by competency."""


def show_review(
    on: Environment, visit: Visit, review_id: str, errors: Mapping[str, str] | None = None
) -> PageOrRedirect:
    """Shows the scores beside the words they stand on."""
    asked = visit.query.get("transcript") == "open"
    found = reviews(on).read.get(visit.caller, review_id, open_words=asked)
    waiting = reviews(on).show.waiting(visit.caller, review_id) if visit.may("reviews.decide") else None
    view = _view(found, visit.form, errors or {}, waiting, on.clock.now())
    return present_covered(view) if found.review.awaits_own_scores else present(view)


def _view(
    found: ReadableReview,
    entered: Mapping[str, str],
    errors: Mapping[str, str],
    waiting: Waiting | None,
    now: datetime,
) -> Review:
    review, words = found.review, found.words
    evidence = {one.competency: read(one.evidence, one.competency, one.name) for one in review.scores}
    quotes = [quoted for of_score, _ in evidence.values() for quoted in of_score]
    opened = words.opened
    return Review(
        row=row_of(review),
        employee_id=review.employee_id,
        event_id=review.event_id,
        scorer=review.scorer,
        source_url=review.source_url,
        scores=_scores(found, evidence),
        own=found.own,
        may_decide=review.may_decide,
        may_contest=review.may_contest,
        visible_to_manager_at=review.visible_to_manager_at,
        open_to_managers=review.visible_to_manager_at <= now,
        conversation=_passages(words, review, quotes, evidence),
        found=frozenset(one.anchor for one in quotes if opened is not None and one.stands_in(opened.conversation)),
        told=opened is not None and opened.ground != "own",
        absent=words.absent,
        readable=words.readable,
        contest=_contest(review),
        decisions=_decisions(review),
        call=words.call_id,
        blind=review.blind,
        waiting=waiting,
        entered=entered,
        errors=errors,
    )


def _scores(found: ReadableReview, evidence: Evidence) -> tuple[Score, ...]:
    review, words = found.review, found.words
    reasons = {score.competency: score.reason for score in words.analysis.scores} if words.analysis else {}
    return tuple(
        Score(
            competency=one.competency,
            name=one.name,
            scored=one.score,
            confidence=one.confidence,
            waits=one.reason,
            stands=one.person_score,
            own=one.own_score,
            decided=bool(review.outcome),
            quotes=evidence[one.competency][0],
            measured=tuple((measured, _turn(words, measured)) for measured in evidence[one.competency][1]),
            reason=reasons.get(one.competency) or None,
            certificate=found.certificates.get(one.competency),
        )
        for one in review.scores
    )


def _turn(words: Words, measured: Measured) -> int | None:
    """Returns the turn in which something was measured; None while the words are not opened."""
    if words.opened is None or measured.start_ms is None:
        return None
    return turn_at(words.opened.conversation, measured.start_ms)


def _passages(words: Words, review: ReviewView, quotes: list[Quoted], evidence: Evidence) -> tuple[Passage, ...] | None:
    if words.opened is None:
        return None
    mine = next((speaker for speaker, who in words.opened.voices.items() if who == review.employee_id), None)
    turns = (_turn(words, one) for _, measured in evidence.values() for one in measured)
    return passages(
        words.opened.conversation,
        quotes,
        scored=words.analysis.speaker_id if words.analysis else mine,
        names=words.names,
        whole=review.awaits_own_scores,
        also=[turn for turn in turns if turn is not None],
    )


def _contest(review: ReviewView) -> Contested | None:
    contest = review.contest
    if contest is None:
        return None
    return Contested(contest.contested_at, contest.reason, tuple(contest.competencies), contest.answered)


def _decisions(review: ReviewView) -> tuple[Decision, ...]:
    """Returns the decision that stands, then those that it replaced, the newest first."""
    found: list[DecisionView] = [review.decision] if review.decision else []
    found += reversed(review.earlier)
    return tuple(Decision(one.decision, one.decided_at, one.decided_by, one.note) for one in found)


def give_own_scores(on: Environment, visit: Visit, review_id: str) -> PageOrRedirect:
    """Takes in what the reviewer makes of the call, and shows the analyst's scores."""
    review = reviews(on).decide.before(visit.caller, review_id)
    errors: dict[str, str] = {}
    body = own_scores_from(visit.form, review.scores, errors)
    if not errors:
        try:
            reviews(on).own_scores.give(visit.caller, review_id, validated(OwnScores, body))
            return Redirect(f"/reviews/{quote(review_id)}")
        except (Forbidden, NotFound):
            raise
        except Rejected as problem:
            errors = refusals(problem, ())
    return show_review(on, visit, review_id, errors)


def decide_review(on: Environment, visit: Visit, review_id: str) -> PageOrRedirect:
    """Confirms, corrects or rejects; what is wrong stands beside its field."""
    review = reviews(on).decide.before(visit.caller, review_id)
    errors: dict[str, str] = {}
    body = decision_from(visit.form, review.scores, errors, decided=bool(review.outcome))
    if not errors:
        try:
            decided = reviews(on).decide.decide(visit.caller, review_id, validated(ReviewDecision, body))
            return Redirect(f"/reviews/{quote(review_id)}?done={decided.outcome}")
        except (Forbidden, NotFound):
            raise
        except Rejected as problem:
            errors = refusals(problem, ("note",))
    return show_review(on, visit, review_id, errors)


def contest_review(on: Environment, visit: Visit, review_id: str) -> PageOrRedirect:
    """Takes in the employee's objection."""
    reason = visit.form.get("reason", "").strip()
    if not reason:
        return show_review(on, visit, review_id, {"reason": "Say what is wrong with the scores."})
    named = sorted(name[8:] for name, value in visit.form.items() if name.startswith("contest.") and value == "yes")
    try:
        body = validated(Contest, {"reason": reason, "competencies": named})
        reviews(on).contest.contest(visit.caller, review_id, body)
    except (Forbidden, NotFound):
        raise
    except Rejected as problem:
        return show_review(on, visit, review_id, refusals(problem, ("reason",)))
    return Redirect(f"/reviews/{quote(review_id)}?done=contested")
