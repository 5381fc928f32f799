"""The bus on Pub/Sub, and what it could not deliver.

Publishing is one synchronous request per thousand messages on the official client's generated surface: the handwritten
one adds a batching thread, which a function's throttled processor starves, and 150 ms of imports. The SDK is imported
with the first message, never with this module.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from infra.gcp.channels import plaintext_channel
from infra.gcp.errors import retryable
from shared.kernel.errors import Conflict, Retryable
from shared.ports.ambient import Clock
from shared.ports.documents import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Documents,
    DocumentTooLarge,
    Merge,
    PreconditionFailed,
    Put,
    Query,
)
from shared.ports.identity import TokenSource
from shared.ports.messages import DeadLetter, Message, TaskQueue

REQUEST_MESSAGES: Final = 1000
REQUEST_BYTES: Final = 9_000_000
"""Pub/Sub takes 1,000 messages or 10 MB at once; attributes and framing need some of it."""

LETTERS: Final = "dead_letters"
FAILURES: Final = "delivery_failures"
FAILURE_KEPT: Final = timedelta(days=14)

_TIMEOUT_SECONDS: Final = 20.0
_PULL_SECONDS: Final = 1.0
_PULL_MESSAGES: Final = 100
_DELIVERY_SECONDS: Final = 60.0
_SOURCE: Final = "CloudPubSubDeadLetterSource"


class PubSubBus:
    """The `Bus` port.

    emulator: host:port of Google's emulator; else PUBSUB_EMULATOR_HOST is respected, as by Google's own clients
    """

    def __init__(self, project: str, *, emulator: str | None = None):
        self._project = project
        self._emulator = emulator

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        name = f"projects/{self._project}/topics/{topic}"
        for part in _parts(messages):
            with retryable("Pub/Sub"):
                self._publisher.publish(name, part)

    @cached_property
    def _publisher(self) -> _Publisher:
        return _Publisher(_emulator_channel(self._emulator))


class _Publisher:
    """The client with its request type and its patience."""

    def __init__(self, channel: Any):
        from google.api_core import exceptions
        from google.api_core.retry import Retry, if_exception_type
        from google.pubsub_v1 import PublishRequest
        from google.pubsub_v1.services.publisher import PublisherClient
        from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

        self._request = PublishRequest
        self._client = PublisherClient(transport=PublisherGrpcTransport(channel=channel) if channel else None)
        self._retry = Retry(
            predicate=if_exception_type(
                exceptions.ServiceUnavailable,
                exceptions.InternalServerError,
                exceptions.Aborted,
                exceptions.Unknown,
                exceptions.ResourceExhausted,
            ),
            initial=0.1,
            maximum=3.0,
            timeout=_TIMEOUT_SECONDS,
        )

    def publish(self, topic: str, messages: Sequence[tuple[bytes, dict[str, str]]]) -> None:
        request = self._request.pb()(topic=topic)
        for data, attributes in messages:
            request.messages.add(data=data, attributes=attributes)
        self._client.publish(self._request.wrap(request), retry=self._retry, timeout=_TIMEOUT_SECONDS)


def _parts(messages: Sequence[Message]) -> Iterator[list[tuple[bytes, dict[str, str]]]]:
    """The messages encoded, cut into requests that Pub/Sub takes."""
    part: list[tuple[bytes, dict[str, str]]] = []
    size = 0
    for message in messages:
        text = message.text
        if text is None:
            text = json.dumps(message.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        data = text.encode()
        attributes = dict(message.attributes)
        added = len(data) + sum(len(key.encode()) + len(value.encode()) + 8 for key, value in attributes.items()) + 16
        if part and (len(part) == REQUEST_MESSAGES or size + added > REQUEST_BYTES):
            yield part
            part, size = [], 0
        part.append((data, attributes))
        size += added
    if part:
        yield part


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A subscription with a dead-letter topic, as Terraform makes it.

    name:         the subscription's id within the project
    dead_letters: id of the pull subscription on its dead-letter topic
    url:          where it pushes; None for one that feeds the warehouse, which takes no single deliveries
    audience:     of the token that the push carries
    """

    name: str
    dead_letters: str
    url: str | None
    audience: str = ""


class FailureNotes:
    """Why a delivery failed, written by the function that failed.

    Pub/Sub forwards a message to the dead-letter topic without the error and under a new id, so the note is found by
    subscription and content. One document per failing message; it expires by its `expires_at`.
    """

    def __init__(self, documents: Documents, clock: Clock):
        self._documents = documents
        self._clock = clock

    def note(self, subscription: str, data: bytes, reason: str) -> None:
        """Keeps the latest reason (without payload) for a message's bytes; a subscription may be a full name."""
        now = self._clock.now()
        content = {"reason": reason[:1000], "failed_at": now, "expires_at": now + FAILURE_KEPT}
        self._documents.commit([Put(self._path(subscription, data), content)])

    def reason(self, subscription: str, data: bytes) -> str | None:
        note = self._documents.get(self._path(subscription, data))
        return str(note.data["reason"]) if note else None

    @staticmethod
    def _path(subscription: str, data: bytes) -> str:
        short = subscription.rsplit("/", 1)[-1]
        digest = hashlib.sha256(short.encode() + b"/" + data).hexdigest()
        return f"{FAILURES}/{digest}"


class GoogleDeadLetters:
    """The `DeadLetters` port: pulled from every dead-letter subscription into documents, and read from there.

    A pulled message is leased and comes back if nobody acknowledges it, so listing by pulling would show it to one
    reader and hide it from the next. A letter is therefore written as a document (its id is the message's, so twice is
    once) and only then acknowledged. Cloud Tasks has no dead letters at all: the task's function hands in its last
    attempt with `keep_task`.

    A replay goes to the one subscriber that failed, never to the topic: see docs/decisions.
    """

    def __init__(
        self,
        project: str,
        documents: Documents,
        subscriptions: Sequence[PushSubscription],
        *,
        tokens: TokenSource,
        tasks: Callable[[], TaskQueue],
        clock: Clock,
        emulator: str | None = None,
    ):
        self._project = project
        self._documents = documents
        self._subscriptions = {subscription.name: subscription for subscription in subscriptions}
        self._tokens = tokens
        self._tasks = tasks
        self._clock = clock
        self._notes = FailureNotes(documents, clock)
        self._emulator = emulator
        # The functions are reached directly, whatever proxy the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @cached_property
    def _subscriber(self) -> Any:
        from google.pubsub_v1.services.subscriber import SubscriberClient
        from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

        channel = _emulator_channel(self._emulator)
        return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel) if channel else None)

    def collect(self) -> int:
        """Moves what waits in the dead-letter subscriptions into documents; how many. Raises Retryable."""
        if not self._subscriptions:
            return 0
        with ThreadPoolExecutor(max_workers=min(16, len(self._subscriptions))) as pool:
            return sum(pool.map(self._collect, self._subscriptions.values()))

    def list(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """The newest first, after collecting."""
        self.collect()
        found = self._documents.query(Query(LETTERS, order_by=[("failed_at", "desc")], limit=limit))
        return [_letter(document) for document in found]

    def get(self, letter_id: str) -> DeadLetter | None:
        document = self._document(letter_id)
        return _letter(document) if document else None

    def replay(self, letter_id: str) -> bool:
        """Delivers a message at once, waiting for the answer, and a task through its queue.

        A subscriber that refuses again leaves the letter in place, with one more attempt and the new reason. Raises
        Retryable when it cannot be reached, Conflict when nobody takes single deliveries.
        """
        document = self._document(letter_id)
        if document is None:
            return False
        letter = document.data
        if letter["kind"] == "task":
            self._tasks().enqueue(letter["subscription"], letter["function"], json.loads(letter["data"]))
        else:
            status = self._deliver(letter)
            if status is None or not 200 <= status < 300:
                note = self._notes.reason(letter["subscription"], _raw(letter))
                refused = {"attempts": letter["attempts"] + 1, "failed_at": self._clock.now()}
                refused["reason"] = note or f"the subscriber answered {status} to a replay"
                with suppress(PreconditionFailed):  # someone else replayed or discarded it meanwhile
                    self._documents.commit([Merge(document.path, refused, if_version=document.version)])
                return True
        self._documents.commit([Delete(document.path)])
        return True

    def discard(self, letter_id: str) -> bool:
        document = self._document(letter_id)
        if document is None:
            return False
        self._documents.commit([Delete(document.path)])
        return True

    def keep_task(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        task_id: str,
        attempts: int,
        reason: str,
        enqueued_at: datetime,
    ) -> None:
        """Keeps a task whose last attempt failed; again for the same task changes nothing. Raises Retryable."""
        letter = {
            "kind": "task",
            "subscription": queue,
            "function": function,
            "data": json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
            "attributes": {},
            "attempts": attempts,
            "reason": reason[:1000],
            "published_at": enqueued_at,
            "failed_at": self._clock.now(),
        }
        with suppress(AlreadyExists):
            self._documents.commit([Create(f"{LETTERS}/{_identifier(queue, task_id)}", letter)])

    def _collect(self, subscription: PushSubscription) -> int:
        from google.api_core import exceptions

        name = f"projects/{self._project}/subscriptions/{subscription.dead_letters}"
        kept: list[str] = []
        with retryable("Pub/Sub"):
            try:
                answer = self._subscriber.pull(
                    {"subscription": name, "max_messages": _PULL_MESSAGES}, retry=None, timeout=_PULL_SECONDS
                )
            except exceptions.DeadlineExceeded:
                return 0  # a pull waits for the first message: nothing is there
            for received in answer.received_messages:
                # One too large for a document stays in its subscription, where the alert on its age points at it.
                with suppress(DocumentTooLarge):
                    self._keep(subscription, received.message)
                    kept.append(received.ack_id)
            if kept:
                self._subscriber.acknowledge({"subscription": name, "ack_ids": kept}, timeout=_TIMEOUT_SECONDS)
        return len(kept)

    def _keep(self, subscription: PushSubscription, message: Any) -> None:
        attributes = dict(message.attributes)
        source = {key.removeprefix(_SOURCE): attributes.pop(key) for key in list(attributes) if key.startswith(_SOURCE)}
        attempts = int(source.get("DeliveryCount", 0))
        failed_at = _plain(message.publish_time)
        published_at = source.get("TopicPublishTime")
        note = self._notes.reason(subscription.name, message.data)
        letter: dict[str, Any] = {
            "kind": "message",
            "subscription": subscription.name,
            "message_id": message.message_id,
            "attributes": attributes,
            "attempts": attempts,
            "reason": note or "the subscriber did not acknowledge it; its log has the error",
            "published_at": datetime.fromisoformat(published_at) if published_at else failed_at,
            "failed_at": failed_at,
        }
        try:
            letter["data"] = message.data.decode()
        except UnicodeDecodeError:
            letter["raw"] = base64.b64encode(message.data).decode()
        with suppress(AlreadyExists):
            self._documents.commit([Create(f"{LETTERS}/{_identifier(subscription.name, message.message_id)}", letter)])

    def _deliver(self, letter: Mapping[str, Any]) -> int:
        """Posts a letter as its push subscription would; the status of the answer."""
        subscription = self._subscriptions.get(letter["subscription"])
        if subscription is None:
            raise Conflict(f"the subscription {letter['subscription']} is not declared any more: discard the letter")
        if subscription.url is None:
            raise Conflict(
                f"{subscription.name} feeds the warehouse: mend the table, then seek the subscription to before "
                f"{letter['published_at'].isoformat()}, and discard the letter"
            )
        published = letter["published_at"].astimezone(UTC).isoformat().replace("+00:00", "Z")
        envelope = {
            "message": {
                "data": base64.b64encode(_raw(letter)).decode(),
                "attributes": letter["attributes"],
                "messageId": letter["message_id"],
                "message_id": letter["message_id"],
                "publishTime": published,
                "publish_time": published,
            },
            "subscription": f"projects/{self._project}/subscriptions/{subscription.name}",
            "deliveryAttempt": letter["attempts"] + 1,
        }
        request = urllib.request.Request(
            subscription.url,
            data=json.dumps(envelope).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._tokens.token_for(subscription.audience)}",
            },
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=_DELIVERY_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError as error:
            raise Retryable(f"{subscription.name} cannot be reached: {type(error).__name__}") from error

    def _document(self, letter_id: str) -> Document | None:
        if not letter_id or "/" in letter_id:
            return None
        return self._documents.get(f"{LETTERS}/{letter_id}")


def _emulator_channel(emulator: str | None) -> Any:
    address = emulator or os.environ.get("PUBSUB_EMULATOR_HOST")
    return plaintext_channel(address) if address else None


def _identifier(subscription: str, name: str) -> str:
    return f"{subscription}~{name}".replace("/", "~")


def _plain(time: datetime) -> datetime:
    """A time of the client's own datetime type as a plain one."""
    return datetime.fromtimestamp(0, UTC) + (time - datetime.fromtimestamp(0, UTC))


def _raw(letter: Mapping[str, Any]) -> bytes:
    return base64.b64decode(letter["raw"]) if "raw" in letter else str(letter["data"]).encode()


def _letter(document: Document) -> DeadLetter:
    stored = document.data
    try:
        data = json.loads(stored["data"]) if "data" in stored else None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        # Whatever it was, it is shown and can be replayed byte for byte.
        data = {"unreadable": stored.get("data", stored.get("raw"))}
    return DeadLetter(
        letter_id=document.id,
        subscription=stored["subscription"],
        data=data,
        attributes=stored["attributes"],
        attempts=stored["attempts"],
        reason=stored["reason"],
        published_at=stored["published_at"],
        failed_at=stored["failed_at"],
    )
