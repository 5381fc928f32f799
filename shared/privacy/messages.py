"""Describes what privacy tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ErasureTask(BaseModel):
    """The next part of an erasure; whom it erases stands in the run, and in no queue."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str
