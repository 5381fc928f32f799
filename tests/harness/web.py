"""A small HTTP server for tests: one function answers every request."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest


class LoopbackServer(ThreadingHTTPServer):
    """Serves on a free loopback port; a client that leaves early is no news."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]):
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived. body: decoded JSON or form, else None."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Told:
    """The answer. value: as JSON, or bytes as they are."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serving(answer: Callable[[Asked], Told]) -> Iterator[str]:
    """Serves on a free loopback port; yields the root URL without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            kind = self.headers.get("Content-Type") or ""
            body: Any = None
            if "json" in kind:
                body = json.loads(raw)
            elif "form" in kind:
                body = dict(parse_qsl(raw.decode()))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = answer(Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            content = told.value if isinstance(told.value, bytes) else json.dumps(told.value).encode()
            self.send_response(told.status)
            for name, value in {"Content-Length": str(len(content)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: Any) -> None:
            """Quiet: the tests say what arrived."""

    with running(LoopbackServer(Handler)) as url:
        yield url


@contextmanager
def running(server: HTTPServer) -> Iterator[str]:
    """Serves in a thread; yields the root URL without a slash at its end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def posting(take: Callable[[str, Mapping[str, str], bytes], int]) -> Iterator[str]:
    """Serves POSTs. take: gives the status for a path, headers and a body"""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(take(self.path, dict(self.headers), body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Quiet: the tests say what arrived."""

    with running(LoopbackServer(Handler)) as url:
        yield url


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Sets variables that Google's clients look up when they are made."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield


class FixedClock:
    """A clock that stands until it is set."""

    def __init__(self, now: Any):
        self.time = now

    def now(self) -> Any:
        return self.time
