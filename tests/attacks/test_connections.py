"""Connections that do nothing, or nearly nothing, take nobody's place: an honest client beside them is answered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from infra.local.connections import Limits
from infra.local.serving import Server
from tests.attacks.honest import honest_client

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LIMITS: Final = Limits(
    connections=60,
    idle_seconds=1.0,
    request_seconds=0.6,
    bytes_per_second=100_000,
    read_seconds=0.8,
    linger_seconds=0.5,
)
"""As served, but a fraction of it, so that a test need not wait."""
LARGE: Final = b"x" * 20_000_000
THREADS: Final = 4


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    body = LARGE if environ["PATH_INFO"] == "/large" else b"ok"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(_application, "127.0.0.1", 0, THREADS, LIMITS)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.stop()
    thread.join(10)


@contextmanager
def _opened(server: Server, number: int, begin: bytes = b"") -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5)) for _ in range(number)
        ]
        for one in sockets:
            one.sendall(begin)
        yield sockets


def _ended(one: socket.socket, within: float) -> bool:
    """Tells whether the other side has ended a connection by then."""
    one.settimeout(within)
    try:
        while one.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _trickle(sockets: list[socket.socket], piece: Callable[[int], bytes], seconds: float) -> int:
    """Sends a piece on each connection, on and on; returns how many connections still took it at the end."""
    over, number, open_ones = time.monotonic() + seconds, 0, list(sockets)
    while time.monotonic() < over and open_ones:
        for one in list(open_ones):
            try:
                one.sendall(piece(number))
            except OSError:
                open_ones.remove(one)
        number += 1
        time.sleep(0.05)
    return len(open_ones)


POST: Final = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
GET: Final = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("begin", [b"", b"G", GET + b"\r\n"], ids=["silent", "one letter", "kept alive"])
def test_idle_connections(server: Server, begin: bytes) -> None:
    address = f"http://127.0.0.1:{server.port}"
    with honest_client(address), _opened(server, 5 * LIMITS.connections // 2, begin) as sockets:
        time.sleep(0.3)
        # All at once they are too many; those that are left have had their time soon.
        assert all(_ended(one, 3) for one in sockets)


def test_headers_that_come_letter_by_letter(server: Server) -> None:
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 40, GET) as sockets:
        assert _trickle(sockets, lambda number: b"X-%d: y\r\n" % number, 2) == 0


def test_bodies_that_come_byte_by_byte(server: Server) -> None:
    begin = POST + b"Content-Length: 100000\r\n\r\n"
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 40, begin) as sockets:
        assert _trickle(sockets, lambda number: b"x", 2) == 0


def test_a_body_that_never_ends(server: Server) -> None:
    begin = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 20, begin) as sockets:
        assert _trickle(sockets, lambda number: b"1\r\nx\r\n", 2) == 0


def test_headers_without_end(server: Server) -> None:
    huge = GET + b"X-Huge: " + b"y" * (LIMITS.header_bytes + 1)
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 20, huge) as sockets:
        answers = [one.recv(1000) for one in sockets]
    assert all(b" 431 " in answer[:20] for answer in answers)


def test_bodies_that_are_too_large_are_refused_without_holding_a_thread(server: Server) -> None:
    begin = POST + b"Content-Length: 99000000\r\n\r\n" + b"x" * 10_000
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 40, begin) as sockets:
        for one in sockets:
            assert one.recv(1000).startswith(b"HTTP/1.1 413 ")
        assert _trickle(sockets, lambda number: b"x" * 1000, 1.5) == 0


def test_answers_that_nobody_reads(server: Server) -> None:
    asked = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with honest_client(f"http://127.0.0.1:{server.port}"), _opened(server, 2 * THREADS, asked):
        time.sleep(2)


def test_a_slow_but_honest_sender_is_waited_for(server: Server) -> None:
    body = b"x" * 150_000
    with _opened(server, 1, POST + b"Content-Length: %d\r\n\r\n" % len(body)) as (one,):
        for start in range(0, len(body), 10_000):
            one.sendall(body[start : start + 10_000])
            time.sleep(0.08)
        assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
