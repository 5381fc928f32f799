"""Writes what a learner answered as one short line, and reads it again: thousands of them are one document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.kernel.ids import digest
from shared.learning.domain.review import QuestionKey, Review

_BETWEEN: Final = "|"
"""In no id of a lesson or question, and in no name of a competency."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds what a learner chose, and what it was worth. option: the first being 1"""

    option: int
    review: Review

    @property
    def entry(self) -> str:
        """Returns the line that `answer_of` reads; its times are whole milliseconds."""
        one = self.review
        return _BETWEEN.join(
            (
                str(_milliseconds(one.answered_at)),
                str(_milliseconds(one.received_at)),
                one.question.lesson_id,
                str(one.lesson_version),
                one.question.question_id,
                str(self.option),
                str(int(one.right)),
                str(int(one.hazard)),
                ",".join(one.competencies),
            )
        )

    def received(self, at: datetime) -> Answer:
        """Returns the answer as received at another moment."""
        return replace(self, review=replace(self.review, received_at=at))

    def says(self, other: Answer) -> bool:
        """Tells whether two answers are one that was sent twice: all but when it was received."""
        mine, theirs = self.review, other.review
        return (mine.question, mine.lesson_version, self.option, _milliseconds(mine.answered_at)) == (
            theirs.question,
            theirs.lesson_version,
            other.option,
            _milliseconds(theirs.answered_at),
        )


def answer_of(review_id: str, entry: str) -> Answer:
    """Reads what `Answer.entry` wrote. Raises ValueError for anything else."""
    answered, received, lesson, version, question, option, right, hazard, competencies = entry.split(_BETWEEN)
    review = Review(
        review_id=review_id,
        question=QuestionKey(lesson, question),
        lesson_version=int(version),
        competencies=tuple(competencies.split(",")) if competencies else (),
        right=right == "1",
        hazard=hazard == "1",
        answered_at=_EPOCH + int(answered) * _MILLISECOND,
        received_at=_EPOCH + int(received) * _MILLISECOND,
    )
    return Answer(int(option), review)


def review_id_of(key: str) -> str:
    """Returns what an answer is known by. key: what its sender calls it, the same however often it is sent"""
    return digest("answer", key)[:24]


def whole_milliseconds(moment: datetime) -> datetime:
    """Returns a moment as an entry keeps it."""
    return _EPOCH + _milliseconds(moment) * _MILLISECOND


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
