"""Reads JSON that a store has written itself."""

from __future__ import annotations

from typing import Any

import orjson


class Unreadable(ValueError):
    """Tells that a text of the store is no JSON any more, though JSON was written: the file is damaged."""


def stored_json(text: str) -> Any:
    """Returns the value of a text of the store. Raises Unreadable."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(error.msg) from error
