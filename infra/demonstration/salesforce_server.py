"""Salesforce's REST interface over HTTP on a loopback port, for the demonstration and for tests."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from typing import Any, Final, Self

from infra.demonstration.loopback_server import LoopbackServer
from infra.demonstration.salesforce_interface import Answer, SalesforceInterface

_MOST_BYTES: Final = 1 << 20


class SalesforceServer(LoopbackServer):
    """The interface over HTTP: `with SalesforceServer(interface) as server: …`, or start and stop."""

    def __init__(self, interface: SalesforceInterface, *, port: int = 0) -> None:
        self.interface = interface
        super().__init__(_handler(interface), "salesforce", port)

    def __enter__(self) -> Self:
        self.start()
        return self


def _handler(interface: SalesforceInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # the second part of an answer would wait for an acknowledgement
        timeout = 60
        wbufsize = -1  # the head and the body in one packet

        def do_POST(self) -> None:
            body = _body(self)
            if body is None:
                self.close_connection = True
                self._send(Answer(413, "<html>too large</html>"))
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            host = f"http://{headers.get('host', '')}"
            self._send(interface.answer(self.command, self.path, headers, body, host))

        do_GET = do_PATCH = do_PUT = do_DELETE = do_POST

        def _send(self, answer: Answer) -> None:
            as_text = isinstance(answer.body, str)
            content = (
                b"" if answer.body is None else (str(answer.body) if as_text else json.dumps(answer.body)).encode()
            )
            self.send_response(answer.status)
            if content:
                self.send_header("Content-Type", "text/html" if as_text else "application/json;charset=UTF-8")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keeps quiet: what is asked here names customers."""

    return Handler


def _body(request: BaseHTTPRequestHandler) -> bytes | None:
    """Reads a body that has a length, or comes in chunks; None for one that is too large, or neither."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return _some(request.rfile, request.headers.get("Content-Length") or "0", 10)
    whole = b""
    while (piece := _some(request.rfile, request.rfile.readline(20).decode("latin-1").strip(), 16)) is not None:
        request.rfile.readline(20)
        whole += piece
        if not piece or len(whole) > _MOST_BYTES:
            return whole if len(whole) <= _MOST_BYTES else None
    return None


def _some(stream: BufferedIOBase, length: str, base: int) -> bytes | None:
    try:
        wanted = int(length, base)
    except ValueError:
        return None
    return stream.read(wanted) if 0 <= wanted <= _MOST_BYTES else None
