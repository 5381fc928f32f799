"""The Google side of the contract tests: the real clients against Google's emulators and two small stand-ins.

Documents and Pub/Sub speak to Google's own emulators, which all test processes share; every test has a project of its
own. Cloud Tasks and Cloud Storage have no emulator: `cloud_tasks_stand_in` and `tests.harness.storage_server` speak the
needed part of their protocols.

Where the emulators are not installed the tests are skipped with the reason; with CI=true that is an error.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.gcp.ambient import RandomIds, SystemClock
from infra.gcp.channels import plaintext_channel
from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget
from infra.gcp.dead_letters import GoogleDeadLetters, PushSubscription
from infra.gcp.firestore import FirestoreDocuments
from infra.gcp.pubsub import PubSubBus
from infra.gcp.storage import CloudStorageFiles
from scripts.commands.emulators import Emulators, EmulatorsUnavailable, join
from shared.platform.usecases.commit_then_publish import CommitThenPublish
from shared.ports.documents import Documents
from shared.ports.messages import Bus, Message, TaskQueue
from tests.harness.cloud_tasks_stand_in import CloudTasksStandIn, Queue
from tests.harness.storage_server import storage_server
from tests.harness.web import posting, variables
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

SUBSCRIPTION = f"{TOPIC}--subscriber"
DEAD_LETTERS = f"{SUBSCRIPTION}--dead-letters"
LOCATION = "europe-west1"
SERVICE_ACCOUNT = "tasks@demo.iam.gserviceaccount.com"


@functools.cache
def emulators() -> Emulators:
    """The pair that this machine's test processes share. Raises Unavailable, or in CI the reason as an error."""
    try:
        return join()
    except EmulatorsUnavailable as error:
        if os.environ.get("CI", "").lower() == "true":
            raise
        raise Unavailable(f"Google's emulators do not run here: {error}") from error


def new_project() -> str:
    """A project that no other test uses: the emulators keep projects apart."""
    return f"test-{uuid.uuid4().hex[:12]}"


@contextmanager
def documents(indexes: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Documents]:
    """The emulator makes every index by itself, so `indexes` is for the other side."""
    yield FirestoreDocuments(new_project(), "live", emulator=emulators().firestore)


@contextmanager
def bus() -> Iterator[ListenedBus]:
    with listener() as heard, _subscribed(heard, dead_letters=False) as (_, published):
        yield ListenedBus(published, heard)


@contextmanager
def outbox() -> Iterator[AcceptingStore]:
    with listener() as heard, _subscribed(heard, dead_letters=False) as (project, published):
        store = FirestoreDocuments(project, "live", emulator=emulators().firestore)
        clock = _Clock()
        outbox, dying = (CommitThenPublish(store, bus, RandomIds(), clock) for bus in (published, _Gone()))
        yield AcceptingStore(outbox, store, heard, dying, clock.forward)


class _Clock:
    """The `Clock` port: the machine's time, later once a process is over."""

    def __init__(self) -> None:
        self._later = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._later

    def forward(self) -> None:
        self._later += timedelta(minutes=10)


class _Gone:
    """The `Bus` port in a process that dies."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        raise Died


@contextmanager
def dead_letters() -> Iterator[PoisonedBus]:
    with listener() as heard, _subscribed(heard, dead_letters=True) as (project, published):
        letters = GoogleDeadLetters(
            project,
            FirestoreDocuments(project, "live", emulator=emulators().firestore),
            [PushSubscription(SUBSCRIPTION, DEAD_LETTERS, heard.url, audience=heard.url)],
            tokens=_FixedTokens(),
            tasks=_no_tasks,
            clock=SystemClock(),
            emulator=emulators().pubsub,
        )
        yield PoisonedBus(published, letters, heard)


@contextmanager
def task_queue() -> Iterator[WorkedQueue]:
    project = new_project()
    queue = f"projects/{project}/locations/{LOCATION}/queues/{QUEUE}"
    with listener() as heard, CloudTasksStandIn({queue: Queue()}, lambda account, audience: "token") as stand_in:
        tasks = CloudTasksQueue(
            project,
            LOCATION,
            {FUNCTION: TaskTarget(heard.url, audience=heard.url, invoker=SERVICE_ACCOUNT)},
            address=stand_in.address,
        )
        yield WorkedQueue(tasks, heard)


@contextmanager
def files() -> Iterator[CloudStorageFiles]:
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    with storage_server(bucket) as (url, _), variables(STORAGE_EMULATOR_HOST=url):
        yield CloudStorageFiles(new_project(), bucket)


class HttpListener:
    """A function at the end of a subscription or a queue: keeps what it accepts, refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: list[Mapping[str, str]] = []
        self._accepted: list[Delivery] = []
        self._to_refuse = 0
        self._refused = 0
        self._changed = threading.Condition()

    def received(self, count: int, *, timeout: float = 20) -> list[Delivery]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._accepted) >= count, timeout):
                raise AssertionError(f"{len(self._accepted)} of {count} deliveries came within {timeout} s")
            return list(self._accepted)

    def refuse(self, deliveries: int) -> None:
        with self._changed:
            self._to_refuse = deliveries

    @property
    def refused(self) -> int:
        with self._changed:
            return self._refused

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer to a delivery."""
        with self._changed:
            self.headers.append(headers)
            if self._to_refuse:
                self._to_refuse -= 1
                self._refused += 1
                return 500
            self._accepted.append(_delivery(body))
            self._changed.notify_all()
            return 204


@contextmanager
def listener() -> Iterator[HttpListener]:
    """A listener that serves on the loopback."""
    heard = HttpListener()
    with posting(lambda _, headers, body: heard.take(headers, body)) as url:
        heard.url = f"{url}/"
        yield heard


def _delivery(body: bytes) -> Delivery:
    """What a push envelope or a task's body carries."""
    value = json.loads(body)
    if isinstance(value, dict) and "subscription" in value and "message" in value:
        message = value["message"]
        return Delivery(json.loads(base64.b64decode(message["data"])), message.get("attributes") or {})
    return Delivery(value, {})


@contextmanager
def _subscribed(heard: HttpListener, *, dead_letters: bool) -> Iterator[tuple[str, Bus]]:
    """TOPIC in a project of its own with one push subscription, retried as soon as Pub/Sub can."""
    from google.pubsub_v1.services.publisher import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
    from google.pubsub_v1.services.subscriber import SubscriberClient
    from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

    address = emulators().pubsub
    project = new_project()
    channel = plaintext_channel(address)
    publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
    topic = f"projects/{project}/topics/{TOPIC}"
    publisher.create_topic({"name": topic})
    subscription: dict[str, Any] = {
        "name": f"projects/{project}/subscriptions/{SUBSCRIPTION}",
        "topic": topic,
        "push_config": {"push_endpoint": heard.url},
        "ack_deadline_seconds": 10,
        # Without a retry policy the emulator delivers again every second, with one every three.
    }
    if dead_letters:
        dead = f"projects/{project}/topics/{DEAD_LETTERS}"
        publisher.create_topic({"name": dead})
        subscriber.create_subscription(
            {"name": f"projects/{project}/subscriptions/{DEAD_LETTERS}", "topic": dead, "ack_deadline_seconds": 10}
        )
        subscription["dead_letter_policy"] = {"dead_letter_topic": dead, "max_delivery_attempts": ATTEMPTS}
    subscriber.create_subscription(subscription)
    try:
        yield project, PubSubBus(project, emulator=address)
    finally:
        # Else the emulator goes on pushing to a listener that has left.
        subscriber.delete_subscription({"subscription": subscription["name"]})
        channel.close()


class _FixedTokens:
    def token_for(self, audience: str) -> str:
        return f"token-for-{audience}"


def _no_tasks() -> TaskQueue:
    raise AssertionError("no task is replayed here")
