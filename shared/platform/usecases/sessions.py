"""Opens, finds and ends the sessions of the portal, so that signing out really ends one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.platform.records.sessions import OpenSession, SessionRecords
from shared.ports.ambient import Clock, Ids

LASTS: Final = timedelta(hours=12)


class Sessions:
    """Knows who is signed in."""

    def __init__(self, records: SessionRecords, clock: Clock, ids: Ids) -> None:
        self._records = records
        self._clock = clock
        self._ids = ids

    def open(self, email: str) -> str:
        """Opens a session of a verified person and returns its unguessable id."""
        session_id = self._ids.new()
        now = self._clock.now()
        self._records.put(session_id, OpenSession(email=email, created_at=now, expires_at=now + LASTS))
        return session_id

    def email_of(self, session_id: str) -> str | None:
        """Returns who is signed in; None when the session has ended or expired."""
        session = self._records.get(session_id)
        return None if session is None or session.expires_at <= self._clock.now() else session.email

    def end(self, session_id: str) -> None:
        """Ends a session."""
        self._records.delete(session_id)
