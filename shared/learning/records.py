"""Keeps lessons as they were published, versions side by side.

lessons/<lesson id>                     the highest version: what is taught now
lesson_versions/<lesson id>@<version>   each version, for what is answered against it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from shared.kernel.records import Record
from shared.learning.domain.lesson import Lesson
from shared.ports.documents import Create, Documents, Put, Query, Reader, Transaction, Where

T = TypeVar("T")

MOST_OF_A_FRAMEWORK: Final = 1_000
"""Lessons: 25 hours of them; a feed reads all."""


class PublishedLesson(Record, frozen=True, kw_only=True):
    """Keeps one version of a lesson.

    framework_id: the lesson's, to be found by; withdrawn_at: of what was taught last, when it was taken out of teaching
    """

    framework_id: str
    lesson: Lesson
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_because: str | None = None


class LessonRecords:
    """Reads and writes lessons."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of_framework(self, framework_id: str, reader: Reader | None = None) -> list[PublishedLesson]:
        """Returns what is taught in a framework now, by the lessons' ids."""
        of = [Where("framework_id", "==", framework_id)]
        found = (reader or self._documents).query(Query("lessons", of, limit=MOST_OF_A_FRAMEWORK))
        taught = (one for one in PublishedLesson.readable(found) if one.withdrawn_at is None)
        return sorted(taught, key=lambda one: one.lesson.lesson_id)

    def current(self, lesson_ids: Iterable[str], reader: Reader | None = None) -> dict[str, PublishedLesson]:
        """Returns the highest versions of some lessons, withdrawn or not, by their ids; those that are known."""
        found = (reader or self._documents).get_many([_current(one) for one in dict.fromkeys(lesson_ids)])
        return {one.lesson.lesson_id: one for one in PublishedLesson.readable(found.values())}

    def versions(
        self, named: Iterable[tuple[str, int]], reader: Reader | None = None
    ) -> dict[tuple[str, int], PublishedLesson]:
        """Returns versions by (lesson id, version); those that are known."""
        found = (reader or self._documents).get_many([_version(*one) for one in dict.fromkeys(named)])
        readable = PublishedLesson.readable(found.values())
        return {(one.lesson.lesson_id, one.lesson.version): one for one in readable}

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs a publication; see Documents.transact."""
        return self._documents.transact(work)

    @staticmethod
    def withdrawn(one: PublishedLesson) -> Put:
        """Returns the write of a lesson that is taught no longer; its versions stay, for what is answered late."""
        return Put(_current(one.lesson.lesson_id), one.stored())

    @staticmethod
    def written(new: Sequence[PublishedLesson], current: Iterable[PublishedLesson]) -> list[Create | Put]:
        """Returns the writes of new versions. current: those of all of them that are the highest of their lesson"""
        created = [Create(_version(one.lesson.lesson_id, one.lesson.version), one.stored()) for one in new]
        return [*created, *(Put(_current(one.lesson.lesson_id), one.stored()) for one in current)]


def _current(lesson_id: str) -> str:
    return f"lessons/{lesson_id}"


def _version(lesson_id: str, version: int) -> str:
    return f"lesson_versions/{lesson_id}@{version}"
