"""Describes what is queued of a CRM's records."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class RecordTask(BaseModel):
    """Asks to read one record again, or some pages of what has changed of a kind.

    record_id: None: whatever has changed since `since`, after the record `after` of that moment
    hinted_at: when the hint came in; whatever was read since then has seen what it is about
    """

    model_config = ConfigDict(defer_build=True, extra="ignore")

    kind: str = Field(max_length=80)
    record_id: str | None = Field(None, max_length=18)
    hinted_at: AwareDatetime
    since: AwareDatetime | None = None
    after: str = Field("", max_length=18)
