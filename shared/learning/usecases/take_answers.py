"""Takes in what a learner answered, on a phone that may have been without a network for days.

Each answer stands for itself: it is kept once under its key, in whichever order and however often it is sent, and
marked against the version of the lesson that the learner saw. When it was answered stays as the learner's clock says
it, beside when it was received. One that cannot be taken is refused by itself, and lies in the quarantine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, Malformed, NotFound, Rejected, TooLarge
from shared.kernel.ids import digest
from shared.kernel.json_values import Json
from shared.kernel.problems import problem_value
from shared.kernel.reading import parse_json, validated
from shared.learning.answer_records import Added
from shared.learning.domain.answer_entry import Answer, review_id_of, whole_milliseconds
from shared.learning.domain.review import QuestionKey, Review
from shared.learning.messages import AnswersRecorded, RecordedAnswer
from shared.learning.records import PublishedLesson
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.ports.ambient import Clock
from shared.ports.messages import Bus, Message

if TYPE_CHECKING:
    from datetime import datetime

    from shared.learning.contract import AnswerBody, AnswerResult, AnswerResults
    from shared.platform.usecases.quarantine import Quarantine

TOPIC: Final = "answers-recorded"
OPERATION: Final = "answer_questions"
_SHOWN_KEY: Final = 64
"""Characters of a key that is told back."""

Versions = Mapping[tuple[str, int], PublishedLesson]


@dataclass(frozen=True, slots=True)
class _Marked:
    answer: Answer
    because: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    marked: _Marked
    taken: bool


class TakeAnswers:
    """Takes answers in. quarantine: made when one is refused"""

    def __init__(
        self, learners: Learners, kept: Kept, bus: Bus, quarantine: Callable[[], Quarantine], clock: Clock
    ) -> None:
        self._learners = learners
        self._kept = kept
        self._bus = bus
        self._quarantine = quarantine
        self._clock = clock

    def take(self, caller: Caller, value: Json) -> AnswerResults:
        """Takes the caller's own answers in and returns what became of each, in their order. value: as AnswersBody

        Raises Forbidden; Rejected for what is no list of answers; Retryable: sent again, nothing is kept twice.
        """
        from shared.learning.contract import AnswerResults

        learner = self._learners.own(caller)
        _require_agreed(learner)
        items = _items(value)
        marked = self._marked(learner, items)
        good = [one.answer for one in marked if isinstance(one, _Marked)]
        added = self._kept.answers.add(learner.employee_id, good) if good else Added({}, frozenset())
        if added.kept:
            self._tell(learner, list(added.kept.values()))
        told: set[str] = set()
        outcomes = [one if isinstance(one, Rejected) else _outcome(one, added, told) for one in marked]
        results = []
        for index, (item, one) in enumerate(zip(items, outcomes, strict=True)):
            if isinstance(one, Rejected):
                raw = json.dumps(item, ensure_ascii=False).encode()
                one.quarantine_id = self._quarantine().keep(OPERATION, raw, one, sent_by=caller.email)
            results.append(_result(one, index, item))
        return AnswerResults(results=results)

    def again(self, sent_by: str, raw: bytes) -> AnswerResult:
        """Takes in one answer that lay in the quarantine, as its learner's, who sent it. raw: as it was kept

        It is received now; when it was answered stays. Raises Rejected where it cannot be taken still, NotFound.
        """
        learner = self._learners.by(sent_by)
        _require_agreed(learner)
        item = parse_json(raw)
        (marked,) = self._marked(learner, [item])
        if isinstance(marked, Rejected):
            raise marked
        added = self._kept.answers.add(learner.employee_id, [marked.answer])
        self._tell(learner, list(added.kept.values()))
        outcome = _outcome(marked, added, set())
        if isinstance(outcome, Rejected):
            raise outcome
        return _result(outcome, 0, item)

    def _marked(self, learner: Learner, items: Sequence[Json]) -> list[_Marked | Rejected]:
        bodies = [_read(item) for item in items]
        wanted = [(one.lesson_id, one.lesson_version) for one in bodies if not isinstance(one, Rejected)]
        versions = {
            name: one
            for name, one in self._kept.lessons.versions(wanted).items()
            if one.framework_id == learner.framework_id
        }
        now = whole_milliseconds(self._clock.now())
        return [one if isinstance(one, Rejected) else _mark(one, versions, now) for one in bodies]

    def _tell(self, learner: Learner, kept: Sequence[Answer]) -> None:
        """Publishes answers, those that were known as well: whoever sends them again was not told that all is done."""
        reviews = sorted((one.review for one in kept), key=lambda one: (one.received_at, one.review_id))
        fact = AnswersRecorded(
            recording_id=digest("answers", learner.employee_id, *(one.review_id for one in reviews)),
            employee_id=learner.employee_id,
            framework_id=learner.framework_id,
            received_at=reviews[-1].received_at,
            answers=[_recorded(one) for one in reviews],
        )
        self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"))])


def _require_agreed(learner: Learner) -> None:
    if not learner.agreed:
        raise Forbidden("nothing that you answer is kept while you have not agreed to that; see your enrolment")


def _items(value: Json) -> Sequence[Json]:
    """Returns the answers of a body, whatever each is. Raises Rejected, TooLarge."""
    from shared.learning.contract import MOST_ANSWERS

    if not isinstance(value, dict):
        raise Malformed("the body must be a JSON object with `answers`", field="body")
    odd = sorted(name for name in value if name != "answers")
    if odd:
        raise Rejected(f"{odd[0][:60]}: is not read here; `answers` is", field=odd[0][:60])
    items = value.get("answers")
    if not isinstance(items, list) or not items:
        raise Rejected(f"answers: must be a list of 1 to {MOST_ANSWERS} answers", field="answers")
    if len(items) > MOST_ANSWERS:
        raise TooLarge(f"answers: there are {len(items)}; at most {MOST_ANSWERS} are accepted", field="answers")
    return items


def _read(item: Json) -> AnswerBody | Rejected:
    from shared.learning.contract import AnswerBody

    try:
        return validated(AnswerBody, item)
    except Rejected as error:
        return error


def _mark(body: AnswerBody, versions: Versions, now: datetime) -> _Marked | Rejected:
    """Returns an answer with what it is worth, or why nobody can say."""
    found = versions.get((body.lesson_id, body.lesson_version))
    if found is None:
        named = f"{body.lesson_id} of version {body.lesson_version}"
        return NotFound(f"lesson_id: there is no lesson {named} in your framework", field="lesson_id")
    question = found.lesson.question(body.question_id)
    if question is None:
        known = ", ".join(one.question_id for one in found.lesson.questions)
        return NotFound(f"question_id: the lesson has no {body.question_id!r}; it has {known}", field="question_id")
    if body.option > len(question.options):
        return Rejected(f"option: is {body.option}; there are {len(question.options)}", field="option")
    review = Review(
        review_id=review_id_of(body.key),
        question=QuestionKey(body.lesson_id, body.question_id),
        lesson_version=body.lesson_version,
        competencies=found.lesson.competencies,
        right=body.option == question.right,
        hazard=found.lesson.hazard,
        answered_at=whole_milliseconds(body.answered_at),
        received_at=now,
    )
    return _Marked(Answer(body.option, review), question.because)


def _outcome(one: _Marked, added: Added, told: set[str]) -> _Outcome | Rejected:
    """Returns what became of an answer. told: ids of those that were taken before it in the same request"""
    review_id = one.answer.review.review_id
    if not one.answer.says(added.kept[review_id]):
        return Conflict("key: another answer was sent under it; each answer has a key of its own", field="key")
    taken = review_id in added.fresh and review_id not in told
    told.add(review_id)
    return _Outcome(one, taken)


def _result(one: _Outcome | Rejected, index: int, item: Json) -> AnswerResult:
    from shared.learning.contract import AnswerResult
    from shared.platform.contract import Problem

    if isinstance(one, Rejected):
        problem = Problem.model_validate(problem_value(one, f"#{index}"))
        return AnswerResult(index=index, key=_key_of(item), status="refused", problem=problem)
    review = one.marked.answer.review
    return AnswerResult(
        index=index,
        key=_key_of(item),
        status="taken" if one.taken else "duplicate",
        right=review.right,
        because=one.marked.because,
        marked_against=review.lesson_version,
    )


def _key_of(item: Json) -> str | None:
    key = item.get("key") if isinstance(item, dict) else None
    return key[:_SHOWN_KEY] if isinstance(key, str) else None


def _recorded(one: Review) -> RecordedAnswer:
    return RecordedAnswer(
        review_id=one.review_id,
        lesson_id=one.question.lesson_id,
        lesson_version=one.lesson_version,
        question_id=one.question.question_id,
        competency=one.competencies[0],
        was_right=one.right,
        hazard=one.hazard,
        answered_at=one.answered_at,
        received_at=one.received_at,
    )
