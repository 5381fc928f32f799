"""Says how likely a learner is to recall what a question asks, by FSRS with its published parameters.

FSRS-6: the package `fsrs`, nothing of it learned from a person, no chance in an interval, no steps of minutes. It is
folded over the set of reviews by when they count, on the learner's calendar days: by itself it counts blocks of 24
hours, and the next evening a minute earlier is the same day to it. A right answer is *Good*, a wrong one *Again*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from fsrs import Card as FsrsCard
from fsrs import Rating, Scheduler, State

from shared.learning.domain.review import QuestionKey, Review, in_order

RECALLED: Final = 0.9
"""A question is due when its recall falls to this, and a hazard is safe down to it."""

_SCHEDULER: Final = Scheduler(desired_retention=RECALLED, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_OWN_ID: Final = 1
"""A card without an id of ours would take the clock for one, and a millisecond for itself."""


@dataclass(frozen=True, slots=True)
class Card:
    """Holds what is known of one learner and one question.

    stability: days until recall has fallen to 90 %; difficulty: 1-10
    last_day: the learner's calendar day of the last answer, last_right: what it was; answers: how many there are
    due_day: when to ask again; lapses: how often an answer was wrong after a right one
    """

    stability: float
    difficulty: float
    last_day: date
    due_day: date
    last_right: bool
    answers: int
    lapses: int

    def recall_on(self, day: date) -> float:
        """Returns the probability (0-1) of a right answer on a day; before or on the day of the last answer it is 1."""
        return _SCHEDULER.get_card_retrievability(_as_fsrs(self), _midnight(day))

    def is_due(self, day: date) -> bool:
        """Tells whether the question is to be asked on a day."""
        return self.due_day <= day

    def is_safe(self, day: date) -> bool:
        """Tells whether a question about a hazard counts as known: last answered right, recall at least 90 %."""
        return self.last_right and self.recall_on(day) >= RECALLED


def cards(reviews: Iterable[Review], zone: tzinfo) -> dict[QuestionKey, Card]:
    """Returns the card of every question that was answered, in the order of their keys. zone: the learner's"""
    found: dict[QuestionKey, Card] = {}
    for one in in_order(reviews):
        found[one.question] = answered(found.get(one.question), one.right, one.day(zone))
    return dict(sorted(found.items()))


def answered(card: Card | None, right: bool, day: date) -> Card:
    """Returns a card after one more answer. card: None before the first; day: not before the last answer's

    Where a zone lets a day begin twice, an earlier day counts as the last answer's.
    """
    before = FsrsCard(_OWN_ID, due=_midnight(day)) if card is None else _as_fsrs(card)
    day = day if card is None else max(day, card.last_day)
    after, _ = _SCHEDULER.review_card(before, Rating.Good if right else Rating.Again, _midnight(day))
    if after.stability is None or after.difficulty is None:
        raise ValueError("fsrs left a card that was reviewed without stability or difficulty")
    return Card(
        stability=after.stability,
        difficulty=after.difficulty,
        last_day=day,
        due_day=after.due.date(),
        last_right=right,
        answers=1 if card is None else card.answers + 1,
        lapses=0 if card is None else card.lapses + (card.last_right and not right),
    )


def _as_fsrs(card: Card) -> FsrsCard:
    return FsrsCard(
        _OWN_ID,
        state=State.Review,
        stability=card.stability,
        difficulty=card.difficulty,
        due=_midnight(card.due_day),
        last_review=_midnight(card.last_day),
    )


def _midnight(day: date) -> datetime:
    """Returns a calendar day as FSRS takes it: in UTC, whatever the learner's zone, so that days are whole."""
    return datetime.combine(day, time(), UTC)
