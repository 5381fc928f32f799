"""Serves the page of phones on a loopback port: write to the coach as one of the demonstration's apprentices."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from infra.demonstration.loopback_server import LoopbackServer
from infra.demonstration.phones import MOST_PHOTO, Phones, Unfit
from shared.kernel.json_values import Json, JsonObject

_MOST_BYTES: Final = MOST_PHOTO * 4 // 3 + 10_000
_FILES: Final = {
    "/": ("phone.html", "text/html; charset=utf-8"),
    "/phone.js": ("phone.js", "text/javascript; charset=utf-8"),
    "/phone.css": ("phone.css", "text/css; charset=utf-8"),
}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
NOT_OURS: Final = "only this page itself asks here, under its own address"


class _Answer(NamedTuple):
    status: int
    content: bytes
    kind: str = "application/json"


class PhonePage(LoopbackServer):
    """The page: `with PhonePage(phones) as page: …`, or start and stop."""

    def __init__(self, phones: Phones, *, port: int = 0) -> None:
        super().__init__(_handler(_Page(phones)), "phones", port)

    def __enter__(self) -> Self:
        self.start()
        return self


class _Page:
    """Answers apart from HTTP."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def shown(self, target: str) -> _Answer:
        """Answers what is only read."""
        address = urlsplit(target)
        if address.path in _FILES:
            name, kind = _FILES[address.path]
            return _Answer(200, (Path(__file__).parent / "phone" / name).read_bytes(), kind)
        if address.path == "/people":
            model = self._phones.model
            return _json(200, {"people": self._phones.people(), "model": None if model is None else model.on})
        if address.path == "/messages":
            who = parse_qs(address.query).get("who", [""])[0]
            return self._told(lambda: self._phones.seen_by(who))
        return _json(404, {"error": "there is no such address"})

    def sent(self, path: str, raw: bytes) -> _Answer:
        """Does what a phone is told."""
        try:
            said = json.loads(raw)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return _json(400, {"error": "a JSON object is sent"})
        return self._told(lambda: {"done": self._acted(path, said)})

    def _told(self, work: Callable[[], Json]) -> _Answer:
        try:
            return _json(200, work())
        except Unfit as wrong:
            return _json(422, {"error": str(wrong)})

    def _acted(self, path: str, said: JsonObject) -> bool:
        """Does what a phone is told; False for an address that there is not. Raises Unfit."""
        texts = {name: value for name, value in said.items() if isinstance(value, str)}
        who = texts.get("who", "")
        if path == "/send":
            self._phones.write(who, texts.get("text", ""))
        elif path == "/press":
            self._phones.press(who, texts.get("id", ""), texts.get("title", ""), texts.get("kind", "button"))
        elif path == "/model":
            self._phones.switch_model(said.get("on") is True)
        elif path == "/photo":
            self._phones.photograph(who, texts.get("photo", ""), texts.get("caption", ""))
        else:
            return False
        return True


def _json(status: int, value: Json) -> _Answer:
    return _Answer(status, json.dumps(value).encode())


def _handler(page: _Page) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_GET(self) -> None:
            self._send(page.shown(self.path) if self._own() else _json(403, {"error": NOT_OURS}))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdigit() or int(length) > _MOST_BYTES:
                self.close_connection = True
                self._send(_json(413, {"error": f"at most {_MOST_BYTES:,} bytes"}))
                return
            raw = self.rfile.read(int(length))
            # Another site's page can neither name this type without asking first, nor come from here.
            ours = self._own() and self.headers.get("Content-Type") == "application/json"
            self._send(page.sent(self.path, raw) if ours else _json(403, {"error": NOT_OURS}))

        def _own(self) -> bool:
            """Tells whether the page is asked under its own address, and not by another's page."""
            host, port = self.connection.getsockname()[:2]
            origin = self.headers.get("Origin")
            return self.headers.get("Host") == f"{host}:{port}" and origin in (None, f"http://{host}:{port}")

        def _send(self, answer: _Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.content)))
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keeps quiet: paths name people."""

    return Handler
