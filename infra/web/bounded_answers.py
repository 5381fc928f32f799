"""Bounds what is read of an answer from outside, after it has been decompressed: 300 KB of gzip can be 300 MB, and one
of these, as JSON of nothing but `[],`, twenty of the memory. And how long it may take: a client's own time-out begins
anew with each byte.

For clients of httpx (and of httpx2, which the language model's SDK stands on) these are hooks: what comes is
decompressed here, piece by piece, and the client sees plain bytes. urllib and http.client decompress nothing: `read`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import cache
from math import inf
from time import monotonic
from typing import Any, Final, Protocol

PIECE: Final = 1 << 16
"""Bytes that are decompressed at once."""
MOST_BYTES: Final = 16 << 20
"""Of an answer of which nobody knows better."""
MOST_SECONDS: Final = 300.0
"""From the head of an answer to its end, where it has no limit of its own: those are read between other work."""
BYTES_PER_MARK: Final = 8
"""At an answer's limit. A mark is what begins a value in JSON: [ { , or :, in texts, too. A value takes up to 80 bytes
of memory for each of its marks, so that all values of an answer take ten times its limit at most. Records have a mark
in six bytes or more, and half their limit: none comes near it."""
_MARKS: Final = b"[{,:"
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32


class AnswerTooLarge(ValueError):
    """An answer is over its limit; what was read of it is forgotten."""


class Readable(Protocol):
    """An answer of urllib or http.client."""

    def read(self, amount: int, /) -> bytes: ...


class Bound:
    """Counts one answer."""

    def __init__(self, most: int) -> None:
        self._bytes = self._most = most
        self._marks = most // BYTES_PER_MARK

    def take(self, piece: bytes) -> bytes:
        """Counts a piece, and returns it. Raises AnswerTooLarge."""
        self._bytes -= len(piece)
        self._marks -= sum(map(piece.count, _MARKS))
        if self._bytes < 0:
            raise AnswerTooLarge(f"over {self._most:,} bytes")
        if self._marks < 0:
            raise AnswerTooLarge(f"more values than {self._most:,} bytes of records have")
        return piece


def read(answer: Readable, most: int = MOST_BYTES) -> bytes:
    """Reads an answer to its end. Raises AnswerTooLarge, OSError."""
    return Bound(most).take(answer.read(most + 1))


def hooks(
    http: Any,
    most: int = MOST_BYTES,
    others: Callable[[str], int | None] = lambda path: None,
    seconds: float = MOST_SECONDS,
) -> dict[str, list[Callable[[Any], None]]]:
    """Returns a client's `event_hooks` that bound each of its answers.

    http:   the library, httpx or httpx2, whose ReadError tells of an answer that cannot be read; of one that is over
            the limit it is an AnswerTooLarge as well, of one that takes too long its ReadTimeout
    others: the limit of an address that has one of its own
    seconds: that any other answer may take
    """

    def ask(request: Any) -> None:
        request.headers["Accept-Encoding"] = "gzip, deflate"

    def bound(response: Any) -> None:
        encoding = response.headers.pop("Content-Encoding", "identity").strip().lower()
        inner = response.stream
        own = others(response.request.url.path)
        pieces = _bounded(http, inner, encoding, Bound(own or most))
        ends = inf if own else monotonic() + seconds
        response.stream = _stream(http, _in_time(http, pieces, ends), inner.close)

    return {"request": [ask], "response": [bound]}


def _in_time(http: Any, pieces: Iterator[bytes], ends: float) -> Iterator[bytes]:
    for piece in pieces:
        if monotonic() > ends:
            raise http.ReadTimeout("an answer that has no end")
        yield piece


def _stream(http: Any, pieces: Iterator[bytes], close: Callable[[], None]) -> Any:
    """Makes a stream of the library's own kind, which its responses insist on."""
    methods = {"__iter__": lambda self: pieces, "close": lambda self: close()}
    return type("BoundedStream", (http.SyncByteStream,), methods)()


def _bounded(http: Any, pieces: Iterator[bytes], encoding: str, limit: Bound) -> Iterator[bytes]:
    if encoding in ("identity", ""):
        plain = iter(pieces)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        plain = _decompressed(http, pieces)
    else:
        raise http.ReadError(f"an answer in {encoding[:40]!r}, which nobody asked for")
    for piece in plain:
        try:
            yield limit.take(piece)
        except AnswerTooLarge as error:
            raise _too_large(http)(str(error)) from None


@cache
def _too_large(http: Any) -> type[Exception]:
    """Returns the library's own kind of AnswerTooLarge, which it lets pass, and whoever catches its errors catches."""
    return type("TooLarge", (http.ReadError, AnswerTooLarge), {})


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
