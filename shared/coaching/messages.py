"""Describes what is queued of a learner's messages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class InboxTask(BaseModel):
    """Asks to answer whoever an inbox is of. It names the inbox and nothing that was written."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    inbox: str = Field(min_length=1, max_length=60)
