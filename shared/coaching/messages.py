"""Describes what is queued of a learner's messages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class InboxTask(BaseModel):
    """Asks to answer whoever an inbox is of. It names the inbox and nothing that was written."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    inbox: str = Field(min_length=1, max_length=60)


class NudgeTask(BaseModel):
    """Asks to go over a page of learners. run: the round's name; after: the employee id that they are behind"""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run: str = Field(min_length=1, max_length=60)
    after: str | None = Field(default=None, max_length=320)
