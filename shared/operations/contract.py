"""Describes what operations takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from shared.kernel.bodies import Body, Identifier
from shared.platform.contract import Output


class DeadLetterItem(Output):
    letter_id: str
    subscription: str
    attempts: int
    reason: str
    published_at: datetime
    failed_at: datetime


class DeadLetterList(Output):
    items: list[DeadLetterItem]


class DeadLetterDetail(DeadLetterItem):
    data: dict[str, Any]
    attributes: dict[str, str]


class LetterReplayBody(Body):
    """Which dead letters to deliver again."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    subscription: Identifier | None = Field(
        None, description="Only those to this subscription or queue, as a letter names it; all without it"
    )


class LettersReplayed(Output):
    replayed: int = Field(description="How many are delivered again")
    stay: int = Field(description="How many nobody takes one by one: what feeds the warehouse")
    more: bool = Field(description="There are more: ask again once these have gone")


class IntegrationHealth(Output):
    name: str
    state: Literal["ok", "failing", "stale", "not_configured"]
    detail: str
    checked_at: datetime | None
    last_seen_at: datetime | None = Field(description="When it last delivered something")


class HealthAnswer(Output):
    state: Literal["ok", "degraded", "unknown"] = Field(
        description="unknown: nothing has been checked, or not for 45 minutes (three checks), as on the portal's page"
    )
    checked_at: datetime | None
    integrations: list[IntegrationHealth]
