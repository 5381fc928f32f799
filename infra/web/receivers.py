"""Posts webhooks to whoever has subscribed, and to nobody on the platform's own networks.

The name is resolved once, what it resolves to is looked at, and the connection goes to that very address: a name that
resolves to something else a moment later changes nothing. TLS is verified for the name. No redirect is followed, no
proxy is asked, and nothing but the status and Retry-After is read of an answer.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from queue import Empty, Queue
from threading import Event, Thread, Timer
from time import monotonic
from typing import Final

from shared.kernel.errors import Rejected
from shared.subscriptions.domain.address import Target, may_reach, target_of
from shared.subscriptions.ports.receivers import Received, Receivers

CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
"""For everything together, from looking the name up: a receiver that drips bytes takes no longer than one that says
nothing."""

Resolve = Callable[[str, int], list[str]]


class _AddressRefused(Exception):
    """A name resolves to what no webhook may reach."""


class HttpReceivers(Receivers):
    """The `Receivers` port.

    loopback: this machine may be called, also without TLS: for a platform that runs on one machine alone
    resolve:  from a name and port to network addresses; tls: what verifies certificates
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._loopback = loopback
        self._resolve = resolve or resolved
        self._given_tls = tls
        self._seconds = whole_seconds

    def check(self, address: str) -> None:
        target_of(address, loopback=self._loopback)

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Received:
        began = monotonic()
        deadline = began + self._seconds
        status, after, error, sent = None, None, None, Event()
        try:
            status, after = self._exchange(target_of(address, loopback=self._loopback), headers, body, deadline, sent)
        except (Rejected, _AddressRefused):
            error = "address_refused"
        except (OSError, HTTPException, ValueError) as problem:
            # A connection that was shut because its time was over ends in all sorts of errors.
            over = isinstance(problem, TimeoutError) or monotonic() >= deadline
            error = "timeout" if over else "tls" if isinstance(problem, ssl.SSLError) else "unreachable"
        return Received(status, round((monotonic() - began) * 1000), error, after, error is not None and sent.is_set())

    def _exchange(
        self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float, sent: Event
    ) -> tuple[int, float | None]:
        with self._connect(target, deadline) as plain, plain.dup() as same:
            over = Event()

            def end() -> None:
                over.set()
                _shut(same)

            # Python's time-outs are for each read: this one ends the whole exchange, wherever it is.
            ends = Timer(_left(deadline), end)
            ends.daemon = True
            ends.start()
            try:
                answered = self._answered(plain, target, headers, body, sent)
            finally:
                ends.cancel()
            if over.is_set():
                raise TimeoutError  # what was cut off may look like an answer
            return answered

    def _answered(
        self, plain: socket.socket, target: Target, headers: Mapping[str, str], body: bytes, sent: Event
    ) -> tuple[int, float | None]:
        connection = HTTPConnection(target.host, target.port)
        connection.default_port = 443 if target.secure else 80
        with self._tls.wrap_socket(plain, server_hostname=target.host) if target.secure else plain as secured:
            connection.sock = secured
            sent.set()
            connection.request("POST", target.path, body, {**headers, "Connection": "close"})
            with HTTPResponse(secured, method="POST") as response:
                response.begin()
                return response.status, _seconds(response.getheader("Retry-After"), datetime.now(UTC))

    def _connect(self, target: Target, deadline: float) -> socket.socket:
        found = self._resolved(target, deadline)
        if not found or not all(may_reach(address, loopback=target.loopback) for address in found):
            raise _AddressRefused
        last: OSError = OSError("no address answers")
        for address in found[:2]:
            try:
                connected = socket.create_connection((address, target.port), min(CONNECT_SECONDS, _left(deadline)))
                connected.settimeout(_left(deadline))  # of each read: connecting alone has less time than the whole
                return connected
            except OSError as error:
                last = error
        raise last

    def _resolved(self, target: Target, deadline: float) -> list[str]:
        """Returns the network addresses of a name. The system's resolver knows no time-out: it is left behind."""
        answers: Queue[list[str] | OSError | ValueError] = Queue()

        def ask() -> None:
            try:
                answers.put(self._resolve(target.host, target.port))
            except (OSError, ValueError) as problem:
                answers.put(problem)

        Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=_left(deadline))
        except Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()


def resolved(host: str, port: int) -> list[str]:
    """Returns the network addresses of a name, each once. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _left(deadline: float) -> float:
    """Returns the seconds until a deadline. Raises TimeoutError for one that is over."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _seconds(header: str | None, now: datetime) -> float | None:
    """Reads Retry-After, which says seconds or a date; None for what is neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
