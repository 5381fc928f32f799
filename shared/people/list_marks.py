"""Keeps how far the records of people have been written in the form by which lists find them.

marks/people-listed   {form, after, wrote, whole}
"""

from __future__ import annotations

from shared.kernel.records import Record
from shared.ports.documents import Documents, Put

_PATH = "marks/people-listed"


class ListMark(Record, frozen=True, kw_only=True):
    """Says how far a pass over the records is.

    form: of what is written; after: the id it goes on after, None where it begins; wrote: how many records it has
    written; whole: it came to the end and had nothing to write
    """

    form: int
    after: str | None = None
    wrote: int = 0
    whole: bool = False


class ListMarks:
    """Reads and writes the mark."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self) -> ListMark | None:
        """Returns the mark; None before the first pass."""
        document = self._documents.get(_PATH)
        return None if document is None else ListMark.read(document)

    def put(self, mark: ListMark) -> None:
        """Writes the mark."""
        self._documents.commit([Put(_PATH, mark.stored())])
