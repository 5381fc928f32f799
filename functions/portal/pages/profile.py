"""An employee's profile: every skill with its rating, its uncertainty, its history and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from functions.portal.shell import figures, words
from shared.ratings.domain.weights import RATING_WINDOW_DAYS


@dataclass(frozen=True)
class Event:
    """One observation. kind: field, validation or learning; score in points; standing: counted, held or rejected."""

    event_id: str
    at: datetime
    kind: str
    activity: str
    source: str
    score: float | None = None
    standing: str = "counted"
    context: str = ""
    link: str | None = None


@dataclass(frozen=True)
class ContextSkill:
    """The skill in one context."""

    context: str
    rating: float | None
    low: float | None
    high: float | None
    confidence: str
    status: str
    observations: int


@dataclass(frozen=True)
class Skill:
    """One general skill. Ratings and bounds in points; bar: the score its rule asks for, None without a rule.

    scorers: (scorer, how far it agrees with people) of the analysts whose scores the rating rests on
    why: the explanation as sentences; practice_rating and field_rating: only where both have three or more
    """

    competency: str
    name: str
    core: bool
    rating: float | None
    preliminary: float | None
    low: float | None
    high: float | None
    confidence: str
    trend: str
    status: str
    why: str
    stale: bool = False
    bar: float | None = None
    field: int = 0
    validation: int = 0
    learning: int = 0
    held: int = 0
    practice_rating: float | None = None
    field_rating: float | None = None
    discrepancy: bool = False
    apart_since: date | None = None
    decayed: float | None = None
    validated_on: date | None = None
    expires_on: date | None = None
    contexts: tuple[ContextSkill, ...] = ()
    history: tuple[Event, ...] = ()
    scorers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """A gap and what would close it. severity: critical, high, medium or low."""

    name: str
    context: str
    severity: str
    reason: str
    scenario: str | None = None
    minutes: int | None = None
    url: str | None = None


@dataclass(frozen=True)
class Profile:
    """readiness: mean of the core general ratings, an unknown counting 40."""

    employee_id: str
    name: str
    role: str
    manager: str | None
    hire_date: date | None
    as_of: date
    own: bool
    readiness: float | None
    validated: int
    core: int
    skills: tuple[Skill, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    latest: tuple[Event, ...] = ()
    audited: bool = False
    active: bool = True


SEVERITY = {"critical": "Critical gap", "high": "Large gap", "medium": "Moderate gap", "low": "Small gap"}


def present(view: Profile) -> Mapping[str, Any]:
    """The template's variables; skills come core first, else in the framework's order."""
    ordered = sorted(view.skills, key=lambda skill: not skill.core)
    return {
        "view": view,
        "readiness": words.points(view.readiness),
        "at": None if view.readiness is None else figures.at(view.readiness),
        "skills": [_skill(skill, view.as_of) for skill in ordered if skill.core or _seen(skill)],
        "unseen": [skill.name for skill in ordered if not skill.core and not _seen(skill)],
        "practice": sum(1 for e in view.latest if e.kind == "validation"),
        "severity": SEVERITY,
    }


def _skill(skill: Skill, as_of: date) -> dict[str, Any]:
    shown = skill.rating if skill.rating is not None else skill.preliminary
    return {
        "skill": skill,
        "rating": words.points(shown),
        "range": _range(skill.rating, skill.low, skill.high),
        "preliminary": None if skill.rating is not None or shown is None else figures.at(shown),
        "bar": None if skill.bar is None else figures.at(skill.bar),
        "counts": ", ".join(
            text
            for number, text in (
                (skill.field, words.count(skill.field, "customer conversation")),
                (skill.validation, words.count(skill.validation, "practice")),
                (skill.learning, words.count(skill.learning, "lesson")),
            )
            if number
        )
        or "No observation in the last 90 days",
        "apart": _apart(skill),
        "contexts": [
            {
                "row": context,
                "rating": words.points(context.rating),
                "range": _range(context.rating, context.low, context.high),
            }
            for context in skill.contexts
        ],
        "history": _history(skill, as_of),
    }


def _seen(skill: Skill) -> bool:
    """Whether anything has been observed of it."""
    return bool(skill.status != "not_started" or skill.rating is not None or skill.held or skill.history)


def _range(rating: float | None, low: float | None, high: float | None) -> dict[str, str] | None:
    if rating is None:
        return None
    low = rating if low is None else low
    high = rating if high is None else high
    return {
        "value": figures.at(rating),
        "low": figures.at(low),
        "high": figures.at(high),
        "words": f"{words.points(low)} to {words.points(high)}",
    }


def _apart(skill: Skill) -> dict[str, str] | None:
    if not skill.discrepancy or skill.practice_rating is None or skill.field_rating is None:
        return None
    better = "practice" if skill.practice_rating > skill.field_rating else "field"
    advice = (
        "Strong in practice, weaker with customers: watch a recent call together before more practice."
        if better == "practice"
        else "Stronger with customers than in practice: the practice scenario may not fit the work."
    )
    return {
        "practice": words.points(skill.practice_rating),
        "field": words.points(skill.field_rating),
        "practice_at": figures.at(skill.practice_rating),
        "field_at": figures.at(skill.field_rating),
        "advice": advice,
        "since": words.day(skill.apart_since) if skill.apart_since else "",
    }


def _history(skill: Skill, as_of: date) -> dict[str, Any] | None:
    scored = [event for event in skill.history if event.score is not None]
    if not scored:
        return None
    end = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=1)
    first = min(*(e.at for e in scored), end - timedelta(days=RATING_WINDOW_DAYS))
    start, span = figures.time_axis(first, max(*(e.at for e in scored), end))
    marks = tuple(
        figures.Mark(
            figures.at(100 * ((event.at - start) / span)),
            figures.at(_height(event.score or 0.0)),
            "held" if event.standing == "held" else event.kind,
            f"{words.day(event.at)}: {words.KIND[event.kind].lower()} {words.points(event.score)}",
        )
        for event in sorted(scored, key=lambda event: event.at)
    )
    kinds = [kind for kind in ("field", "validation", "learning") if any(e.kind == kind for e in scored)]
    counts = ", ".join(f"{sum(e.kind == kind for e in scored)} {words.KIND[kind].lower()}" for kind in kinds)
    return {
        "marks": marks,
        "ticks": figures.month_ticks(start, span),
        "bar": None if skill.bar is None else figures.at(_height(skill.bar)),
        "grid": [(figures.at(_height(value)), str(value)) for value in (100, 50, 0)],
        "kinds": kinds,
        "held": any(e.standing == "held" for e in scored),
        "words": (
            f"{len(scored)} scored events from {words.day(min(e.at for e in scored))} to "
            f"{words.day(max(e.at for e in scored))} ({counts}), "
            f"between {words.points(min(e.score or 0 for e in scored))} and "
            f"{words.points(max(e.score or 0 for e in scored))} points."
        ),
        "rows": sorted(skill.history, key=lambda event: event.at, reverse=True),
    }


def _height(score: float) -> float:
    """A score's distance from the top: 0-100 points fill the chart between its margins."""
    return 6 + (100 - score) * 0.80
