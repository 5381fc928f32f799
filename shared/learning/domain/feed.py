"""Orders what a learner does next, and says why each item is there. Pure: the same inputs give the same feed.

safety   hazards: answered wrong last time, or recall below 90 %; then those not seen yet, and what leads to them
review   questions that are due, the least recalled first
gap      lessons whose prerequisites are finished, for the competency that lacks most
new      all other lessons whose prerequisites are finished
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from shared.learning.domain.lesson import TOPICS, Lesson, newest
from shared.learning.domain.recall import Card
from shared.learning.domain.review import QuestionKey
from shared.ratings.domain.explanation import counted

Reason = Literal["safety", "review", "gap", "new"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
"""The most pressing first."""

Cards = Mapping[QuestionKey, Card]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A lesson to do next. why: in a sentence; asked: the questions to ask, of a review only those that are due"""

    lesson: Lesson
    reason: Reason
    why: str
    asked: tuple[QuestionKey, ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An item and its place: what is smaller comes first. place: by reason, urgency, measure, topic; then by id"""

    item: FeedItem
    place: tuple[int, int, float, int]


def finished(lessons: Iterable[Lesson], cards: Cards) -> frozenset[str]:
    """Returns the ids of lessons of whose highest version every question has been answered at some time."""
    return frozenset(name for name, one in newest(lessons).items() if all(key in cards for key in one.keys))


def order(
    lessons: Iterable[Lesson], cards: Cards, gaps: Mapping[str, float], done: Collection[str], today: date
) -> list[FeedItem]:
    """Returns what is to be done today, the most pressing first; at most one item a lesson, and of its highest version.

    lessons: of the learner's framework, in any order; cards: by `recall.cards`
    gaps: how much a competency lacks (0-1); one that is not named lacks nothing
    done: ids of finished lessons, by `finished`; today: the learner's calendar day
    A lesson that is not finished is offered once its prerequisites are; one that is finished, when it is due.
    """
    known = newest(lessons)
    leading = _leading_to_hazards(known, done)
    ranked = (
        _again(one, cards, today) if one.lesson_id in done else _first(one, cards, gaps, leading, today)
        for one in known.values()
        if one.lesson_id in done or all(name in done for name in one.prerequisites)
    )
    found = [one for one in ranked if one is not None]
    return [one.item for one in sorted(found, key=lambda one: (one.place, one.item.lesson.lesson_id))]


def _again(lesson: Lesson, cards: Cards, today: date) -> _Ranked | None:
    """Returns the item of a lesson with answers that is to be done again; None when nothing of it is."""
    seen = [(key, cards[key]) for key in lesson.keys if key in cards]
    asked = [(key, card) for key, card in seen if card.is_due(today) or (lesson.hazard and not card.is_safe(today))]
    if not asked:
        return None
    wrong = sum(not card.last_right for _, card in asked) if lesson.hazard else 0
    reason: Reason = "safety" if lesson.hazard else "review"
    why = (
        f"{counted(wrong, 'question')} answered wrong last time."
        if wrong
        else f"{counted(len(asked), 'question')} due since {min(card.due_day for _, card in asked):%-d %B %Y}."
    )
    least = min(card.recall_on(today) for _, card in asked)
    item = FeedItem(lesson, reason, f"{reason.capitalize()}: {why}", tuple(key for key, _ in asked))
    return _Ranked(item, (REASONS.index(reason), 0 if wrong else 1, least, TOPICS.index(lesson.topic)))


def _first(lesson: Lesson, cards: Cards, gaps: Mapping[str, float], leading: Mapping[str, str], today: date) -> _Ranked:
    """Returns the item of a lesson that is not finished and can be begun; what of it went wrong decides first."""
    topic = TOPICS.index(lesson.topic)
    again = _again(lesson, cards, today)
    if again is not None and again.item.reason == "safety":
        return _Ranked(FeedItem(lesson, "safety", again.item.why, lesson.keys), again.place)
    if lesson.hazard:
        return _Ranked(FeedItem(lesson, "safety", "Safety: not finished yet.", lesson.keys), (0, 2, 0.0, topic))
    if hazard := leading.get(lesson.lesson_id):
        why = f"Safety: comes before “{hazard}”."
        return _Ranked(FeedItem(lesson, "safety", why, lesson.keys), (0, 3, 0.0, topic))
    if again is not None:
        return _Ranked(FeedItem(lesson, "review", again.item.why, lesson.keys), again.place)
    widest = max(lesson.competencies, key=lambda name: (gaps.get(name, 0.0), name), default="")
    gap = gaps.get(widest, 0.0)
    if gap > 0:
        return _Ranked(
            FeedItem(lesson, "gap", f"Next for {widest}.", lesson.keys), (REASONS.index("gap"), 0, -gap, topic)
        )
    return _Ranked(FeedItem(lesson, "new", "New.", lesson.keys), (REASONS.index("new"), 0, 0.0, topic))


def _leading_to_hazards(known: Mapping[str, Lesson], done: Collection[str]) -> dict[str, str]:
    """Returns the lessons that a hazard's lesson still waits for, however far back, with a title that they lead to."""
    found: dict[str, str] = {}
    for hazard in (one for one in known.values() if one.hazard and one.lesson_id not in done):
        waiting = list(hazard.prerequisites)
        while waiting:
            name = waiting.pop()
            if name in done or name in found or name not in known:
                continue
            found[name] = hazard.title
            waiting += known[name].prerequisites
    return found
