"""Describes what platform takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from shared.platform.domain.notice_kind import NoticeKind


class Output(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


Number = Annotated[int | float, WithJsonSchema({"type": "number"})]
"""A number of an answer, written as it was given: 82 stays 82, where a float would be written as 82.0."""


class ProblemError(Output):
    field: str
    detail: str


class Problem(Output):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError] | None = None
    quarantine_id: str | None = Field(None, description="Where the rejected input is kept for an administrator")


class ItemResult(Output):
    """Tells what became of one item of a list."""

    index: int = Field(description="In the list, the first being 0")
    status: int = Field(description="As a request of its own would have been answered")
    problem: Problem | None = Field(None, description="Of a status from 400 on")


class ListAnswer(Output):
    """Counts what became of a list's items."""

    accepted: int
    duplicates: int
    rejected: int


class Page(Output):
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null on the last")


class AuditItem(Output):
    audit_id: str
    actor: str
    actor_role: str
    action: str
    subject: str | None
    detail: str | None
    at: datetime
    people: list[str] = Field(description="Whom a list or an export named, where those are several")


class AuditList(Page):
    items: list[AuditItem]


class QuarantineItem(Output):
    quarantine_id: str
    source: str
    reason: str
    field: str | None
    record_id: str | None = Field(description="The call that it is about; a replay asks for its analysis again")
    state: Literal["open", "replayed", "discarded"]
    received_at: datetime
    times_received: int


class QuarantineList(Page):
    items: list[QuarantineItem]


class QuarantineDetail(QuarantineItem):
    content: str = Field(description="The raw input, as text; bytes that are no UTF-8 are shown as �")


class Replayed(Output):
    """Tells what a replay came to: the status and the answer that the original would get now."""

    status: int
    answer: dict[str, Any] | None = Field(description="What the route that the input was for answers")


class Done(Output):
    done: bool


class Notification(Output):
    notification_id: str
    kind: NoticeKind
    at: datetime
    facts: dict[str, str] = Field(description="Ids and words of the platform: whose act, which call, until when")
    read_at: datetime | None


class NotificationList(Page):
    items: list[Notification]
    unread: int = Field(description="Up to 100")
