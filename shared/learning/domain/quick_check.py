"""Finds the quick checks that a learner has finished: every question of a lesson answered, once more each time.

The first check of a version of a lesson has the first answer to each of its questions, the second the second, in the
order in which they were received. What is received later comes after them, so a check that is finished stays as it is,
and what is made of it once is made of it for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.ids import digest
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.review import Review

PASSED: Final = 0.75
"""Share of right answers from which a check is passed: of two or three questions all, of four three."""


@dataclass(frozen=True, slots=True)
class QuickCheck:
    """One finished check. number: which of this version of the lesson, from 1; reviews: one for each question"""

    lesson: Lesson
    number: int
    reviews: tuple[Review, ...]

    @property
    def check_id(self) -> str:
        """Returns the same id for the same answers, whoever looks and whenever."""
        return digest("quick-check", *sorted(one.review_id for one in self.reviews))

    @property
    def share_right(self) -> float:
        """Returns the share of right answers, 0-1."""
        return sum(one.right for one in self.reviews) / len(self.reviews)

    @property
    def passed(self) -> bool:
        """Tells whether enough is right; of a hazard everything must be."""
        return self.share_right == 1 if self.lesson.hazard else self.share_right >= PASSED

    @property
    def finished_at(self) -> datetime:
        """Returns when its last question was answered, as it counts."""
        return max(one.counted_at for one in self.reviews)


def finished_checks(lesson: Lesson, reviews: Iterable[Review]) -> list[QuickCheck]:
    """Returns the checks of one version of a lesson that are finished, in order. reviews: a learner's, of any"""
    answers: dict[str, dict[str, Review]] = {one.question_id: {} for one in lesson.questions}
    for one in reviews:
        if one.question.lesson_id == lesson.lesson_id and one.lesson_version == lesson.version:
            answers.get(one.question.question_id, {}).setdefault(one.review_id, one)
    columns = [sorted(found.values(), key=_received) for found in answers.values()]
    return [QuickCheck(lesson, number, row) for number, row in enumerate(zip(*columns, strict=False), start=1)]


def _received(one: Review) -> tuple[datetime, datetime, str]:
    return one.received_at, one.counted_at, one.review_id
