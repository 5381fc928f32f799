"""Reads what a flow tells into hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.crm.domain.hint import Hint
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.errors import Rejected

if TYPE_CHECKING:
    from shared.crm.contract import RecordChangesBody


def hints_of(body: RecordChangesBody) -> list[Hint]:
    """Returns a hint for each record, each once. Raises Rejected naming an id that is none."""
    found: dict[str, Hint] = {}
    for number, said in enumerate(body.record_ids):
        record_id = eighteen(said)
        if record_id is None:
            raise Rejected("is no id of Salesforce: its letters are not as they were", field=f"record_ids.{number}")
        hint_id = None if body.message_id is None else f"{body.message_id}\n{record_id}"
        found[record_id] = Hint(hint_id, body.object, record_id)
    return list(found.values())
