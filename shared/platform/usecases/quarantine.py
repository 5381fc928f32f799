"""Quarantine: input that could not be taken in is kept with its raw bytes and its reason, and can be taken in again.

The same bytes from the same place, about the same call, are one item, however often a caller retries. What is kept
expires after 90 days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Files
from shared.ports.documents import Documents, Merge, Put, Query

KEPT = timedelta(days=90)
MOST_KEPT_BYTES = 10_000_000

CALL = "gong_call"
"""The source of what a recorder has answered about one call; such an item names the call's record."""

TakeIn = Callable[[Mapping[str, Any], bytes, Caller], tuple[int, dict[str, Any]]]
"""(item, raw bytes, caller) → (status, answer): what the original request would come to now; raises Rejected."""


class Quarantine:
    """Keeps, shows, replays and discards what was rejected."""

    def __init__(self, documents: Documents, files: Files, audit: Audit, clock: Clock) -> None:
        self._documents = documents
        self._files = files
        self._audit = audit
        self._clock = clock

    def keep(self, source: str, raw: bytes, error: Rejected, *, sent_by: str, record_id: str | None = None) -> str:
        """Keeps rejected input; its id. source: the operation or subscription that rejected it.

        record_id: of the call that the input is about, where a call is asked for again instead of the input taken in
        """
        about = source if record_id is None else f"{source} {record_id}"
        quarantine_id = hashlib.sha256(about.encode() + b"\n" + raw).hexdigest()[:32]
        path = f"quarantine/{quarantine_id}"
        now = self._clock.now()
        known = self._documents.get(path)
        if known is None or known.data["state"] == "discarded":
            self._files.write(quarantine_id, raw[:MOST_KEPT_BYTES])
        times = 1 + (known.data["times_received"] if known else 0)
        self._documents.commit(
            [
                Put(
                    path,
                    {
                        "quarantine_id": quarantine_id,
                        "source": source,
                        "reason": error.detail[:500],
                        "field": error.field,
                        "record_id": record_id,
                        "state": "open",
                        "received_at": now,
                        "times_received": times,
                        "sent_by": sent_by,
                        "expires_at": now + KEPT,
                    },
                )
            ]
        )
        return quarantine_id

    def list(
        self, *, limit: int = 50, after: tuple[datetime, str] | None = None
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """Items, the newest first, and where to continue."""
        found = self._documents.query(
            Query("quarantine", order_by=[("received_at", "desc")], limit=limit + 1, after=after)
        )
        items = [document.data for document in found[:limit]]
        more = len(found) > limit
        return items, (items[-1]["received_at"], items[-1]["quarantine_id"]) if more else None

    def get(self, quarantine_id: str) -> tuple[dict[str, Any], bytes]:
        """An item and its raw bytes (none any more of a discarded one). Raises NotFound."""
        document = self._documents.get(f"quarantine/{quarantine_id}")
        content = self._files.read(quarantine_id) if document else None
        if document is None or (content is None and document.data["state"] != "discarded"):
            raise NotFound(f"nothing is quarantined as {quarantine_id[:64]!r}", field="quarantine_id")
        return document.data, content or b""

    def replay(self, quarantine_id: str, caller: Caller, take_in: Mapping[str, TakeIn]) -> tuple[int, dict[str, Any]]:
        """Takes an item in again; the status and the answer. An item that is rejected again stays open."""
        item, content = self.get(quarantine_id)
        if item["state"] == "discarded":
            raise Conflict("the item has been discarded")
        if item["source"] not in take_in:
            raise Conflict(f"input of {item['source']} cannot be taken in again from here")
        self._audit.record(caller, AuditAction.QUARANTINE_REPLAYED, subject=quarantine_id)
        try:
            status, answer = take_in[item["source"]](item, content, caller)
        except Rejected as error:
            change = {"reason": error.detail[:500], "field": error.field}
            self._documents.commit([Merge(f"quarantine/{quarantine_id}", change)])
            raise
        self._documents.commit([Merge(f"quarantine/{quarantine_id}", {"state": "replayed"})])
        return status, answer

    def discard(self, quarantine_id: str, caller: Caller) -> None:
        """Gives an item up and deletes its content."""
        self.get(quarantine_id)
        self._audit.record(caller, AuditAction.QUARANTINE_DISCARDED, subject=quarantine_id)
        self._documents.commit([Merge(f"quarantine/{quarantine_id}", {"state": "discarded"})])
        self._files.delete(quarantine_id)
