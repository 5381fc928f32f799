"""The routes of `ingest`: decode one event or a list, record, answer. What is rejected is quarantined, not lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shared.kernel.access import Caller
from shared.kernel.bodies import MOST_ITEMS
from shared.kernel.errors import Malformed, Rejected, TooLarge
from shared.kernel.reading import parse_json, validated
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.platform.edges.http import Answer, Call, Handler, problem_value, require_json
from shared.platform.usecases.tombstones import ErasedPerson

if TYPE_CHECKING:
    from shared.intake.usecases.record_event import RecordEvents
    from shared.observations.usecases.interpret import Body
    from shared.platform.usecases.quarantine import Quarantine

MODELS: Mapping[str, type[Body]] = {
    "record_validation_event": ValidationEvent,
    "record_field_observation": FieldObservation,
    "record_learning_activity": LearningActivity,
}


def handlers(events: Callable[[], RecordEvents], quarantine: Callable[[], Quarantine]) -> dict[str, Handler]:
    """Handlers of the three recording routes, by operation."""

    def record(call: Call) -> Answer:
        operation = call.route.operation
        try:
            require_json(call.headers)
            value = parse_json(call.raw)
            if isinstance(value, list):
                return _list(operation, value, call.caller, events(), quarantine())
            body = validated(MODELS[operation], value)
            recorded = events().one(body, value, call.caller)
        except ErasedPerson:
            raise  # kept nowhere
        except Rejected as error:
            error.quarantine_id = quarantine().keep(operation, call.raw, error, sent_by=call.caller.email)
            raise
        return Answer(text=recorded.text, status=recorded.status)

    return dict.fromkeys(MODELS, record)


def again(
    operation: str, raw: bytes, caller: Caller, events: RecordEvents, quarantine: Quarantine
) -> tuple[int, dict[str, Any]]:
    """Takes the quarantined input of an operation in again, like a request: the status and the answer. Items of a list
    that are rejected are kept one by one. Raises Rejected."""
    value = parse_json(raw)
    if isinstance(value, list):
        answer = _list(operation, value, caller, events, quarantine)
        return answer.status, answer.value
    recorded = events.one(validated(MODELS[operation], value), value, caller)
    return recorded.status, recorded.answer


def _list(operation: str, values: list[Any], caller: Caller, events: RecordEvents, quarantine: Quarantine) -> Answer:
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
    return Answer({"results": results, **counts}, 207)
