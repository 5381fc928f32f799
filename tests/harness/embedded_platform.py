"""The embedded platform for tests: without people, on free ports, in this process or in one that is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

import yaml

from infra.declarations.pipeline import PIPELINE_FILE, Pipeline, load_pipeline, pipeline_from
from infra.local.ambient import JsonLog
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.identity import audience_of, service_account
from infra.local.platform import configure, warehouse_sink
from infra.local.runtime import Runtime
from infra.wiring.environment import environment
from tests.harness.platform import Platform
from tests.harness.schedules import start_now

ATTEMPTS = 5
"""Before a dead letter: Pub/Sub's least."""


@contextmanager
def embedded(
    data: Path, log: TextIO, pipeline: Pipeline | None = None, vendors: Mapping[str, str] | None = None
) -> Iterator[Runtime]:
    """The whole platform on a directory of data, as `scripts/run --empty` makes it, while the block runs."""
    runtime = Runtime(
        data,
        configure=lambda parts: configure(parts, vendors),
        sink=warehouse_sink,
        pipeline=pipeline or load_pipeline(),
        ports={"api": 0, "portal": 0},
        log=JsonLog(log),
    )
    try:
        with runtime:
            yield runtime
    finally:
        # A process lets the file go when it ends; this one goes on.
        warehouse = Platform(environment()).warehouse
        assert isinstance(warehouse, DuckDBWarehouse)
        warehouse.close()


def impatient_pipeline() -> Pipeline:
    """The platform as declared, but giving up after a few quick deliveries, where it would take hours."""
    declared = yaml.safe_load(PIPELINE_FILE.read_text("utf-8"))
    retry = {"min_backoff": 0.1, "max_backoff": 0.5, "max_attempts": ATTEMPTS}
    declared["defaults"]["retry"] = retry
    for queue in declared["queues"].values():
        queue["retry"] = retry
    return pipeline_from(declared)


class EmbeddedPlatform:
    """The embedded platform in this process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.address = runtime.addresses["api"]
        self.platform = Platform(environment())
        self.minted: list[str] = []

    def token(self, account: str, function: str) -> str:
        token, _ = self.runtime.parts.issuer.token(service_account(account), audience_of(function))
        self.minted.append(token)
        return token

    def person(self, email: str, function: str = "skills_api") -> str:
        token, _ = self.runtime.parts.issuer.token(email, audience_of(function))
        self.minted.append(token)
        return token

    def clock(self, schedule: str) -> None:
        start_now(self.runtime.parts.queue, schedule)

    def facts(self, topic: str) -> list[dict[str, Any]]:
        table = topic.replace("-", "_")
        rows = self.platform.warehouse.query(f"SELECT data FROM raw.{table} ORDER BY publish_time")
        return [json.loads(str(row["data"])) for row in rows]

    def said(self) -> str:
        return ""


@contextmanager
def embedded_platform(
    folder: Path, log: TextIO, vendors: Mapping[str, str] | None = None
) -> Iterator[EmbeddedPlatform]:
    """The embedded platform without people, which gives up early. vendors: settings of the integrations, and secrets"""
    with embedded(folder / "data", log, impatient_pipeline(), vendors) as runtime:
        yield EmbeddedPlatform(runtime)


@dataclass(frozen=True)
class Victim:
    """A platform in a process of its own. address: the API's, once it serves; None while it starts or when it died."""

    pid: int
    address: Connection

    def serving(self, timeout: float) -> str | None:
        try:
            return str(self.address.recv()) if self.address.poll(timeout) else None
        except EOFError:
            return None

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def victim(data: Path) -> Iterator[Victim]:
    """A platform that may be killed, and is in the end.

    Processes are forked off a server that has imported everything, so that a start takes no time for that.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.harness.embedded_platform"])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(str(data), sending), daemon=True)
    process.start()
    sending.close()
    assert process.pid is not None
    try:
        yield Victim(process.pid, receiving)
    finally:
        process.kill()
        process.join()
        receiving.close()


def _serve(data: str, address: Connection) -> None:
    directory = Path(data)
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "log.jsonl").open("a", encoding="utf-8", buffering=1) as log, embedded(directory, log) as runtime:
        address.send(runtime.addresses["api"])
        runtime.wait()
