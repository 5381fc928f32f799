"""Describes what evidence takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.evidence.domain.evidence_kind import Kind, Removal, Supervision
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
