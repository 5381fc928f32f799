"""Keeps when what was said was last looked through for what is too old.

marks/transcripts-due-swept   {at}
"""

from __future__ import annotations

from datetime import datetime

from shared.kernel.records import Record
from shared.ports.documents import Documents, Put

_PATH = "marks/transcripts-due-swept"


class SweepMark(Record, frozen=True, kw_only=True):
    """Says when a sweep last left nothing due."""

    at: datetime


class SweepMarks:
    """Reads and writes the mark."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self) -> SweepMark | None:
        """Returns the mark; None before the first sweep."""
        document = self._documents.get(_PATH)
        return None if document is None else SweepMark.read(document)

    def put(self, mark: SweepMark) -> None:
        """Writes the mark."""
        self._documents.commit([Put(_PATH, mark.stored())])
