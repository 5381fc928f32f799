"""Live state in one SQLite file: the embedded default of the `Documents` port.

A document is a row: its collection, its id, the collection's own name (`events` in `employees/e1/events`), a version
and its data as JSON text. Versions come from one counter that every commit raises, so a later version of a document
sorts after an earlier one.

Values. A datetime is stored as a string that starts with U+0001, in UTC with six digits of fraction, so that text order
is time order; a string that itself starts with U+0001 or U+0002 gets a U+0002 in front. Both keep the order of strings.

Merges run inside SQLite (`json_patch`, RFC 7396), so that adding an entry to a state of 50 KB decodes nothing here:
about 0.25 ms, where decoding, merging and encoding in Python takes a millisecond. RFC 7396 reads null as "remove", so a
merge that stores a null takes the way through Python. A test holds the two ways to each other.

Durability. WAL, and a commit returns when it is on the disk (see infra/local/durability.py). On a solid-state disk a
sync costs 0.4 ms, where the commit itself takes 0.06 ms, but writers share it: an accepted event is a promise to the
sender, and this keeps it through a power cut. With `durable=False` kill -9 still loses nothing, a power cut may.

Threads. Python's interpreter is given up for every statement, and with other threads busy it comes back half a
millisecond later; five statements with the write lock in hand would let 400 commits a second through, whatever else is
made faster. So a commit is one statement: its writes are the rows inserted into a view, and triggers do the rest
(`_WAY_IN`). Several commits can be one statement as well, and bring rows of others who share the file (`commit_each`).
Only when the triggers refuse are the writes done one by one, to learn which of them it was.

Transactions are optimistic, as Firestore's are: the reads see one snapshot, and the commit, alone under the write lock,
checks that every document and every query read still gives the same versions.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

import orjson

from infra.local.sqlite_file import SqliteFile
from shared.kernel.errors import Retryable
from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Contended,
    Create,
    Delete,
    Document,
    DocumentTooLarge,
    Merge,
    PreconditionFailed,
    Put,
    Query,
    Reader,
    Transaction,
    Where,
    Write,
)

T = TypeVar("T")

DOCUMENT_LIMIT: Final = 1 << 20
"""Bytes of a document, measured on its JSON text (Firestore measures its own encoding; the two differ by a few %)."""
BATCH_LIMIT: Final = 10 << 20
"""Bytes of all writes of one commit."""
DEPTH_LIMIT: Final = 20
"""Maps and lists inside each other, as in Firestore."""
ATTEMPTS: Final = 12
"""Of a transaction, before it gives up as Contended."""

_INTEGERS: Final = range(-(2**63), 2**63)
_DATETIME: Final = "\x01"
_ESCAPE: Final = "\x02"
_TAGS: Final = frozenset({_DATETIME, _ESCAPE})
_TAGGED: Final = '"\\u000'
_DECODER: Final = json.JSONDecoder()
_FIELD_NAME: Final = re.compile(r'[^"\\\x00-\x1f]+')
_CHUNK: Final = 500
_Excerpts = Mapping[str, Mapping[str, Sequence[str]]]
"""Fields that stand beside a field's index, by collection name and that field."""

_SCHEMA: Final = """
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

_WAY_IN: Final = f"""
CREATE TEMP VIEW incoming AS SELECT '' AS how, '' AS collection, '' AS id, '' AS kind, '' AS if_version, '' AS data;

CREATE TEMP TRIGGER next_version INSTEAD OF INSERT ON incoming WHEN NEW.how = 'version' BEGIN
    UPDATE counter SET value = value + 1;
END;

CREATE TEMP TRIGGER creates INSTEAD OF INSERT ON incoming WHEN NEW.how = 'create' BEGIN
    INSERT INTO documents VALUES (NEW.collection, NEW.id, NEW.kind, (SELECT value FROM counter), NEW.data);
END;

CREATE TEMP TRIGGER puts INSTEAD OF INSERT ON incoming WHEN NEW.how = 'put' BEGIN
    SELECT RAISE(ABORT, 'changed') WHERE NEW.if_version IS NOT NULL AND NEW.if_version IS NOT (
        SELECT printf('%020d', version) FROM documents WHERE collection = NEW.collection AND id = NEW.id);
    INSERT INTO documents VALUES (NEW.collection, NEW.id, NEW.kind, (SELECT value FROM counter), NEW.data)
        ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, data = excluded.data;
END;

CREATE TEMP TRIGGER merges INSTEAD OF INSERT ON incoming WHEN NEW.how = 'merge' BEGIN
    SELECT RAISE(ABORT, 'changed') WHERE NEW.if_version IS NOT NULL AND NEW.if_version IS NOT (
        SELECT printf('%020d', version) FROM documents WHERE collection = NEW.collection AND id = NEW.id);
    INSERT INTO documents
        VALUES (NEW.collection, NEW.id, NEW.kind, (SELECT value FROM counter), json_patch('{{}}', NEW.data))
        ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, data = json_patch(data, NEW.data);
    SELECT RAISE(ABORT, 'too large') WHERE {DOCUMENT_LIMIT} < (
        SELECT length(CAST(data AS BLOB)) FROM documents WHERE collection = NEW.collection AND id = NEW.id);
END;

CREATE TEMP TRIGGER deletes INSTEAD OF INSERT ON incoming WHEN NEW.how = 'delete' BEGIN
    SELECT RAISE(ABORT, 'changed') WHERE NEW.if_version IS NOT NULL AND NEW.if_version IS NOT (
        SELECT printf('%020d', version) FROM documents WHERE collection = NEW.collection AND id = NEW.id);
    DELETE FROM documents WHERE collection = NEW.collection AND id = NEW.id;
END;
"""
"""A connection's own: each row inserted into `incoming` is a write. A row that fails takes the statement with it."""
_HOW: Final[dict[type, str]] = {Create: "create", Put: "put", Merge: "merge", Delete: "delete"}
Row = tuple[str, str, str, str, str | float | None, str | None]
"""Of `incoming`: how, collection, id, kind, if_version, data."""
_NEXT_VERSION: Final[Row] = ("version", "", "", "", None, None)
_MOST_TOGETHER: Final = 500
"""Writes in one statement; SQLite takes 32,766 parameters."""


class SqliteDocuments:
    """The `Documents` port on a SQLite file.

    indexes: fields by collection name, `-` before a field for descending, as the pipeline declares them;
             an index that is no longer declared is dropped. One over what an array contains (`field[]`) is not made:
             SQLite indexes no elements, and looks through the documents that the other conditions leave
    excerpts: by collection name and field: fields that stand beside that field's index. A query for nothing else, by
             that field's value alone, reads them there: an event is ten times as long as its entry
    """

    def __init__(
        self,
        place: Path | SqliteFile,
        *,
        indexes: Mapping[str, Sequence[Sequence[str]]] | None = None,
        excerpts: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        durable: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ):
        """place: the file, or the path of one of its own; durable: of the latter"""
        with _store_errors():
            self.file = place if isinstance(place, SqliteFile) else SqliteFile(place, durable=durable)
            self.file.writing.executescript(_SCHEMA)
            self.file.with_each(_WAY_IN)
            _declare_indexes(self.file.writing, {**_indexes(indexes or {}), **_excerpt_indexes(excerpts or {})})
        self._writer = self.file.writer
        self._connection = self.file.connection
        self._sleep = sleep
        self._excerpts = excerpts or {}

    def close(self) -> None:
        """Closes the file."""
        self.file.close()

    def get(self, path: str) -> Document | None:
        with _store_errors():
            return _get(self._connection(), path)

    def get_many(self, paths: Iterable[str]) -> dict[str, Document]:
        with _store_errors():
            return _get_many(self._connection(), paths)

    def query(self, query: Query) -> list[Document]:
        with _store_errors():
            return _query(self._connection(), query, self._excerpts)

    def commit(self, writes: Sequence[Write]) -> None:
        if not writes:
            return
        (error,) = self.commit_each([self.batch(writes)])
        if error is not None:
            raise error

    def batch(self, writes: Sequence[Write], along: Sequence[Row] = ()) -> Batch:
        """A commit's writes, checked and encoded: to be done before anything is waited for. Raises as `commit` does.

        along: further rows of `incoming`, of somebody who shares the file: they come into it with the writes
        """
        self._idle_connection()
        prepared = _prepare(writes)
        return Batch(prepared, _rows(prepared), along)

    def commit_each(self, batches: Sequence[Batch]) -> Sequence[Exception | None]:
        """Several commits in one go: for each the error with which it was refused, or None when it is on the disk.

        Each is done or not as if it were alone. Raises Retryable when the store cannot be reached; then any of them may
        have been done.
        """
        with _store_errors(), self._writer:
            errors = self._commit_each(batches)
        self.file.wait()
        return errors

    def _commit_each(self, batches: Sequence[Batch]) -> Sequence[Exception | None]:
        connection = self.file.writing
        rows = [row for batch in batches if batch.rows for row in (_NEXT_VERSION, *batch.rows, *batch.along)]
        if len(rows) <= _MOST_TOGETHER and all(batch.rows for batch in batches) and _insert(connection, rows):
            return [None] * len(batches)
        if len(batches) > 1:
            return [error for batch in batches for error in self._commit_each([batch])]
        connection.execute("BEGIN IMMEDIATE")
        try:
            with _rollback_on_error(connection):
                _apply(connection, batches[0].prepared, _next_version(connection))
                if batches[0].along and not _insert(connection, batches[0].along):
                    raise RuntimeError("what was to come into the file with a commit is refused")
                connection.execute("COMMIT")
        except (AlreadyExists, PreconditionFailed, DocumentTooLarge) as error:
            return [error]
        return [None]

    def transact(self, work: Callable[[Transaction], T]) -> T:
        connection = self._idle_connection()
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(random.uniform(0, min(0.1, 0.001 * 2**attempt)))
            with _store_errors():
                connection.execute("BEGIN")
                with _rollback_on_error(connection):
                    transaction = _Transaction(connection, self._excerpts)
                    result = work(transaction)
                    prepared = _prepare(transaction.writes)
                    if not prepared:
                        connection.execute("COMMIT")
                        return result
                    together = _rows(prepared)
                    with self._writer:
                        version = _version_if_unchanged(connection, transaction)
                        if version is not None:
                            if together is None or not _insert(connection, together):
                                _apply(connection, prepared, version)
                            connection.execute("COMMIT")
                        else:
                            connection.execute("ROLLBACK")
            if version is not None:
                self.file.wait()
                return result
        raise Contended(f"a transaction lost {ATTEMPTS} times against others")

    def read_together(self, work: Callable[[Reader], T]) -> T:
        connection = self._connection()
        if connection.in_transaction:
            return work(_Snapshot(connection, self._excerpts))
        with _store_errors():
            connection.execute("BEGIN")
            try:
                return work(_Snapshot(connection, self._excerpts))
            finally:
                connection.execute("ROLLBACK")

    def collections(self) -> list[str]:
        with _store_errors():
            found = self._connection().execute(
                "SELECT DISTINCT collection FROM documents WHERE instr(collection, '/') = 0 ORDER BY collection"
            )
            return [str(name) for (name,) in found]

    def _idle_connection(self) -> sqlite3.Connection:
        connection = self._connection()
        if connection.in_transaction:
            raise RuntimeError("a commit inside a transaction's work: hand its writes to the transaction")
        return connection


class _Snapshot:
    """Reads through a connection that stands in a transaction, hence of one point in time."""

    def __init__(self, connection: sqlite3.Connection, excerpts: _Excerpts):
        self._connection = connection
        self._excerpts = excerpts

    def get(self, path: str) -> Document | None:
        return _get(self._connection, path)

    def get_many(self, paths: Iterable[str]) -> dict[str, Document]:
        return _get_many(self._connection, paths)

    def query(self, query: Query) -> list[Document]:
        return _query(self._connection, query, self._excerpts)


class _Transaction(_Snapshot):
    """A snapshot that remembers what was read, and the writes to do if it still holds."""

    def __init__(self, connection: sqlite3.Connection, excerpts: _Excerpts):
        super().__init__(connection, excerpts)
        self.writes: list[Write] = []
        self._versions: dict[str, str | None] = {}
        self._queries: list[tuple[Query, list[tuple[str, str]]]] = []

    def get(self, path: str) -> Document | None:
        self._refuse_after_write()
        document = super().get(path)
        self._versions[path] = document.version if document else None
        return document

    def get_many(self, paths: Iterable[str]) -> dict[str, Document]:
        self._refuse_after_write()
        wanted = list(paths)
        found = super().get_many(wanted)
        for path in wanted:
            self._versions[path] = found[path].version if path in found else None
        return found

    def query(self, query: Query) -> list[Document]:
        self._refuse_after_write()
        found = super().query(query)
        self._queries.append((query, [(document.path, document.version) for document in found]))
        return found

    def write(self, *writes: Write) -> None:
        self.writes.extend(writes)

    def still_holds(self) -> bool:
        """Whether every read would give the same versions now."""
        return all(_version(self._connection, path) == version for path, version in self._versions.items()) and all(
            [(document.path, document.version) for document in _query(self._connection, query, self._excerpts)] == found
            for query, found in self._queries
        )

    def _refuse_after_write(self) -> None:
        if self.writes:
            raise RuntimeError("a transaction reads before it writes")


def _version_if_unchanged(connection: sqlite3.Connection, transaction: _Transaction) -> int | None:
    """The version for the transaction's writes, standing under the write lock; None if something read has changed."""
    try:
        # Turns the snapshot into a write transaction, which SQLite allows only if nothing was committed since.
        return _next_version(connection)
    except sqlite3.OperationalError as error:
        if not _is_busy(error):
            raise
    connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    return _next_version(connection) if transaction.still_holds() else None


# --- reading


def _get(connection: sqlite3.Connection, path: str) -> Document | None:
    collection, identifier = _split(path)
    row = connection.execute(
        "SELECT version, data FROM documents WHERE collection = ? AND id = ?", (collection, identifier)
    ).fetchone()
    return Document(path, decode(row[1]), _as_version(row[0])) if row else None


def _version(connection: sqlite3.Connection, path: str) -> str | None:
    row = connection.execute("SELECT version FROM documents WHERE collection = ? AND id = ?", _split(path)).fetchone()
    return _as_version(row[0]) if row else None


def _get_many(connection: sqlite3.Connection, paths: Iterable[str]) -> dict[str, Document]:
    wanted = list(dict.fromkeys(paths))
    by_collection: dict[str, list[str]] = {}
    for path in wanted:
        collection, identifier = _split(path)
        by_collection.setdefault(collection, []).append(identifier)
    found: dict[str, Document] = {}
    for collection, identifiers in by_collection.items():
        for start in range(0, len(identifiers), _CHUNK):
            chunk = identifiers[start : start + _CHUNK]
            rows = connection.execute(
                "SELECT id, version, data FROM documents WHERE collection = ? "
                f"AND id IN ({','.join('?' * len(chunk))})",
                (collection, *chunk),
            )
            for identifier, version, data in rows:
                path = f"{collection}/{identifier}"
                found[path] = Document(path, decode(data), _as_version(version))
    return {path: found[path] for path in wanted if path in found}


def _query(connection: sqlite3.Connection, query: Query, excerpts: _Excerpts) -> list[Document]:
    excerpt = _excerpt_for(query, excerpts)
    if excerpt is not None:
        return _from_excerpt(connection, query, excerpt)
    sql, parameters = _statement(query)
    documents = []
    for identifier, version, text in connection.execute(sql, parameters):
        data = decode(text) if query.fields is None else decode_fields(text, query.fields)
        documents.append(Document(f"{query.collection}/{identifier}", data, _as_version(version)))
    return documents


def _excerpt_for(query: Query, excerpts: _Excerpts) -> Sequence[str] | None:
    """The fields of the excerpt that answers a query; None when none does."""
    of_collection = excerpts.get(query.collection)
    if of_collection is None or len(query.where) != 1 or query.fields is None:
        return None
    if query.order_by or query.after is not None:
        return None
    (where,) = query.where
    fields = of_collection.get(where.field)
    if fields is None or where.operator != "==" or not _says_its_type(where.value):
        return None
    return fields if set(query.fields) <= set(fields) else None


def _from_excerpt(connection: sqlite3.Connection, query: Query, fields: Sequence[str]) -> list[Document]:
    """A query's documents out of an index alone."""
    (where,) = query.where
    sql = (
        f"SELECT id, version, {_extract(where.field, fields)} FROM documents WHERE collection = ? "
        f"AND kind = {_literal(query.collection)} AND {_key(where.field)} = ? ORDER BY id"
    )
    parameters = [query.collection, _comparable(where.value)]
    if query.limit is not None:
        sql, parameters = f"{sql} LIMIT ?", [*parameters, _limit(query.limit)]
    wanted = [(name, fields.index(name) + 1) for name in query.fields or ()]
    found = []
    for identifier, version, text in connection.execute(sql, parameters):
        path = f"{query.collection}/{identifier}"
        values = orjson.loads(text)
        if _TAGGED in text:
            values = _decoded(values)
        data = {name: values[place] for name, place in wanted}
        if None in values:
            # Null, or no such field: only the document tells.
            document = _get(connection, path)
            data = {name: document.data[name] for name, _ in wanted if document and name in document.data}
        found.append(Document(path, data, _as_version(version)))
    return found


def _extract(by: str, fields: Sequence[str]) -> str:
    """The SQL expression of an excerpt: a JSON array of the field that finds it and its fields, null for one that is
    not there. (Of one path alone SQLite gives the bare value, which does not tell a text from a list.)"""
    return f"json_extract(data, {', '.join(map(_json_path, [by, *fields]))})"


def _limit(limit: int) -> int:
    if limit < 0:
        raise ValueError(f"a limit of {limit}")
    return limit


def _statement(query: Query) -> tuple[str, list[Any]]:
    """A query as SQL with its parameters, written so that the declared indexes serve it."""
    if not query.collection or query.collection.count("/") % 2:
        raise ValueError(f"{query.collection!r} is not the path of a collection")
    # The name stands as a literal: SQLite uses a partial index only when it can see that the condition holds.
    conditions = ["collection = ?", f"kind = {_literal(query.collection.rsplit('/', 1)[-1])}"]
    parameters: list[Any] = [query.collection]
    for where in query.where:
        condition, values = _condition(where)
        conditions.append(condition)
        parameters += values
    for name, _ in query.order_by:
        conditions.append(f"json_type(data, {_json_path(name)}) IS NOT NULL")
    descending = bool(query.order_by) and query.order_by[-1][1] == "desc"
    order = [(_key(name), direction == "desc") for name, direction in query.order_by] + [("id", descending)]
    if query.after is not None:
        if len(query.after) != len(order):
            raise ValueError(f"a cursor of {len(query.after)} values for {len(order)} sort keys")
        cursor = [_comparable(value) for value in query.after[:-1]] + [query.after[-1]]
        # The first key alone bounds the range that the index scans; the alternatives then cut to the exact place.
        conditions.append(f"{order[0][0]} {'<=' if order[0][1] else '>='} ?")
        parameters.append(cursor[0])
        alternatives = []
        for position, (expression, downwards) in enumerate(order):
            equal = "".join(f"{earlier} = ? AND " for earlier, _ in order[:position])
            alternatives.append(f"({equal}{expression} {'<' if downwards else '>'} ?)")
            parameters += cursor[: position + 1]
        conditions.append(f"({' OR '.join(alternatives)})")
    sql = f"SELECT id, version, data FROM documents WHERE {' AND '.join(conditions)} ORDER BY " + ", ".join(
        f"{expression} {'DESC' if downwards else 'ASC'}" for expression, downwards in order
    )
    if query.where and not query.order_by:
        # The plus keeps SQLite from walking the whole collection in the order of ids where a field's index finds few.
        sql = sql.replace("ORDER BY id ASC", "ORDER BY +id ASC")
    if query.limit is not None:
        sql += " LIMIT ?"
        parameters.append(_limit(query.limit))
    return sql, parameters


_TYPES: Final[dict[type, str]] = {
    bool: "IN ('true', 'false')",
    int: "IN ('integer', 'real')",
    float: "IN ('integer', 'real')",
    str: "= 'text'",
    datetime: "= 'text'",
    type(None): "= 'null'",
}
"""The JSON types that a value is compared with: others never match, as in Firestore."""


def _condition(where: Where) -> tuple[str, list[Any]]:
    path, key, value = _json_path(where.field), _key(where.field), where.value
    if where.operator == "in":
        alternatives = [_condition(Where(where.field, "==", item)) for item in value]
        if not alternatives:
            return "FALSE", []
        if len({type(item) for item in value}) == 1:
            # One list for one type: SQLite walks the index once per value.
            values = [_comparable(item) for item in value]
            one_of = f"{key} IN ({','.join('?' * len(values))})"
            if not all(map(_says_its_type, value)):
                one_of += f" AND json_type(data, {path}) {_type_of(value[0])}"
            return one_of, values
        return (
            f"({' OR '.join(f'({condition})' for condition, _ in alternatives)})",
            [parameter for _, parameters in alternatives for parameter in parameters],
        )
    if where.operator == "array_contains":
        return (
            f"json_type(data, {path}) = 'array' AND EXISTS (SELECT 1 FROM json_each(documents.data, {path}) AS item "
            f"WHERE item.type {_type_of(value)} AND ifnull(item.value, -9e999) = ?)",
            [_comparable(value)],
        )
    operator = "=" if where.operator == "==" else where.operator
    if operator == "=" and _says_its_type(value):
        return f"{key} = ?", [_comparable(value)]
    condition = f"{key} {operator} ? AND json_type(data, {path}) {_type_of(value)}"
    if operator != "=" and isinstance(value, str | datetime):
        # Times and strings are both text in the file.
        same = "=" if isinstance(value, datetime) else "<>"
        condition += f" AND substr({key}, 1, 1) {same} char(1)"
    return condition, [_comparable(value)]


def _type_of(value: Any) -> str:
    for kind, condition in _TYPES.items():
        if isinstance(value, kind):
            return condition
    raise ValueError(f"a query compares with JSON scalars and datetimes, not with {type(value).__name__}")


def _says_its_type(value: Any) -> bool:
    """Whether only a string or a time can equal a value in SQL: the text of a map or a list begins otherwise. Asking
    each document for the type means to read it, which costs more than all the rest."""
    return isinstance(value, datetime) or (isinstance(value, str) and value[:1] not in ("{", "["))


def _comparable(value: Any) -> Any:
    """A value as `_key` gives it for a document that holds it."""
    if value is None:
        return float("-inf")
    _type_of(value)
    encoded = _encoded(value, 0, "the query")
    return int(encoded) if isinstance(encoded, bool) else encoded


def _key(name: str) -> str:
    """The SQL expression of a field's sort key: what the indexes hold. Null sorts first, and compares like a number."""
    return f"ifnull(json_extract(data, {_json_path(name)}), -9e999)"


def _json_path(name: str) -> str:
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be queried: quotes, backslashes and control characters are not supported")
    return _literal(f'$."{name}"')


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _indexes(indexes: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, str]:
    """The declared indexes: name → SQL."""
    declared: dict[str, str] = {}
    for kind, definitions in indexes.items():
        for fields in definitions:
            if any(name.endswith("[]") for name in fields):
                continue
            parts = [(name.removeprefix("-"), name.startswith("-")) for name in fields]
            keys = [f"{_key(name)} {'DESC' if descending else 'ASC'}" for name, descending in parts]
            keys.append(f"id {'DESC' if parts[-1][1] else 'ASC'}")
            name = "by_" + kind + "".join(f"__{'down_' if descending else ''}{name}" for name, descending in parts)
            declared[name] = _create_index(name, kind, keys)
    return declared


def _excerpt_indexes(excerpts: _Excerpts) -> dict[str, str]:
    """The indexes that have some fields beside them: name → SQL."""
    declared: dict[str, str] = {}
    for kind, of_collection in excerpts.items():
        for by, fields in of_collection.items():
            name = f"by_{kind}__{by}_with_{'_'.join(fields)}"
            declared[name] = _create_index(name, kind, [_key(by), "id", "version", _extract(by, fields)])
    return declared


def _create_index(name: str, kind: str, keys: Sequence[str]) -> str:
    return f'CREATE INDEX "{name}" ON documents (collection, {", ".join(keys)}) WHERE kind = {_literal(kind)}'


def _declare_indexes(connection: sqlite3.Connection, declared: Mapping[str, str]) -> None:
    """Makes the declared indexes (name → SQL), and drops those that are not declared any more."""
    existing = dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'by\\_%' ESCAPE '\\'"
        )
    )
    connection.execute("BEGIN IMMEDIATE")
    with _rollback_on_error(connection):
        for name in existing.keys() - {name for name, sql in declared.items() if existing.get(name) == sql}:
            connection.execute(f'DROP INDEX IF EXISTS "{name}"')
        for name, sql in declared.items():
            if existing.get(name) != sql:
                connection.execute(sql.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1))
        connection.execute("COMMIT")


# --- writing


class _Prepared(NamedTuple):
    """A write, checked and encoded before any lock is taken. text: its data or its patch; None for a deletion or
    a merge that must go through Python."""

    write: Write
    collection: str
    identifier: str
    text: str | None = None
    tree: Mapping[str, Any] = MappingProxyType({})


class Batch(NamedTuple):
    """The writes of one commit, ready to be done.

    rows:  the same as rows of `incoming`; None when they cannot go in one statement
    along: rows of `incoming` that somebody else adds
    """

    prepared: Sequence[_Prepared]
    rows: Sequence[Row] | None
    along: Sequence[Row] = ()


def _prepare(writes: Sequence[Write]) -> list[_Prepared]:
    prepared = []
    total = 0
    for write in writes:
        collection, identifier = _split(write.path)
        if isinstance(write, Delete):
            prepared.append(_Prepared(write, collection, identifier))
            continue
        merging = isinstance(write, Merge)
        tree = _encoded(write.data, 0, write.path, deletions=merging)
        text, size = _text(tree, deletions=merging)
        if size > DOCUMENT_LIMIT:
            raise DocumentTooLarge(f"{write.path} would have {size} bytes, the limit is {DOCUMENT_LIMIT}")
        total += size
        if merging and _holds_null(tree):
            prepared.append(_Prepared(write, collection, identifier, None, tree))
        else:
            prepared.append(_Prepared(write, collection, identifier, text))
    if total > BATCH_LIMIT:
        raise DocumentTooLarge(f"a batch of {total} bytes, the limit is {BATCH_LIMIT}")
    return prepared


def _text(tree: dict[str, Any], *, deletions: bool) -> tuple[str, int]:
    """A document as JSON, and how many bytes it has. Raises ValueError for text that is not Unicode (half a surrogate
    pair)."""
    default = _deletion_as_null if deletions else None
    try:
        encoded = orjson.dumps(tree, default)
    except TypeError:
        text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), default=default)
        return text, len(text.encode())
    return encoded.decode(), len(encoded)


def _rows(prepared: Sequence[_Prepared]) -> list[Row] | None:
    """The writes as rows of `incoming`; None when they cannot go in one statement."""
    rows: list[Row] = []
    for item in prepared:
        write = item.write
        if item.text is None and not isinstance(write, Delete):
            return None
        expected = None if isinstance(write, Create) else write.if_version
        kind = item.collection.rsplit("/", 1)[-1]
        rows.append((_HOW[type(write)], item.collection, item.identifier, kind, expected, item.text))
    return rows if len(rows) <= _MOST_TOGETHER else None


def _insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> bool:
    """All rows or none, in one statement, which outside a transaction is a transaction of its own.

    False when a write was refused: its document exists already, has changed or would be too large.
    """
    statement = f"INSERT INTO incoming VALUES {','.join(['(?,?,?,?,?,?)'] * len(rows))}"
    try:
        connection.execute(statement, [value for row in rows for value in row])
    except sqlite3.IntegrityError:
        return False
    return True


def _apply(connection: sqlite3.Connection, prepared: Sequence[_Prepared], version: int) -> None:
    """Write after write, so that the one that fails is known. Raises as `commit` does."""
    for item in prepared:
        write, place = item.write, (item.collection, item.identifier)
        if not isinstance(write, Create) and write.if_version is not None:
            current = _version(connection, write.path)
            if current != write.if_version:
                raise PreconditionFailed(
                    f"{write.path} is {'missing' if current is None else 'at version ' + current}, "
                    f"not at version {write.if_version}"
                )
        if isinstance(write, Delete):
            connection.execute("DELETE FROM documents WHERE collection = ? AND id = ?", place)
            continue
        text = item.text
        values = (*place, item.collection.rsplit("/", 1)[-1], version)
        if isinstance(write, Create):
            try:
                connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", (*values, text))
            except sqlite3.IntegrityError as error:
                raise AlreadyExists(write.path) from error
        elif isinstance(write, Merge) and text is not None:
            (size,) = connection.execute(
                "INSERT INTO documents VALUES (?1, ?2, ?3, ?4, json_patch('{}', ?5)) ON CONFLICT (collection, id) "
                "DO UPDATE SET version = ?4, data = json_patch(data, ?5) RETURNING length(CAST(data AS BLOB))",
                (*values, text),
            ).fetchone()
            if size > DOCUMENT_LIMIT:
                raise DocumentTooLarge(f"{write.path} would have {size} bytes, the limit is {DOCUMENT_LIMIT}")
        else:
            if text is None:
                text = _merged_text(connection, item)
            connection.execute(
                "INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (collection, id) "
                "DO UPDATE SET version = ?4, data = ?5",
                (*values, text),
            )


def _merged_text(connection: sqlite3.Connection, item: _Prepared) -> str:
    """The document's new text, merged in Python."""
    row = connection.execute(
        "SELECT data FROM documents WHERE collection = ? AND id = ?", (item.collection, item.identifier)
    ).fetchone()
    text = json.dumps(merged(json.loads(row[0]) if row else {}, item.tree), ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    if size > DOCUMENT_LIMIT:
        raise DocumentTooLarge(f"{item.write.path} would have {size} bytes, the limit is {DOCUMENT_LIMIT}")
    return text


def merged(existing: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """What a merge makes of a value: maps key by key, all else replaced, DELETE_FIELD removed."""
    result: dict[str, Any] = dict(existing) if isinstance(existing, dict) else {}
    for key, value in patch.items():
        if value is DELETE_FIELD:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = merged(result.get(key), value)
        else:
            result[key] = value
    return result


# --- values


def _encoded(value: Any, depth: int, where: str, *, deletions: bool = False) -> Any:
    """A value ready for JSON, with times tagged. Raises ValueError for what a document cannot hold."""
    if isinstance(value, str):
        return _ESCAPE + value if value[:1] in _TAGS else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value not in _INTEGERS:
            raise ValueError(f"{where}: an integer of more than 64 bits")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{where}: {value} is not a JSON number")
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: a datetime without a time zone")
        return _DATETIME + value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping | list | tuple):
        if depth == DEPTH_LIMIT:
            raise ValueError(f"{where}: nested deeper than {DEPTH_LIMIT} levels")
        if not isinstance(value, Mapping):
            return [_encoded(item, depth + 1, where) for item in value]
        encoded = {}
        for key, item in value.items():
            if not isinstance(key, str) or not key:
                raise ValueError(f"{where}: {key!r} is not a field name (a string that is not empty)")
            if type(item) is str and item[:1] not in _TAGS:
                encoded[key] = item  # as most are
            else:
                encoded[key] = _encoded(item, depth + 1, where, deletions=deletions)
        return encoded
    if value is DELETE_FIELD and deletions:
        return value
    raise ValueError(f"{where}: {type(value).__name__} is not a value that a document can hold")


def decode(text: str) -> dict[str, Any]:
    """A document's data from its JSON text."""
    # Only what `_encoded` lets through is in the file, and orjson reads that as json does, in a third of the time.
    data = orjson.loads(text)
    # Most documents hold no tagged string, and need no walk.
    decoded: dict[str, Any] = _decoded(data) if _TAGGED in text else data
    return decoded


def decode_fields(text: str, fields: Collection[str]) -> dict[str, Any]:
    """Some top-level fields of a document's JSON text, which is read no further than the last of them.

    An event is mostly its payload and its answer, as long texts; what the ledger's readers want stands before them.
    """
    found: dict[str, Any] = {}
    position = 1
    while len(found) < len(fields) and text[position] == '"':
        name, position = _DECODER.raw_decode(text, position)
        value, position = _DECODER.raw_decode(text, position + 1)
        if name in fields:
            found[name] = _decoded(value)
        if text[position] != ",":
            break
        position += 1
    return found


def _decoded(value: Any) -> Any:
    if isinstance(value, str):
        if value[:1] == _DATETIME:
            return datetime.fromisoformat(value[1:])
        return value[1:] if value[:1] == _ESCAPE else value
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return value


def _holds_null(tree: Mapping[str, Any]) -> bool:
    """Whether a map, at any depth, holds a null as a value (inside a list it is safe)."""
    return any(value is None or (isinstance(value, dict) and _holds_null(value)) for value in tree.values())


def _deletion_as_null(value: Any) -> None:
    if value is not DELETE_FIELD:
        raise TypeError(f"{value!r} is not JSON")


# --- the connection


def _split(path: str) -> tuple[str, str]:
    segments = path.split("/")
    if len(segments) % 2 or not all(segments):
        raise ValueError(f"{path!r} is not the path of a document (collection/id, an even number of segments)")
    collection, _, identifier = path.rpartition("/")
    return collection, identifier


def _next_version(connection: sqlite3.Connection) -> int:
    (value,) = connection.execute("UPDATE counter SET value = value + 1 RETURNING value").fetchone()
    return int(value)


def _as_version(value: int) -> str:
    return f"{value:020d}"


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def _rollback_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _store_errors() -> Iterator[None]:
    """SQLite's own troubles (busy, disk full, unreadable) as Retryable; programming errors stay what they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        temporary = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if _is_busy(error) or error.sqlite_errorcode & 0xFF in temporary:
            raise Retryable(f"the document store is not available: {error}") from error
        raise
