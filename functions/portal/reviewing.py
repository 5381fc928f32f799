"""Reviews of analysts' scores, contests and certificates: from use cases to view models, from forms to decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from functions.portal.pages import analysts, reviews, transcript
from functions.portal.pages.evidence import Quoted, read
from functions.portal.services import Services
from functions.portal.shell.forms import refusals
from functions.portal.shell.paging import cursor, following, one_of
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.records import CallRecord, record_id
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.kernel.reading import validated
from shared.privacy.usecases.open_transcript import Opened
from shared.reviews.contract import Contest, ReviewDecision, ReviewScore, ReviewSummary, ReviewView
from shared.reviews.domain.review import REASONS, STATES

PER_PAGE = 25


def list_reviews(services: Services, visit: Visit) -> Reply:
    """What waits for a person; an employee's own, whatever became of them."""
    own = visit.caller.role in {"employee", "mentor"}
    state = one_of(visit.query.get("state", "" if own else "open"), STATES, "state")
    reason = one_of(visit.query.get("reason", ""), REASONS, "reason")
    page = services.reviews.show.page(
        visit.caller,
        state=state or None,
        reason=reason or None,
        limit=PER_PAGE,
        after=cursor(visit.query.get("after")),
    )
    view = reviews.ReviewList(
        tuple(_row(item) for item in page.items),
        state,
        reason,
        own,
        following("/reviews", page.next, {"state": state, "reason": reason}),
        services.competency_names(),
    )
    return Page("reviews.html", reviews.present_list(view), "reviews")


def _row(item: ReviewSummary) -> reviews.Row:
    return reviews.Row(
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


# One review


def show_review(
    services: Services,
    visit: Visit,
    review_id: str,
    errors: Mapping[str, str] | None = None,
) -> Reply:
    """The scores beside the words they stand on. The words are opened, which is recorded and told to the employee,
    for whoever decides or was in the call; for others who may, when they ask."""
    review = services.reviews.show.get(visit.caller, review_id)
    own = review.employee_id == visit.caller.employee_id
    wanted = own or review.may_decide or visit.query.get("transcript") == "open"
    identity = record_id(review.source, review.source_id)
    call = services.call_records.find([identity]).get(identity)
    opened, absent, readable = _opened(services, visit, call, wanted=wanted)
    analysis = None
    if opened is not None:
        analysis = services.transcripts.analysis(opened, review.employee_id, review.analysis_version)
    certificates = {
        figures.competency: figures
        for one in services.reviews.certificates.all().certificates
        if one.scorer == review.scorer
        for figures in one.competencies
    }
    evidence = {one.competency: read(one.evidence, one.competency, one.name) for one in review.scores}
    quotes = [quoted for found, _ in evidence.values() for quoted in found]
    at = {
        measured: None
        if opened is None or measured.start_ms is None
        else transcript.turn_at(opened.conversation, measured.start_ms)
        for _, found in evidence.values()
        for measured in found
    }
    reasons = {score.competency: score.reason for score in analysis.scores} if analysis else {}
    contest = review.contest
    view = reviews.Review(
        row=_row(review),
        employee_id=review.employee_id,
        event_id=review.event_id,
        scorer=review.scorer,
        source_url=review.source_url,
        scores=tuple(
            reviews.Score(
                competency=one.competency,
                name=one.name,
                scored=one.score,
                confidence=one.confidence,
                waits=one.reason,
                stands=one.person_score,
                decided=bool(review.outcome),
                quotes=evidence[one.competency][0],
                measured=tuple((measured, at[measured]) for measured in evidence[one.competency][1]),
                reason=reasons.get(one.competency) or None,
                certificate=certificates.get(one.competency),
            )
            for one in review.scores
        ),
        own=own,
        may_decide=review.may_decide,
        may_contest=review.may_contest,
        visible_to_manager_at=review.visible_to_manager_at,
        conversation=None if opened is None else _passages(services, opened, analysis, review, quotes, at.values()),
        found=frozenset(
            quoted.anchor for quoted in quotes if opened is not None and quoted.stands_in(opened.conversation)
        ),
        told=opened is not None and opened.ground != "own",
        absent=absent,
        readable=readable,
        contest=None
        if contest is None
        else reviews.Contested(contest.contested_at, contest.reason, tuple(contest.competencies), contest.answered),
        decisions=tuple(
            reviews.Decision(one.decision, one.decided_at, one.decided_by, one.note)
            for one in (review.decision, *reversed(review.earlier))
            if one is not None
        ),
        call=None if call is None else identity,
        entered=visit.form,
        errors=errors or {},
    )
    return Page("review.html", reviews.present_review(view), "reviews", status=422 if errors else 200)


def _opened(
    services: Services, visit: Visit, call: CallRecord | None, *, wanted: bool
) -> tuple[Opened | None, str | None, bool]:
    """(the words, why there are none, whether the viewer could ask for them)."""
    if call is None:
        return None, "the words of this call are not kept here", False
    try:
        if wanted:
            return services.transcripts.open(visit.caller, call.record_id), None, False
        services.grounds.of(visit.caller, call)
    except (Forbidden, NotFound) as problem:
        return None, problem.detail, False
    return None, None, True


def _passages(
    services: Services,
    opened: Opened,
    analysis: CallAnalysis | None,
    review: ReviewView,
    quotes: list[Quoted],
    also: Collection[int | None],
) -> tuple[transcript.Passage, ...]:
    mine = next((speaker for speaker, who in opened.voices.items() if who == review.employee_id), None)
    return transcript.passages(
        opened.conversation,
        quotes,
        scored=analysis.speaker_id if analysis else mine,
        names=services.names_of_voices(opened),
        also=[turn for turn in also if turn is not None],
    )


def decide_review(services: Services, visit: Visit, review_id: str) -> Reply:
    """Confirms, corrects or rejects; what is wrong stands beside its field."""
    review = services.reviews.show.get(visit.caller, review_id)
    body, errors = decision_from(visit.form, review.scores, decided=bool(review.outcome))
    if not errors:
        try:
            decided = services.reviews.decide.decide(visit.caller, review_id, validated(ReviewDecision, body))
            return Redirect(f"/reviews/{quote(review_id)}?done={decided.outcome}")
        except (Forbidden, NotFound):
            raise
        except Rejected as problem:
            errors = refusals(problem, ("note",))
    return show_review(services, visit, review_id, errors)


def decision_from(
    form: Mapping[str, str], scores: Collection[ReviewScore], *, decided: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """(the decision's body, what is wrong with the form). scores: those of the review, whose competencies it has."""
    errors: dict[str, str] = {}
    given: list[dict[str, Any]] = []
    drop: list[str] = []
    for one in scores:
        competency = one.competency
        before = one.person_score if decided else one.score
        if form.get(f"drop.{competency}") == "yes":
            if before is not None:
                drop.append(competency)
            continue
        text = form.get(f"score.{competency}", "").strip().replace(",", ".")
        if not text and before is None:
            continue
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 100:
            errors[f"score.{competency}"] = "Enter a number from 0 to 100, or tick “not observed”."
        elif number != before:
            given.append({"competency": competency, "score": number})
    decision = form.get("decision", "")
    if decision not in {"confirm", "correct", "reject"}:
        errors["form"] = "Choose to confirm, to correct or to reject."
    elif decision == "confirm" and (given or drop):
        errors["form"] = "You have changed scores: save the corrections, or undo them to confirm."
    elif decision == "correct" and not given and not drop and not errors:
        errors["form"] = "Nothing is corrected: change a score, or confirm."
    elif decision == "reject":
        errors, given, drop = {}, [], []
    body = {
        "decision": decision,
        "scores": given,
        "drop": drop,
        "note": form.get("note", "").strip() or None,
        "event_id": form.get("event_id") or None,
    }
    return body, errors


def show_contest(services: Services, visit: Visit, review_id: str, errors: Mapping[str, str] | None = None) -> Reply:
    """The form to object to scores that nobody has looked at yet; where there is a review, it is on its page."""
    try:
        return show_review(services, visit, review_id, errors)
    except NotFound:
        variables = {"review_id": review_id, "entered": visit.form, "errors": errors or {}}
        return Page("contest.html", variables, "reviews", status=422 if errors else 200)


def contest_review(services: Services, visit: Visit, review_id: str) -> Reply:
    """Takes in the employee's objection."""
    reason = visit.form.get("reason", "").strip()
    if not reason:
        return show_contest(services, visit, review_id, {"reason": "Say what is wrong with the scores."})
    named = sorted(name[8:] for name, value in visit.form.items() if name.startswith("contest.") and value == "yes")
    try:
        body = validated(Contest, {"reason": reason, "competencies": named})
        services.reviews.contest.contest(visit.caller, review_id, body)
    except (Forbidden, NotFound):
        raise
    except Rejected as problem:
        return show_contest(services, visit, review_id, refusals(problem, ("reason",)))
    return Redirect(f"/reviews/{quote(review_id)}?done=contested")


# Certificates


def list_analysts(services: Services, visit: Visit) -> Reply:
    view = analysts.Analysts(services.reviews.certificates.all().certificates, services.competency_names())
    return Page("analysts.html", analysts.present(view), "analysts")
