"""Takes in a request of `ingest`: one event or a list; what was quarantined is taken in again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.kernel.access import Caller
from shared.kernel.bodies import MOST_ITEMS
from shared.kernel.errors import ErasedPerson, Malformed, Rejected, TooLarge
from shared.kernel.problems import problem_value
from shared.kernel.reading import parse_json, validated
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent

if TYPE_CHECKING:
    from shared.intake.usecases.record_event import RecordEvents
    from shared.observations.usecases.interpret import Body
    from shared.platform.usecases.quarantine import Quarantine

MODELS: Mapping[str, type[Body]] = {
    "record_validation_event": ValidationEvent,
    "record_field_observation": FieldObservation,
    "record_learning_activity": LearningActivity,
}
LIST_STATUS = 207


def again(
    operation: str, raw: bytes, caller: Caller, events: RecordEvents, quarantine: Quarantine
) -> tuple[int, dict[str, Any]]:
    """Takes the quarantined input of an operation in again, like a request: the status and the answer. Items of a list
    that are rejected are kept one by one. Raises Rejected."""
    value = parse_json(raw)
    if isinstance(value, list):
        return LIST_STATUS, record_list(operation, value, caller, events, quarantine)
    recorded = events.one(validated(MODELS[operation], value), value, caller)
    return recorded.status, recorded.answer


def record_list(
    operation: str, values: list[Any], caller: Caller, events: RecordEvents, quarantine: Quarantine
) -> dict[str, Any]:
    """Records a list of events: one result per item, in the list's order. What is rejected is quarantined item by item.

    Raises Rejected for a list that is empty, TooLarge for one of more than 500 items.
    """
    if not values:
        raise Rejected("the list is empty; send 1 to 500 items", field="body")
    if len(values) > MOST_ITEMS:
        raise TooLarge(f"the list has {len(values)} items; at most {MOST_ITEMS} are accepted", field="body")
    model = MODELS[operation]
    items: list[tuple[Body, Mapping[str, Any]] | Rejected] = []
    for value in values:
        try:
            if not isinstance(value, dict):
                raise Malformed("an item must be a JSON object", field="body")
            items.append((validated(model, value), value))
        except Rejected as error:
            items.append(error)
    results: list[dict[str, Any]] = []
    for index, (value, outcome) in enumerate(zip(values, events.several(items, caller), strict=True)):
        if isinstance(outcome, Rejected):
            if not isinstance(outcome, ErasedPerson):
                raw = json.dumps(value, ensure_ascii=False).encode()
                outcome.quarantine_id = quarantine.keep(operation, raw, outcome, sent_by=caller.email)
            results.append({"index": index, "status": outcome.status, "problem": problem_value(outcome, f"#{index}")})
        else:
            results.append({"index": index, "status": outcome.status, "answer": outcome.answer})
    counts = {
        "accepted": sum(item["status"] == 201 for item in results),
        "duplicates": sum(item["status"] == 200 for item in results),
        "rejected": sum(item["status"] >= 400 for item in results),
    }
    return {"results": results, **counts}
