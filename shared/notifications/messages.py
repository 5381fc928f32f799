"""Describes what notifications is told by others, and tells itself: the payload of its tasks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class NotifyTask(BaseModel):
    """One step. notice: make its deliveries; delivery: make an attempt; summary: send what was kept for the day

    name: of the notice, or of the delivery; attempt: how many were made before; looks: how often it was too early
    """

    model_config = ConfigDict(defer_build=True, extra="ignore")

    step: Literal["notice", "delivery", "summary"]
    name: str = Field(max_length=100)
    attempt: int = Field(0, ge=0)
    looks: int = Field(0, ge=0)
