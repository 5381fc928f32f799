"""Defines what reviews tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.messages import Fact


class ReviewedScore(Fact):
    """A scorer's score beside the person's."""

    competency: str
    scorer_score: float = Field(description="0-100, as the scorer gave it")
    person_score: float | None = Field(None, description="0-100; null when the person dropped or rejected it")
    own_score: float | None = Field(
        None, description="0-100; the person's before the scorer's was shown; null: not observed, or none was given"
    )
    reason: str = Field(
        description="Why a person looked: lexical, low_confidence, untrusted_scorer, contested, sample, alongside"
    )


class ReviewDecided(Fact):
    """A person has decided about an analyst's scores of one call and one employee. No word of the call, nor of the
    people's reasons."""

    review_id: str = Field(description="Of one call and one employee, deterministic")
    review_version: int = Field(description="Rank of this decision among those on the same call")
    employee_id: str
    scorer: str = Field(description="Who scored, with its versions")
    source: str = Field(description="The system that recorded: gong …")
    reason: str = Field(
        description="Why a person looked, the weightiest: contested, untrusted_scorer, low_confidence, lexical, sample"
    )
    decision: Literal["confirmed", "corrected", "rejected"] = Field(description="What the person made of the scores")
    pairs: list[ReviewedScore] = Field(default_factory=list, description="One element per score of the scorer")
    sampled: bool = Field(description="Chance alone had chosen it")
    reviewed_by_role: str = Field(description="The role in which the person decided")
    decided_at: datetime = Field(description="When the person decided")
    blind: bool = Field(False, description="The person gave own scores before the scorer's were shown to them")


class CertificationTask(BaseModel):
    """One part of a night's certification. after_moment, after_id: where the part before ended; None for the first"""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    begun_at: datetime
    part: int = 0
    after_moment: datetime | None = None
    after_id: str | None = None
