"""Reads documents through one connection: by path, and by query."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from infra.local.documents.indexes import Excerpts, excerpt_expression
from infra.local.documents.queries import says_its_type, statement
from infra.local.documents.table import key_of, version_text
from infra.local.documents.values import decode, decode_fields
from shared.ports.documents import Document, Query

_PATHS_AT_ONCE: Final = 500
"""SQLite takes 32,766 parameters in a statement; it is as fast with these."""


class Reads:
    """The port's `Reader`: reads of one point in time while the connection stands in a transaction."""

    def __init__(self, connection: sqlite3.Connection, excerpts: Excerpts):
        self._connection = connection
        self._excerpts = excerpts

    def get(self, path: str) -> Document | None:
        row = self._connection.execute(
            "SELECT version, data FROM documents WHERE collection = ? AND id = ?", key_of(path)
        ).fetchone()
        return Document(path, decode(row[1]), version_text(row[0])) if row else None

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        wanted = list(dict.fromkeys(paths))
        by_collection: dict[str, list[str]] = {}
        for path in wanted:
            collection, identifier = key_of(path)
            by_collection.setdefault(collection, []).append(identifier)
        found: dict[str, Document] = {}
        for collection, identifiers in by_collection.items():
            for start in range(0, len(identifiers), _PATHS_AT_ONCE):
                for document in self._of_collection(collection, identifiers[start : start + _PATHS_AT_ONCE], fields):
                    found[document.path] = document
        return {path: found[path] for path in wanted if path in found}

    def query(self, query: Query) -> list[Document]:
        excerpt = self._excerpt_for(query)
        if excerpt is not None:
            return self._from_index(query, excerpt)
        found = []
        columns = "id, version, '{}'" if query.fields == () else "id, version, data"
        for identifier, version, text in self._connection.execute(*statement(query, columns)):
            found.append(_document(query.collection, identifier, version, text, query.fields))
        return found

    def _of_collection(
        self, collection: str, identifiers: Sequence[str], fields: Sequence[str] | None
    ) -> Iterator[Document]:
        rows = self._connection.execute(
            "SELECT id, version, data FROM documents WHERE collection = ? "
            f"AND id IN ({','.join('?' * len(identifiers))})",
            (collection, *identifiers),
        )
        for identifier, version, text in rows:
            yield _document(collection, identifier, version, text, fields)

    # --- excerpts

    def _excerpt_for(self, query: Query) -> Sequence[str] | None:
        """Returns the fields of the excerpt that answers a query; None when none does."""
        of_collection = self._excerpts.get(query.collection)
        if of_collection is None or len(query.where) != 1 or query.fields is None:
            return None
        if query.order_by or query.after is not None:
            return None
        (where,) = query.where
        fields = of_collection.get(where.field)
        if fields is None or where.operator != "==" or not says_its_type(where.value):
            return None
        return fields if set(query.fields) <= set(fields) else None

    def _from_index(self, query: Query, excerpt: Sequence[str]) -> list[Document]:
        """Returns a query's documents out of the index that holds the excerpt, without reading their rows."""
        columns = f"id, version, {excerpt_expression(query.where[0].field, excerpt)}"
        wanted = [(field, excerpt.index(field) + 1) for field in query.fields or ()]
        found = []
        for identifier, version, text in self._connection.execute(*statement(query, columns, ids_from_index=True)):
            path = f"{query.collection}/{identifier}"
            values = decode(text)
            data = {field: values[place] for field, place in wanted}
            if None in values:
                # Null, or no such field: only the document tells.
                document = self.get(path)
                data = {field: document.data[field] for field, _ in wanted if document and field in document.data}
            found.append(Document(path, data, version_text(version)))
        return found


def _document(collection: str, identifier: str, version: int, text: str, fields: Sequence[str] | None) -> Document:
    data = decode(text) if fields is None else decode_fields(text, fields)
    return Document(f"{collection}/{identifier}", data, version_text(version))
