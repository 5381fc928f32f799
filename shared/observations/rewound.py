"""Reads the ledger and the states as they were: what came later is not there, what was void later counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.kernel.errors import Rejected
from shared.observations.domain.entry import entry_key, with_status
from shared.observations.domain.observation import STANDINGS
from shared.observations.records import PAGE, Ledger
from shared.platform.records.document_pages import pages_of
from shared.platform.records.rewound import Rewinder, RewoundDocuments
from shared.ports.documents import Document, Query

_NEEDED = ("entry", "message", "received_at", "standing", "stood", "voided")
"""Fields of an event that tell how it stood."""


class RewoundEvents(Rewinder):
    """Reads events as they were."""

    def query(self, query: Query) -> list[Document]:
        """Returns what a query would have found. Raises TypeError for one by how events stand."""
        if any(one.field in ("standing", "voided") for one in query.where):
            raise TypeError("events of an earlier moment cannot be found by how they stood")
        fields = None if query.fields is None else tuple(dict.fromkeys((*query.fields, *_NEEDED)))
        if query.limit is None:
            return self._all_then(self._reader.query(replace(query, fields=fields)))
        found: list[Document] = []
        for page in pages_of(self._reader, replace(query, fields=fields, limit=max(query.limit, PAGE))):
            found += self._all_then(page)
            if len(found) >= query.limit:
                break
        return found[: query.limit]

    def _all_then(self, documents: Iterable[Document]) -> list[Document]:
        return [then for then in map(self._then, documents) if then is not None]

    def _then(self, document: Document) -> Document | None:
        data = document.data
        if "received_at" not in data or data["received_at"] > self._at:
            return None  # or a void that waits for its event
        voided = data.get("voided")
        if voided is None or voided["at"] <= self._at:
            return document
        return replace(document, data=_not_void(data))


class RewoundStates(Rewinder):
    """Makes states of the events that there were.

    Raises Rejected for a person of whom two records became one later: the ledger tells the two apart no more.
    """

    def _then(self, document: Document) -> Document:
        merged: datetime | None = document.data.get("merged_at")
        if merged is not None and merged > self._at:
            raise Rejected(
                f"known_at: two records became this person's at {merged.isoformat(timespec='seconds')}; what either "
                "showed before is not known any more, and together they were never shown. as_of has no such limit",
                field="known_at",
            )
        ledger = Ledger(RewoundDocuments(self._reader, self._at, {"events": RewoundEvents}))
        data = document.data
        ids = (document.id, *data.get("former", ()))
        texts = [text for one in ids for _, text in ledger.entries_of(one)]
        former: dict[str, str] = data.get("former_frameworks", {})
        later = sorted((datetime.fromisoformat(until), named) for until, named in former.items())
        framework_id = next((named for until, named in later if until > self._at), data["framework_id"])
        entries = {entry_key(text): text for text in texts}
        return replace(
            document,
            data={
                "employee_id": document.id,
                "framework_id": framework_id,
                "observations": entries,
                "former": list(data.get("former", ())),
            },
        )


def _not_void(data: dict[str, Any]) -> dict[str, Any]:
    stood = data["stood"]
    return data | {
        "standing": stood,
        "entry": with_status(data["entry"], STANDINGS.index(stood)),
        "message": json.dumps(json.loads(data["message"]) | {"standing": stood}, separators=(",", ":")),
        "voided": None,
    }
