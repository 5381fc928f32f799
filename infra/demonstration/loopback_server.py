"""An HTTP server on a loopback port, in a thread of its own: what the demonstration's vendors are served by."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

LOOKS_EVERY = 30.0
"""Seconds between two looks whether it is to stop: a server that looks twenty times a second is never idle."""


class LoopbackServer:
    """Serves with a handler from `start` to `stop`. name: of the thread; port: 0 takes any free one."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], name: str, port: int = 0) -> None:
        self._server = _Http(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(LOOKS_EVERY,), daemon=True, name=name)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        stopping = threading.Thread(target=self._server.shutdown, daemon=True)
        stopping.start()
        while stopping.is_alive():  # whoever knocks ends its waiting at once
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1).close()
            stopping.join(0.01)
        self._server.server_close()
        self._thread.join(5)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores a client that leaves early, no news; a defect closes the connection, which the client reports."""
