"""Describes what privacy takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from shared.kernel.bodies import Body, DocumentName, EmployeeId, readable
from shared.platform.contract import Output

GroundWord = Literal["own", "administrator", "review", "escalation", "grant"]


class TranscriptParty(Output):
    speaker_id: str | None
    name: str | None
    affiliation: str = Field(description="Internal, External or Unknown, as the recording says")


class TranscriptTurn(Output):
    index: int = Field(description="What evidence calls `turn`")
    speaker_id: str | None
    start_ms: int
    end_ms: int
    text: str


class TranscriptAnswer(Output):
    """Shows what was said in a call. Every reading but a participant's is on record, and the participants are told."""

    record_id: str
    source: str
    call_id: str
    started_at: datetime | None
    ground: GroundWord = Field(description="On what ground the caller reads it")
    expires_at: datetime = Field(description="When the words will be deleted")
    parties: list[TranscriptParty]
    turns: list[TranscriptTurn]


class Grant(Output):
    grant_id: str
    employee_id: str
    to: str
    purpose: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class GrantList(Output):
    grants: list[Grant]


class Escalation(Output):
    escalation_id: str
    source: str
    call_id: str
    employees: list[str]
    to: str
    reason: str
    raised_by: str
    raised_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class EscalationList(Output):
    escalations: list[Escalation]


class ErasureLine(Output):
    store: str = Field(description="documents, integrations, dead_letters or warehouse")
    part: str = Field(description="The collection or table")
    removed: int
    anonymised: int = Field(description="What is about others, or about the platform, and named the person")
    rows: int = Field(description="Warehouse: rows that were deleted or anonymised")


class ErasureRun(Output):
    """One person's erasure; whom it erased is known to nobody once it has finished."""

    run_id: str
    state: Literal["running", "waiting", "finished"] = Field(
        description="waiting: for the second look, at what was on its way during the first"
    )
    requested_by: str
    requested_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    report: list[ErasureLine]


class ErasureList(Output):
    erasures: list[ErasureRun]


class SampleTurn(Output):
    speaker: str = Field(description="Seller 1, Customer 1 …")
    text: str


class TranscriptSample(Output):
    medium: Literal["call", "email"]
    turns: list[SampleTurn]


class TranscriptSamples(Output):
    """Excerpts in which labels stand for people and companies; no call, date or link."""

    competency: str
    band: Literal["high", "medium", "low"]
    suppressed: bool = Field(description="Fewer than five employees have such calls: nothing is shown")
    samples: list[TranscriptSample]


Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(readable)
]


class GrantBody(Body):
    """Lets a manager or mentor read one employee's transcripts for a while."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_id: EmployeeId = Field(description="Whose calls")
    to: EmployeeId = Field(description="The employee's manager or mentor")
    purpose: Reason = Field(description="What for; the employee sees it")
    days: int = Field(30, ge=1, le=90, description="How long")


class EscalationBody(Body):
    """Lets a senior manager read one call's transcript for seven days."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    call_id: DocumentName = Field(description="The call's `record_id`")
    to: EmployeeId = Field(description="A senior manager above somebody who took part")
    reason: Reason = Field(description="Why; those who took part see it")


class ErasureBody(Body):
    """Confirms that a person is to be erased."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    employee_id: EmployeeId = Field(description="The id of the path once more: this cannot be undone")
