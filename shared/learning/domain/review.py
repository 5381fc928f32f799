"""Holds what a learner answered. A learner's reviews are a set: it does not matter in which order they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple


class QuestionKey(NamedTuple):
    """Names a question of a lesson, whatever the lesson's version."""

    lesson_id: str
    question_id: str


@dataclass(frozen=True, slots=True)
class Review:
    """One answer to one question; it never changes.

    review_id: the same for an answer that is sent twice; lesson_version: what it was marked against
    answered_at: by the learner's own clock, with a zone; received_at: by ours, with a zone
    """

    review_id: str
    question: QuestionKey
    lesson_version: int
    competencies: tuple[str, ...]
    right: bool
    hazard: bool
    answered_at: datetime
    received_at: datetime

    @property
    def counted_at(self) -> datetime:
        """Returns when it counts as answered: as claimed, and never later than it was received."""
        return min(self.answered_at, self.received_at)

    def day(self, zone: tzinfo) -> date:
        """Returns the learner's calendar day on which it counts. zone: the learner's"""
        return self.counted_at.astimezone(zone).date()


def in_order(reviews: Iterable[Review]) -> list[Review]:
    """Returns each review once, by when it counts, then by id: the same for the same set, however it arrived.

    Of several that say different things under one id the first that was received counts.
    """
    first: dict[str, Review] = {}
    for one in reviews:
        other = first.get(one.review_id)
        if other is None or _before(one) < _before(other):
            first[one.review_id] = one
    return sorted(first.values(), key=lambda one: (one.counted_at, one.review_id))


def _before(one: Review) -> tuple[datetime, datetime, QuestionKey, int, bool, bool, tuple[str, ...]]:
    return (
        one.received_at,
        one.answered_at,
        one.question,
        one.lesson_version,
        one.right,
        one.hazard,
        one.competencies,
    )
