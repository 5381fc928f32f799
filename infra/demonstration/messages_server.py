"""A service that speaks Anthropic's Messages API over HTTP on a loopback port, for the demonstration and for tests."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final

from infra.demonstration.messages_interface import Answer, MessagesInterface

MOST_BYTES: Final = 32 << 20
MOST_BATCH_BYTES: Final = 256 << 20


class MessagesServer:
    """The interface over HTTP on a loopback port: `with MessagesServer(interface) as url: …`, or start and stop."""

    def __init__(self, interface: MessagesInterface, *, port: int = 0) -> None:
        self.interface = interface
        self._server = _Http(("127.0.0.1", port), _handler(interface))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="messages")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> str:
        self.start()
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is no news; a defect closes the connection, which the client reports."""


def _handler(interface: MessagesInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
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
            """Quiet: what is asked here is what was said in a call."""

    return Handler
