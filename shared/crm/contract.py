"""Describes what a flow that calls out tells us: which records may have changed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.crm.domain.hint import Hint
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.bodies import Body, Identifier
from shared.kernel.errors import Rejected
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

    def hints(self) -> list[Hint]:
        """Returns a hint for each record, each once. Raises Rejected naming an id that is none."""
        found: dict[str, Hint] = {}
        for number, said in enumerate(self.record_ids):
            record_id = eighteen(said)
            if record_id is None:
                raise Rejected("is no id of Salesforce: its letters are not as they were", field=f"record_ids.{number}")
            hint_id = None if self.message_id is None else f"{self.message_id}\n{record_id}"
            found[record_id] = Hint(hint_id, self.object, record_id)
        return list(found.values())


class RecordChangesAnswer(Output):
    """Says what becomes of what was told."""

    received: int = Field(description="Records, each counted once")
    followed: int = Field(description="Of these the ones that deals are read from")
