"""Bounds what is read of an answer from outside, after it has been decompressed: 300 KB of gzip can be 300 MB.

For clients of httpx (and of httpx2, which the language model's SDK stands on) these are hooks: what comes is
decompressed here, piece by piece, and the client sees plain bytes. urllib and http.client decompress nothing: `read`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

PIECE: Final = 1 << 16
"""Bytes that are decompressed at once."""
MOST_BYTES: Final = 16 << 20
"""Of an answer of which nobody knows better."""
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


class AnswerTooLarge(ValueError):
    """An answer is over its limit; what was read of it is forgotten."""


class Readable(Protocol):
    """An answer of urllib or http.client."""

    def read(self, amount: int, /) -> bytes: ...


def read(answer: Readable, most: int = MOST_BYTES) -> bytes:
    """Reads an answer to its end. Raises AnswerTooLarge, OSError."""
    content = answer.read(most + 1)
    if len(content) > most:
        raise AnswerTooLarge(f"an answer of over {most:,} bytes")
    return content


def hooks(http: Any, most: int = MOST_BYTES) -> dict[str, list[Callable[[Any], None]]]:
    """Returns a client's `event_hooks` that bound each of its answers.

    http: the library, httpx or httpx2, whose ReadError tells of an answer that is over the limit or cannot be read
    """

    def ask(request: Any) -> None:
        request.headers["Accept-Encoding"] = "gzip, deflate"

    def bound(response: Any) -> None:
        encoding = response.headers.pop("Content-Encoding", "identity").strip().lower()
        inner = response.stream
        response.stream = _stream(http, _bounded(http, inner, encoding, most), inner.close)

    return {"request": [ask], "response": [bound]}


def _stream(http: Any, pieces: Iterator[bytes], close: Callable[[], None]) -> Any:
    """Makes a stream of the library's own kind, which its responses insist on."""
    methods = {"__iter__": lambda self: pieces, "close": lambda self: close()}
    return type("BoundedStream", (http.SyncByteStream,), methods)()


def _bounded(http: Any, pieces: Iterator[bytes], encoding: str, most: int) -> Iterator[bytes]:
    if encoding in ("identity", ""):
        plain = iter(pieces)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        plain = _decompressed(http, pieces)
    else:
        raise http.ReadError(f"an answer in {encoding[:40]!r}, which nobody asked for")
    size = 0
    for piece in plain:
        size += len(piece)
        if size > most:
            raise http.ReadError(f"an answer of over {most:,} bytes")
        yield piece


def _decompressed(http: Any, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields at most PIECE bytes at once, of one compressed member after the other."""
    member = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for piece in pieces:
            left = piece
            while left:
                yield member.decompress(left, PIECE)
                left = member.unconsumed_tail
                if member.eof:
                    left, member = member.unused_data, zlib.decompressobj(_GZIP_OR_ZLIB)
        yield member.flush(PIECE)
    except zlib.error:
        raise http.ReadError("an answer that cannot be decompressed") from None
