"""Makes and compares entity tags (RFC 9110, section 8.8): strong ones, of an answer's very bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b

from shared.kernel.errors import Outdated, Rejected

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)*')
_TAG = re.compile(r'(W/)?("[^"]*")')
_BYTES = 16
MOST_CHARACTERS = 8_000
"""Of a header with tags: a hundred of ours, and more."""


def tag_of(body: bytes) -> str:
    """Returns the tag of an answer: quoted, as it stands in a header."""
    return f'"{blake2b(body, digest_size=_BYTES).hexdigest()}"'


def is_known(headers: Mapping[str, str], tag: str) -> bool:
    """Tells whether the caller has the answer already, by If-None-Match."""
    given = headers.get("If-None-Match") or ""
    if len(given) > MOST_CHARACTERS:
        return False  # what it has is sent once more
    return given.strip() == "*" or any(found[2] == tag for found in _TAG.finditer(given))


def is_conditional(headers: Mapping[str, str]) -> bool:
    """Tells whether a change is to be made on what the caller has seen, or on nothing, alone."""
    return "If-Match" in headers or "If-None-Match" in headers


def require_match(headers: Mapping[str, str], present: object | None, encode: Callable[[object], bytes]) -> None:
    """Raises Outdated unless what stands is what the caller has seen, by If-Match, or nothing, by `If-None-Match: *`.

    present: what GET would answer; None where there is nothing. Raises Rejected for headers that say neither.
    """
    tag = None if present is None else tag_of(encode(present))
    if "If-None-Match" in headers:
        if headers["If-None-Match"].strip() != "*":
            raise Rejected("If-None-Match: a change takes * only: create, and replace nothing", field="If-None-Match")
        if tag is not None:
            raise Outdated("If-None-Match: there is one already; its ETag is in this answer", tag=tag)
    given = (headers.get("If-Match") or "*").strip()
    if given != "*" and (len(given) > MOST_CHARACTERS or not _TAGS.fullmatch(given)):
        raise Rejected(f"If-Match: {given[:80]!r} is no ETag as a GET gives it, in quotes, nor *", field="If-Match")
    if "If-Match" not in headers:
        return
    if tag is None:
        raise Outdated("If-Match: there is nothing here yet")
    # The comparison is strong: a tag that somebody has made weak on the way says nothing about the bytes.
    if given != "*" and not any(found[2] == tag and not found[1] for found in _TAG.finditer(given)):
        raise Outdated("If-Match: it has changed since; its present ETag is in this answer", tag=tag)
