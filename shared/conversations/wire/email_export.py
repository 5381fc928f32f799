"""Reads the messages of an exported e-mail thread, whatever form the export has; `email_thread` names the forms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from shared.conversations.wire.email_message import (
    Message,
    Unreadable,
    from_bytes,
    from_json,
    head_from_bytes,
    head_from_json,
)
from shared.kernel.errors import TooLarge

MAX_BYTES = 25_000_000
MAX_MESSAGES = 1_000
MAX_TEXT_OF_ALL = 2_000_000
"""Characters of all messages together."""

_FIRST = re.compile(rb"\AFrom [^\r\n]*\r?\n(?=[!-9;-~]{1,80}:)")
_SEPARATOR = re.compile(
    rb"(?<=\n)\r?\nFrom [^\r\n ]{1,320} +[A-Z][a-z]{2},? [^\r\n]{0,40}\d\d:\d\d[^\r\n]{0,20}\r?\n(?=[!-9;-~]{1,80}:)"
)
"""The whole of it, below a blank line: whoever writes the file leaves `From` at the beginning of a line unmarked at
times, and a body must not become somebody's mail."""
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def messages_in(data: bytes, more: Sequence[bytes] = (), *, words: bool = True) -> list[Message]:
    """Returns each message once, in the order of time. more: other exports of the same thread; words: what they say is
    read, too.

    Raises Unreadable naming the field, or TooLarge.
    """
    found = list(_bounded(one for export in (data, *more) for one in _of_export(export, words=words)))
    if more and len(found) > MAX_MESSAGES:
        raise TooLarge(f"{len(found)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
    return _once(found)


def _of_export(data: bytes, *, words: bool) -> Iterable[Message]:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes; up to {MAX_BYTES} are accepted.", field="body")
    if not _begun(data).startswith(b"From "):
        return _messages(data, words=words)
    return _without_ids_in_doubt(_once(_bounded(_messages(data, words=words))))


def _begun(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()


def _bounded(messages: Iterable[Message]) -> Iterator[Message]:
    """Yields messages until they are too much to be read; raises TooLarge then."""
    size = 0
    for message in messages:
        size += len(message.text)
        if size > MAX_TEXT_OF_ALL:
            raise TooLarge(f"Up to {MAX_TEXT_OF_ALL} characters of text are accepted.", field="messages")
        yield message


def _messages(data: bytes, *, words: bool) -> Iterator[Message]:
    of_json, of_bytes = (from_json, from_bytes) if words else (head_from_json, head_from_bytes)
    begun = _begun(data)
    if begun[:1] in (b"[", b"{"):
        return (of_json(one, f"messages.{position}") for position, one in enumerate(_listed(begun)))
    if begun.startswith(b"From "):
        first = _FIRST.match(begun)
        if first is None:
            raise Unreadable("A mailbox file begins with a line `From …` and a header below it.", field="messages")
        starts = [first, *_SEPARATOR.finditer(begun, first.end())]
        ends = [match.start() for match in starts[1:]] + [len(begun)]
        raw = [begun[match.end() : end] for match, end in zip(starts, ends, strict=True)]
        if len(raw) > MAX_MESSAGES:
            raise TooLarge(f"{len(raw)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
        return (of_bytes(_ESCAPED.sub(rb"\1", one), f"messages.{position}") for position, one in enumerate(raw))
    if not begun:
        raise Unreadable("Nothing here; a mailbox file, a JSON list of messages or one message is accepted.")
    return iter([of_bytes(begun, "messages.0")])


def _without_ids_in_doubt(messages: list[Message]) -> list[Message]:
    """Returns the messages of a mailbox file, in doubt each without an id among those that have one: perhaps it stood
    in another's body."""
    if not any(one.message_id for one in messages):
        return messages
    return [one if one.message_id else replace(one, in_doubt=True) for one in messages]


def _listed(data: bytes) -> list[Any]:
    try:
        value = json.loads(data.decode("utf-8"))
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable(f"The bytes are no UTF-8 JSON: {type(error).__name__}.") from None
    listed = value.get("messages") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        raise Unreadable("A list of at least one message is accepted.", field="messages")
    if len(listed) > MAX_MESSAGES:
        raise TooLarge(f"{len(listed)} messages; up to {MAX_MESSAGES} are accepted.", field="messages")
    return listed


def _once(messages: Iterable[Message]) -> list[Message]:
    """Returns each message once, in the order of time."""
    found: dict[object, Message] = {}
    for message in sorted(messages, key=lambda one: (one.sent, one.sender.email, one.text)):
        found.setdefault(
            message.message_id or (message.sender.email, message.sent, " ".join(message.text.split())), message
        )
    return list(found.values())


def identity(messages: list[Message]) -> str:
    """Returns a thread's id, the same for a later export."""
    first = messages[0]
    root = next(iter(first.references), None) or first.message_id
    known = root or f"{first.sender.email}\n{first.sent.isoformat()}\n{first.subject or ''}"
    return f"thread-{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:20]}"
