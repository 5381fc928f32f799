"""Keeps and delivers again what Pub/Sub and Cloud Tasks could not deliver."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from infra.declarations.shapes import Access
from infra.gcp.errors import retryable
from infra.gcp.failures import LETTERS, FailureNotes, identifier
from infra.gcp.pubsub import emulator_channel
from shared.kernel.errors import Conflict, Retryable
from shared.kernel.field_values import FieldValue
from shared.kernel.records import Record
from shared.ports.ambient import Clock
from shared.ports.documents import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Documents,
    DocumentTooLarge,
    FieldChange,
    Merge,
    PreconditionFailed,
    Query,
    Where,
)
from shared.ports.identity import TokenSource
from shared.ports.messages import DeadLetter, TaskQueue

_TIMEOUT_SECONDS: Final = 20.0
_PULL_SECONDS: Final = 1.0
_PULL_MESSAGES: Final = 100
_DELIVERY_SECONDS: Final = 60.0
REPLAYS: Final = "letter-replays"
"""The queue of replays that are handed on."""
_SOURCE: Final = "CloudPubSubDeadLetterSource"


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


class _Letter(Record, frozen=True, kw_only=True):
    """A message or a task as it is kept. data: its text, or in its place raw: base64 of bytes that are none"""

    kind: str
    subscription: str
    function: str = ""
    message_id: str = ""
    attributes: dict[str, str]
    attempts: int
    reason: str
    published_at: datetime
    failed_at: datetime
    data: str | None = None
    raw: str | None = None

    @property
    def content(self) -> bytes:
        """Returns the message's own bytes."""
        return base64.b64decode(self.raw) if self.raw is not None else str(self.data).encode()


class GoogleDeadLetters:
    """The `DeadLetters` port: pulled from every dead-letter subscription into documents, and read from there.

    A pulled message is leased and comes back if nobody acknowledges it, so listing by pulling would show it to one
    reader and hide it from the next. A letter is therefore written as a document (its id is the message's, so twice is
    once) and only then acknowledged. Cloud Tasks has no dead letters at all: the task's function hands in its last
    attempt with `failures.keep_task`.

    A replay goes to the one subscriber that failed, never to the topic: see docs/decisions. It needs the right to call
    every function, which one function has (access `write`); the others hand it a task.

    access: none looks at what others have taken out of the subscriptions; read takes letters out; write delivers, too
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
        access: Access = "write",
        emulator: str | None = None,
    ):
        self._access = access
        self._project = project
        self._documents = documents
        self._subscriptions = {subscription.name: subscription for subscription in subscriptions}
        self._tokens = tokens
        self._tasks = tasks
        self._clock = clock
        self._notes = FailureNotes(documents, clock)
        self._emulator = emulator

    @cached_property
    def _subscriber(self) -> Any:
        from google.pubsub_v1.services.subscriber import SubscriberClient
        from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

        channel = emulator_channel(self._emulator)
        return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel) if channel else None)

    def collect(self) -> int:
        """Moves what waits in the dead-letter subscriptions into documents; how many. Raises Retryable."""
        if not self._subscriptions or self._access == "none":
            return 0
        with ThreadPoolExecutor(max_workers=min(16, len(self._subscriptions))) as pool:
            return sum(pool.map(self._collect, self._subscriptions.values()))

    def list(self, *, limit: int = 100, subscription: str | None = None) -> Sequence[DeadLetter]:
        """Lists the newest first, after collecting."""
        self.collect()
        where = [] if subscription is None else [Where("subscription", "==", subscription)]
        found = self._documents.query(Query(LETTERS, where, order_by=[("failed_at", "desc")], limit=limit))
        return [_letter(document) for document in found]

    def get(self, letter_id: str) -> DeadLetter | None:
        document = self._document(letter_id)
        return _letter(document) if document else None

    def replay(self, letter_id: str) -> bool:
        """Delivers a message at once, waiting for the answer, and a task through its queue; or has that done.

        A subscriber that refuses again leaves the letter in place, with one more attempt and the new reason. Raises
        Retryable when it cannot be reached, Conflict when nobody takes single deliveries.
        """
        document = self._document(letter_id)
        if document is None:
            return False
        letter = _Letter.read(document)
        receiver = None if letter.kind == "task" else self._receiver(letter)
        if self._access != "write":
            minute = self._clock.now().replace(second=0, microsecond=0)
            # Pressed twice is once: within a minute, of one attempt.
            name = f"{letter_id} {letter.attempts} {minute.isoformat()}"
            self._tasks().enqueue(REPLAYS, "replay_letter", {"letter_id": letter_id}, name=name)
            return True
        if receiver is None:
            self._tasks().enqueue(letter.subscription, letter.function, json.loads(letter.data or ""))
        else:
            status = self._deliver(letter, receiver)
            if not 200 <= status < 300:
                self._refused(document, letter, status)
                return True
        self._documents.commit([Delete(document.path)])
        return True

    def _refused(self, document: Document, letter: _Letter, status: int) -> None:
        note = self._notes.reason(letter.subscription, letter.content)
        refused: dict[str, FieldChange] = {
            "attempts": letter.attempts + 1,
            "failed_at": self._clock.now(),
            "reason": note or f"the subscriber answered {status} to a replay",
        }
        with suppress(PreconditionFailed):  # someone else replayed or discarded it meanwhile
            self._documents.commit([Merge(document.path, refused, if_version=document.version)])

    def discard(self, letter_id: str) -> bool:
        document = self._document(letter_id)
        if document is None:
            return False
        self._documents.commit([Delete(document.path)])
        return True

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
        letter: dict[str, FieldValue] = {
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
            self._documents.commit([Create(f"{LETTERS}/{identifier(subscription.name, message.message_id)}", letter)])

    def _receiver(self, letter: _Letter) -> PushSubscription:
        """Returns the subscription that a message is delivered to. Raises Conflict where nobody takes it."""
        subscription = self._subscriptions.get(letter.subscription)
        if subscription is None:
            raise Conflict(f"the subscription {letter.subscription} is not declared any more: discard the letter")
        if not subscription.url:
            raise Conflict(
                f"{subscription.name} feeds the warehouse: mend the table, then seek the subscription to before "
                f"{letter.published_at.isoformat()}, and discard the letter"
            )
        return subscription

    def _deliver(self, letter: _Letter, subscription: PushSubscription) -> int:
        """Posts a letter as its push subscription would; the status of the answer."""
        published = letter.published_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        envelope = {
            "message": {
                "data": base64.b64encode(letter.content).decode(),
                "attributes": letter.attributes,
                "messageId": letter.message_id,
                "message_id": letter.message_id,
                "publishTime": published,
                "publish_time": published,
            },
            "subscription": f"projects/{self._project}/subscriptions/{subscription.name}",
            "deliveryAttempt": letter.attempts + 1,
        }
        request = urllib.request.Request(
            subscription.url or "",
            data=json.dumps(envelope).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._tokens.token_for(subscription.audience)}",
            },
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=_DELIVERY_SECONDS) as answer:
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


def _plain(time: datetime) -> datetime:
    """Returns a time of the client's own datetime type as a plain one."""
    return datetime.fromtimestamp(0, UTC) + (time - datetime.fromtimestamp(0, UTC))


def _letter(document: Document) -> DeadLetter:
    stored = _Letter.read(document)
    try:
        data = json.loads(stored.data or "")
    except ValueError:
        data = None
    if not isinstance(data, dict):
        # Whatever it was, it is shown and can be replayed byte for byte.
        data = {"unreadable": stored.raw if stored.data is None else stored.data}
    return DeadLetter(
        letter_id=document.id,
        subscription=stored.subscription,
        data=data,
        attributes=stored.attributes,
        attempts=stored.attempts,
        reason=stored.reason,
        published_at=stored.published_at,
        failed_at=stored.failed_at,
    )
