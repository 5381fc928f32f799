"""Does the writes of one commit: looks at each document first, then stores what the writes make of them.

So a commit that is refused has written nothing, and those that share its transaction go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from infra.local.documents.table import Key, key_of, kind_of, version_text
from infra.local.documents.values import encode, to_text
from infra.local.stored_json import stored_json
from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Create,
    Delete,
    DocumentTooLarge,
    FieldChange,
    Merge,
    PreconditionFailed,
    Put,
    Write,
)

DOCUMENT_LIMIT: Final = 1 << 20
"""Bytes of a document, measured on its JSON text (Firestore measures its own encoding; the two differ by a few %)."""
COMMIT_LIMIT: Final = 10 << 20
"""Bytes of all writes of one commit."""

_STORE: Final = """
INSERT INTO documents VALUES (?, ?, ?, ?, ?)
ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, data = excluded.data
"""
_REMOVE: Final = "DELETE FROM documents WHERE collection = ? AND id = ?"


class EncodedWrite(NamedTuple):
    """A write, checked and encoded before anything is waited for.

    text:  the document that a Create or a Put writes
    patch: what a Merge merges, encoded
    """

    write: Write
    key: Key
    text: str = ""
    patch: Mapping[str, FieldChange] = MappingProxyType({})


class _Row(NamedTuple):
    """A document as it lies in the file. text: empty where nobody asks for it."""

    version: int
    text: str


def encoded(writes: Sequence[Write]) -> list[EncodedWrite]:
    """Returns the writes of a commit, ready to be done. Raises DocumentTooLarge; ValueError for a bad path or value."""
    done = []
    total = 0
    for write in writes:
        key = key_of(write.path)
        if isinstance(write, Delete):
            done.append(EncodedWrite(write, key))
            continue
        merges = isinstance(write, Merge)
        data = encode(write.data, write.path, deletions=merges)
        text, size = to_text(data)
        _check_size(write, size)
        total += size
        done.append(EncodedWrite(write, key, patch=data) if merges else EncodedWrite(write, key, text))
    if total > COMMIT_LIMIT:
        raise DocumentTooLarge(f"a batch of {total} bytes, the limit is {COMMIT_LIMIT}")
    return done


def apply(connection: sqlite3.Connection, writes: Sequence[EncodedWrite], version: int) -> None:
    """Does the writes in their order, inside the connection's transaction. Raises as the port's `commit` does, and has
    written nothing then."""
    changed: dict[Key, _Row | None] = {}
    for item in writes:
        current = changed[item.key] if item.key in changed else _read(connection, item)
        changed[item.key] = _outcome(item, current, version)
    stored = [(*key, kind_of(key[0]), *row) for key, row in changed.items() if row is not None]
    removed = [key for key, row in changed.items() if row is None]
    if stored:
        connection.executemany(_STORE, stored)
    if removed:
        connection.executemany(_REMOVE, removed)


def merged(existing: Any, patch: Mapping[str, FieldChange]) -> dict[str, FieldChange]:
    """Returns what a merge makes of a value: maps key by key, all else replaced, DELETE_FIELD removed."""
    result: dict[str, FieldChange] = dict(existing) if isinstance(existing, dict) else {}
    for key, value in patch.items():
        if value is DELETE_FIELD:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = merged(result.get(key), value)
        else:
            result[key] = value
    return result


def _read(connection: sqlite3.Connection, item: EncodedWrite) -> _Row | None:
    """Returns the document that a write finds, with its text for a merge; None without a look if it does not matter."""
    if isinstance(item.write, Put | Delete) and item.write.if_version is None:
        return None
    text = "data" if isinstance(item.write, Merge) else "''"
    row = connection.execute(
        f"SELECT version, {text} FROM documents WHERE collection = ? AND id = ?", item.key
    ).fetchone()
    return _Row(*row) if row else None


def _outcome(item: EncodedWrite, current: _Row | None, version: int) -> _Row | None:
    """Returns what a write makes of a document, None being none. Raises as the port's `commit` does."""
    write = item.write
    if isinstance(write, Create):
        if current is not None:
            raise AlreadyExists(write.path)
        return _Row(version, item.text)
    _check_version(write, current)
    if isinstance(write, Delete):
        return None
    if isinstance(write, Put):
        return _Row(version, item.text)
    # As it lies in the file, times tagged: the patch is encoded the same way.
    text, size = to_text(merged(stored_json(current.text) if current else {}, item.patch))
    _check_size(write, size)
    return _Row(version, text)


def _check_version(write: Put | Merge | Delete, current: _Row | None) -> None:
    found = version_text(current.version) if current else None
    if write.if_version is not None and write.if_version != found:
        state = "missing" if found is None else f"at version {found}"
        raise PreconditionFailed(f"{write.path} is {state}, not at version {write.if_version}")


def _check_size(write: Write, size: int) -> None:
    if size > DOCUMENT_LIMIT:
        raise DocumentTooLarge(f"{write.path} would have {size} bytes, the limit is {DOCUMENT_LIMIT}")
