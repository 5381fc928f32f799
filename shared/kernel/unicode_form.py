"""Says in which form text is compared: é is one character, however it was typed."""

from __future__ import annotations

from unicodedata import normalize


def composed(text: str) -> str:
    """Returns text in Unicode NFC."""
    return text if text.isascii() else normalize("NFC", text)


def folded(text: str) -> str:
    """Returns a name or an id as it is compared: without the white space around it, in lower case, in NFC."""
    return composed(composed(text).strip().lower())
