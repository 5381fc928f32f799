"""Describes what is queued of a CRM's records."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.kernel.messages import Fact


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


class ChangeEvent(Fact):
    """A change event of Salesforce, as whoever bridges them hands it on: with its header in it, or in its payload."""

    ChangeEventHeader: dict[str, object] | None = Field(None, description="Which records changed, and when")
    payload: dict[str, object] | None = Field(None, description="Holds the header, where there is something around it")
