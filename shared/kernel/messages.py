"""Roots every topic's message."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """The root of every topic's message."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")
