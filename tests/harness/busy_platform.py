"""Answers, delays, refuses and breaks off over HTTP as a platform under load does."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.web.events import (
    FIELD_OBSERVATIONS,
    LEARNING_ACTIVITIES,
    VALIDATION_EVENTS,
    Line,
)


class Platform:
    """Keeps what it is sent and answers lists as `ingest` does. `trouble` may answer a request instead of it."""

    def __init__(self) -> None:
        self.lists: list[tuple[str, list[dict[str, Any]]]] = []
        self.by_id: dict[str, dict[str, Any]] = {}
        self.tokens: Counter[str] = Counter()
        self.people: list[str] = []
        self.trouble: Callable[[str, bytes], tuple[int, dict[str, str], dict[str, Any]] | None] = lambda *_: None
        self.trouble_with_item: Callable[[dict[str, Any]], int] = lambda _: 0
        self.break_off = 0
        self.lock = threading.Lock()
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                with platform.lock:
                    if platform.break_off:
                        platform.break_off -= 1
                        self.close_connection = True
                        return
                    platform.tokens[self.headers["Authorization"]] += 1
                    status, headers, value = platform.answer(self.path, content, self.headers["Content-Type"])
                body = json.dumps(value).encode()
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

    def answer(self, path: str, content: bytes, content_type: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        special = self.trouble(path, content)
        if special:
            return special
        if content_type == "text/csv":
            self.people = content.decode().splitlines()
            return 200, {}, {"created": len(self.people) - 1, "updated": 0, "unchanged": 0, "rejected": 0, "lines": []}
        events = json.loads(content)
        self.lists.append((path, events))
        results = [self.take(index, event) for index, event in enumerate(events)]
        return 207, {}, {"results": results, "accepted": 0, "duplicates": 0, "rejected": 0}

    def take(self, index: int, event: dict[str, Any]) -> dict[str, Any]:
        status = self.trouble_with_item(event)
        if status:
            return {"index": index, "status": status, "problem": {"detail": f"refused {event['event_id']}"}}
        known = self.by_id.setdefault(event["event_id"], event)
        if known is not event:
            return {"index": index, "status": 200, "answer": {"duplicate": True}}
        return {"index": index, "status": 201, "answer": {"validation_id": event["event_id"]}}


def event(number: int, person: int = 0) -> dict[str, Any]:
    return {"event_id": f"evt-{number}", "event_source": "voice-roleplay", "employee_id": f"p{person}@example.com"}


def lines(count: int, people: int = 7) -> list[Line]:
    paths = (VALIDATION_EVENTS, FIELD_OBSERVATIONS, LEARNING_ACTIVITIES)
    return [Line(n, paths[n % 3], event(n, n % people)) for n in range(1, count + 1)]
