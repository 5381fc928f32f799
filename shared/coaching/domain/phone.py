"""Reads phone numbers that people write: with the country's code, since nobody else knows which country is meant."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[\s().\-/]+")
_WRITTEN: Final = re.compile(r"(?:\+|00)([1-9]\d{6,14})", re.ASCII)


def phone_of(written: str) -> str:
    """Returns a number's digits with the country's code, as WhatsApp names it. Raises ValueError."""
    found = _WRITTEN.fullmatch(_BETWEEN.sub("", written[:40]))
    if found is None or len(written) > 40:
        raise ValueError("must be a phone number with its country's code, e.g. +44 7700 900123")
    return found[1]
