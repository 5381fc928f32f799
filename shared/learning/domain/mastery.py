"""Says per competency how far a learner is: knowledge by recall and rating, skill and behaviour by what people saw.

A rating's status comes from the achievement rules over tests and field observations (`shared.ratings`); nothing here
weighs them again. A question about a hazard stands alone: whatever else is shown, a competency is not safe while one of
them was answered wrong last, is recalled by less than 90 %, or was never answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final, Literal

from shared.frameworks.domain.framework import Competency
from shared.kernel.days import date_of
from shared.learning.domain.estimate import Estimate, mean_of, share_of
from shared.learning.domain.lesson import Lesson, newest
from shared.learning.domain.recall import RECALLED, Card, answered
from shared.learning.domain.review import QuestionKey, Review, in_order
from shared.ratings.domain.skill_rating import SkillRating, Status

Attained = Literal["not_safe", "not_started", "in_progress", "fading", "expired", "shown"]
"""How far a competency is.

not_safe:    a question about a hazard is not known surely; it comes before all others
not_started: nothing was answered, and nobody has seen anything
in_progress: begun, and not shown yet
fading:      knowledge that was shown, of which less than 90 % would be recalled today
expired:     it was shown, and by its rule that counts no more
shown:       by its rule; of knowledge also every question was answered, and at least 90 % would be recalled today
"""

BY_RECALL: Final = "knowledge"
"""The category of competencies that questions can show; all others people see."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions about a competency. hazards: those of them that are about a hazard"""

    keys: tuple[QuestionKey, ...] = ()
    hazards: frozenset[QuestionKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """Holds what a learner's reviews say. gateway: the day on which they are assessed; None while there is none"""

    cards: Mapping[QuestionKey, Card]
    today: date
    gateway: date | None = None


@dataclass(frozen=True, slots=True)
class Mastery:
    """Says how far a learner is in one competency.

    questions, seen: how many there are about it, and how many were ever answered
    right: of those answered, the share of which the last answer was right
    recall, recall_at_gateway: of those answered, the mean probability of a right answer: today, and on the gateway's
                     day if nothing is asked until then; None without an answer, or without a gateway
    unsafe: the questions about a hazard that are not safe, in the order of their keys
    status, field: the rating's status, and how many field observations count; shown_on: since when its rule is met
    lacks: the share of its questions that would not be recalled today; one that was never answered is none
    """

    competency: str
    category: str
    attained: Attained
    questions: int
    seen: int
    right: Estimate | None
    recall: Estimate | None
    recall_at_gateway: Estimate | None
    unsafe: tuple[QuestionKey, ...]
    status: Status
    field: int
    shown_on: date | None
    lacks: float

    @property
    def safe(self) -> bool:
        return not self.unsafe


def asked_about(lessons: Iterable[Lesson]) -> dict[str, Asked]:
    """Returns the questions about each competency, by the highest version of each lesson."""
    keys: dict[str, list[QuestionKey]] = {}
    hazards: dict[str, set[QuestionKey]] = {}
    for lesson in newest(lessons).values():
        for competency in dict.fromkeys(lesson.competencies):
            keys.setdefault(competency, []).extend(lesson.keys)
            if lesson.hazard:
                hazards.setdefault(competency, set()).update(lesson.keys)
    return {name: Asked(tuple(sorted(keys[name])), frozenset(hazards.get(name, ()))) for name in sorted(keys)}


def masteries(
    competencies: Iterable[Competency], lessons: Iterable[Lesson], rows: Mapping[str, SkillRating], known: Known
) -> list[Mastery]:
    """Returns the mastery of each competency, in their order. rows: the general skill's rating by competency"""
    asked = asked_about(lessons)
    nothing = Asked()
    return [mastery(one, asked.get(one.competency, nothing), rows.get(one.competency), known) for one in competencies]


def mastery(competency: Competency, asked: Asked, row: SkillRating | None, known: Known) -> Mastery:
    """Returns how far a learner is in one competency. row: its rating; None where nothing was ever observed"""
    seen = {key: known.cards[key] for key in asked.keys if key in known.cards}
    recalls = [card.recall_on(known.today) for card in seen.values()]
    unsafe = [key for key in asked.keys if key in asked.hazards and not _is_safe(seen.get(key), known.today)]
    gateway = None if known.gateway is None else max(known.gateway, known.today)
    recall = mean_of(recalls)
    status: Status = "not_started" if row is None else row.status
    return Mastery(
        competency=competency.competency,
        category=competency.category,
        attained=_attained(competency.category, status, bool(unsafe), len(asked.keys), len(seen), recall),
        questions=len(asked.keys),
        seen=len(seen),
        right=share_of(sum(card.last_right for card in seen.values()), len(seen)),
        recall=recall,
        recall_at_gateway=None if gateway is None else mean_of([card.recall_on(gateway) for card in seen.values()]),
        unsafe=tuple(unsafe),
        status=status,
        field=0 if row is None else row.field,
        shown_on=date_of(row.validated_on) if row is not None and status == "validated" else None,
        lacks=1 - sum(recalls) / len(asked.keys) if asked.keys else 0.0,
    )


def gaps(found: Iterable[Mastery]) -> dict[str, float]:
    """Returns by competency what it lacks, for `feed.order`."""
    return {one.competency: one.lacks for one in found}


def passed_on(reviews: Iterable[Review], keys: Collection[QuestionKey], zone: tzinfo) -> date | None:
    """Returns the learner's first day by which the last answer to each of these questions was right.

    None while there is no such day. What is forgotten later takes nothing of it back. zone: the learner's
    """
    wanted, right = frozenset(keys), set[QuestionKey]()
    for one in in_order(reviews):
        if one.question in wanted:
            if one.right:
                right.add(one.question)
            else:
                right.discard(one.question)
            if len(right) == len(wanted):
                return one.day(zone)
    return None


def safe_on(reviews: Iterable[Review], keys: Collection[QuestionKey], zone: tzinfo, first: date) -> date | None:
    """Returns the learner's first day, from one on, on which each of these questions about a hazard was safe.

    None while there is no such day: one of them was never answered, was answered wrong last, or was recalled by less
    than 90 % until it was asked again. zone: the learner's
    """
    wanted, found, day, folded = frozenset(keys), dict[QuestionKey, Card](), first, 0
    told = [(one, one.day(zone)) for one in in_order(reviews) if one.question in wanted]
    while True:
        while folded < len(told) and told[folded][1] <= day:
            one, at = told[folded]
            found[one.question] = answered(found.get(one.question), one.right, at)
            folded += 1
        if len(found) == len(wanted) and all(card.is_safe(day) for card in found.values()):
            return day
        if folded == len(told):
            return None
        day = told[folded][1]  # what is not safe becomes so by an answer alone


def shown_since(
    found: Mastery, asked: Asked, reviews: Iterable[Review], zone: tzinfo, before: date | None = None
) -> date | None:
    """Returns the day on which a competency was shown, for `milestone.reached_on`; None while it is not.

    Its rule is met, and its questions have been passed: of knowledge all of them, of all else those about a hazard.
    before: the day that was told earlier, if any. It stands: who has shown something has shown it, also when it has
    been forgotten, has expired, or when a newer version of a lesson asks more.
    """
    if before is not None:
        return before
    keys = asked.keys if found.category == BY_RECALL else asked.hazards
    if found.shown_on is None or not keys:
        return found.shown_on
    passed = passed_on(reviews, keys, zone)
    return None if passed is None else max(found.shown_on, passed)


def _is_safe(card: Card | None, today: date) -> bool:
    return card is not None and card.is_safe(today)


def _attained(
    category: str, status: Status, unsafe: bool, questions: int, seen: int, recall: Estimate | None
) -> Attained:
    if unsafe:
        return "not_safe"
    if status == "expired":
        return "expired"
    if category != BY_RECALL:
        return "shown" if status == "validated" else status
    if status == "validated" and seen == questions:
        return "shown" if recall is None or recall.value >= RECALLED else "fading"
    return "not_started" if status == "not_started" and not seen else "in_progress"
