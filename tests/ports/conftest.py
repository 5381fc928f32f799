"""Every port's tests run over both adapters: "embedded" always, "google" where Google's emulators are installed.

`tests.ports.google` supplies the other side. Each of these is a context manager that yields a fresh, empty one, and
raises `Unavailable(reason)` when what it needs is not installed (the test is then skipped with that reason):

    documents(indexes)   -> Documents         indexes as in the pipeline's `documents.indexes`
    outbox()         -> AcceptingStore    over documents() and bus()
    bus()                -> ListenedBus       topic TOPIC with one subscriber, retried as soon as can be
    task_queue()         -> WorkedQueue       queue QUEUE, whose tasks the function FUNCTION takes
    dead_letters()       -> PoisonedBus       as bus(), giving up after ATTEMPTS deliveries
    files()              -> Files
"""

from __future__ import annotations

import base64
import importlib
import io
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.pipeline import Pipeline, pipeline_from
from infra.local.ambient import JsonLog, SystemClock
from infra.local.delivery import Delivery as Deliverer
from infra.local.files import LocalFiles
from infra.local.identity import LocalIssuer, audience_of, service_account
from infra.local.outbox import LocalOutbox
from infra.local.queue import Delivered, LocalQueue
from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.ambient import Files
from shared.ports.documents import Documents
from tests.ports.harness import (
    ATTEMPTS,
    FUNCTION,
    QUEUE,
    TOPIC,
    AcceptingStore,
    Delivery,
    Died,
    ListenedBus,
    PoisonedBus,
    Unavailable,
    WorkedQueue,
)

INDEXES: Mapping[str, Sequence[Sequence[str]]] = {
    "events": [["person", "kind", "-at"], ["kind", "-at"], ["person", "-at"], ["person", "score"]],
}


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.emulator)])
def adapter(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def from_google(name: str, *arguments: Any) -> Iterator[Any]:
    """Yields what `tests.ports.google.<name>` supplies, or skips and says why."""
    try:
        google = importlib.import_module("tests.ports.google")
    except ModuleNotFoundError as error:
        pytest.skip(f"the Google adapters cannot be loaded here: {error}")
    context: AbstractContextManager[Any] = getattr(google, name)(*arguments)
    try:
        supplied = context.__enter__()
    except Unavailable as reason:
        pytest.skip(str(reason))
    try:
        yield supplied
    finally:
        context.__exit__(None, None, None)


@pytest.fixture
def documents(adapter: str, tmp_path: Path) -> Iterator[Documents]:
    if adapter == "google":
        yield from from_google("documents", INDEXES)
        return
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=INDEXES)
    yield store
    store.close()


@pytest.fixture
def bus(adapter: str, tmp_path: Path) -> Iterator[ListenedBus]:
    if adapter == "google":
        yield from from_google("bus")
        return
    with EmbeddedMessaging(tmp_path) as messaging:
        yield ListenedBus(messaging.queue, messaging.subscriber)


@pytest.fixture
def accepting(adapter: str, tmp_path: Path) -> Iterator[AcceptingStore]:
    if adapter == "google":
        yield from from_google("outbox")
        return
    with EmbeddedMessaging(tmp_path) as messaging:
        store = SqliteDocuments(messaging.queue.file)
        outbox, dying = LocalOutbox(store, messaging.queue), LocalOutbox(store, MuteQueue(messaging.queue))
        yield AcceptingStore(outbox, store, messaging.subscriber, dying, messaging.look)


@pytest.fixture
def task_queue(adapter: str, tmp_path: Path) -> Iterator[WorkedQueue]:
    if adapter == "google":
        yield from from_google("task_queue")
        return
    with EmbeddedMessaging(tmp_path) as messaging:
        yield WorkedQueue(messaging.queue, messaging.worker)


@pytest.fixture
def dead_letters(adapter: str, tmp_path: Path) -> Iterator[PoisonedBus]:
    if adapter == "google":
        yield from from_google("dead_letters")
        return
    with EmbeddedMessaging(tmp_path) as messaging:
        yield PoisonedBus(messaging.queue, messaging.queue, messaging.subscriber)


@pytest.fixture
def files(adapter: str, tmp_path: Path) -> Iterator[Files]:
    if adapter == "google":
        yield from from_google("files")
    else:
        yield LocalFiles(tmp_path / "files")


class EmbeddedMessaging:
    """The embedded queue with its deliverer, a function that listens to TOPIC and one that takes from QUEUE."""

    def __init__(self, folder: Path):
        pipeline = messaging_pipeline()
        self.subscriber = ListeningFunction()
        self.worker = ListeningFunction()
        self.queue = LocalQueue(folder / "queue.sqlite", pipeline)
        self._delivery = Deliverer(
            self.queue,
            pipeline,
            {"listener": self.subscriber, FUNCTION: self.worker},
            tokens=LocalIssuer(folder, SystemClock()).source(service_account("platform")),
            audience=audience_of,
            log=JsonLog(io.StringIO()),
        )

    def __enter__(self) -> EmbeddedMessaging:
        self._delivery.start()
        return self

    def look(self) -> None:
        """Looks for what is due, as at every start."""
        self.queue.on_due(f"listener--{TOPIC}", 0)

    def __exit__(self, *_: object) -> None:
        assert self._delivery.stop(10)
        self.queue.close()


class MuteQueue(LocalQueue):
    """A queue in a process that dies before it says that something lies there."""

    def __init__(self, queue: LocalQueue) -> None:
        self.__dict__.update(vars(queue))

    def tell(self, rows: Sequence[Delivered]) -> None:
        raise Died


class ListeningFunction:
    """A function as the platform calls it (WSGI), which notes what it accepts and can be told to refuse."""

    def __init__(self) -> None:
        self.refused = 0
        self._to_refuse = 0
        self._accepted: list[Delivery] = []
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        if "HTTP_X_CLOUDTASKS_TASKNAME" in environ:
            delivery = Delivery(body, {})
        else:
            message = body["message"]
            delivery = Delivery(json.loads(base64.b64decode(message["data"])), message["attributes"])
        with self._changed:
            refused = self._to_refuse > 0
            if refused:
                self._to_refuse -= 1
                self.refused += 1
            else:
                self._accepted.append(delivery)
            self._changed.notify_all()
        start_response("500 Internal Server Error" if refused else "204 No Content", [])
        return []

    def refuse(self, deliveries: int) -> None:
        with self._changed:
            self._to_refuse = deliveries

    def received(self, count: int, *, timeout: float = 20) -> list[Delivery]:
        deadline = time.monotonic() + timeout
        with self._changed:
            while len(self._accepted) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    pytest.fail(f"{len(self._accepted)} of {count} deliveries came in {timeout} s")
                self._changed.wait(left)
            return list(self._accepted)


def messaging_pipeline() -> Pipeline:
    """TOPIC with one listener, QUEUE with one worker; retries as soon as they can be."""
    retry = {"min_backoff": 0.01, "max_backoff": 0.05, "max_attempts": ATTEMPTS}
    return pipeline_from(
        {
            "service": "contract",
            "defaults": {
                "memory": "512Mi",
                "cpu": 1,
                "timeout_seconds": 60,
                "concurrency": 20,
                "min_instances": 0,
                "max_instances": 2,
                "retry": retry,
            },
            "topics": {TOPIC: {"contract": "ThingHappened", "about": "a thing happened"}},
            "warehouse_subscriptions": {"dataset": "raw", "topics": [], "retention_days": 1},
            "queues": {QUEUE: {"rate_per_second": 500, "max_concurrent": 10, "retry": retry}},
            "schedules": {},
            "functions": {
                "listener": {"about": "listens", "edge": "iam", "trigger": "topic", "topic": TOPIC},
                FUNCTION: {
                    "about": "works",
                    "edge": "iam",
                    "trigger": "task",
                    "queue": QUEUE,
                    "publishes": [TOPIC],
                },
            },
            "routes": {},
            "secrets": {},
            "settings": {},
            "documents": {"database": "live", "indexes": {}, "unindexed": {}, "expires": {}},
            "integrations": {"database": "integrations"},
        }
    )
