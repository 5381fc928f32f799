"""Defines what evidence tells other functions: no word and no byte of what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.kernel.messages import Fact


class EvidenceRecorded(Fact):
    """Tells that somebody brought evidence of a learner's work, or that its content is kept no longer: then it comes
    again, and says so."""

    evidence_id: str = Field(description="Deterministic: of who sent it and of the sender's own key")
    employee_id: str = Field(description="The learner")
    recorded_by: str = Field(description="Who sent it; the learner, or somebody beside them")
    recorded_by_role: str = Field(description="The role in which it was sent")
    kind: Literal["photo", "voice", "note", "observation", "verification"]
    media_type: str = Field(description="As the bytes show")
    content_bytes: int = Field(description="How many there are, or were")
    competencies: list[str] = Field(default_factory=list, description="What it is about, in the framework's words")
    lesson_id: str | None = Field(None, description="The lesson that asked for it; null for none")
    supervision: Literal["supervised", "alone"] | None = Field(
        None, description="How the work that was seen was done; null where nobody saw work, or did not say"
    )
    captured_at: datetime | None = Field(None, description="As the sender claims; null where nothing is claimed")
    received_at: datetime = Field(description="When the platform had it")
    content_kept: bool = Field(True, description="False once the bytes are removed")
