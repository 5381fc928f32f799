"""The warehouse on BigQuery: the `Warehouse` port on Google's own client.

The SDK is imported with the first query, never with this module: it costs half a second of a cold start.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from infra.bigquery.catalogue import OVERLAP_DAYS, Catalogue, Column, Table, catalogue
from infra.bigquery.erasure import erasures
from infra.bigquery.erasure import parameters as erasure_parameters
from infra.bigquery.moves import moves
from infra.bigquery.moves import parameters as move_parameters
from infra.gcp.errors import retryable
from shared.kernel.errors import NotFound, Retryable
from shared.ports.ambient import Clock
from shared.ports.warehouse import Row, TooMuchToRead

_REQUEST_SECONDS: Final = 60.0
_STATEMENT_SECONDS: Final = 500.0
"""Under the time-out of the function that refreshes."""

_LOAD_ATTEMPTS: Final = 5

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

STREAMED_SECONDS: Final = 5400
"""How long rows may stay in the streaming buffer, out of reach of every statement (Google: up to 90 minutes)."""

_PASSING: Final = {"rateLimitExceeded": 10, "jobRateLimitExceeded": 10, "backendError": 10, "jobBackendError": 10}
_PASSING_LATER: Final = {"quotaExceeded": 300, "resourcesExceeded": 300}
"""BigQuery's reasons that pass by themselves, and after how many seconds it is worth asking again. It reports them as
403 or 400, where the status alone says that the request is wrong."""


class BigQueryWarehouse:
    """The `Warehouse` port on the datasets of one project.

    datasets        the id of a dataset of the catalogue (`marts`), where it is not its own name
    location        where the datasets are; jobs run there
    most_gigabytes  a statement that would read more is refused by BigQuery before it costs anything, unless it erases
                    or moves a person: that must be done, whatever it costs
    client          a ready client (of another endpoint, with other credentials) instead of the default one
    patience        seconds for which the client itself tries again before the caller hears of it
    """

    def __init__(
        self,
        project: str,
        clock: Clock,
        *,
        location: str | None = None,
        datasets: Mapping[str, str] | None = None,
        most_gigabytes: int = 50,
        client: Any = None,
        tables: Catalogue | None = None,
        patience: float = 30.0,
    ):
        self._project = project
        self._clock = clock
        self._location = location
        self._datasets = datasets or {}
        self._most_bytes = most_gigabytes * 2**30
        self._given_client = client
        self._catalogue = tables or catalogue()
        self._patience = patience

    def query(self, sql: str, parameters: Row | None = None) -> Sequence[Row]:
        return self._run(sql, parameters or {})

    def mart(self, name: str) -> Sequence[Row]:
        return self._run(self._catalogue.mart_rows(name), {})

    def check(self, name: str) -> Sequence[Row]:
        return self._as_of_now(self._catalogue.check(name).sql)

    def ask(self, question: str) -> Sequence[Row]:
        return self._as_of_now(self._catalogue.question(question))

    def _as_of_now(self, sql: str) -> Sequence[Row]:
        now = self._clock.now()
        given = {"as_of": now.date(), "since": now - timedelta(days=OVERLAP_DAYS)}
        return self._run(sql, _taken(sql, given))

    def refresh(self, name: str | None = None) -> list[str]:
        addresses = self._catalogue.order if name is None else (self._catalogue.table(name).address,)
        done, refused = [], []
        for address in addresses:
            try:
                self._fill(self._catalogue.tables[address])
                done.append(address)
            except TooMuchToRead:
                refused.append(address)
        if refused:
            raise TooMuchToRead(refused, done)
        return done

    def load(self, table: str, rows: Sequence[Row]) -> None:
        """Loads under a digest of the table and the rows as job's id; BigQuery knows every id once: a repeated load of
        the same rows adds nothing."""
        from google.cloud import bigquery

        declared = self._catalogue.tables.get(table)
        if declared is None:
            raise NotFound(f"the warehouse has no table {table}", field="table")
        unknown = {column for row in rows for column in row} - set(declared.column_names)
        if unknown:
            raise NotFound(f"{table} has no column {', '.join(sorted(unknown))}", field="table")
        if not rows:
            return
        plain = [_plain(row) for row in rows]
        digest = hashlib.sha256(json.dumps([table, plain], sort_keys=True).encode()).hexdigest()[:40]
        settings = bigquery.LoadJobConfig(
            schema=[_field(column) for column in declared.columns],
            write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
            create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
        )
        with _errors():
            for attempt in range(1, _LOAD_ATTEMPTS + 1):
                job = self._load_job(f"load-{declared.name}-{digest}-{attempt}", table, plain, settings)
                if job is not None:
                    job.result(timeout=_STATEMENT_SECONDS)
                    return
        raise Retryable(f"{_LOAD_ATTEMPTS} loads of the same rows into {table} failed", after_seconds=300)

    def _load_job(self, job_id: str, table: str, rows: Sequence[Row], settings: Any) -> Any:
        """Starts a load, or finds the one of that id; None if that one failed, and so loaded nothing."""
        from google.api_core.exceptions import Conflict

        try:
            return self._client.load_table_from_json(
                rows,
                self._identifier(table),
                job_id=job_id,
                job_config=settings,
                location=self._location,
                num_retries=2,
                timeout=_REQUEST_SECONDS,
            )
        except Conflict:
            known = self._client.get_job(job_id, location=self._location, timeout=_REQUEST_SECONDS)
            return None if known.state == "DONE" and known.error_result else known

    def mentions(self, employee_id: str) -> dict[str, int]:
        counted = {
            one.address: self._run(one.count, self._of_one(one.count, employee_id, ""), limited=False)[0]["concerned"]
            for one in erasures(self._catalogue)
        }
        return {address: count for address, count in counted.items() if isinstance(count, int) and count}

    def erase(self, employee_id: str, instead: str) -> None:
        for one in erasures(self._catalogue):
            for statement in one.statements:
                self._run(statement, self._of_one(statement, employee_id, instead), limited=False)

    def move(self, employee_id: str, to: str) -> None:
        given = move_parameters(employee_id, to)
        for statement in moves(self._catalogue):
            self._run(statement, _taken(statement, given), limited=False)

    def _of_one(self, sql: str, employee_id: str, instead: str) -> Row:
        """Selects the parameters that a statement of an erasure takes."""
        return _taken(sql, erasure_parameters(employee_id, instead, self._clock.now()))

    @cached_property
    def _client(self) -> Any:
        if self._given_client is not None:
            return self._given_client
        from google.cloud import bigquery

        return bigquery.Client(project=self._project, location=self._location)

    def _identifier(self, address: str) -> str:
        dataset, table = address.split(".")
        return f"{self._project}.{self._datasets.get(dataset, dataset)}.{table}"

    def _fill(self, table: Table) -> None:
        if table.refresh == "incremental":
            newest = self._run(self._catalogue.newest(table), {})[0]["newest"]
            since = newest - timedelta(days=OVERLAP_DAYS) if isinstance(newest, datetime) else _BEGINNING
            self._run(_together(self._catalogue.fill(table)), {"since": since})
        else:
            sql = _together(self._catalogue.fill(table))
            asked = {name: self._run(question, {})[0][name] for name, question in table.asks.items()}
            self._run(sql, _taken(sql, {"as_of": self._clock.now().date(), **asked}))

    def _run(self, sql: str, parameters: Row, *, limited: bool = True) -> list[Row]:
        from google.cloud import bigquery
        from google.cloud.bigquery.retry import DEFAULT_RETRY

        settings = bigquery.QueryJobConfig(
            query_parameters=[_parameter(name, value) for name, value in parameters.items()],
        )
        if limited:
            settings.maximum_bytes_billed = self._most_bytes
        retry = DEFAULT_RETRY.with_timeout(self._patience)
        statement = self._catalogue.render(sql, lambda address: f"`{self._identifier(address)}`")
        with _errors():
            # No retry of whole jobs: the client would go on for ten minutes, longer than the caller has. What fails
            # is Retryable, and every statement of the catalogue may run twice with the effect of once.
            job = self._client.query(
                statement,
                job_config=settings,
                location=self._location,
                retry=retry,
                timeout=_REQUEST_SECONDS,
                job_retry=None,
            )
            rows = job.result(timeout=_STATEMENT_SECONDS, retry=retry, job_retry=None)
            return [dict(row.items()) for row in rows]


def _taken(sql: str, given: Row) -> Row:
    """Returns those of some parameters that a statement takes."""
    taken = set(re.findall(r"@(\w+)", sql))
    return {name: value for name, value in given.items() if name in taken}


def _together(statements: Sequence[str]) -> str:
    """Returns a script that has the effect of all statements or of none."""
    if len(statements) == 1:
        return statements[0]
    return "".join(f"{statement};\n" for statement in ("BEGIN TRANSACTION", *statements, "COMMIT TRANSACTION"))


@contextmanager
def _errors() -> Iterator[None]:
    """Raises Retryable for what passes by itself, whatever status BigQuery gives it; a wrong statement is a defect."""
    from concurrent.futures import TimeoutError as JobTimeout

    from google.api_core.exceptions import GoogleAPICallError

    try:
        with retryable("BigQuery"):
            yield
    except JobTimeout as error:
        raise Retryable("BigQuery has not answered in time", after_seconds=60) from error
    except GoogleAPICallError as error:
        if "streaming buffer" in str(error):
            raise Retryable(
                "BigQuery cannot change rows that were streamed in lately", after_seconds=STREAMED_SECONDS
            ) from error
        reasons = [str(item.get("reason")) for item in error.errors or () if isinstance(item, Mapping)]
        if "bytesBilledLimitExceeded" in reasons:
            raise TooMuchToRead from error
        for reason in reasons:
            if (seconds := (_PASSING | _PASSING_LATER).get(reason)) is not None:
                raise Retryable(f"BigQuery is not available: {reason}", after_seconds=seconds) from error
        raise


def _parameter(name: str, value: Any) -> Any:
    """Makes a query parameter with the type of its value; of a list, that of its first element (an empty one: text)."""
    from google.cloud import bigquery

    if isinstance(value, list | tuple):
        return bigquery.ArrayQueryParameter(name, _parameter_type(value[0]) if value else "STRING", list(value))
    return bigquery.ScalarQueryParameter(name, _parameter_type(value), value)


def _parameter_type(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without a zone is not accepted")
    for kind, name in (
        (bool, "BOOL"),
        (int, "INT64"),
        (float, "FLOAT64"),
        (str, "STRING"),
        (datetime, "TIMESTAMP"),
        (date, "DATE"),
        (type(None), "STRING"),
    ):
        if isinstance(value, kind):
            return name
    raise ValueError(f"a query parameter cannot be a {type(value).__name__}")


def _field(column: Column) -> Any:
    """Returns the column as the client's own type."""
    from google.cloud.bigquery import SchemaField

    return SchemaField(column.name, column.type, mode=column.mode, fields=tuple(map(_field, column.fields)))


def _plain(value: Any) -> Any:
    """Returns a row as JSON values."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone is not accepted")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
