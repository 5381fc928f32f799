"""Fills entries of before 2026-11-29 from what the ledger knows: when they were received, and whether they were passed.

What is filled in is a function of the event alone, so that whoever rebuilds a state gets the same bytes.
"""

from __future__ import annotations

import json
from datetime import datetime

from shared.kernel.ids import digest
from shared.kernel.moments import milliseconds
from shared.observations.domain.entry import PRACTICE, decode_entries


def with_receipt(text: str, message: str) -> str:
    """Returns an entry with its receipt; the same one if it has it. message: the event's, as JSON

    Two practices of one moment without an id shared one: each gets an id of its own, by what it said.
    """
    (entry,) = decode_entries([text])
    if entry.has_receipt:
        return text
    told = json.loads(message)
    received = milliseconds(datetime.fromisoformat(told["received_at"]))
    if entry.kind != PRACTICE:
        return entry._replace(received=received).encoded()[1]
    passed = int(told.get("passed") is not False)
    source_id = entry.source_id
    at = datetime.fromisoformat(told["occurred_at"]).isoformat()
    if source_id == digest(told["employee_id"], at, entry.activity):
        said = [entry.contexts, entry.scores, told.get("overall_score"), passed, told.get("scenario_id")]
        source_id = digest(source_id, json.dumps(said))
    return entry._replace(source_id=source_id, received=received, passed=passed).encoded()[1]
