"""Describes what subscriptions tells other functions: the payload of its tasks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DeliveryTask(BaseModel):
    """One attempt. attempt: how many were made before; looks: how often it has looked for a free place"""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    delivery_id: str = Field(max_length=100)
    attempt: int = Field(0, ge=0)
    looks: int = Field(0, ge=0)
