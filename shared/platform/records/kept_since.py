"""Remembers since when the platform keeps what was known: an earlier moment cannot be asked about.

settings/kept_since   {at}: written once, with the first framework, or in the first night of a platform of before
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from shared.ports.documents import AlreadyExists, Create, Documents

PATH = "settings/kept_since"


class KeptSince:
    """Reads that moment, and notes it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def moment(self) -> datetime | None:
        """Returns it; None while it has not been noted."""
        found = self._documents.get(PATH)
        at: datetime | None = None if found is None else found.data["at"]
        return at

    def begin(self, now: datetime) -> None:
        """Notes the present, unless a moment is noted."""
        if self.moment() is None:
            with suppress(AlreadyExists):
                self._documents.commit([Create(PATH, {"at": now})])
