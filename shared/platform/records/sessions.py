"""Keeps the sessions of the portal.

sessions/<hash of the session's id>   who is signed in, and until when
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.kernel.records import Record
from shared.ports.documents import Delete, Documents, Put


class OpenSession(Record, frozen=True, kw_only=True):
    """Somebody who has signed in. email: verified"""

    email: str
    created_at: datetime
    expires_at: datetime


class SessionRecords:
    """Reads and writes sessions. A document's name is the id's hash: who can read the store cannot become somebody."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, session_id: str) -> OpenSession | None:
        """Returns a session."""
        document = self._documents.get(_path(session_id))
        return None if document is None else OpenSession.read(document)

    def put(self, session_id: str, session: OpenSession) -> None:
        """Writes a session."""
        self._documents.commit([Put(_path(session_id), session.stored())])

    def delete(self, session_id: str) -> None:
        """Removes a session."""
        self._documents.commit([Delete(_path(session_id))])


def _path(session_id: str) -> str:
    return f"sessions/{hashlib.sha256(session_id.encode()).hexdigest()}"
