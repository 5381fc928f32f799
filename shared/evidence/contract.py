"""Describes what evidence takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, model_validator

from shared.evidence.domain.evidence_kind import Kind, Removal, Supervision
from shared.kernel.bodies import Body, EmployeeId, Identifier, LongText, Moment, Word
from shared.kernel.reading import Misfit
from shared.platform.contract import Output, Page


class EvidenceTaken(Output):
    """Tells that an item is kept."""

    evidence_id: str
    status: Literal["kept", "duplicate"] = Field(description="duplicate: it was there already, and is as it was")
    sha256: str = Field(description="Of the bytes, hexadecimal: a device may compare it with its own")
    content_bytes: int
    media_type: str = Field(description="As the bytes show, whatever the sender calls it")
    received_at: datetime
    notices: list[str] = Field(description="What was read otherwise than it was sent; empty for nothing")


class SeenView(Output):
    """One competency as somebody saw it."""

    competency: str
    level: int = Field(description="The score from which the rubric's words hold; it is the score that counts")
    words: str | None


class PerformanceView(Output):
    """Says what was seen of a learner at work."""

    observed_at: datetime
    version: int
    scores: list[SeenView]
    context: dict[str, list[str]]
    supervision: Supervision | None
    words: str | None
    photos: list[str] = Field(description="Ids of evidence")
    event_id: str | None = Field(description="By which the histories know it; null while it is on its way")
    standing: str | None = Field(description="How it counted when it was recorded; null likewise")


class EvidenceView(Output):
    """One item, without its bytes."""

    evidence_id: str
    employee_id: str
    recorded_by: str
    recorded_by_role: str
    kind: Kind
    captured_at: datetime | None = Field(description="As the sender claims")
    received_at: datetime
    media_type: str = Field(description="As the bytes show")
    claimed_type: str | None = Field(description="As the sender said")
    content_bytes: int
    sha256: str
    caption: str | None
    competencies: list[str]
    lesson_id: str | None
    content: Literal["kept", "removed"]
    removed_at: datetime | None
    removed_because: Removal | None = Field(description="withdrawn: somebody took it back; expired: its years are over")
    performance: PerformanceView | None = Field(description="Of an observation or a verification; null for others")


class EvidenceList(Page):
    items: list[EvidenceView]


class SeenBody(Body):
    """Scores one competency by its rubric."""

    competency: Word
    level: int = Field(ge=0, le=100, description="A level of the competency's rubric: the score from which it holds")
    words: LongText | None = Field(None, description="What was seen, in the observer's words")


class VerificationBody(Body):
    """Says how an apprentice behaves at work; the employer's alone."""

    key: Identifier = Field(description="The sender's own key of this occasion; a correction repeats it")
    version: int = Field(1, ge=1, le=1_000_000, description="Of several under one key the highest counts")
    employee_id: EmployeeId = Field(description="The learner")
    observed_at: Moment = Field(description="When it was seen, ISO 8601 with a time zone; a correction repeats it")
    competency_scores: list[SeenBody] = Field(min_length=1, max_length=20)
    words: LongText | None = Field(None, description="What was seen on the whole")

    @model_validator(mode="after")
    def _each_competency_once(self) -> VerificationBody:
        seen: set[str] = set()
        for place, one in enumerate(self.competency_scores):
            if one.competency in seen:
                raise Misfit(f"{one.competency!r} is scored twice", field=f"competency_scores.{place}")
            seen.add(one.competency)
        return self


class ObservationBody(VerificationBody):
    """Says what a mentor saw of a learner at work."""

    supervision: Supervision = Field(description="supervised: somebody stood by; alone: the learner worked alone")
    context: dict[Word, list[Word]] = Field(
        default_factory=dict,
        max_length=12,
        description="Where and on what: of each dimension of the framework the values that were there",
    )
    photos: list[Identifier] = Field(default_factory=list, max_length=10, description="Ids of photos sent before")


class PerformanceTaken(Output):
    """Tells that what was seen is recorded."""

    evidence_id: str
    status: Literal["recorded", "duplicate"]
    event_id: str | None = Field(description="By which the learner's history knows it; null while it is on its way")
    standing: str | None = Field(description="counted; superseded where a higher version stands; null likewise")
    received_at: datetime
