"""Gong's interface over HTTP on a loopback port, for the demonstration and for tests."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from infra.demonstration.gong_interface import Answer, GongInterface

_MOST_BYTES: Final = 1 << 20


class GongServer:
    """The interface over HTTP on a loopback port: `with GongServer(GongInterface()) as url: …`, or start and stop."""

    def __init__(self, interface: GongInterface, *, port: int = 0):
        self.interface = interface
        self._server = _Http(("127.0.0.1", port), _handler(interface))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="gong")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is no news; a defect closes the connection, which the client reports."""


def _handler(interface: GongInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        wbufsize = -1  # the head and the body in one packet

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdigit() or int(length) > _MOST_BYTES:
                self.close_connection = True
                self._send(Answer(413, {"errors": [f"a body of up to {_MOST_BYTES} bytes, with its length"]}))
                return
            body = self.rfile.read(int(length))
            path = self.path.split("?", 1)[0]
            self._send(interface.answer(self.command, path, self.headers.get("Authorization"), body))

        do_GET = do_PUT = do_DELETE = do_POST

        def _send(self, answer: Answer) -> None:
            content = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            if answer.retry_after is not None:
                self.send_header("Retry-After", str(answer.retry_after))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Quiet: paths name nobody, but nobody reads them either."""

    return Handler
