"""Reads the header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b

from shared.kernel.errors import Rejected

NAME = "Idempotency-Key"
_KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255})')


def key_of(headers: Mapping[str, str]) -> str | None:
    """Returns the key, with or without quotes; None where none is sent. Raises Rejected."""
    given = headers.get(NAME)
    if given is None:
        return None
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise Rejected(
            f'{NAME}: {given[:60]!r} is no key; send 1 to 255 printable ASCII characters in quotes, e.g. "8e03978e"',
            field=NAME,
        )
    return found[1] or found[2]


def fingerprint_of(address: str, query: bytes, headers: Mapping[str, str], raw: bytes) -> str:
    """Returns a digest of what is asked: where, and the body with its type."""
    made = blake2b(digest_size=16)
    for part in (address.encode(errors="replace"), query, (headers.get("Content-Type") or "").encode(), raw):
        made.update(len(part).to_bytes(8) + part)
    return made.hexdigest()
