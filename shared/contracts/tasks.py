"""What the platform's own tasks carry."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ShardTask(BaseModel):
    """One shard of a recalculation, or (without a run) a few employees to rebuild."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    employee_ids: list[str] = Field(max_length=500)
    run_id: str | None = None
    shard: int | None = None
    from_ledger: bool = False
    nightly: bool = False
