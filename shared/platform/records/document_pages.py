"""Reads what a query finds page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.ports.documents import Document, Query, Reader


def pages_of(reader: Reader, query: Query) -> Iterator[Sequence[Document]]:
    """Yields all that a query finds, by pages of its limit. It asks for the fields that it orders by"""
    while True:
        found = reader.query(query)
        yield found
        if query.limit is None or len(found) < query.limit:
            return
        query = replace(query, after=[*(found[-1].data[field] for field, _ in query.order_by), found[-1].id])
