"""What the platform's own tasks carry."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ShardTask(BaseModel):
    """One shard of a recalculation, or (without a run) a few employees to rebuild."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    employee_ids: list[str] = Field(max_length=500)
    run_id: str | None = None
    shard: int | None = None
    from_ledger: bool = False
    nightly: bool = False


class CallTask(BaseModel):
    """The import of one call.

    analysis: which request to analyse it; attempt: how often it has been put off
    """

    model_config = ConfigDict(defer_build=True, extra="ignore")

    record_id: str = Field(max_length=400)
    analysis: int = Field(0, ge=0)
    route: Literal["immediate", "batch"] = "immediate"
    attempt: int = Field(0, ge=0)


class BatchTask(BaseModel):
    """One look at a message batch. polls: how many there have been"""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    batch_id: str = Field(max_length=100)
    polls: int = Field(0, ge=0)


class ReanalysisTask(BaseModel):
    """A request to analyse a period's calls again."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str = Field(max_length=100)


class ErasureTask(BaseModel):
    """The next part of an erasure; whom it erases stands in the run, and in no queue."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run_id: str
