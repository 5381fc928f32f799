"""Shows one call with its participants and results, has it analysed again, and takes a person's word about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from functions.portal.calls.labels import LINK, STATE, Call, language_of, row_of
from functions.portal.shell import words
from functions.portal.shell.forms import refusals, sentence
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment
from infra.wiring.reviews import reviews
from infra.wiring.taxonomy import taxonomy
from shared.call_pipeline.contract import CallItem, CallMoveBody, CallResult, CallVoice, DealLinkBody
from shared.conversations.domain import call_state
from shared.kernel.errors import Conflict, Rejected, TooManyRequests
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.kernel.rounding import whole

WORDED = call_state.OVER - {"private"}
"""States in which there may be words: before, they have not been fetched."""

STANDING = {
    "counted": "Counts",
    "held": "Waits for a person",
    "known": "An earlier analysis stands",
    "superseded": "Another analysis, or a person's decision, stands",
    "void": "Void: recorded by mistake",
    "rejected": "Could not be taken in: see the quarantine",
    "nothing_observed": "Nothing to score was observed",
    "refused": "The analyst refused",
    "not_open_yet": "Not open yet",
}


@dataclass(frozen=True)
class Result:
    """Says what came of a call for one employee. opens_at: when the scores open for the viewer, None: they are open

    scores: (competency's name, points, whether it waits for a person)
    review: where these scores are reviewed, or contested by the viewer whose they are; None where neither is possible
    """

    name: str
    employee_id: str
    standing: str
    scores: tuple[tuple[str, float, bool], ...]
    opens_at: datetime | None = None
    review: str | None = None
    own: bool = False


@dataclass(frozen=True)
class CallPage:
    """participants: (name, whether they spoke). cost: US dollars; None: not the viewer's to see, or unknown

    words: the ground on which the viewer may read what was said; "" for none; None: there are no words to read
    """

    call: Call
    source: str
    minutes: int
    url: str | None
    scope: str | None
    language: str | None
    customers: bool | None
    set_aside: int
    deal_id: str | None
    context: tuple[tuple[str, str], ...]
    scorer: str | None
    analysis: int
    cost: float | None
    last_error: str | None
    updated_at: datetime
    participants: tuple[tuple[str, bool], ...]
    results: tuple[Result, ...]
    may_analyse: bool
    error: str | None = None
    words: str | None = None
    may_escalate: bool = False
    may_link: bool = False
    may_move: bool = False
    voices: tuple[CallVoice, ...] = ()
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_call(
    on: Environment, visit: Visit, record_id: str, error: str | None = None, errors: Mapping[str, str] | None = None
) -> PageOrRedirect:
    """Shows one call."""
    item = call_pipeline(on).show_call.show(visit.caller, record_id)
    names = call_pipeline(on).names.of([item])
    competencies = taxonomy(on).skills.competency_names(visit.caller)
    reviewed = _reviewed(on, visit, item)
    view = CallPage(
        call=row_of(item, names),
        source=item.source,
        minutes=whole(item.duration_seconds / 60),
        url=item.url,
        scope=item.scope,
        language=language_of(item.language),
        customers=item.customers,
        set_aside=item.set_aside,
        deal_id=item.deal.deal_id,
        context=_context(item),
        scorer=item.scorer,
        analysis=item.analysis,
        cost=item.cost_usd,
        last_error=item.last_error,
        updated_at=item.updated_at,
        participants=tuple((names[one.employee_id], one.spoke) for one in item.participants),
        results=tuple(_result(visit, item, one, names, competencies, reviewed) for one in item.results),
        may_analyse=visit.may("calls.analyse") and item.state in WORDED,
        error=error,
        words=_words(on, visit, record_id) if item.state in WORDED else None,
        may_escalate=visit.may("escalations.write"),
        may_link=visit.may("calls.link"),
        may_move=_may_move(visit, item),
        voices=_voices(on, visit, item),
        entered={"deal_id": item.deal.deal_id or "", "account_name": item.deal.account_name or "", **visit.form},
        errors=errors or {},
    )
    return present(view)


def _context(item: CallItem) -> tuple[tuple[str, str], ...]:
    """Returns what is known about the deal: (name, values)."""
    return tuple(
        (words.plain(name), ", ".join(words.plain(str(one)) for one in _values(value)))
        for name, value in item.context.items()
        if value
    )


def _values(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _may_move(visit: Visit, item: CallItem) -> bool:
    return visit.may("calls.move") and item.state in WORDED


def _voices(on: Environment, visit: Visit, item: CallItem) -> tuple[CallVoice, ...]:
    """Returns the voices whose people the viewer may correct."""
    if not _may_move(visit, item):
        return ()
    return tuple(call_pipeline(on).voices.of(visit.caller, item.record_id, noted=_people(item)).items)


def _people(item: CallItem) -> set[str]:
    return {one.employee_id for one in item.participants} | {one.employee_id for one in item.results}


def _words(on: Environment, visit: Visit, record_id: str) -> str | None:
    """Returns the ground on which the viewer may read what was said; "" for none."""
    if not visit.may("transcripts.read"):
        return None
    return call_pipeline(on).transcript_door.before(visit.caller, record_id).ground or ""


def _reviewed(on: Environment, visit: Visit, item: CallItem) -> Collection[str]:
    """Returns the reviews of the results that are open for the viewer, by id."""
    ids = (_review_id(item, one) for one in item.results)
    return reviews(on).show.existing(visit.caller, [one for one in ids if one is not None])


def _review_id(item: CallItem, one: CallResult) -> str | None:
    """Returns the id that a review of a result has; None while there are no scores that are open for the viewer."""
    if one.scores_open_at is not None or one.observation_id is None:
        return None
    return review_id_of(item.source, item.call_id, one.employee_id)


def _result(
    visit: Visit,
    item: CallItem,
    one: CallResult,
    names: Mapping[str, str],
    competencies: Mapping[str, str],
    reviewed: Collection[str],
) -> Result:
    own = one.employee_id == visit.caller.employee_id
    review, review_id = None, _review_id(item, one)
    if review_id is not None:
        review = f"/reviews/{review_id}" if own or review_id in reviewed else None
    return Result(
        name=names[one.employee_id],
        employee_id=one.employee_id,
        standing=one.standing,
        scores=tuple(
            (competencies.get(competency, words.plain(competency)), score, competency in one.waiting)
            for competency, score in sorted(one.scores.items())
        ),
        opens_at=one.scores_open_at,
        review=review,
        own=own,
    )


def analyse_call(on: Environment, visit: Visit, record_id: str) -> PageOrRedirect:
    """Asks for the call to be analysed again."""
    try:
        call_pipeline(on).reanalyse_call.ask(record_id, visit.caller)
    except (Conflict, TooManyRequests) as problem:
        return show_call(on, visit, record_id, sentence(problem.detail, problem.field))
    return Redirect(f"/calls/{quote(record_id)}?done=queued")


def link_call(on: Environment, visit: Visit, record_id: str) -> PageOrRedirect:
    """Says which deal the call belongs to."""
    entered = {name: visit.form.get(name, "").strip() for name in ("deal_id", "account_name")}
    try:
        body = validated(DealLinkBody, {**entered, "account_name": entered["account_name"] or None})
    except Rejected as problem:
        return show_call(on, visit, record_id, errors=refusals(problem, entered))
    call_pipeline(on).link_call.link(record_id, body.deal_id, body.account_name, visit.caller)
    return Redirect(f"/calls/{quote(record_id)}?done=linked")


def move_call(on: Environment, visit: Visit, record_id: str) -> PageOrRedirect:
    """Says whose a voice in the call is."""
    entered = {name: visit.form.get(name, "").strip() for name in ("speaker_id", "employee_id", "reason")}
    try:
        body = validated(CallMoveBody, {**entered, "employee_id": entered["employee_id"] or None})
        call_pipeline(on).move_call.move(visit.caller, record_id, body)
    except Conflict as problem:
        return show_call(on, visit, record_id, sentence(problem.detail, problem.field))
    except Rejected as problem:
        return show_call(on, visit, record_id, errors=refusals(problem, entered))
    return Redirect(f"/calls/{quote(record_id)}?done=moved")


def _standing(language: str | None) -> Mapping[str, str]:
    """Returns what each result is called: of a call in another language nothing is claimed but that."""
    if language is None or language.startswith("English"):
        return STANDING
    return {**STANDING, "nothing_observed": f"Not observed: the call is in {language}"}


def present(view: CallPage) -> Page:
    variables = {
        "view": view,
        "STATE": STATE,
        "LINK": LINK,
        "STANDING": _standing(view.language),
        "cost": None if view.cost is None else f"${view.cost:.4f}",
        "odd_sentences": words.count(view.set_aside, "sentence"),
        "analysed": words.count(view.analysis + 1, "time") if view.scorer else "not yet",
    }
    return Page("call/call.html", variables, "calls", status=422 if view.error or view.errors else 200)
