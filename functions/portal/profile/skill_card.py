"""Presents one skill of a profile: its rating, its uncertainty, its history and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from functions.portal.shell import figures, words
from shared.kernel.context import label
from shared.ratings.contract import SkillView
from shared.ratings.domain.weights import RATING_WINDOW_DAYS, VALIDATION_ALONE


@dataclass(frozen=True)
class Event:
    """One observation. kind: field, validation or learning; score in points; standing: as in a history."""

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
class Skill:
    """One general skill. bar: the score that its rule asks for, None without a rule; lessons: in the window

    contexts: the same skill in the contexts that were seen most
    scorers:  (scorer, how far it agrees with people) of the analysts whose scores the rating rests on
    """

    view: SkillView
    core: bool
    lessons: int = 0
    bar: float | None = None
    contexts: tuple[SkillView, ...] = ()
    history: tuple[Event, ...] = ()
    scorers: tuple[tuple[str, str], ...] = ()

    @property
    def why(self) -> str:
        """Returns the explanation, and what would make the rating more certain."""
        raising = self.view.to_raise_confidence
        advice = f" To raise confidence: {raising[0].lower()}{raising[1:]}" if raising else ""
        return self.view.explanation + advice

    @property
    def seen(self) -> bool:
        """Tells whether anything has been observed of it."""
        one = self.view
        started = one.status != "not_started" or one.current_rating is not None or one.held_observations
        return bool(started or self.history)


@dataclass(frozen=True)
class History:
    """Draws the scored events of a skill, and lists all in `rows`."""

    marks: tuple[figures.Mark, ...]
    ticks: tuple[figures.Tick, ...]
    bar: str | None
    grid: list[tuple[str, str]]
    kinds: list[str]
    held: bool
    words: str
    rows: list[Event]


@dataclass(frozen=True)
class InContext:
    """Shows the skill in one context."""

    view: SkillView
    name: str
    rating: str
    range: Mapping[str, str] | None
    certainty: str | None


@dataclass(frozen=True)
class Card:
    """Shows a skill: what the template draws and says of it."""

    skill: Skill
    rating: str
    range: Mapping[str, str] | None
    certainty: str | None
    preliminary: str | None
    bar: str | None
    counts: str
    withheld: int
    apart: Mapping[str, str] | None
    contexts: list[InContext]
    history: History | None


def present_skill(skill: Skill, as_of: date) -> Card:
    """Returns what the template draws and says of a skill."""
    one = skill.view
    shown = one.current_rating if one.current_rating is not None else one.preliminary_rating
    return Card(
        skill=skill,
        rating=words.points(shown),
        range=_range(one),
        certainty=_certainty(one),
        preliminary=None if one.current_rating is not None or shown is None else figures.at(shown),
        bar=None if skill.bar is None else figures.at(skill.bar),
        counts=", ".join(
            text
            for number, text in (
                (one.field_observations, words.count(one.field_observations, "customer conversation")),
                (one.validation_events, words.count(one.validation_events, "practice")),
                (skill.lessons, words.count(skill.lessons, "lesson")),
            )
            if number
        )
        + (", more than 90 days ago" if one.stale else "")
        or "No observation in the last 90 days",
        withheld=max(0, one.field_observations - sum(event.kind == "field" for event in skill.history)),
        apart=_apart(one),
        contexts=[
            InContext(
                context,
                words.plain(label(tuple((context.context or {}).items()))),
                words.points(context.current_rating),
                _range(context),
                _certainty(context),
            )
            for context in skill.contexts
        ],
        history=_history(skill, as_of),
    )


def _certainty(one: SkillView) -> str | None:
    """Says why there is no confidence in a rating that cannot be given yet; None where the confidence says enough."""
    if one.current_rating is not None or one.preliminary_rating is None:
        return None
    return f"No rating yet: {one.validation_events} of {VALIDATION_ALONE} practices"


def _range(one: SkillView) -> dict[str, str] | None:
    rating = one.current_rating
    if rating is None:
        return None
    low, high = one.interval or (rating, rating)
    return {
        "value": figures.at(rating),
        "low": figures.at(low),
        "high": figures.at(high),
        "words": f"{words.points(low)} to {words.points(high)}",
    }


def _apart(one: SkillView) -> dict[str, str] | None:
    practice, field = one.practice_rating, one.field_rating
    if "ratings_apart" not in one.discrepancy_reasons or practice is None or field is None:
        return None
    advice = (
        "Strong in practice, weaker with customers: watch a recent call together before more practice."
        if practice > field
        else "Stronger with customers than in practice: the practice scenario may not fit the work."
    )
    return {
        "practice": words.points(practice),
        "field": words.points(field),
        "practice_at": figures.at(practice),
        "field_at": figures.at(field),
        "advice": advice,
        "since": words.day(one.discrepancy_since) if one.discrepancy_since else "",
    }


def _history(skill: Skill, as_of: date) -> History | None:
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
    return History(
        marks=marks,
        ticks=figures.month_ticks(start, span),
        bar=None if skill.bar is None else figures.at(_height(skill.bar)),
        grid=[(figures.at(_height(value)), str(value)) for value in (100, 50, 0)],
        kinds=kinds,
        held=any(e.standing == "held" for e in scored),
        words=(
            f"{len(scored)} scored events from {words.day(min(e.at for e in scored))} to "
            f"{words.day(max(e.at for e in scored))} ({counts}), "
            f"between {words.points(min(e.score or 0 for e in scored))} and "
            f"{words.points(max(e.score or 0 for e in scored))} points."
        ),
        rows=sorted(skill.history, key=lambda event: event.at, reverse=True),
    )


def _height(score: float) -> float:
    """Returns a score's distance from the top: 0-100 points fill the chart between its margins."""
    return 6 + (100 - score) * 0.80
