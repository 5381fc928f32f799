"""Makes the indexes that the pipeline declares, and drops those that it no longer does.

An *excerpt* is an index that has some fields beside the one that it sorts by: an event is ten times as long as its
entry, and who wants a person's entries alone reads them in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from infra.local.documents.table import json_path, literal, sort_key

Indexes = Mapping[str, Sequence[Sequence[str]]]
"""By collection name, the fields of each index; `-` before a field for descending, `[]` behind it for what an array
contains."""
Excerpts = Mapping[str, Mapping[str, Sequence[str]]]
"""By collection name and the field that finds them: the fields that stand beside that field's index."""


def declare(connection: sqlite3.Connection, indexes: Indexes, excerpts: Excerpts) -> None:
    """Makes the indexes and drops others, inside the transaction that the connection is in."""
    declared = {**_plain(indexes), **_with_excerpts(excerpts)}
    existing = dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'by\\_%' ESCAPE '\\'"
        )
    )
    for name, sql in existing.items():
        if declared.get(name) != sql:
            connection.execute(f'DROP INDEX "{name}"')
    for name, sql in declared.items():
        if existing.get(name) != sql:
            connection.execute(sql)


def excerpt_expression(by: str, fields: Sequence[str]) -> str:
    """Returns the SQL expression of an excerpt: a JSON array of the field that finds it and its fields, null for one
    that is not there. (Of one path alone SQLite gives the bare value, which does not tell a text from a list.)"""
    return f"json_extract(data, {', '.join(map(json_path, [by, *fields]))})"


def _plain(indexes: Indexes) -> dict[str, str]:
    """Returns the declared indexes, name → SQL. SQLite indexes no elements of an array: a query looks for them through
    the documents that its other conditions leave."""
    declared: dict[str, str] = {}
    for kind, definitions in indexes.items():
        for fields in definitions:
            if any(field.endswith("[]") for field in fields):
                continue
            parts = [(field.removeprefix("-"), field.startswith("-")) for field in fields]
            keys = [f"{sort_key(field)} {'DESC' if descending else 'ASC'}" for field, descending in parts]
            keys.append(f"id {'DESC' if parts[-1][1] else 'ASC'}")
            name = f"by_{kind}" + "".join(f"__{'down_' if descending else ''}{field}" for field, descending in parts)
            declared[name] = _create_index(name, kind, keys)
    return declared


def _with_excerpts(excerpts: Excerpts) -> dict[str, str]:
    declared: dict[str, str] = {}
    for kind, of_collection in excerpts.items():
        for by, fields in of_collection.items():
            name = f"by_{kind}__{by}_with_{'_'.join(fields)}"
            keys = [sort_key(by), "id", "version", excerpt_expression(by, fields)]
            declared[name] = _create_index(name, kind, keys)
    return declared


def _create_index(name: str, kind: str, keys: Sequence[str]) -> str:
    return f'CREATE INDEX "{name}" ON documents (collection, {", ".join(keys)}) WHERE kind = {literal(kind)}'
