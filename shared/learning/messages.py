"""Describes what learning tells other functions."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.messages import Fact


class RecordedAnswer(BaseModel):
    """One answer to one question, as it was marked."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    review_id: str = Field(description="The same for an answer that is sent twice")
    lesson_id: str = Field(description="The lesson that it asks about")
    lesson_version: int = Field(description="What it was marked against")
    question_id: str = Field(description="The question, within its lesson")
    competency: str = Field(description="What the lesson is about most")
    was_right: bool = Field(description="Whether the right option was chosen")
    hazard: bool = Field(description="Whether the lesson keeps people from harm")
    answered_at: datetime = Field(description="By the learner's own clock")
    received_at: datetime = Field(description="When it was received")


class AnswersRecorded(Fact):
    """Tells that a learner's answers are kept. An answer may be told of several times, and is one by its review_id."""

    recording_id: str = Field(description="The same for the same answers of the same person")
    employee_id: str = Field(description="Who answered")
    framework_id: str = Field(description="The framework that the lessons are of")
    received_at: datetime = Field(description="When the last of them was received")
    answers: list[RecordedAnswer] = Field(
        description="In the order of their receipt; each counts once by its review_id"
    )
