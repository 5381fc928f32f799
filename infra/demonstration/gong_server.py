"""Gong's interface over HTTP on a loopback port, for the demonstration and for tests."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, Self

from infra.demonstration.gong_interface import Answer, GongInterface
from infra.demonstration.loopback_server import LoopbackServer

_MOST_BYTES: Final = 1 << 20


class GongServer(LoopbackServer):
    """The interface over HTTP: `with GongServer(GongInterface()) as server: …`, or start and stop."""

    def __init__(self, interface: GongInterface, *, port: int = 0):
        self.interface = interface
        super().__init__(_handler(interface), "gong", port)

    def __enter__(self) -> Self:
        self.start()
        return self


def _handler(interface: GongInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # the second part of an answer would wait for an acknowledgement
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
            """Keeps quiet: paths name nobody, but nobody reads them either."""

    return Handler
