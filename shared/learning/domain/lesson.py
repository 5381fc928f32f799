"""Holds a lesson of some 90 seconds: what is said and shown, what is asked, and what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from shared.learning.domain.review import QuestionKey

Topic = Literal["cable_identification", "hazards", "procedures", "fault_finding", "decisions"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
"""In the order in which they are taught where nothing else decides."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a script. picture: the name of what is shown while it is said"""

    say: str
    picture: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with two to four options. right: which one is, the first being 1; because: why, told afterwards"""

    question_id: str
    ask: str
    options: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A competent person who has read a lesson and answers for its safety. role: by what they are competent"""

    name: str
    role: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class Clip:
    """A film of a lesson's script, with captions. video, captions: names of files; the digests are SHA-256 in hex

    script_sha256: of the script that it was rendered from; poster_sha256: of the picture that stands before it plays
    """

    video: str
    captions: str
    seconds: int
    bytes: int
    sha256: str
    script_sha256: str
    captions_sha256: str
    poster_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One version of a lesson; whatever a learner sees of it changes with its version alone.

    hazard: it keeps people from harm: it comes first, every question must be passed, and nothing averages it
    competencies: what it is about, the first one most; prerequisites: lessons that are finished before it
    reviewer: None says that no competent person has looked
    """

    lesson_id: str
    version: int
    framework_id: str
    title: str
    topic: Topic
    hazard: bool
    competencies: tuple[str, ...]
    prerequisites: tuple[str, ...]
    reviewer: Reviewer | None
    script: tuple[Sentence, ...]
    questions: tuple[Question, ...]
    clip: Clip | None = None

    @property
    def keys(self) -> tuple[QuestionKey, ...]:
        """Returns what its questions are known by, in their order."""
        return tuple(QuestionKey(self.lesson_id, one.question_id) for one in self.questions)

    def question(self, question_id: str) -> Question | None:
        """Finds one of its questions; None for an id that it does not have."""
        return next((one for one in self.questions if one.question_id == question_id), None)


def newest(lessons: Iterable[Lesson]) -> dict[str, Lesson]:
    """Returns the highest version of each lesson by its id, in the order of the ids."""
    found: dict[str, Lesson] = {}
    for one in lessons:
        if one.lesson_id not in found or one.version > found[one.lesson_id].version:
            found[one.lesson_id] = one
    return dict(sorted(found.items()))


def never_begun(lessons: Mapping[str, Lesson]) -> list[str]:
    """Returns the ids of lessons that no learner could ever begin, sorted; a publication refuses them.

    Such a lesson has a prerequisite that is not there, or that waits for the lesson itself, however far around.
    """
    open_to_all: set[str] = set()
    waiting = dict(lessons)
    while ready := [name for name, one in waiting.items() if open_to_all.issuperset(one.prerequisites)]:
        open_to_all.update(ready)
        for name in ready:
            del waiting[name]
    return sorted(waiting)
