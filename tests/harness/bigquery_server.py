"""The part of BigQuery's REST API (v2) that the warehouse adapter uses, over HTTP on the loopback.

Query jobs, their results in pages, load jobs by multipart upload, jobs by id; an id is accepted once. Statements run on
DuckDB, so that an answer depends on what was really sent: SQL, parameters with their types, rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.duckdb_warehouse import DuckDBWarehouse
from tests.harness.web import LoopbackServer, running

PAGE = 3
"""Rows per page: small, so that a test needs several."""


@dataclass(slots=True)
class BigQuery:
    """What the server knows, and what it shall do next.

    jobs       resources by id; queries: the configuration of each query job as it was sent, in order
    refusals   the next requests are answered with these (status, reason), one each
    lost       the next so many jobs are done and their answers lost
    failing    the next so many load jobs fail
    pages      how often a page of rows was asked for
    """

    warehouse: DuckDBWarehouse
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, list[dict[str, Any]] | None] = field(default_factory=dict)
    queries: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    lost: int = 0
    failing: int = 0
    pages: int = 0


@contextmanager
def bigquery_server(warehouse: DuckDBWarehouse) -> Iterator[tuple[str, BigQuery]]:
    """Serves any project; yields the endpoint's URL and the server's memory."""
    memory = BigQuery(warehouse)

    class Handler(_Handler):
        state = memory

    with running(LoopbackServer(Handler)) as url:
        yield url, memory


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of an answer would wait for an acknowledgement
    state: BigQuery

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._refused():
            return
        if urlsplit(self.path).path.startswith("/upload/"):
            resource, rows = self._parts(body)
        else:
            resource, rows = json.loads(body), []
        job_id = resource["jobReference"]["jobId"]
        if job_id in self.state.jobs:
            self._error(409, "duplicate")
            return
        job = {**resource, "id": f"p:{job_id}", "status": {"state": "DONE"}, "statistics": {}}
        if "query" in resource["configuration"]:
            self._run(job_id, job)
        else:
            self._load(job, rows)
        self.state.jobs[job_id] = job
        if self.state.lost:
            self.state.lost -= 1
            self._error(503, "backendError")
            return
        self._answer(job)

    def do_GET(self) -> None:
        if self._refused():
            return
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        job = self.state.jobs.get(parts.path.rsplit("/", 1)[1])
        if job is None:
            self._error(404, "notFound")
        elif "/queries/" in parts.path:
            self._results(job, asked)
        else:
            self._answer(job)

    def _run(self, job_id: str, job: dict[str, Any]) -> None:
        query = job["configuration"]["query"]
        self.state.queries.append(query)
        parameters = {item["name"]: _received(item) for item in query.get("queryParameters", ())}
        sql = re.sub(r"`[\w-]+\.(\w+\.\w+)`", r"\1", query["query"])
        try:
            rows = self._rows(sql, parameters)
        except Exception as error:
            job["status"]["errorResult"] = {"reason": "invalidQuery", "message": str(error)}
            rows = []
        kind = sql.split(maxsplit=1)[0]
        is_select = kind not in {"MERGE", "UPDATE", "DELETE", "BEGIN"}
        job["statistics"] = {"query": {"statementType": kind if not is_select else "SELECT"}}
        self.state.results[job_id] = rows if is_select else None

    def _rows(self, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the last statement of a script answers; its transactions are not kept together here."""
        rows: list[dict[str, Any]] = []
        for statement in filter(None, map(str.strip, sql.split(";\n"))):
            if "TRANSACTION" not in statement:
                given = {name: value for name, value in parameters.items() if f"@{name}" in statement}
                rows = [dict(row) for row in self.state.warehouse.query(statement, given)]
        return rows

    def _load(self, job: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        if self.state.failing:
            self.state.failing -= 1
            job["status"]["errorResult"] = {"reason": "backendError", "message": "the load failed"}
            return
        settings = job["configuration"]["load"]
        types = {column["name"]: column["type"] for column in settings["schema"]["fields"]}
        target = settings["destinationTable"]
        self.state.warehouse.load(
            f"{target['datasetId']}.{target['tableId']}",
            [{name: _typed(types[name], value) for name, value in row.items()} for row in rows],
        )

    def _results(self, job: dict[str, Any], asked: Mapping[str, str]) -> None:
        rows = self.state.results[job["jobReference"]["jobId"]]
        if error := job["status"].get("errorResult"):
            self._error(400, error["reason"])
            return
        answer: dict[str, Any] = {"jobReference": job["jobReference"], "jobComplete": True}
        if rows is None:
            self._answer(answer | {"totalRows": "0", "numDmlAffectedRows": "1"})
            return
        answer |= {"schema": {"fields": _schema(rows)}, "totalRows": str(len(rows))}
        if asked.get("maxResults") != "0":
            self.state.pages += 1
            start = int(asked.get("pageToken", 0))
            answer["rows"] = [
                {"f": [{"v": _sent(value)} for value in row.values()]} for row in rows[start : start + PAGE]
            ]
            if start + PAGE < len(rows):
                answer["pageToken"] = str(start + PAGE)
        self._answer(answer)

    def _parts(self, body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The resource and the rows of a multipart upload."""
        boundary = re.search(r"boundary=\"?([^\";]+)", self.headers["Content-Type"] or "")
        assert boundary is not None
        _, resource, content, _ = body.split(b"--" + boundary.group(1).encode())
        lines = content.split(b"\r\n\r\n", 1)[1].strip().splitlines()
        return json.loads(resource.split(b"\r\n\r\n", 1)[1]), [json.loads(line) for line in lines]

    def _refused(self) -> bool:
        if not self.state.refusals:
            return False
        self._error(*self.state.refusals.pop(0))
        return True

    def _error(self, status: int, reason: str) -> None:
        item = {"reason": reason, "message": reason, "domain": "global"}
        self._answer({"error": {"code": status, "message": reason, "errors": [item]}}, status)

    def _answer(self, content: Mapping[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_KINDS = {bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", datetime: "TIMESTAMP", date: "DATE"}


def _schema(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns' types, as the values tell them."""
    columns = []
    for name in rows[0] if rows else ():
        value = next((row[name] for row in rows if row[name] is not None), "")
        repeated = isinstance(value, list)
        kind = _KINDS.get(type(value[0] if repeated and value else value), "STRING")
        columns.append({"name": name, "type": kind, "mode": "REPEATED" if repeated else "NULLABLE"})
    return columns


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        return [{"v": _sent(item)} for item in value]
    if isinstance(value, datetime):
        return str(round(value.timestamp() * 1_000_000))
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _received(parameter: Mapping[str, Any]) -> Any:
    kind = parameter["parameterType"]
    if kind["type"] == "ARRAY":
        values = parameter["parameterValue"].get("arrayValues", [])
        return [_typed(kind["arrayType"]["type"], item["value"]) for item in values]
    return _typed(kind["type"], parameter["parameterValue"].get("value"))


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "TIMESTAMP":
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")).astimezone(UTC)
    if kind == "DATE":
        return date.fromisoformat(value)
    if kind in ("INT64", "INTEGER"):
        return int(value)
    if kind in ("FLOAT64", "FLOAT"):
        return float(value)
    if kind in ("BOOL", "BOOLEAN"):
        return value in (True, "true", "True")
    return value


def client_at(url: str) -> Any:
    """Google's own client, of such a server."""
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    anonymous: Any = AnonymousCredentials
    return bigquery.Client(project="demo", credentials=anonymous(), client_options=ClientOptions(api_endpoint=url))
