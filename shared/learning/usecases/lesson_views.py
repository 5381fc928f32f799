"""Shows lessons to learners, and to who publishes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from shared.frameworks.domain.framework import Framework
from shared.learning.domain.lesson import Lesson
from shared.learning.records import PublishedLesson

if TYPE_CHECKING:
    from shared.learning.contract import LessonCard, LessonView

UNREVIEWED = "Not reviewed by a competent person."
INVENTED = "An invented lesson, to show how this works: nobody is trained or assessed by it."
SECONDS = 90
"""A lesson without a clip takes as long as one is meant to."""


def notice(lesson: Lesson, framework: Framework) -> str | None:
    """Returns what must be said with a lesson; None where there is nothing."""
    said = [INVENTED] if framework.synthetic else []
    if lesson.reviewer is None:
        said.append(UNREVIEWED)
    return " ".join(said) or None


def card(lesson: Lesson, framework: Framework, asked: Collection[str] | None = None) -> LessonCard:
    """Returns a lesson as learners see it: no answers. asked: ids of the questions that are; all unless given"""
    from shared.learning.contract import AskedQuestion, ClipView, LessonCard, ReviewerView, SentenceView

    clip, reviewer = lesson.clip, lesson.reviewer
    return LessonCard(
        lesson_id=lesson.lesson_id,
        version=lesson.version,
        framework_id=lesson.framework_id,
        title=lesson.title,
        topic=lesson.topic,
        hazard=lesson.hazard,
        competencies=list(lesson.competencies),
        prerequisites=list(lesson.prerequisites),
        seconds=clip.seconds if clip else SECONDS,
        notice=notice(lesson, framework),
        reviewer=None if reviewer is None else ReviewerView.model_validate(reviewer, from_attributes=True),
        clip=None if clip is None else ClipView.model_validate(clip, from_attributes=True),
        script=[SentenceView(say=one.say, picture=one.picture) for one in lesson.script],
        questions=[
            AskedQuestion(question_id=one.question_id, ask=one.ask, options=list(one.options))
            for one in lesson.questions
            if asked is None or one.question_id in asked
        ],
    )


def names_of(framework: Framework, competencies: Iterable[str]) -> dict[str, str]:
    """Returns what competencies are called; one that the framework does not have any more is left out."""
    return {one: framework.by_competency[one].name for one in sorted(competencies) if one in framework.by_competency}


def whole(
    published: PublishedLesson, framework: Framework, *, answers: bool, titles: Mapping[str, str] | None = None
) -> LessonView:
    """Returns a version of a lesson. answers: those of its questions as well; titles: of lessons that come before"""
    from shared.learning.contract import LessonView, WholeQuestion

    shown = card(published.lesson, framework)
    known = [WholeQuestion.model_validate(asdict(one)) for one in published.lesson.questions] if answers else None
    fields = {name: getattr(shown, name) for name in type(shown).model_fields}
    return LessonView(
        **fields,
        published_at=published.published_at,
        withdrawn_at=published.withdrawn_at,
        answers=known,
        competency_names=names_of(framework, published.lesson.competencies),
        titles=dict(titles or {}),
    )
