"""The bus on Pub/Sub.

Publishing is one synchronous request per thousand messages on the official client's generated surface: the handwritten
one adds a batching thread, which a function's throttled processor starves, and 150 ms of imports. The SDK is imported
with the first message, never with this module.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from infra.gcp.channels import plaintext_channel
from infra.gcp.errors import retryable
from shared.ports.messages import Message

REQUEST_MESSAGES: Final = 1000
REQUEST_BYTES: Final = 9_000_000
"""Pub/Sub takes 1,000 messages or 10 MB at once; attributes and framing need some of it."""

_TIMEOUT_SECONDS: Final = 20.0


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
        return _Publisher(emulator_channel(self._emulator))


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
    """Cuts the encoded messages into requests that Pub/Sub takes."""
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


def emulator_channel(emulator: str | None) -> Any:
    """Returns a channel to Google's emulator; None where there is none."""
    address = emulator or os.environ.get("PUBSUB_EMULATOR_HOST")
    return plaintext_channel(address) if address else None
