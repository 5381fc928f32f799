"""Describes what operations tells other functions: the payloads of its tasks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class LetterTask(BaseModel):
    """A dead letter to deliver again."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    letter_id: str
