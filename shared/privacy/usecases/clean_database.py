"""Looks through one database, document by document, and takes one person out of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.kernel.errors import Retryable
from shared.ports.documents import Delete, Document, Documents, PreconditionFailed, Put, Query, Write
from shared.privacy.records.erasures import Counts, LookRecords, Place

PAGE = 100
MOST_COMMIT_BYTES = 4_000_000
OWN_COLLECTIONS = frozenset({"erasure_salt", "tombstones"})


class CleanDatabase:
    """Goes through a database's collections; where it stands is written in the same commits as what it cleans."""

    def __init__(
        self,
        documents: Documents,
        records: LookRecords,
        look: int,
        clean: Callable[[str, Document], Put | Delete | None],
    ) -> None:
        """Takes `clean`: what becomes of a document of a collection; None where it stays as it is"""
        self._documents = documents
        self._records = records
        self._look = look
        self._clean = clean

    def go(self, pages: int) -> int:
        """Goes on for so many pages at most; how many are left of them, 0 when it is not through."""
        place = self._records.place() or Place(look=self._look, done=False)
        if place.done:
            return pages
        for collection in self._documents.collections():
            if collection in OWN_COLLECTIONS or collection < place.collection:
                continue
            after = place.after if collection == place.collection else None
            for page in self._pages(collection, after):
                self._work_through(collection, page)
                pages -= 1
                if not pages:
                    return 0
        self._documents.commit([self._records.done()])
        return pages

    def _pages(self, collection: str, after: str | None) -> Iterator[Sequence[Document]]:
        while True:
            page = self._documents.query(Query(collection, limit=PAGE, after=None if after is None else [after]))
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].id

    def _work_through(self, collection: str, page: Sequence[Document]) -> None:
        writes: list[Write] = []
        counts, size = Counts(), 0
        for number, document in enumerate(page, start=1):
            write = None if document.path == self._records.path else self._clean(collection, document)
            if isinstance(write, Delete):
                counts = counts.plus(Counts(removed=1))
            elif write is not None:
                counts = counts.plus(Counts(anonymised=1))
                size += len(text_of(write.data))
            if write is not None:
                writes.append(write)
            if number == len(page) or size > MOST_COMMIT_BYTES:
                place = Place(look=self._look, done=False, collection=collection, after=document.id)
                self._commit(writes, place, counts)
                writes, counts, size = [], Counts(), 0

    def _commit(self, writes: Sequence[Write], place: Place, counts: Counts) -> None:
        try:
            self._documents.commit([*writes, self._records.mark(place, place.collection, counts)])
        except PreconditionFailed:
            raise Retryable("a document changed while the person was being taken out of it") from None


def text_of(value: Any) -> str:
    """Returns a value as text in which names can be looked for."""
    return json.dumps(value, ensure_ascii=False, default=str)
