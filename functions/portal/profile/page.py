"""Shows an employee's profile: every skill with its rating, its uncertainty, its history and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from functions.portal.analysts.page import sentence
from functions.portal.profile.skill_card import Event, Skill, present_skill
from functions.portal.shell import figures, words
from functions.portal.shell.effects import Doing, doing, would_do
from functions.portal.shell.forms import sentence as refusal
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from infra.wiring.identities import identities
from infra.wiring.intake import intake
from infra.wiring.operations import operations
from infra.wiring.ratings import ratings
from shared.frameworks.domain.framework import FIELD_WORDS, Framework
from shared.intake.contract import HistoryItem
from shared.kernel.context import encode_skill, label
from shared.kernel.errors import Rejected
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Observation
from shared.observations.wire.sent_event import SentEvent
from shared.ratings.contract import SkillView
from shared.ratings.domain.gaps import Cause, Severity
from shared.ratings.usecases.show_profile import OpenedProfile
from shared.ratings.usecases.show_profile import Recommendation as Advice

CAUSE_OF_GAP: Mapping[Cause, str] = {
    "declining": "Declining",
    "expired": "Expired",
    "not_lately": "Not seen lately",
    "expiring": "Expiring",
    "below": "Below the bar",
    "unrated": "Not rated yet",
    "unseen": "Not seen yet",
}
SEVERITY = {"high": "large gap", "medium": "moderate gap", "low": "small gap"}
"""How far a rating is below the bar."""
PRIORITY = {"high": "high priority", "medium": "medium priority", "low": "low priority"}
"""How much it matters where no current rating is below it."""
LATEST = 8


@dataclass(frozen=True)
class Recommendation:
    """A gap and what would close it. severity: as the API has it; then: what that would do, in words"""

    name: str
    context: str
    cause: Cause
    severity: Severity
    reason: str
    then: str
    scenario: str | None = None
    minutes: int | None = None
    url: str | None = None


@dataclass(frozen=True)
class Profile:
    """readiness: mean of the core general ratings; None while not all are known. interval: of their levels

    seen: how many are known

    recommendations: for this week; further: how many gaps there are besides, by cause
    scores_open_at: of some calls nothing counts here; when the last of them opens for the viewer
    not_shown: why the day that was asked for cannot be shown, and today is
    former_ids: that the person had; None for who may not know them
    assigns: the viewer may assign something; evidence: the viewer may see what the person brought as a learner
    doing: what is open of it, the next due first
    """

    employee_id: str
    name: str
    role: str
    manager: str | None
    hire_date: date | None
    works: str | None
    as_of: date
    own: bool
    readiness: float | None
    seen: int
    validated: int
    core: int
    skills: tuple[Skill, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    further: Mapping[Cause, int] = field(default_factory=dict)
    latest: tuple[Event, ...] = ()
    active: bool = True
    scores_open_at: datetime | None = None
    known_at: str | None = None
    not_shown: str = ""
    former_ids: tuple[str, ...] | None = None
    interval: Sequence[float] | None = None
    assigns: bool = False
    evidence: bool = False
    field_words: str = FIELD_WORDS
    doing: tuple[Doing, ...] = ()


def show_me(on: Environment, visit: Visit) -> PageOrRedirect:
    if visit.caller.employee_id is None:
        return Redirect("/")
    return show_profile(on, visit, visit.caller.employee_id)


def show_profile(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows a profile as of today, or as it was shown at the end of a day: then without the events behind it."""
    known_at = visit.query.get("known_at") or None
    if known_at is None:
        return present(_of_today(on, visit, employee_id))
    try:
        opened = ratings(on).profiles.open(
            visit.caller, employee_id, page="profile", named=words.scorer, known_at=known_at
        )
    except Rejected as problem:
        if problem.field != "known_at":
            raise
        why = refusal(problem.detail.partition("; ")[0], problem.field)  # the rest is about the interface
        return replace(present(replace(_of_today(on, visit, employee_id), not_shown=why)), status=422)
    return present(view_of(opened, (), (), known_at))


def _of_today(on: Environment, visit: Visit, employee_id: str) -> Profile:
    """Opens a profile as of today, with the events behind it."""
    opened = ratings(on).profiles.open(visit.caller, employee_id, page="profile", named=words.scorer)
    effective = operations(on).activity.effective(visit.caller, opened.employee)
    latest = intake(on).history.of(visit.caller, opened.employee, EventFilter(), limit=LATEST).items
    view = replace(
        view_of(opened, effective, latest),
        assigns=opened.employee.active and visit.may("assignments.give"),
        evidence=visit.caller.role in ("mentor", "administrator"),
        doing=doing(enablement(on).preparation.beside(opened)),
    )
    if "people.move" in visit.caller.permissions:
        former = identities(on).moves.former_ids(visit.caller, opened.employee.employee_id)
        view = replace(view, former_ids=tuple(one.former_id for one in former.former_ids))
    return view


def view_of(
    opened: OpenedProfile,
    effective: Sequence[Observation],
    latest: Sequence[HistoryItem],
    known_at: str | None = None,
) -> Profile:
    """Returns what the page shows of a profile. effective: what counts or waits, the oldest first"""
    employee, answer, framework = opened.employee, opened.answer, opened.framework
    general = {one.competency: one for one in answer.skills if one.context is None}
    return Profile(
        employee_id=employee.employee_id,
        name=employee.name,
        role=words.ROLE.get(employee.role, employee.role),
        manager=opened.manager,
        hire_date=employee.hire_date,
        works=" · ".join(filter(None, (employee.zone, employee.country))) or None,
        as_of=answer.as_of,
        own=opened.own,
        readiness=answer.overall_readiness,
        interval=answer.overall_readiness_interval,
        seen=answer.core_seen,
        validated=opened.validated,
        core=answer.core_competencies,
        skills=tuple(
            _skill(general[competency], opened, effective)
            for competency in framework.by_competency
            if competency in general
        ),
        recommendations=tuple(_recommendation(one, opened) for one in opened.recommendations),
        further=opened.further,
        latest=tuple(_event(item) for item in latest),
        active=employee.active,
        known_at=known_at,
        scores_open_at=answer.scores_open_at,
        field_words=framework.field_words,
    )


def present(view: Profile) -> Page:
    """Presents the page; skills come core first, else in the framework's order."""
    ordered = sorted(view.skills, key=lambda skill: not skill.core)
    variables = {
        "view": view,
        "field_words": view.field_words,
        "readiness": words.unknown(view.seen, view.core) if view.readiness is None else words.points(view.readiness),
        "range": figures.span(view.readiness, view.interval),
        "skills": [present_skill(skill) for skill in ordered if skill.core or skill.seen],
        "prepare": "/preparation" if view.own else f"/people/{view.employee_id}/preparation",
        "unseen": [skill.view.name for skill in ordered if not skill.core and not skill.seen],
        "gaps": [
            (
                one,
                CAUSE_OF_GAP[one.cause],
                (SEVERITY if one.cause in ("below", "declining") else PRIORITY)[one.severity],
            )
            for one in view.recommendations
        ],
        "further": ", ".join(f"{number} {CAUSE_OF_GAP[cause].lower()}" for cause, number in view.further.items()),
        "more": sum(view.further.values()),
    }
    return Page("profile/profile.html", variables, "me" if view.own else "people")


def _skill(one: SkillView, opened: OpenedProfile, effective: Sequence[Observation]) -> Skill:
    framework = opened.framework
    rule = framework.rule_for(one.competency, ())
    bar = None
    if rule is not None:
        bar = rule.min_field_score if rule.min_field_score is not None else rule.min_validation_score
    contexts = [other for other in opened.answer.skills if other.competency == one.competency and other.context]
    contexts.sort(key=_lowest_first)
    return Skill(
        view=one,
        core=framework.by_competency[one.competency].core,
        lessons=opened.lessons.get(one.competency, 0),
        bar=bar,
        contexts=tuple(contexts),
        field_words=framework.field_words,
        field_unit=framework.field_unit,
        history=tuple(_history(framework, one.competency, effective)),
        scorers=tuple(
            (certificate.scorer, sentence(certificate))
            for certificate in opened.answer.scorer_certificates
            if certificate.competency == one.competency
        ),
    )


def _lowest_first(one: SkillView) -> tuple[bool, bool, float, str]:
    """Returns the key of an order of contexts: by rating, then those without one; what was not seen lately last."""
    shown = one.preliminary_rating if one.current_rating is None else one.current_rating
    return one.stale, one.current_rating is None, shown or 0, encode_skill(tuple((one.context or {}).items()))


def _history(framework: Framework, competency: str, effective: Sequence[Observation]) -> list[Event]:
    found = []
    for index, observation in enumerate(effective):
        for score in observation.scores:
            if framework.competency_named(score.competency) != competency:
                continue
            found.append(
                Event(
                    event_id=f"{observation.source_id}-{index}",
                    at=datetime.fromtimestamp(observation.at, UTC),
                    kind=observation.kind,
                    activity=observation.activity,
                    source=observation.source,
                    score=None if score.hundredths == NO_SCORE else score.hundredths / 100,
                    standing=observation.standing,
                    context=", ".join(value for _, values in score.context for value in values),
                )
            )
            break
    return found


def _recommendation(one: Advice, opened: OpenedProfile) -> Recommendation:
    gap, scenario = one.gap, one.gap.scenario
    return Recommendation(
        name=opened.framework.by_competency[gap.competency].name,
        context=words.plain(label(gap.context)) if gap.context else "",
        cause=gap.cause,
        severity=gap.severity,
        reason=one.reason,
        then=would_do(opened.would_be(gap)),
        scenario=scenario.title if scenario else None,
        minutes=scenario.minutes if scenario else None,
        url=scenario.url if scenario and scenario.url and scenario.url.startswith("https://") else None,
    )


def _event(item: HistoryItem) -> Event:
    sent = SentEvent(item.payload)
    return Event(
        event_id=item.event_id,
        at=item.occurred_at,
        kind=sent.kind,
        activity=item.activity,
        source=item.source,
        score=sent.score,
        standing=item.standing,
        link=sent.link,
    )
