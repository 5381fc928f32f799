"""Reading what was sent: bytes to JSON, JSON to a contract's model, with errors that name the field."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.domain.errors import Malformed, Rejected

Model = TypeVar("Model", bound=BaseModel)

DEEPEST = 40
"""Nesting of a JSON body; the contracts need 5."""


def parse_json(raw: bytes) -> Any:
    """Bytes as JSON: UTF-8, no NaN or infinity, no lone surrogates, at most 40 levels deep. Raises Malformed."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8 (byte {error.start})", field="body") from None
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise Malformed(f"the body is nested deeper than {DEEPEST} levels", field="body") from None
    except json.JSONDecodeError as error:
        raise Malformed(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}", field="body"
        ) from None
    except ValueError as error:
        raise Malformed(f"the body is not JSON that this service reads: {str(error)[:200]}", field="body") from None
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(value)
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise Malformed("the body has an escaped lone surrogate, which is no character", field="body") from None
    return value


def validated(model: type[Model], value: Any, *, at: str = "") -> Model:
    """A JSON value as the contract's model; raises Rejected naming every wrong field, under the prefix `at`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [
            {
                "field": ".".join([*([at] if at else []), *(str(part) for part in item["loc"])]) or "body",
                "detail": _words(item),
            }
            for item in error.errors(include_url=False, include_input=False, include_context=True)[:20]
        ]
        first = errors[0]
        raise Rejected(f"{first['field']}: {first['detail']}", field=first["field"], errors=errors) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Malformed(f"the body is nested deeper than {DEEPEST} levels", field="body")


def _words(item: Any) -> str:
    message = str(item["msg"])
    kind = item["type"]
    if kind == "missing":
        return "is required"
    if kind in {"timezone_aware"}:
        return "must have a time zone, e.g. 2026-02-10T14:30:00Z"
    if kind.startswith("datetime"):
        return f"must be an ISO 8601 date and time with a time zone, e.g. 2026-02-10T14:30:00Z ({message})"
    return message.removeprefix("Value error, ")[:500]
