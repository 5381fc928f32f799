"""Ends documents' lives on one machine, as Firestore's TTL and the buckets' rules end them in the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.ports.ambient import Files
from shared.ports.documents import Delete, Documents, Query, Where

AT_ONCE = 400
"""Documents of a collection that are deleted in one run: the next comes in ten minutes."""
QUARANTINE = "quarantine"
"""The collection whose documents have content under their own id among the files."""


def end_lives(documents: Documents, expires: Mapping[str, str], files: Files, now: datetime) -> int:
    """Deletes what has expired; returns how many. expires: collection → the field whose time ends a document's life"""
    ended = 0
    for collection, field in expires.items():
        old = documents.query(Query(collection, [Where(field, "<", now)], limit=AT_ONCE, fields=[field]))
        if collection == QUARANTINE:
            for document in old:  # first, so that no content is left that nothing names
                files.delete(document.id)
        if old:
            documents.commit([Delete(document.path) for document in old])
        ended += len(old)
    return ended
