"""Keeps what became of each file that was sent. In the integrations' database:

coach_media/<digest of the message's id>   whether it is kept, and as which evidence; of what is not, the caption
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.conversation import MediaOutcome
from shared.coaching.domain.inbound import Kind
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put

KEPT: Final = timedelta(days=400)


class MediaRecord(Record, frozen=True, kw_only=True):
    """Says what became of a file. sha256: of what was sent, as WhatsApp told it; evidence_id: None for what is lost

    caption: empty where the evidence has it, and goes with it
    """

    wamid: str
    employee_id: str
    media_id: str | None
    sha256: str | None
    caption: str
    kind: Kind
    outcome: MediaOutcome
    evidence_id: str | None
    sent_at: datetime
    noted_at: datetime
    expires_at: datetime | None = None


class MediaRecords:
    """Reads and writes what became of files.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, wamid: str) -> MediaRecord | None:
        """Returns what became of a message's file; None where nothing has yet."""
        found = self._documents.get(_path(wamid))
        return None if found is None else MediaRecord.read(found)

    def put(self, record: MediaRecord) -> None:
        """Notes what became of a file."""
        self._documents.commit([Put(_path(record.wamid), record.stored())])


def _path(wamid: str) -> str:
    return f"coach_media/{digest('wamid', wamid)}"
