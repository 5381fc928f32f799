"""Reads call records as far as their deal goes, as it was."""

from __future__ import annotations

from dataclasses import replace

from shared.conversations.records import CallRecord
from shared.platform.records.rewound import Rewinder
from shared.ports.documents import Document


class RewoundCalls(Rewinder):
    """Reads calls with the deal that they belonged to."""

    def _then(self, document: Document) -> Document | None:
        record = CallRecord.read(document)
        if record.discovered_at > self._at:
            return None
        deal = next((former.deal for former in record.formerly if former.until > self._at), record.deal)
        return replace(document, data=record.changed(deal=deal).stored())
