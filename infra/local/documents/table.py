"""Describes the table of documents, and names a document and a field in SQL.

A document is a row: its collection, its id, the collection's own name (`events` in `employees/e1/events`), a version
and its data as JSON text. Versions come from one counter that every commit raises, so a later version of a document
sorts after an earlier one.
"""

from __future__ import annotations

import re
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (collection, id)
);
CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
"""

Key = tuple[str, str]
"""A document's collection and id."""

_FIELD_NAME: Final = re.compile(r'[^"\\\x00-\x1f]+')


def key_of(path: str) -> Key:
    """Returns the collection and the id of a document's path. Raises ValueError for what is not such a path."""
    segments = path.split("/")
    if len(segments) % 2 or not all(segments):
        raise ValueError(f"{path!r} is not the path of a document (collection/id, an even number of segments)")
    path.encode()  # SQLite would refuse half a surrogate pair later, and with it the commits that go together
    collection, _, identifier = path.rpartition("/")
    return collection, identifier


def kind_of(collection: str) -> str:
    """Returns the collection's own name, without the document that it lies under."""
    return collection.rpartition("/")[2]


def version_text(version: int) -> str:
    """Returns a version as the port shows it: the text order is the order in time."""
    return f"{version:020d}"


def sort_key(field: str) -> str:
    """Returns the SQL expression that sorts by a field, as the indexes hold it. Null comes first, like a number."""
    return f"ifnull(json_extract(data, {json_path(field)}), -9e999)"


def json_path(field: str) -> str:
    """Returns the SQL literal that names a top-level field. Raises ValueError for a name that SQLite cannot take."""
    if not _FIELD_NAME.fullmatch(field):
        raise ValueError(f"{field!r} cannot be queried: quotes, backslashes and control characters are not supported")
    return literal(f'$."{field}"')


def literal(text: str) -> str:
    """Returns a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
