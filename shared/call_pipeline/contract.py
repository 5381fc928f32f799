"""Describes what the call pipeline takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from shared.conversations.domain.call_state import How, State
from shared.kernel.bodies import Body, DocumentName, EmployeeId, Identifier, Moment, Word, readable
from shared.observations.contract import DealContext
from shared.platform.contract import Number, Output, Page


class CallParticipant(Output):
    employee_id: str
    spoke: bool = Field(description="Who did not speak is not scored")


class CallResult(Output):
    """Tells what was posted about one employee."""

    employee_id: str
    observation_id: str | None
    standing: str = Field(
        description="counted, held, superseded, void, known, rejected, nothing_observed, refused, not_open_yet …"
    )
    scores: dict[str, Number] = Field(description="Competency to points, 0-100; none before they open for the caller")
    waiting: list[str] = Field(description="Competencies whose score waits for a person")
    scores_open_at: datetime | None = Field(
        description="The employee sees the scores first; when they open for the caller, null: they are open"
    )


class CallDeal(Output):
    deal_id: str | None
    account_name: str | None
    how: How


class CallItem(Output):
    """One call or e-mail thread, and what has become of it."""

    record_id: str = Field(description="Its name here and in paths (`/calls/{record_id}`): <source>-<the source's id>")
    source: str
    call_id: str = Field(description="The source's id of it, which names it nowhere else")
    state: State
    started_at: datetime
    duration_seconds: int
    url: str | None = Field(description="Where it can be listened to")
    title: str | None
    scope: str | None = Field(description="Internal, External or Unknown, as the recorder says; null where it does not")
    language: str | None = Field(description="As the recorder says (eng, deu …); null where it does not")
    customers: bool | None = Field(
        description="Whether anybody of outside took part; a call without customers is not scored. null: not known yet"
    )
    set_aside: int = Field(description="Sentences of the transcript that could not be read, and were left out")
    deal: CallDeal
    context: dict[str, Any]
    scorer: str | None
    analysis: int = Field(description="How often it has been analysed before")
    route: str | None
    cost_usd: float | None = Field(description="For enablement, administrators and services; null for others")
    last_error: str | None = Field(description="For enablement, administrators and services; null for others")
    updated_at: datetime
    participants: list[CallParticipant]
    results: list[CallResult]


class VoiceCorrection(Output):
    """Says who corrected whose a voice is."""

    by: str = Field(description="An employee's id, or a service's address")
    at: datetime
    reason: str
    was: list[str] = Field(description="Whom the voice was taken for before")


class CallVoice(Output):
    """One voice of a call."""

    speaker_id: str = Field(description="As the recorder tells voices apart; an address in an e-mail thread")
    name: str | None = Field(description="As the recorder has it")
    affiliation: str = Field(description="Internal, External or Unknown, as the recorder has it")
    turns: int = Field(description="How often it speaks")
    employee_id: str | None = Field(description="Whom it is taken for; null: nobody of ours")
    correction: VoiceCorrection | None


class CallVoices(Output):
    """Lists who speaks in a call, those who speak most first; none where what was said is not kept."""

    items: list[CallVoice]


class CallMoveBody(Body):
    """Says whose a voice is."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    speaker_id: Identifier = Field(description="The voice, as `GET /calls/{record_id}/speakers` lists it")
    employee_id: EmployeeId | None = Field(description="The right person; null: nobody of ours")
    reason: Annotated[
        str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True), AfterValidator(readable)
    ] = Field(description="Why; the history of whoever was taken for the speaker shows it")


class CallList(Page):
    items: list[CallItem]


class Reanalysis(Output):
    """Tells how far the new analysis of a period's calls is."""

    run_id: str
    state: Literal["gathering", "running", "done"]
    since: datetime
    until: datetime
    source: str | None
    started_at: datetime
    truncated: bool = Field(description="The period has more calls than one request takes; ask for the rest")
    total: int
    done: int
    failed: int = Field(description="Of those done: given up, or refused by the analyst")


class ThreadAnswer(Output):
    """An e-mail thread that has been taken in; what comes of it is at /calls/{record_id}."""

    record_id: str
    thread_id: str
    state: State
    messages: int = Field(description="Messages that were read, each once")
    employees: list[str] = Field(description="The employees who wrote; each is scored")
    duplicate: bool = Field(description="This very export was known")


class ReanalysisBody(Body):
    """A period whose calls are to be analysed again: [since, until)."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    since: Moment
    until: Moment
    source: Identifier | None = Field(None, description="Only calls of this source; all without it")


class DealLinkBody(Body):
    """The deal of a call, as a person says it."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    deal_id: DocumentName = Field(description="The opportunity's id in the CRM")
    account_name: Word | None = Field(
        None,
        description="The customer; without it, what is known stays. Later calls of this account find the deal",
    )


_TEXT: Any = {"type": "string"}
_ADDRESS: Any = {
    "anyOf": [_TEXT, {"type": "object", "properties": {"name": _TEXT, "email": _TEXT}, "required": ["email"]}]
}
_ADDRESSES: Any = {"anyOf": [*_ADDRESS["anyOf"], {"type": "array", "items": _ADDRESS}]}
ThreadMessage = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "An address is `a@b`, `Name <a@b>` or {name, email}; date: RFC 5322 or ISO 8601",
            "properties": {"from": _ADDRESS, "to": _ADDRESSES, "cc": _ADDRESSES}
            | dict.fromkeys(("date", "subject", "message_id", "references", "text", "html"), _TEXT),
            "required": ["from", "date"],
        }
    ),
]
"""One message of a thread; what is wrong with it is said where it is read as a message."""


class EmailThreadBody(Body):
    """An exported e-mail thread: the text of an mbox or .eml file, or its messages one by one."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, str_max_length=5_000_000)

    export: str | None = Field(None, description="The text of an mbox file, or of one message that quotes the thread")
    messages: list[ThreadMessage] | None = Field(None, max_length=500)
    thread_id: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{1,64}$",
        description="The source's id of the thread; made of its first message without it",
    )
    context: DealContext = Field(default_factory=DealContext, description="The deal; deal_id links the thread to it")

    @model_validator(mode="after")
    def _one_form(self) -> EmailThreadBody:
        if (self.export is None) == (self.messages is None):
            raise ValueError("give either `export` or `messages`")
        return self
