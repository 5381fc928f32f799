"""A receiver of webhooks on loopback that verifies with the independent library, and misbehaves as a test says."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Behave = Callable[[BaseHTTPRequestHandler], int | None]
"""Answers itself and returns None, or returns the status to answer with."""


@dataclass
class Receiver:
    """What has come. secret: what the receiver knows; behave: what it does with the next request

    arrived: by webhook-id, how often a verified message was answered with 2xx; taken: the messages; seen: all requests
    """

    url: str = ""
    secret: str = ""
    behave: Behave = lambda request: 204
    arrived: Counter[str] = field(default_factory=Counter)
    taken: list[dict[str, Any]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        webhook_id = request.headers["webhook-id"]
        with self.lock:
            self.seen.append(webhook_id)
        try:
            message = Webhook(self.secret).verify(body, dict(request.headers)) if self.secret else {}
        except Exception as error:
            self.refused.append(repr(error))
            request.send_error(401)
            return
        status = self.behave(request)
        if status is None:
            return
        if 200 <= status < 300:
            with self.lock:
                self.arrived[webhook_id] += 1
                self.taken.append(message)
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Runs a receiver on a free port of loopback."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.answer(self)

        def log_message(self, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirected(to: str) -> Behave:
    """Sends on to somewhere else."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return behave


def hanging(until: threading.Event) -> Behave:
    """Says nothing until it is let go."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        until.wait(30)
        request.close_connection = True

    return behave


def dripping(until: threading.Event) -> Behave:
    """Says one letter of its answer now and then."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        for letter in b"HTTP/1.1 200 " + b"O" * 1_000:
            try:
                request.connection.sendall(bytes([letter]))
            except OSError:
                return
            if until.wait(0.05):
                return

    return behave


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
