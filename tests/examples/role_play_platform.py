"""A platform that answers the example as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from examples.role_play_client import role_play_client as example
from examples.role_play_client.role_play_client import Client, Score, Session, Spool

FOLDER = Path(example.__file__).parent
Reply = tuple[int, dict[str, str], Any]
SESSION = Session(
    session_id="s-1",
    employee_id="joe@augmentcode.com",
    scenario_id="healthcare-discovery-call",
    finished_at=datetime(2026, 2, 10, 14, 30, tzinfo=UTC),
    duration_seconds=420,
    overall_score=82,
    passed=True,
    scores=[Score("discovery", 85, {"industry": "healthcare"}), Score("listening", 79)],
    details_url="gs://roleplay-results/s-1.json",
)


def session(number: int) -> Session:
    return replace(SESSION, session_id=f"s-{number}")


class Platform:
    """Keeps events by id and answers as `ingest` does, or as the next of `replies` says. "break" breaks off after
    the event was taken: the answer is lost."""

    def __init__(self) -> None:
        self.replies: list[Reply | str] = []
        self.always: Callable[[dict[str, Any]], Reply | None] = lambda _: None
        self.events: dict[str, dict[str, Any]] = {}
        self.received: list[str] = []
        self.tokens: list[str] = []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = platform.reply(self.path, event, self.headers["Authorization"])
                if isinstance(reply, str):
                    return
                status, headers, value = reply
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                for name, text in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def reply(self, path: str, event: dict[str, Any], token: str) -> Reply | str:
        self.received.append(event["event_id"])
        self.tokens.append(token)
        reply = self.replies.pop(0) if self.replies else self.always(event)
        if reply and reply != "break":
            return reply
        if path != "/api/v1/validation-events":
            return 404, {}, {"detail": "no such path"}
        known = self.events.setdefault(event["event_id"], event)
        if reply == "break":
            return reply
        if known != event:
            return 409, {}, {"detail": "exists with other content"}
        answer = {"validation_id": event["event_id"], "employee_id": event["employee_id"], "skill_updates": []}
        return (201, {}, answer) if known is event else (200, {}, {**answer, "duplicate": True})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.close()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


class Waits(list[float]):
    """Stands in for sleeping: keeps how long."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(platform: Platform, spool: Spool, waits: Waits) -> Client:
    return Client(platform.url, lambda: "a-token", spool, uniform=lambda low, high: high, sleep=waits)


def waiting(spool: Spool) -> list[str]:
    return [spooled.event["event_id"] for spooled in spool.oldest_first()]
