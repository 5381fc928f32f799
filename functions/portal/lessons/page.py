"""Lists what is taught in a profession, and takes a lesson out of teaching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from functions.portal.shell import words
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.learning import learning
from infra.wiring.taxonomy import taxonomy
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated

if TYPE_CHECKING:
    from shared.learning.contract import LessonCard, LessonView

PER_PAGE = 40


@dataclass(frozen=True)
class Lessons:
    """Holds a page of what is taught.

    frameworks: (id, name) of those that the viewer may choose from; names: of competencies; next: the lesson's id after
    which the list goes on
    """

    framework_id: str
    lessons: Sequence[LessonCard]
    frameworks: Sequence[tuple[str, str]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    next: str | None = None


@dataclass(frozen=True)
class OneLesson:
    """Holds a lesson. withdraws: the viewer may take it out of teaching"""

    lesson: LessonView
    withdraws: bool
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def list_lessons(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the lessons of the own profession; who publishes them chooses another."""
    found = learning(on).lessons.list(visit.caller, visit.framework_id)
    after = visit.query.get("after", "")
    rest = [one for one in found.lessons if one.lesson_id > after]
    others = taxonomy(on).skills.frameworks(visit.caller) if visit.may("lessons.write") else []
    frameworks = [(one.framework_id, one.name) for one in others]
    following = rest[PER_PAGE - 1].lesson_id if len(rest) > PER_PAGE else None
    return present_list(Lessons(found.framework_id, rest[:PER_PAGE], frameworks, found.competency_names, following))


def show_lesson(on: Environment, visit: Visit, lesson_id: str) -> PageOrRedirect:
    """Shows what is said of a lesson."""
    found = learning(on).lessons.show(visit.caller, lesson_id)
    return present(OneLesson(found, visit.may("lessons.write")))


def withdraw_lesson(on: Environment, visit: Visit, lesson_id: str) -> PageOrRedirect:
    """Takes a lesson out of teaching, or says why that cannot be."""
    from shared.learning.contract import WithdrawalBody

    entered = {"reason": visit.form.get("reason", "").strip()}
    try:
        learning(on).withdrawal.withdraw(visit.caller, lesson_id, validated(WithdrawalBody, entered))
    except Rejected as problem:
        if problem.status not in (409, 422):
            raise
        found = learning(on).lessons.show(visit.caller, lesson_id)
        return present(OneLesson(found, True, entered, refusals(problem, {"reason"})))
    return Redirect(f"{address(lesson_id)}?done=lesson_withdrawn")


def present_list(view: Lessons) -> Page:
    asked = {"framework": view.framework_id, "after": view.next or ""}
    variables = {
        "view": view,
        "rows": [(one, address(one.lesson_id), about(one.competencies, view.names)) for one in view.lessons],
        "following": None if view.next is None else f"/lessons?{urlencode(asked)}",
    }
    return Page("lessons/lessons.html", variables, "lessons")


def present(view: OneLesson) -> Page:
    lesson = view.lesson
    variables = {
        "view": view,
        "address": address(lesson.lesson_id),
        "about": about(lesson.competencies, lesson.competency_names),
        "before": [(address(one), lesson.titles.get(one, "a lesson that is not kept")) for one in lesson.prerequisites],
    }
    return Page("lessons/lesson.html", variables, "lessons", status=422 if view.errors else 200)


def about(competencies: Sequence[str], names: Mapping[str, str]) -> str:
    """Returns what a lesson is about, in words."""
    return ", ".join(words.statement(one, names[one]) if one in names else words.plain(one) for one in competencies)


def address(lesson_id: str) -> str:
    """Returns where a lesson's page is."""
    return f"/lessons/{quote(lesson_id, safe='')}"
