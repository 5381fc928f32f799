"""The demonstration's lessons as their author wrote them, with the pictures drawn for their sentences.

`lessons/<lesson_id>.yaml` is a lesson, `lessons/pictures/<lesson_id>.yaml` its pictures by name, `lessons/clips/` what
`./scripts/render_lessons` made of both. A clip names the digest of the script that it was rendered from.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from infra.declarations.safe_yaml import SafeLoader
from infra.demonstration.drawings.picture import Picture, svg_of

LESSONS: Final = Path(__file__).parent / "lessons"
PICTURES: Final = LESSONS / "pictures"
CLIPS: Final = LESSONS / "clips"

Topic: TypeAlias = Literal["cable_identification", "hazards", "procedures", "fault_finding", "decisions"]


class Written(BaseModel):
    """Refuses what is not in the format, so that a slip of the pen is told and not left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentence(Written):
    """One sentence, which is said while its picture stands."""

    say: str = Field(min_length=8, max_length=220)
    picture: str = Field(pattern=r"^[a-z0-9_]+$")


class Question(Written):
    """One question with two to four options; right counts from 1."""

    question_id: str = Field(pattern=r"^[a-z0-9_]+$")
    ask: str
    options: tuple[str, ...] = Field(min_length=2, max_length=4)
    right: int = Field(ge=1)
    because: str


class Clip(Written):
    """Tells what was rendered: file names, length (s), size (bytes) and digests; the poster has the video's name."""

    video: str
    captions: str
    seconds: int
    bytes: int
    sha256: str
    script_sha256: str
    captions_sha256: str
    poster_sha256: str

    @property
    def poster(self) -> str:
        """Returns the file of the picture that stands before the film plays."""
        return f"{self.video.removesuffix('.mp4')}.jpg"


class Reviewer(Written):
    """Names who answers for a lesson's safety."""

    name: str
    role: str
    reviewed_on: date


class LessonFile(Written):
    """One authored lesson."""

    lesson_id: str = Field(pattern=r"^[a-z0-9_]+$")
    version: int = Field(ge=1)
    framework_id: str
    title: str
    topic: Topic
    hazard: bool
    competencies: tuple[str, ...] = Field(min_length=1)
    prerequisites: tuple[str, ...]
    reviewer: Reviewer | None
    script: tuple[Sentence, ...] = Field(min_length=6)
    questions: tuple[Question, ...] = Field(min_length=2, max_length=4)
    clip: Clip | None = None

    def words(self) -> int:
        """Returns how many words are said."""
        return sum(len(sentence.say.split()) for sentence in self.script)


Pictures: Final = TypeAdapter(dict[str, Picture])


def lesson_paths() -> list[Path]:
    """Returns the files of all lessons, by name."""
    return sorted(LESSONS.glob("*.yaml"))


def read_lesson(path: Path) -> LessonFile:
    """Returns the lesson of a file. Raises pydantic's ValidationError naming the field."""
    return LessonFile.model_validate(yaml.load(path.read_text("utf-8"), SafeLoader))


def read_pictures(lesson_id: str) -> dict[str, Picture]:
    """Returns a lesson's pictures by name."""
    text = (PICTURES / f"{lesson_id}.yaml").read_text("utf-8")
    return Pictures.validate_python(yaml.load(text, SafeLoader))


def drawings(lesson: LessonFile) -> list[str]:
    """Returns the SVG of each sentence's picture, in the order of the script.

    Raises KeyError where a sentence names a picture that its lesson's file does not have.
    """
    pictures = read_pictures(lesson.lesson_id)
    return [svg_of(s.picture, pictures[s.picture], hazard=lesson.hazard) for s in lesson.script]


def script_digest(lesson: LessonFile) -> str:
    """Returns the SHA-256 of what a clip says and shows: each sentence with the drawing that stands while it is said.

    The drawings themselves are counted, not their names: a changed line of the vocabulary makes every clip that shows
    it out of date.
    """
    said = [[sentence.say, svg] for sentence, svg in zip(lesson.script, drawings(lesson), strict=True)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8")).hexdigest()
