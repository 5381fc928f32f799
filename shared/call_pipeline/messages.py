"""Describes what the call pipeline tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.messages import Fact


class CallAnalysed(Fact):
    """Tells what came of a call or e-mail thread, once nothing more happens by itself. A later analysis replaces it."""

    record_id: str = Field(description="The call's name in the platform: source and the source's own id")
    source: str = Field(description="The recorder, or email")
    call_id: str = Field(description="The source's own id of the call or thread")
    analysis: int = Field(description="0 for the first, then one more with each that a person asks for")
    state: Literal["observed", "nobody", "internal", "private", "refused", "failed"] = Field(
        description="observed, nobody (of ours spoke), internal (nobody of outside took part), private, refused (by "
        "the analyst) or failed (nothing to read)"
    )
    started_at: datetime = Field(description="When the call began, or the thread's first message was sent, UTC")
    finished_at: datetime = Field(description="When the platform was done with it, UTC")
    duration_seconds: int = Field(0, description="As the source says")
    employees: list[str] = Field(default_factory=list, description="The employees who spoke")
    observations: int = Field(0, description="Posted field observations")
    scores: int = Field(0, description="Scores in them")
    waiting: int = Field(0, description="Scores of these that wait for a person")
    scorer: str | None = Field(None, description="Who scored: analyst, model, rubric and prompt version")
    route: str | None = Field(None, description="immediate or batch")
    deal_id: str | None = Field(None, description="The CRM's id of the deal; null for an unmatched call")
    deal_link: str = Field("unmatched", description="crm, account_and_date, person or unmatched")
    account_name: str | None = Field(None, description="The customer, as the CRM says it")
    source_url: str | None = Field(None, description="Where the call can be listened to")
    input_tokens: int | None = Field(
        None, description="Tokens of the language model, over all attempts, at the full price"
    )
    cache_write_tokens: int | None = Field(None, description="Tokens written to the vendor's cache")
    cache_read_tokens: int | None = Field(None, description="Tokens read from the vendor's cache")
    output_tokens: int | None = Field(None, description="Tokens of the answers")
    cost_usd: float | None = Field(None, description="By the price table in force when it was analysed")


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
