"""A service that speaks Anthropic's Messages API over HTTP on a loopback port, for the demonstration and for tests."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from infra.demonstration.loopback_server import LoopbackServer
from infra.demonstration.messages_interface import Answer, MessagesInterface

MOST_BYTES: Final = 32 << 20
MOST_BATCH_BYTES: Final = 256 << 20


class MessagesServer(LoopbackServer):
    """The interface over HTTP on a loopback port: `with MessagesServer(interface) as url: …`, or start and stop."""

    def __init__(self, interface: MessagesInterface, *, port: int = 0) -> None:
        self.interface = interface
        super().__init__(_handler(interface), "messages", port)

    def __enter__(self) -> str:
        self.start()
        return self.url


def _handler(interface: MessagesInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # the second part of an answer would wait for an acknowledgement
        timeout = 60
        wbufsize = -1  # the head and the body in one packet

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            path = self.path.split("?", 1)[0]
            most = MOST_BATCH_BYTES if path.endswith("/batches") else MOST_BYTES
            if not length.isdigit() or int(length) > most:
                self.close_connection = True
                error = {"type": "request_too_large", "message": f"a body of up to {most} bytes, with its length"}
                self._send(Answer(413, {"type": "error", "error": error}))
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(interface.answer(self.command, path, headers, body, f"http://{self.headers['Host']}"))

        do_GET = do_PUT = do_DELETE = do_POST

        def _send(self, answer: Answer) -> None:
            if answer.delay_seconds:
                time.sleep(answer.delay_seconds)
            content = (answer.body if isinstance(answer.body, str) else json.dumps(answer.body)).encode()
            self.send_response(answer.status)
            for name, value in {"content-type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keeps quiet: what is asked here is what was said in a call."""

    return Handler
