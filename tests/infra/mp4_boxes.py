"""Reads as much of an MP4 file as says how long it is, how it is coded, how large, and in which order it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack_from

HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


@dataclass(frozen=True)
class Film:
    """order: the boxes of the outermost level; codecs: the sample entries; width and height of the picture (pixels)."""

    order: tuple[str, ...]
    seconds: float
    codecs: frozenset[str]
    width: int
    height: int


def film_of(data: bytes) -> Film:
    """Returns what a file says of itself."""
    order, codecs, seconds, size = [], set(), 0.0, (0, 0)
    for depth, kind, body in _boxes(data):
        if depth == 0:
            order.append(kind.decode("ascii"))
        if kind == b"mvhd":
            scale, length = unpack_from(">II", body, 12)
            seconds = length / scale
        elif kind == b"stsd":
            codec = body[12:16].decode("ascii")
            codecs.add(codec)
            if codec == "avc1":
                size = unpack_from(">HH", body, 40)
    return Film(tuple(order), seconds, frozenset(codecs), *size)


def _boxes(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = unpack_from(">I4s", data, at)
        assert length >= 8, f"a box of {length} bytes at {at}"
        assert at + length <= len(data), f"the box {kind!r} at {at} is cut off"
        body = data[at + 8 : at + length]
        yield depth, kind, body
        if kind in HOLDERS:
            yield from _boxes(body, depth + 1)
        at += length
