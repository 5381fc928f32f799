"""A Slack of our own on loopback: incoming webhooks and three methods of the app's interface, with Slack's limits.

It answers as Slack does: a webhook in plain text, the interface in JSON with 200 for what it refuses. slack_sdk, the
vendor's own client, checks it in test_slack.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from infra.demonstration.loopback_server import LoopbackServer

TOKEN = "xoxb-known"
HOOK = "/services/T1/B1/known"


@dataclass
class Workspace:
    """Who is here, and what came. users: by address; next: what the next requests are answered with

    an answer is (status, body, headers); "drop" takes a message and ends the connection without an answer
    """

    url: str = ""
    users: dict[str, str] = field(default_factory=dict)
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    next: list[tuple[int, str, dict[str, str]] | str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def hook(self) -> str:
        return f"{self.url}{HOOK}"

    def hooked(self, message: dict[str, Any]) -> tuple[int, str]:
        fault = _fault(message)
        if fault is not None:
            return 400, fault
        self.posted.append(("hook", message))
        return 200, "ok"

    def called(self, method: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        if token != TOKEN:
            return {"ok": False, "error": "invalid_auth"}
        if method == "auth.test":
            return {"ok": True, "team": "Augment", "user": "skills"}
        if method == "users.lookupByEmail":
            found = self.users.get(body.get("email", ""))
            return {"ok": True, "user": {"id": found}} if found else {"ok": False, "error": "users_not_found"}
        if method != "chat.postMessage":
            return {"ok": False, "error": "unknown_method"}
        if body.get("channel") not in self.users.values():
            return {"ok": False, "error": "channel_not_found"}
        fault = _fault(body)
        if fault is not None:
            return {"ok": False, "error": fault}
        self.posted.append((body["channel"], body))
        return {"ok": True, "channel": body["channel"], "ts": "1.0", "message": {"text": body.get("text")}}


def _fault(message: dict[str, Any]) -> str | None:
    """What Slack finds wrong about a message."""
    blocks = message.get("blocks") or []
    if not message.get("text") and not blocks:
        return "no_text"
    if len(message.get("text") or "") > 40_000:
        return "msg_too_long"
    good = len(blocks) <= 50 and all(_is_good(block) for block in blocks)
    return None if good else "invalid_blocks"


def _is_good(block: dict[str, Any]) -> bool:
    if block.get("type") == "header":
        text = block["text"]
        return text["type"] == "plain_text" and 0 < len(text["text"]) <= 150
    if block.get("type") == "section":
        return 0 < len(block["text"]["text"]) <= 3_000
    return block.get("type") in ("context", "divider")


@contextmanager
def slack() -> Iterator[Workspace]:
    """A workspace on a port of its own."""
    workspace = Workspace()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
            body = {name: values[0] for name, values in parse_qs(raw.decode()).items()} if told else json.loads(raw)
            workspace.asked.append(self.path)
            given = workspace.next.pop(0) if workspace.next else None
            if isinstance(given, tuple):
                return self.say(*given)
            if self.path.startswith("/services/"):
                status, word = workspace.hooked(body) if self.path == HOOK else (404, "no_service")
                content, headers = word, {"Content-Type": "text/html"}
            else:
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                answer = workspace.called(self.path.removeprefix("/api/"), token, body)
                status, content, headers = 200, json.dumps(answer), {"Content-Type": "application/json"}
            if given == "drop":
                self.close_connection = True
                return None
            return self.say(status, content, headers)

        def say(self, status: int, content: str, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = LoopbackServer(Answering, "slack")
    workspace.url = server.url
    server.start()
    try:
        yield workspace
    finally:
        server.stop()
