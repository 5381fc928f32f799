"""Bounds what connections may cost: how many there are, how long each may stay, and how slowly it may send.

The server reads all connections in one thread and hands over whole requests, so that a slow sender holds no thread of
those that answer. What it holds is a place; and places are taken from those who do least with them.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from waitress.channel import HTTPChannel


@dataclass(frozen=True, slots=True)
class Limits:
    """connections:     at a time; from this number on the least deserving are closed, a tenth at once
    idle_seconds:    between two requests of a connection, and before the first
    request_seconds: for a request to arrive whole, and a second more for each `bytes_per_second` of it
    read_seconds:    without a byte read of an answer
    header_bytes:    of all headers of a request
    linger_seconds:  how long what a refused client is still sending is read and dropped
    """

    connections: int = 300
    idle_seconds: float = 60.0
    request_seconds: float = 15.0
    bytes_per_second: int = 20_000
    read_seconds: float = 30.0
    header_bytes: int = 32_768
    linger_seconds: float = 2.0


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection that knows since when it waits for the rest of a request."""

    limits = Limits()
    received_bytes = 0
    receiving_since: float | None = None
    drained_until: float | None = None
    """Set where a request was refused: until then what is still sent is read and dropped, since a connection that is
    closed over unread bytes is reset, and its client never sees the answer."""
    half_closed = False

    def received(self, data: bytes) -> bool:
        began = self.receiving_since
        taken = bool(super().received(data))
        if self.request is None:
            self.receiving_since, self.received_bytes = None, 0
        else:
            self.receiving_since = began or time.time()
            self.received_bytes += len(data)
        return taken

    def readable(self) -> bool:
        return self.half_closed or bool(super().readable())

    def writable(self) -> bool:
        return not self.half_closed and bool(super().writable())

    def handle_read(self) -> None:
        if self.half_closed:
            self.recv(1 << 16)  # closes the connection at its end
        else:
            super().handle_read()

    def handle_write(self) -> None:
        if self.drained_until is None or not self.close_when_flushed or self.total_outbufs_len:
            super().handle_write()
            return
        self.half_closed = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def overdue(self, now: float) -> bool:
        """Tells whether the connection has had its time."""
        limits = self.limits
        if self.half_closed:
            return now > (self.drained_until or 0)
        if self.requests:
            return bool(self.total_outbufs_len) and now - self.last_activity > limits.read_seconds
        if self.receiving_since is not None:
            allowed = limits.request_seconds + self.received_bytes / limits.bytes_per_second
            return now - self.receiving_since > allowed
        waits_for = limits.read_seconds if self.total_outbufs_len else limits.idle_seconds
        return bool(now - self.last_activity > waits_for)

    @property
    def merit(self) -> tuple[bool, float]:
        """Orders connections by how little is lost with them: those that are answered last, the longest idle first."""
        return bool(self.requests), float(self.receiving_since or self.last_activity)


def close_overdue(channels: Collection[Channel], limits: Limits, now: float) -> None:
    """Closes those that have had their time, and where there are too many, those that do least with their place."""
    for channel in [one for one in channels if one.overdue(now)]:
        channel.handle_close()
    if len(channels) >= limits.connections:
        by_merit = sorted(channels, key=lambda one: one.merit)
        for channel in by_merit[: max(1, limits.connections // 10)]:
            if not channel.requests:
                channel.handle_close()
