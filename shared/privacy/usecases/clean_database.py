"""Looks through one database, document by document, and takes one person out of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from shared.kernel.errors import Retryable
from shared.ports.documents import AlreadyExists, Delete, Document, Documents, PreconditionFailed, Query, Write
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
        clean: Callable[[str, Document], Sequence[Write]],
        own: Collection[str] = OWN_COLLECTIONS,
    ) -> None:
        """Takes `clean`: what becomes of a document of a collection; nothing where it stays as it is; own: collections
        that are not looked at"""
        self._documents = documents
        self._records = records
        self._look = look
        self._clean = clean
        self._own = own

    def go(self, pages: int) -> int:
        """Goes on for so many pages at most; how many are left of them, 0 when it is not through."""
        place = self._records.place() or Place(look=self._look, done=False)
        if place.done:
            return pages
        for collection in self._documents.collections():
            if collection in self._own or collection < place.collection:
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
            found = () if document.path == self._records.path else self._clean(collection, document)
            if found:
                gone = all(isinstance(write, Delete) for write in found)
                counts = counts.plus(Counts(removed=1) if gone else Counts(anonymised=1))
            size += sum(len(text_of(write.data)) for write in found if not isinstance(write, Delete))
            writes += found
            if number == len(page) or size > MOST_COMMIT_BYTES:
                place = Place(look=self._look, done=False, collection=collection, after=document.id)
                self._commit(writes, place, counts)
                writes, counts, size = [], Counts(), 0

    def _commit(self, writes: Sequence[Write], place: Place, counts: Counts) -> None:
        try:
            self._documents.commit([*writes, self._records.mark(place, place.collection, counts)])
        except (AlreadyExists, PreconditionFailed):
            raise Retryable("a document changed while the person was being taken out of it") from None


def text_of(value: Any) -> str:
    """Returns a value as text in which names can be looked for."""
    return json.dumps(value, ensure_ascii=False, default=str)
