"""Reads events to send from lines of JSON: `{"path": "/api/v1/validation-events", "body": {…}}`, or just a body."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.kernel.json_values import JsonObject

VALIDATION_EVENTS = "/api/v1/validation-events"
FIELD_OBSERVATIONS = "/api/v1/field-observations"
LEARNING_ACTIVITIES = "/api/v1/learning-activities"
PATHS = (VALIDATION_EVENTS, FIELD_OBSERVATIONS, LEARNING_ACTIVITIES)

_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    (FIELD_OBSERVATIONS, frozenset({"observation_id", "observation_source"})),
    (LEARNING_ACTIVITIES, frozenset({"activity_id", "content_id"})),
    (VALIDATION_EVENTS, frozenset({"event_id", "event_type", "event_source"})),
)


class Line(NamedTuple):
    """An event to send. number: of the line in its file, from 1."""

    number: int
    path: str
    body: JsonObject


class Reject(NamedTuple):
    """A line that was not taken. status: 0 when it was never sent; problem: in the words of the answer."""

    number: int
    path: str | None
    subject: str | None
    status: int
    problem: JsonObject

    def to_json(self) -> str:
        return json.dumps(
            {
                "line": self.number,
                "path": self.path,
                "id": self.subject,
                "status": self.status,
                "problem": self.problem,
            },
            ensure_ascii=False,
        )


def path_of(body: JsonObject) -> str | None:
    """Returns where a bare body belongs, by the fields that only this kind has; None if it fits none or several."""
    fitting = [path for path, marks in _MARKS if marks & body.keys()]
    return fitting[0] if len(fitting) == 1 else None


def subject_of(body: JsonObject) -> str | None:
    """Finds the body's own id, for the report."""
    for name in ("event_id", "observation_id", "activity_id", "source_id"):
        if isinstance(body.get(name), str):
            return str(body[name])
    return None


def read_lines(text: Iterable[str]) -> Iterator[Line | Reject]:
    """Reads the lines of a JSONL file; a line that cannot be sent is a Reject with its reason. Skips empty lines."""
    for number, raw in enumerate(text, start=1):
        if raw.strip():
            yield _line(number, raw)


def _line(number: int, raw: str) -> Line | Reject:
    def unreadable(detail: str) -> Reject:
        return Reject(number, None, None, 0, {"title": "The line cannot be sent", "detail": detail})

    try:
        value = json.loads(raw, parse_constant=_no_number)
        # What cannot be written as UTF-8 (half a surrogate pair) cannot be sent either.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return unreadable(f"it is not JSON: {error}")
    if not isinstance(value, dict):
        return unreadable("it is no JSON object")
    if "path" in value and "body" in value:
        path, body = value["path"], value["body"]
        if path not in PATHS:
            return unreadable(f"path is {path!r}; accepted are {', '.join(PATHS)}")
        return Line(number, path, body) if isinstance(body, dict) else unreadable("its body is no JSON object")
    path = path_of(value)
    if path is None:
        names = "; ".join(f"{' or '.join(sorted(marks))}: {path}" for path, marks in _MARKS)
        return unreadable(f"its kind is not recognised. Give a path, or the fields of exactly one kind ({names})")
    return Line(number, path, value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")
