"""Shows one skill of a person: every event behind its rating, and how it stands in each context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from functions.portal.profile.page import Profile, view_of
from functions.portal.profile.skill_card import Event, Skill, certainty, present_skill
from functions.portal.shell import figures, words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations
from infra.wiring.ratings import ratings
from shared.kernel.context import label
from shared.kernel.errors import NotFound
from shared.platform.edges.query import whole_number
from shared.ratings.contract import SkillView
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

CONTEXTS_PER_PAGE = 12
MOST_MARKS = 150
MOST_ROWS = 50
"""Events that are drawn, and that are listed: the newest."""
MOST_BEFORE = 1_000_000
"""Contexts before a page's first."""


@dataclass(frozen=True)
class History:
    """Draws the newest scored events of a skill, and lists the newest of all in `rows`.

    scored, events: how many there are of each
    """

    marks: tuple[figures.Mark, ...]
    ticks: tuple[figures.Tick, ...]
    bar: str | None
    grid: list[tuple[str, str]]
    kinds: list[str]
    held: bool
    words: str
    rows: list[Event]
    scored: int
    events: int


@dataclass(frozen=True)
class InContext:
    """Shows the skill in one context."""

    view: SkillView
    name: str
    rating: str
    range: Mapping[str, str] | None
    certainty: str | None


def show_history(on: Environment, visit: Visit, employee_id: str, competency: str) -> PageOrRedirect:
    """Shows a skill as of today, or as it was shown at the end of a day: then without the events behind it."""
    known_at = visit.query.get("known_at") or None
    opened = ratings(on).profiles.open(visit.caller, employee_id, page="skill", named=words.scorer, known_at=known_at)
    effective = () if known_at else operations(on).activity.effective(visit.caller, opened.employee)
    view = view_of(opened, effective, (), known_at)
    chosen = next((skill for skill in view.skills if skill.view.competency == competency), None)
    if chosen is None:
        raise NotFound("There is no such competency.")
    return present(view, chosen, whole_number(visit, "from", 0, MOST_BEFORE) or 0)


def present(view: Profile, skill: Skill, start: int = 0) -> Page:
    """Presents the page. start: how many contexts come before the first that is shown"""
    end = start + CONTEXTS_PER_PAGE
    variables = {
        "view": view,
        "row": present_skill(skill),
        "history": history_of(skill, view.as_of),
        "contexts": [_in_context(context) for context in skill.contexts[start:end]],
        "contexts_before": start,
        "contexts_further": max(0, len(skill.contexts) - end),
        "contexts_next": "?" + urlencode({"from": end} | ({"known_at": view.known_at} if view.known_at else {})),
    }
    return Page("skill_history/skill_history.html", variables, "me" if view.own else "people")


def _in_context(context: SkillView) -> InContext:
    return InContext(
        context,
        words.plain(label(tuple((context.context or {}).items()))),
        words.points(context.current_rating),
        figures.span(context.current_rating, context.interval),
        certainty(context),
    )


def history_of(skill: Skill, as_of: date) -> History | None:
    """Returns the drawing of a skill's scored events; None where it has none."""
    newest = sorted(skill.history, key=lambda event: event.at, reverse=True)
    all_scored = [event for event in newest if event.score is not None]
    scored = all_scored[:MOST_MARKS][::-1]
    if not scored:
        return None
    end = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(days=1)
    first = min(scored[0].at, end - timedelta(days=RATING_WINDOW_DAYS))
    start, span = figures.time_axis(first, max(scored[-1].at, end))
    marks = tuple(
        figures.Mark(
            figures.at(100 * ((event.at - start) / span)),
            figures.at(_height(event.score or 0.0)),
            "held" if event.standing == "held" else event.kind,
            f"{words.day(event.at)}: {words.KIND[event.kind].lower()} {words.points(event.score)}",
        )
        for event in scored
    )
    kinds = [kind for kind in ("field", "validation", "learning") if any(e.kind == kind for e in scored)]
    return History(
        marks=marks,
        ticks=figures.month_ticks(start, span),
        bar=None if skill.bar is None else figures.at(_height(skill.bar)),
        grid=[(figures.at(_height(value)), str(value)) for value in (100, 50, 0)],
        kinds=kinds,
        held=any(e.standing == "held" for e in scored),
        words=_described(scored, kinds),
        rows=newest[:MOST_ROWS],
        scored=len(all_scored),
        events=len(newest),
    )


def _described(scored: Sequence[Event], kinds: Sequence[str]) -> str:
    """Says in words what is drawn. scored: the earliest first"""
    counts = ", ".join(f"{sum(e.kind == kind for e in scored)} {words.KIND[kind].lower()}" for kind in kinds)
    points = [event.score or 0.0 for event in scored]
    return (
        f"{len(scored)} scored events from {words.day(scored[0].at)} to {words.day(scored[-1].at)} ({counts}), "
        f"between {words.points(min(points))} and {words.points(max(points))} points."
    )


def _height(score: float) -> float:
    """Returns a score's distance from the top: 0-100 points fill the chart between its margins."""
    return 6 + (100 - score) * 0.80
