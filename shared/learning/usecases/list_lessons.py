"""Lists what is taught, and shows one version of a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.learning.records import LessonRecords
from shared.learning.usecases.lesson_views import card, names_of, whole

if TYPE_CHECKING:
    from shared.learning.contract import LessonList, LessonView


class ListLessons:
    """Shows lessons: people see those of their own framework alone, unless they publish; the answers who publishes."""

    def __init__(self, records: LessonRecords, configuration: Configuration) -> None:
        self._records = records
        self._configuration = configuration

    def list(self, caller: Caller, framework_id: str | None = None) -> LessonList:
        """Returns what is taught now, by the lessons' ids. framework_id: the caller's own unless given

        Raises Forbidden, NotFound.
        """
        from shared.learning.contract import LessonList

        require(caller, "skills.read")
        wanted = framework_id or caller.framework_id or DEFAULT_FRAMEWORK
        _require_own(caller, wanted)
        framework = self._configuration.framework(wanted)
        taught = self._records.of_framework(wanted)
        about = {name for one in taught for name in one.lesson.competencies}
        return LessonList(
            framework_id=wanted,
            competency_names=names_of(framework, about),
            lessons=[card(one.lesson, framework) for one in taught],
        )

    def show(self, caller: Caller, lesson_id: str, version: int | None = None) -> LessonView:
        """Returns a lesson as it is taught now, or one version of it. Raises Forbidden, NotFound."""
        require(caller, "skills.read")
        if version is None:
            found = self._records.current([lesson_id]).get(lesson_id)
        else:
            found = self._records.versions([(lesson_id, version)]).get((lesson_id, version))
        if found is None:
            which = "" if version is None else f" of version {version}"
            raise NotFound(f"there is no lesson {lesson_id[:60]!r}{which}", field="lesson_id")
        _require_own(caller, found.framework_id)
        framework = self._configuration.framework(found.framework_id)
        before = self._records.current(found.lesson.prerequisites).values()
        titles = {one.lesson.lesson_id: one.lesson.title for one in before}
        return whole(found, framework, answers="lessons.write" in caller.permissions, titles=titles)


def _require_own(caller: Caller, framework_id: str) -> None:
    others = not caller.is_service and framework_id != caller.framework_id
    if others and "lessons.write" not in caller.permissions:
        raise Forbidden("people see the lessons of their own framework; who publishes lessons sees all")
