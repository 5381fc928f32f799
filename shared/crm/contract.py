"""Describes what a flow that calls out tells us: which records may have changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.kernel.bodies import Body, Identifier
from shared.platform.contract import Output

MOST_RECORDS = 100

CrmId = Annotated[str, StringConstraints(pattern="^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$")]
"""An id of Salesforce."""


class RecordChangesBody(Body):
    """Says that records of one kind may have changed. What else a flow sends is not read: the record is."""

    organization_id: CrmId = Field(description="{!$Organization.Id}")
    message_id: Identifier | None = Field(
        None, description="The same in a repetition, such as {!$Flow.InterviewGuid}; without it each request is another"
    )
    object: Annotated[str, StringConstraints(pattern="^[A-Za-z][A-Za-z0-9_]{0,79}$")] = Field(
        description="The kind of the records by its API name, such as Opportunity"
    )
    record_ids: list[CrmId] = Field(
        min_length=1, max_length=MOST_RECORDS, description="With 15 or 18 characters, such as {!$Record.Id}"
    )


class RecordChangesAnswer(Output):
    """Says what becomes of what was told."""

    received: int = Field(description="Records, each counted once")
    followed: int = Field(description="Of these the ones that deals are read from")
