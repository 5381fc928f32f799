"""Publishes versions of lessons, side by side with earlier ones.

Who is taught by a lesson may come to harm by a fault in it, so a framework that is not declared synthetic publishes
nothing that no named competent person has read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, FieldError, NotFound, Rejected
from shared.learning.domain.lesson import (
    Clip,
    Lesson,
    Question,
    Reviewer,
    Sentence,
    never_begun,
    newest,
)
from shared.learning.records import LessonRecords, PublishedLesson
from shared.learning.usecases.keep_clips import KeepClips
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecord
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Transaction

if TYPE_CHECKING:
    from shared.learning.contract import LessonBody, LessonsBody, PublishedLessons

MOST_ERRORS: Final = 20


class PublishLessons:
    """Writes what is taught."""

    def __init__(
        self, records: LessonRecords, configuration: Configuration, clips: KeepClips, audit: Audit, clock: Clock
    ) -> None:
        self._records = records
        self._configuration = configuration
        self._clips = clips
        self._audit = audit
        self._clock = clock

    def publish(self, caller: Caller, body: LessonsBody) -> PublishedLessons:
        """Publishes all of some versions, or none; what is known already stays as it is.

        Raises Forbidden; Rejected, naming every field that does not fit; Conflict for a version that is known with
        other content, and for a lesson of another framework.
        """
        from shared.learning.contract import PublishedLessons, PublishedVersion

        require(caller, "lessons.write")
        frameworks = self._frameworks(body)
        errors = [error for index, one in enumerate(body.lessons) for error in self._errors(index, one, frameworks)]
        _refuse(errors)
        lessons = [_lesson(one, frameworks[one.framework_id]) for one in body.lessons]
        fresh = self._write(caller, lessons)
        named = {(one.lesson_id, one.version) for one in fresh}
        return PublishedLessons(
            lessons=[
                PublishedVersion(
                    lesson_id=one.lesson_id,
                    version=one.version,
                    status="published" if (one.lesson_id, one.version) in named else "known",
                )
                for one in lessons
            ]
        )

    def _write(self, caller: Caller, lessons: list[Lesson]) -> list[Lesson]:
        """Writes the versions that are new, each with its record, and returns them."""

        def work(transaction: Transaction) -> tuple[list[Lesson], list[AuditRecord]]:
            fresh = self._written(caller, lessons, transaction)
            records = [self._drafted(caller, one) for one in fresh]
            for record in records:
                self._audit.within(transaction, record)
            return fresh, records

        fresh, records = self._records.transact(work)
        self._audit.tell(records)
        return fresh

    def _drafted(self, caller: Caller, one: Lesson) -> AuditRecord:
        act = AuditAction.LESSON_PUBLISHED
        return self._audit.draft(caller, act, subject=one.lesson_id, detail=f"version {one.version}")

    def _written(self, caller: Caller, lessons: list[Lesson], transaction: Transaction) -> list[Lesson]:
        versions = self._records.versions([(one.lesson_id, one.version) for one in lessons], transaction)
        current = self._records.current([one.lesson_id for one in lessons], transaction)
        for index, one in enumerate(lessons):
            _require_fit(index, one, versions.get((one.lesson_id, one.version)), current.get(one.lesson_id))
        fresh = [one for one in lessons if (one.lesson_id, one.version) not in versions]
        highest = newest([*(one.lesson for one in current.values()), *fresh])
        for framework_id in sorted({one.framework_id for one in fresh}):
            taught = [one.lesson for one in self._records.of_framework(framework_id, transaction)]
            _require_beginnings(newest([*taught, *fresh]), framework_id, lessons)
        by = caller.employee_id or caller.email
        now = self._clock.now()
        new = [
            PublishedLesson(framework_id=one.framework_id, lesson=one, published_at=now, published_by=by)
            for one in fresh
        ]
        transaction.write(
            *self._records.written(new, [one for one in new if highest[one.lesson.lesson_id] == one.lesson])
        )
        return fresh

    def _frameworks(self, body: LessonsBody) -> Mapping[str, Framework]:
        found = {}
        for index, one in enumerate(body.lessons):
            try:
                found[one.framework_id] = self._configuration.framework(one.framework_id)
            except NotFound as unknown:
                raise Rejected(unknown.detail, field=f"lessons.{index}.framework_id") from None
        return found

    def _errors(self, index: int, one: LessonBody, frameworks: Mapping[str, Framework]) -> list[FieldError]:
        framework, at = frameworks[one.framework_id], f"lessons.{index}"
        errors: list[FieldError] = [
            _error(f"{at}.competencies.{place}", f"{word!r} is no competency of {framework.framework_id}")
            for place, word in enumerate(one.competencies)
            if framework.competency_named(word) is None
        ]
        if one.reviewer is None and not framework.synthetic:
            said = "must name the competent person who has read the lesson: this framework is not declared synthetic"
            errors.append(_error(f"{at}.reviewer", said))
        if one.reviewer is not None and one.reviewer.reviewed_on > self._clock.now().date():
            errors.append(_error(f"{at}.reviewer.reviewed_on", "lies ahead"))
        files = [("sha256", "mp4"), ("captions_sha256", "vtt")] if one.clip is not None else []
        if one.clip is not None and one.clip.poster_sha256 is not None:
            files.append(("poster_sha256", "jpg"))
        for field, ending in files:
            if not self._clips.holds(getattr(one.clip, field), ending):
                errors.append(_error(f"{at}.clip.{field}", f"no such .{ending} is kept; send it first"))
        return errors


def _require_fit(index: int, lesson: Lesson, known: PublishedLesson | None, current: PublishedLesson | None) -> None:
    """Raises Conflict for what cannot stand beside what is there."""
    if known is not None and known.lesson != lesson:
        raise Conflict(
            f"version {lesson.version} of {lesson.lesson_id} is known with other content; publish a higher one",
            field=f"lessons.{index}.version",
        )
    if current is not None and current.framework_id != lesson.framework_id:
        raise Conflict(
            f"{lesson.lesson_id} is a lesson of {current.framework_id}", field=f"lessons.{index}.framework_id"
        )


def _require_beginnings(taught: Mapping[str, Lesson], framework_id: str, lessons: list[Lesson]) -> None:
    """Raises Rejected for lessons that nobody could ever begin: one waits for itself, or for what is not there."""
    stuck = never_begun({name: one for name, one in taught.items() if one.framework_id == framework_id})
    _refuse(
        [
            _error(
                f"lessons.{index}.prerequisites",
                f"{one.lesson_id} could never be begun: it waits for a lesson that is not there, or for itself",
            )
            for index, one in enumerate(lessons)
            if one.lesson_id in stuck
        ]
    )


def _lesson(body: LessonBody, framework: Framework) -> Lesson:
    clip, reviewer = body.clip, body.reviewer
    return Lesson(
        lesson_id=body.lesson_id,
        version=body.version,
        framework_id=framework.framework_id,
        title=body.title,
        topic=body.topic,
        hazard=body.hazard,
        competencies=tuple(framework.competency_named(word) or word for word in body.competencies),
        prerequisites=tuple(body.prerequisites),
        reviewer=None if reviewer is None else Reviewer(reviewer.name, reviewer.role, reviewer.reviewed_on),
        script=tuple(Sentence(one.say, one.picture) for one in body.script),
        questions=tuple(
            Question(one.question_id, one.ask, tuple(one.options), one.right, one.because) for one in body.questions
        ),
        clip=None if clip is None else Clip(**clip.model_dump()),
    )


def _error(field: str, detail: str) -> FieldError:
    return {"field": field, "detail": f"{field}: {detail}"}


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Rejected(errors[0]["detail"], field=errors[0]["field"], errors=errors[:MOST_ERRORS])
