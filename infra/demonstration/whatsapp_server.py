"""WhatsApp’s Cloud API over HTTP on a loopback port, for the demonstration and tests; and what posts its webhooks."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, Self

from infra.demonstration.loopback_server import LoopbackServer
from infra.demonstration.whatsapp_interface import Answer, WhatsAppInterface
from infra.demonstration.whatsapp_payloads import signature

_MOST_BYTES: Final = 1 << 20
VERSION: Final = "v23.0"


class WhatsAppServer(LoopbackServer):
    """The interface over HTTP: `with WhatsAppServer(WhatsAppInterface()) as server: …`, or start and stop."""

    def __init__(self, interface: WhatsAppInterface, *, port: int = 0):
        self.interface = interface
        super().__init__(_handler(interface), "whatsapp", port)
        interface.base_url = self.base_url

    @property
    def base_url(self) -> str:
        """Returns the address with the version, as clients are told it."""
        return f"{self.url}/{VERSION}"

    def __enter__(self) -> Self:
        self.start()
        return self


class Webhooks:
    """Posts what WhatsApp owes, as it does: in disorder, some of it twice, and again until it is taken.

    post: (body, signature) → the status that it was answered with
    """

    def __init__(self, interface: WhatsAppInterface, app_secret: str, post: Callable[[bytes, str], int]) -> None:
        self._interface = interface
        self._app_secret = app_secret
        self._post = post

    def deliver(self, *, seed: int | None = None, rounds: int = 20) -> int:
        """Posts all that is owed; returns how many posts that took. seed: of disorder and repetition; None: neither.

        Raises ConnectionError where something is refused again and again.
        """
        owed = [self._interface.owed.popleft() for _ in range(len(self._interface.owed))]
        if seed is not None:
            chance = random.Random(seed)
            owed += [one for one in owed if chance.random() < 0.5]
            chance.shuffle(owed)
        posts = 0
        for _ in range(rounds):
            refused = []
            for raw in owed:
                posts += 1
                if self._post(raw, signature(self._app_secret, raw)) != 200:
                    refused.append(raw)
            if not refused:
                return posts
            owed = refused
        raise ConnectionError(f"{len(owed)} webhooks are refused for ever")


def _handler(interface: WhatsAppInterface) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 60
        wbufsize = -1

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdigit() or int(length) > _MOST_BYTES:
                self.close_connection = True
                self._send(Answer(413, {"error": {"message": "too large", "code": 100}}))
                return
            body = self.rfile.read(int(length))
            path = self.path.split("?", 1)[0].removeprefix(f"/{VERSION}")
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(interface.answer(self.command, path, headers, body))

        do_GET = do_PUT = do_DELETE = do_POST

        def _send(self, answer: Answer) -> None:
            is_json = not isinstance(answer.body, bytes)
            content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header(
                "Content-Type", "application/json; charset=UTF-8" if is_json else "application/octet-stream"
            )
            self.send_header("Content-Length", str(len(content)))
            if answer.retry_after is not None:
                self.send_header("Retry-After", str(answer.retry_after))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keeps quiet: paths name people."""

    return Handler
