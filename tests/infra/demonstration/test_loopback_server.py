"""The vendors' servers on loopback stop at once, and do nothing while nobody asks."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from time import monotonic
from urllib.request import urlopen

from infra.demonstration.loopback_server import LOOKS_EVERY, LoopbackServer


class Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def test_a_server_stops_at_once_though_it_looks_seldom_whether_it_should() -> None:
    server = LoopbackServer(Says, "says")
    server.start()
    assert urlopen(server.url).read() == b"ok"  # this machine's own
    began = monotonic()
    server.stop()
    assert monotonic() - began < LOOKS_EVERY / 3
    assert LOOKS_EVERY >= 10
