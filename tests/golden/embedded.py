"""The embedded platform with a clock that stands and ids that count: the one place here that knows how it is wired.

Whatever moves inside the platform, this file is what is to be adapted, and no golden document.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from infra.demonstration.analyst_answerers import LabelledAnswerer
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.local.ambient import JsonLog, RandomIds, SystemClock
from infra.local.identity import audience_of, service_account
from infra.local.platform import configure
from infra.local.runtime import FUNCTIONS_FOLDER, load_applications, open_parts
from infra.local.serving import Dispatcher
from tests.harness.browser import ANYBODY

ROOT = Path(__file__).resolve().parents[2]
BEGAN = datetime(2025, 3, 12, 12, tzinfo=UTC)
"""The story's first moment."""
SETTINGS = {
    "AUGMENT_CALLS_FOLDER": "tests/golden/recorded_calls",
    "AUGMENT_CALLS_FROM": "2025-03-01T00:00:00Z",
    "AUGMENT_ANALYSIS_ROUTE": "immediate",
    "AUGMENT_HOME_DOMAINS": "augmentcode.com",
    "SECRET_SESSION_KEY": "a-key-for-golden-pages",
    "SECRET_UNSUBSCRIBE_KEY": "a-key-for-golden-mails",
}
MOST_ROUNDS = 60
"""Of deliveries, before it counts as a circle."""


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Nothing."""


UNTIMED = {"", "skill_webhooks", "discrepancy_webhooks", "review_webhooks"}
"""What takes none of the story's time: the warehouse, and what has nobody to tell."""


class Embedded:
    """The platform on a directory. published: per topic; queued: per queue; refused: deliveries that failed."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self.now = BEGAN
        self.published: dict[str, list[Any]] = defaultdict(list)
        self.queued: dict[str, list[Any]] = defaultdict(list)
        self.refused: list[Any] = []
        self.log = StringIO()
        self.parts = open_parts(directory, log=JsonLog(self.log))
        # The queue counts in the machine's time by itself; here a task for a later time waits for the story's.
        self.parts.queue._now = lambda: self.now.timestamp()  # type: ignore[method-assign]
        configure(self.parts, settings, demonstration=ANYBODY)
        self.applications = load_applications(self.parts.pipeline, FUNCTIONS_FOLDER)
        self._declared = yaml.safe_load((ROOT / "infra" / "declarations" / "pipeline.yaml").read_text("utf-8"))
        self._databases = {name: directory / f"{name}.sqlite" for name in ("documents", "integrations")}
        self.api = Client(Dispatcher(self.parts.pipeline, "api", self.applications))
        self._portal = Dispatcher(self.parts.pipeline, "portal", self.applications)

    def token(self, who: str, audience: str = "api") -> str:
        """An ID token of a person (an address), or of a service account (its name)."""
        email = who if "@" in who else service_account(who)
        return self.parts.issuer.token(email, audience_of(audience))[0]

    def browser(self) -> Client:
        """A browser that opens the portal."""
        return Client(self._portal)

    def move(self, **by: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**by)

    def schedule(self, name: str) -> int:
        """Runs a schedule's function, as the clock would; the status."""
        function = self._declared["schedules"][name]["function"]
        return self._post(function, b"", {"X-CloudScheduler": "true", "X-CloudScheduler-JobName": name})

    def deliver(self) -> None:
        """Delivers what is due, one a second in a fixed order, until nothing is left."""
        for _ in range(MOST_ROUNDS):
            if not sum([self._delivered(*channel) for channel in self._channels()]):
                return
        raise AssertionError(f"deliveries go on for ever: {sorted(self.queued)}")

    def dead_letter(self, letter_id: str, channel: str, data: Any) -> None:
        """Has a message among those that were given up."""
        moment = self.now.timestamp()
        row = (letter_id, channel, "message", "m-1", json.dumps(data), "{}", moment, moment, 8, "KeyError in it")
        with sqlite3.connect(self._databases["documents"]) as file:
            file.execute(f"INSERT INTO dead_letters VALUES ({', '.join('?' * len(row))})", row)

    def stored(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every stored document as it lies in the file: by (database, collection), by id."""
        found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        for database, path in self._databases.items():
            with sqlite3.connect(path) as file:
                for collection, name, data in file.execute("SELECT collection, id, data FROM documents"):
                    found[database, collection][name] = json.loads(data)
        return found

    def files(self) -> dict[str, dict[str, str]]:
        """What lies in the buckets: by bucket, by name."""
        parts = self.parts
        buckets = {
            "files": parts.files,
            "transcripts": parts.transcripts,
            "clips": parts.clips,
            "evidence": parts.evidence,
        }
        return {
            bucket: {name: (store.read(name) or b"").decode("utf-8", "replace") for name in store.list()}
            for bucket, store in buckets.items()
        }

    def _channels(self) -> Iterator[tuple[str, str, str]]:
        """(what a queue calls its deliveries, to which function, of which topic or queue)"""
        for topic in sorted(self._declared["topics"]):
            yield f"warehouse--{topic}", "", topic
        for name, function in sorted(self._declared["functions"].items()):
            if function["trigger"] == "topic":
                yield f"{name}--{function['topic']}", name, function["topic"]
            if function["trigger"] == "task":
                yield function["queue"], name, function["queue"]

    def _delivered(self, channel: str, function: str, source: str) -> int:
        with sqlite3.connect(self._databases["documents"]) as file:
            due = dict(file.execute("SELECT number, due FROM deliveries WHERE channel = ?", (channel,)))
        leased = self.parts.queue.lease(channel, 1000, 3600)
        for one in leased:
            told = {"data": json.loads(one.data), "attributes": dict(one.attributes)}
            status = 200
            self.move(seconds=0 if function in UNTIMED else 1)
            if not function:
                self.published[source].append(told)
            elif one.kind == "task":
                named = "(no name)" if len(one.message_id) == 32 else one.message_id
                waited = round(due[one.number] - one.published_at.timestamp())
                self.queued[source].append({"name": named, "seconds_later": waited, "payload": told["data"]})
                headers = {"X-CloudTasks-QueueName": channel, "X-CloudTasks-TaskName": one.message_id}
                status = self._post(function, one.data.encode(), {**headers, "X-CloudTasks-TaskRetryCount": "0"})
            else:
                status = self._post(function, _push(channel, one.data, one.attributes), {})
            if status >= 300:
                self.refused.append({"channel": channel, "status": status, **told})
            self.parts.queue.acknowledge([one])
        return len(leased)

    def _post(self, function: str, body: bytes, headers: dict[str, str]) -> int:
        token = self.token("platform", function)
        client = Client(self.applications[function])
        sent = {**headers, "Authorization": f"Bearer {token}"}
        with client.post("/", data=body, content_type="application/json", headers=sent) as answer:
            return answer.status_code


def _push(channel: str, data: str, attributes: Any) -> bytes:
    message = {"data": base64.b64encode(data.encode()).decode(), "attributes": dict(attributes), "messageId": "m"}
    return json.dumps({"message": message, "subscription": f"projects/local/subscriptions/{channel}"}).encode()


@contextmanager
def embedded(directory: Path, **more: str) -> Iterator[Embedded]:
    """The platform with nobody in it. more: settings

    Clocks and ids change for the whole process, which is to be one of its own."""
    for name in [name for name in os.environ if name.startswith(("AUGMENT_", "SECRET_"))]:
        del os.environ[name]
    settings = {**SETTINGS, **more}
    os.environ |= settings
    os.chdir(ROOT)
    counts: dict[str, int] = defaultdict(int)

    def counted(kind: str) -> str:
        counts[kind] += 1
        return f"golden-{kind}-{counts[kind]:04d}"

    moment = [lambda: BEGAN]
    SystemClock.now = lambda self: moment[0]()  # type: ignore[method-assign]
    RandomIds.new = lambda self: counted("id")  # type: ignore[method-assign]
    made = Embedded(directory, settings)
    moment[0] = lambda: made.now
    server = make_server(
        "127.0.0.1", 0, Dispatcher(made.parts.pipeline, "api", made.applications), request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    made.parts.addresses["api"] = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        made.parts.close()


@contextmanager
def with_a_model(directory: Path) -> Iterator[tuple[Embedded, Callable[[], list[Any]]]]:
    """The platform with a language model that is asked in batches, and what says what it was asked so far."""
    moment = [lambda: BEGAN]
    model = MessagesInterface(LabelledAnswerer(), now=lambda: moment[0]())
    with MessagesServer(model) as url:
        more = {"AUGMENT_ANALYSIS_ROUTE": "batch", "AUGMENT_MODEL": DEMONSTRATION_MODEL, "AUGMENT_MODEL_URL": url}
        with embedded(directory, SECRET_ANTHROPIC_KEY=KEY, **more) as made:
            moment[0] = lambda: made.now
            yield made, lambda: [one.request for one in model.recorded]
