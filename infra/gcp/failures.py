"""Remembers deliveries that failed: why a message did, and tasks whose last attempt did.

Pub/Sub keeps a message that nobody took, but not the reason; Cloud Tasks keeps neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.field_values import FieldValue
from shared.kernel.json_values import Json
from shared.ports.ambient import Clock
from shared.ports.documents import (
    AlreadyExists,
    Create,
    Documents,
    Put,
)

LETTERS: Final = "dead_letters"
FAILURES: Final = "delivery_failures"
FAILURE_KEPT: Final = timedelta(days=14)


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
        content: dict[str, FieldValue] = {"reason": reason[:1000], "failed_at": now, "expires_at": now + FAILURE_KEPT}
        self._documents.commit([Put(self._path(subscription, data), content)])

    def reason(self, subscription: str, data: bytes) -> str | None:
        note = self._documents.get(self._path(subscription, data))
        return str(note.data["reason"]) if note else None

    @staticmethod
    def _path(subscription: str, data: bytes) -> str:
        short = subscription.rsplit("/", 1)[-1]
        digest = hashlib.sha256(short.encode() + b"/" + data).hexdigest()
        return f"{FAILURES}/{digest}"


def keep_task(
    documents: Documents,
    failed_at: datetime,
    queue: str,
    function: str,
    payload: Mapping[str, Json],
    *,
    task_id: str,
    attempts: int,
    reason: str,
    enqueued_at: datetime,
) -> None:
    """Keeps a task whose last attempt failed; again for the same task changes nothing. Raises Retryable."""
    letter: dict[str, FieldValue] = {
        "kind": "task",
        "subscription": queue,
        "function": function,
        "data": json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        "attributes": {},
        "attempts": attempts,
        "reason": reason[:1000],
        "published_at": enqueued_at,
        "failed_at": failed_at,
    }
    with suppress(AlreadyExists):
        documents.commit([Create(f"{LETTERS}/{identifier(queue, task_id)}", letter)])


def identifier(subscription: str, name: str) -> str:
    """Returns the id of a letter by its subscription or queue, and its name there."""
    return f"{subscription}~{name}".replace("/", "~")
