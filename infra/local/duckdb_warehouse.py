"""The embedded warehouse: DuckDB runs the same GoogleSQL as BigQuery, translated by sqlglot.

One process owns the file; within it every thread has a cursor of its own, so that pages read while a refresh runs.
Times are stored as UTC without a zone (DuckDB's zoned type depends on the session) and get their zone when read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb

from infra.bigquery.catalogue import OVERLAP_DAYS, Catalogue, Table, catalogue
from infra.bigquery.erasure import erasures
from infra.bigquery.erasure import parameters as erasure_parameters
from infra.bigquery.moves import moves
from infra.bigquery.moves import parameters as move_parameters
from infra.local.duckdb_values import inward, json_text, outward, type_of
from infra.local.gate import Gate
from infra.local.googlesql_on_duckdb import translated
from infra.local.schema_version import UNVERSIONED, NewerStore, refuse_newer
from shared.kernel.errors import NotFound, Retryable
from shared.kernel.json_values import Json
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row

REBUILD: Final = "stop the platform, run ./scripts/rebuild_warehouse, and start it again"
SCHEMA_VERSION: Final = 1
"""Of what lies in the file beside the catalogue's tables, whose columns are compared instead."""


class Delivered(Protocol):
    """A delivered message as the bus hands it over. data: a JSON object, as text or as a mapping; published_at: with
    a time zone."""

    @property
    def message_id(self) -> str: ...

    @property
    def data(self) -> str | Mapping[str, Json]: ...

    @property
    def attributes(self) -> Mapping[str, str]: ...

    @property
    def published_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A delivered message, for those who have no bus."""

    message_id: str
    published_at: datetime
    data: str | Mapping[str, Json]
    attributes: Mapping[str, str] = field(default_factory=dict)


class DuckDBWarehouse:
    """The Warehouse port on a DuckDB file (or in memory), and the place where the embedded bus delivers every topic.

    Raises NewerStore for a file that a newer program has written.
    """

    def __init__(self, path: Path | str, clock: Clock, tables: Catalogue | None = None):
        self._catalogue = tables or catalogue()
        self._clock = clock
        self._connection = _opened(path)
        # Without the time zone, a timestamp cast from text with an offset would be read in this machine's zone.
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
        self._path = path
        self._cursors = threading.local()
        self._open_cursors: list[duckdb.DuckDBPyConnection] = []
        self._writing = threading.Lock()
        self._arriving = threading.Lock()
        self._reading = Gate()
        self.damage: str | None = None
        with self._writing:
            self._create()

    def query(self, sql: str, parameters: Row | None = None) -> Sequence[Row]:
        return self._rows(sql, parameters or {})

    def mart(self, name: str) -> Sequence[Row]:
        return self._rows(self._catalogue.mart_rows(name), {})

    def check(self, name: str) -> Sequence[Row]:
        return self._rows(self._catalogue.check(name).sql, self._parameters())

    def ask(self, question: str) -> Sequence[Row]:
        return self._rows(self._catalogue.question(question), self._parameters())

    def refresh(self, name: str | None = None) -> list[str]:
        addresses = self._catalogue.order if name is None else (self._catalogue.table(name).address,)
        done = []
        with self._writing:
            for address in addresses:
                self._fill(self._catalogue.tables[address])
                done.append(address)
        return done

    def load(self, table: str, rows: Sequence[Row]) -> None:
        declared = self._catalogue.tables.get(table)
        if declared is None:
            raise NotFound(f"the warehouse has no table {table}", field="table")
        unknown = {column for row in rows for column in row} - set(declared.column_names)
        if unknown:
            raise NotFound(f"{table} has no column {', '.join(sorted(unknown))}", field="table")
        with self._writing:
            self._append(declared, [[row.get(column) for row in rows] for column in declared.column_names])

    def mentions(self, employee_id: str) -> dict[str, int]:
        given = erasure_parameters(employee_id, "", self._clock.now())
        counted = {one.address: self._rows(one.count, given)[0]["concerned"] for one in erasures(self._catalogue)}
        return {address: count for address, count in counted.items() if isinstance(count, int) and count}

    def erase(self, employee_id: str, instead: str) -> None:
        given = erasure_parameters(employee_id, instead, self._clock.now())
        with self._writing:
            for one in erasures(self._catalogue):
                for statement in one.statements:
                    self._execute(statement, given)

    def move(self, employee_id: str, to: str) -> None:
        given = move_parameters(employee_id, to)
        with self._writing:
            for statement in moves(self._catalogue):
                self._execute(statement, given)

    def begin_filling(self) -> None:
        """Notes that it is told all that it has missed: until `end_filling` it has not heard of everything."""
        with self._writing, self._transaction() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS embedded.filling AS SELECT TRUE AS unfinished")

    def end_filling(self) -> None:
        """Notes that it has heard of everything."""
        with self._writing, self._transaction() as cursor:
            cursor.execute("DROP TABLE IF EXISTS embedded.filling")

    def is_filling(self) -> bool:
        """Tells whether a filling has begun that has not come to its end."""
        tables = (
            "SELECT COUNT(*) AS number FROM duckdb_tables() WHERE schema_name = 'embedded' AND table_name = 'filling'"
        )
        return bool(self._rows(tables, {})[0]["number"])

    def ingest_raw(self, topic: str, messages: Sequence[Delivered]) -> None:
        """Appends delivered messages to the topic's raw table, all or none; one delivered twice is there twice.

        Raises NotFound for an undeclared topic, ValueError for data that is not JSON, Retryable.
        """
        table = self._catalogue.raw_of(topic)
        texts = [json_text(message.data) for message in messages]
        rows: list[Sequence[Any]] = [
            [f"embedded/{topic}" for _ in messages],
            [message.message_id for message in messages],
            [message.published_at for message in messages],
            texts,
            [json_text(message.attributes) for message in messages],
        ]
        with self._arriving:
            self._refuse_unreadable(texts)
            self._append(table, rows)

    def rewrite(self) -> None:
        """Copies what there is into a new file, which takes the place of the old one with all that was deleted there.

        Who reads or writes waits for it. Raises Retryable; then the old file stays.
        """
        if str(self._path) == ":memory:":
            return
        fresh = Path(f"{self._path}.fresh")
        fresh.unlink(missing_ok=True)
        with self._writing, self._arriving:
            for table in self._catalogue.tables.values():
                if table.refresh == "incremental":
                    self._merge_arrived(table)  # the copy numbers rows anew
            try:
                self._copy(fresh)
            except duckdb.Error as error:
                fresh.unlink(missing_ok=True)
                raise self._noted(error) from error
            with self._reading.closed():
                for cursor in self._open_cursors:
                    cursor.close()
                self._connection.close()
                fresh.replace(self._path)
                self._open_cursors, self._cursors = [], threading.local()
                self._connection = _opened(self._path)
                self._connection.execute("SET GLOBAL TimeZone = 'UTC'")

    def _copy(self, to: Path) -> None:
        run = self._connection.execute
        (name,) = run("SELECT current_database()").fetchone() or ("",)
        run(f"ATTACH '{to}' AS fresh")
        try:
            run(f'COPY FROM DATABASE "{name}" TO fresh')
            for (address,) in run("SELECT address FROM fresh.embedded.merged").fetchall():
                raw = self._catalogue.raw_of(self._catalogue.tables[address].topic or "").address
                last = f"(SELECT COALESCE(MAX(rowid), -1) FROM fresh.{raw})"
                run(f"UPDATE fresh.embedded.merged SET arrived = {last} WHERE address = ?", [address])
        finally:
            run("DETACH fresh")

    def close(self) -> None:
        """Writes the log into the file and lets it go. Cursors of other threads end with it."""
        with self._writing:
            self._connection.close()

    def _create(self) -> None:
        """Brings the file's tables to the catalogue's shape.

        What is computed is dropped when its shape changed, and the next refresh fills it again from raw; what was
        delivered or loaded only ever gains columns.
        """
        self._connection.execute("CREATE SCHEMA IF NOT EXISTS embedded")
        self._connection.execute("CREATE TABLE IF NOT EXISTS embedded.schema_version AS SELECT 0 AS version")
        self._connection.execute("UPDATE embedded.schema_version SET version = ?", [SCHEMA_VERSION])
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS embedded.merged (address VARCHAR PRIMARY KEY, arrived BIGINT)"
        )
        for table in self._catalogue.tables.values():
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.dataset}")
            wanted = {column.name: type_of(column) for column in table.columns}
            existing = self._columns_of(table)
            if existing and table.sql is not None and existing != self._described(wanted):
                self._connection.execute(f"DROP TABLE {table.address}")
                self._connection.execute("DELETE FROM embedded.merged WHERE address = ?", [table.address])
                existing = {}
            if not existing:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
                self._connection.execute(f"CREATE TABLE {table.address} ({columns})")
            else:
                for name in wanted.keys() - existing.keys():
                    self._connection.execute(f'ALTER TABLE {table.address} ADD COLUMN "{name}" {wanted[name]}')

    def _columns_of(self, table: Table) -> dict[str, str]:
        found = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
            " ORDER BY column_index",
            [table.dataset, table.name],
        )
        return dict(found.fetchall())

    def _described(self, columns: Mapping[str, str]) -> dict[str, str]:
        """Tells the types as DuckDB itself spells them."""
        nulls = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns.items())
        return {row[0]: row[1] for row in self._connection.execute(f"DESCRIBE SELECT {nulls}").fetchall()}

    def _fill(self, table: Table) -> None:
        if table.refresh == "incremental":
            self._merge_arrived(table)
            return
        with self._transaction():
            asked = {name: self._rows(sql, {})[0][name] for name, sql in table.asks.items()}
            for statement in self._catalogue.fill(table):
                self._execute(statement, {**self._parameters(), **asked})

    def _merge_arrived(self, table: Table) -> None:
        """Merges what the bus delivered since the last time. Rows are numbered in the order in which they arrived, so
        no overlap is needed, and nothing is read when nothing came."""
        raw = self._catalogue.raw_of(table.topic or "").address
        with self._transaction() as cursor:
            known = cursor.execute("SELECT arrived FROM embedded.merged WHERE address = ?", [table.address]).fetchone()
            arrived = cursor.execute(
                f"SELECT MIN(publish_time), MAX(rowid) FROM {raw} WHERE rowid > ?", [known[0] if known else -1]
            ).fetchone()
            if arrived and arrived[1] is not None:
                for statement in self._catalogue.fill(table):
                    self._execute(statement, {"since": outward(arrived[0])})
                cursor.execute("INSERT OR REPLACE INTO embedded.merged VALUES (?, ?)", [table.address, arrived[1]])

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Gives what is done within it together, or not at all."""
        cursor = self._cursor()
        cursor.execute("BEGIN")
        try:
            yield cursor
            cursor.execute("COMMIT")
        except Exception as error:
            with suppress(duckdb.Error):
                cursor.execute("ROLLBACK")
            raise self._noted(error) from error

    def _parameters(self) -> Row:
        now = self._clock.now()
        return {"as_of": now.date(), "since": now - timedelta(days=OVERLAP_DAYS)}

    def _refuse_unreadable(self, texts: Sequence[str]) -> None:
        """Has DuckDB itself judge: a text that it cannot read later would stop every query of the table."""
        wrong = self._cursor().execute(
            "SELECT COUNT(*) FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS text)"
            " WHERE CASE WHEN json_valid(text) THEN json_type(text) != 'OBJECT' ELSE TRUE END",
            [texts],
        )
        count = (wrong.fetchone() or (0,))[0]
        if count:
            raise ValueError(f"{count} of {len(texts)} messages are not JSON objects")

    def _append(self, table: Table, columns: Sequence[Sequence[Any]]) -> None:
        if not columns or not columns[0]:
            return
        names = ", ".join(f'"{name}"' for name in table.column_names)
        # One statement with a list per column: a statement per row would take a thousand times as long.
        lists = ", ".join(
            f"unnest(CAST(${number} AS {type_of(column)}[]))" for number, column in enumerate(table.columns, start=1)
        )
        values = [[inward(value) for value in column] for column in columns]
        try:
            self._cursor().execute(f"INSERT INTO {table.address} ({names}) SELECT {lists}", values)
        except duckdb.Error as error:
            raise self._noted(error) from error

    def _rows(self, sql: str, parameters: Row) -> list[Row]:
        with self._reading.passed():
            cursor = self._execute(sql, parameters)
            names = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
        return [{name: outward(value) for name, value in zip(names, row, strict=True)} for row in rows]

    def _execute(self, sql: str, parameters: Row) -> duckdb.DuckDBPyConnection:
        statement, wanted = translated(sql)
        try:
            bound = {name: inward(parameters[name]) for name in wanted}
        except KeyError as error:
            raise NotFound(f"the query takes a parameter {error.args[0]}", field=str(error.args[0])) from error
        try:
            return self._cursor().execute(statement, bound) if bound else self._cursor().execute(statement)
        except duckdb.Error as error:
            raise self._noted(error) from error

    def _noted(self, error: Exception) -> Exception:
        """Translates an error, and remembers one that says that the file is damaged."""
        if isinstance(error, duckdb.FatalException | duckdb.SerializationException) or "orrupt" in str(error):
            self.damage = f"the warehouse's file is damaged ({type(error).__name__}): {REBUILD}"
            return Retryable(self.damage, after_seconds=60)
        return _translated(error)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._cursors, "cursor", None)
        if cursor is None:
            cursor = self._cursors.cursor = self._connection.cursor()
            self._open_cursors.append(cursor)
        return cursor


def _opened(path: Path | str) -> duckdb.DuckDBPyConnection:
    """Opens the file. Raises NewerStore, before anything in it is changed."""
    connection = duckdb.connect(str(path))
    try:
        refuse_newer(path, _version(connection), SCHEMA_VERSION)
    except NewerStore:
        connection.close()
        raise
    return connection


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    tables = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'embedded' AND table_name = 'schema_version'"
    if connection.execute(tables).fetchone() is None:
        return UNVERSIONED
    found = connection.execute("SELECT version FROM embedded.schema_version").fetchone()
    return UNVERSIONED if found is None else int(found[0])


def _translated(error: Exception) -> Exception:
    """Translates what may pass: conflicts, disk trouble; a wrong statement is a defect and stays what it is."""
    if isinstance(error, duckdb.TransactionException | duckdb.IOException | duckdb.OutOfMemoryException):
        return Retryable(f"the warehouse is busy: {type(error).__name__}")
    return error
