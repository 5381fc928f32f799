"""Takes in requests of `ingest`: one event or a list. What is rejected is quarantined, not lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from shared.intake.usecases.prepare_event import Recorded
from shared.kernel.access import Caller, require
from shared.kernel.bodies import MOST_ITEMS
from shared.kernel.errors import ErasedPerson, Malformed, Rejected, TooLarge
from shared.kernel.json_values import Json
from shared.kernel.problems import problem_value
from shared.kernel.reading import parse_json
from shared.kernel.unicode_form import folded
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.domain.peoples_sources import BY_PEOPLE
from shared.observations.usecases.interpret import Body, Sent, call_of, sent

if TYPE_CHECKING:
    from shared.intake.usecases.accept_event import AcceptEvent
    from shared.intake.usecases.accept_events import AcceptEvents
    from shared.platform.usecases.quarantine import Quarantine

MODELS: Mapping[str, type[Body]] = {
    "record_validation_event": ValidationEvent,
    "record_field_observation": FieldObservation,
    "record_learning_activity": LearningActivity,
}
"""By operation."""
LIST_STATUS = 207


@dataclass(frozen=True, slots=True)
class Taken:
    """Tells what a request came to. text: the answer, as JSON"""

    status: int
    text: str


class TakeIn:
    """Takes in what integrations send, and what was quarantined of it. quarantine: made when something is rejected"""

    def __init__(self, alone: AcceptEvent, lists: AcceptEvents, quarantine: Callable[[], Quarantine]) -> None:
        self._alone = alone
        self._lists = lists
        self._quarantine = quarantine

    def request(self, operation: str, raw: bytes, caller: Caller, check: Callable[[], None]) -> Taken:
        """Takes a request in. check: raises Rejected for one that is not sent as JSON

        Raises Forbidden; Rejected, after the input has been quarantined (nobody keeps what is about an erased person);
        Retryable.
        """
        require(caller, "events.write")
        try:
            check()
            return self.again(operation, raw, caller)
        except ErasedPerson:
            raise
        except Rejected as error:
            error.quarantine_id = self._quarantine().keep(operation, raw, error, sent_by=caller.email)
            raise

    def again(self, operation: str, raw: bytes, caller: Caller) -> Taken:
        """Takes quarantined input in, like a request. Items of a list that are rejected are kept one by one.

        Raises Rejected.
        """
        value = parse_json(raw)
        if isinstance(value, list):
            return Taken(LIST_STATUS, self._list(operation, value, caller))
        recorded = self._alone.one(_sent(operation, value), caller)
        return Taken(recorded.status, recorded.text)

    def _list(self, operation: str, values: Sequence[Any], caller: Caller) -> str:
        """Records a list of events: one result per item, in the list's order. Raises Rejected for a list that is empty,
        TooLarge for one of more than 500 items."""
        if not values:
            raise Rejected("the list is empty; send 1 to 500 items", field="body")
        if len(values) > MOST_ITEMS:
            raise TooLarge(f"the list has {len(values)} items; at most {MOST_ITEMS} are accepted", field="body")
        outcomes = self._lists.several([_item(operation, value) for value in values], caller)
        for value, outcome in zip(values, outcomes, strict=True):
            if isinstance(outcome, Rejected) and not isinstance(outcome, ErasedPerson):
                raw = json.dumps(value, ensure_ascii=False).encode()
                outcome.quarantine_id = self._quarantine().keep(operation, raw, outcome, sent_by=caller.email)
        answer = {
            "results": [_result(index, outcome) for index, outcome in enumerate(outcomes)],
            "accepted": sum(outcome.status == 201 for outcome in outcomes),
            "duplicates": sum(outcome.status == 200 for outcome in outcomes),
            "rejected": sum(outcome.status >= 400 for outcome in outcomes),
        }
        return orjson.dumps(answer).decode()


def _sent(operation: str, value: Any) -> Sent:
    """Reads one event as a machine may send it. Raises Rejected, also for what people alone may say."""
    event = sent(MODELS[operation], value)
    if isinstance(event.body, FieldObservation):
        for field, source in (
            ("observation_source", event.body.observation_source),
            ("recording", call_of(event.body)[0]),
        ):
            if folded(source) in BY_PEOPLE:
                raise Rejected(
                    f"{field}: {source!r} is what people say who are signed in (POST /api/v1/learning/observations, "
                    "/api/v1/learning/verifications); send a machine's observation under its own name",
                    field=field,
                )
    return event


def _item(operation: str, value: Any) -> Sent | Rejected:
    try:
        if not isinstance(value, dict):
            raise Malformed("an item must be a JSON object", field="body")
        return _sent(operation, value)
    except Rejected as error:
        return error


def _result(index: int, outcome: Recorded | Rejected) -> dict[str, int | dict[str, Json] | orjson.Fragment]:
    if isinstance(outcome, Rejected):
        return {"index": index, "status": outcome.status, "problem": problem_value(outcome, f"#{index}")}
    return {"index": index, "status": outcome.status, "answer": orjson.Fragment(outcome.text)}
