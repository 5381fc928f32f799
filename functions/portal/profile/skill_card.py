"""Presents one skill of a profile: its rating, its uncertainty, its history and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.portal.shell import figures, words
from shared.frameworks.domain.framework import FIELD_UNIT, FIELD_WORDS
from shared.ratings.contract import SkillView
from shared.ratings.domain.weights import VALIDATION_ALONE


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

    contexts: the same skill in each of its contexts, the lowest first
    scorers:  (scorer, how far it agrees with people) of the analysts whose scores the rating rests on
    """

    view: SkillView
    core: bool
    lessons: int = 0
    bar: float | None = None
    contexts: tuple[SkillView, ...] = ()
    history: tuple[Event, ...] = ()
    scorers: tuple[tuple[str, str], ...] = ()
    field_words: str = FIELD_WORDS
    field_unit: str = FIELD_UNIT

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
class Card:
    """Shows a skill: what the template draws and says of it. more: its history or its contexts have a page"""

    skill: Skill
    rating: str
    range: Mapping[str, str] | None
    certainty: str | None
    preliminary: str | None
    bar: str | None
    counts: str
    apart: Mapping[str, str] | None
    more: bool


def present_skill(skill: Skill) -> Card:
    """Returns what the template draws and says of a skill."""
    one = skill.view
    shown = one.current_rating if one.current_rating is not None else one.preliminary_rating
    return Card(
        skill=skill,
        rating=words.points(shown),
        range=figures.span(one.current_rating, one.interval),
        certainty=certainty(one),
        preliminary=None if one.current_rating is not None or shown is None else figures.at(shown),
        bar=None if skill.bar is None else figures.at(skill.bar),
        counts=", ".join(
            text
            for number, text in (
                (one.field_observations, words.count(one.field_observations, skill.field_unit)),
                (one.validation_events, words.count(one.validation_events, "practice")),
                (skill.lessons, words.count(skill.lessons, "lesson")),
            )
            if number
        )
        + (", more than 90 days ago" if one.stale else "")
        or "No observation in the last 90 days",
        apart=_apart(one, skill.field_words),
        more=bool(skill.contexts) or any(event.score is not None for event in skill.history),
    )


def certainty(one: SkillView) -> str | None:
    """Says why there is no confidence in a rating that cannot be given yet; None where the confidence says enough."""
    if one.current_rating is not None or one.preliminary_rating is None:
        return None
    return f"No rating yet: {one.validation_events} of {VALIDATION_ALONE} practices"


def _apart(one: SkillView, field_words: str) -> dict[str, str] | None:
    practice, field = one.practice_rating, one.field_rating
    if "ratings_apart" not in one.discrepancy_reasons or practice is None or field is None:
        return None
    advice = (
        f"Strong in practice, weaker {field_words}: watch a recent call together before more practice."
        if practice > field
        else f"Stronger {field_words} than in practice: the practice scenario may not fit the work."
    )
    return {
        "practice": words.points(practice),
        "field": words.points(field),
        "practice_at": figures.at(practice),
        "field_at": figures.at(field),
        "advice": advice,
        "since": words.day(one.discrepancy_since) if one.discrepancy_since else "",
    }
