"""Describes what identities tells other functions: the payloads of its tasks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class MoveTask(BaseModel):
    """The next part of a move; who is moved stands in the run."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str
