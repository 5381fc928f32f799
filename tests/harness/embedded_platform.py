"""The embedded platform for tests: without people, on free ports, in this process or in one that is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

from infra.local.ambient import JsonLog
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.platform import configure, warehouse_sink
from infra.local.runtime import Runtime
from infra.wiring.environment import environment
from tests.harness.platform import Platform


@contextmanager
def embedded(data: Path, log: TextIO) -> Iterator[Runtime]:
    """The whole platform on a directory of data, as `scripts/run --empty` makes it, while the block runs."""
    ports = {"api": 0, "portal": 0}
    try:
        with Runtime(data, configure=configure, sink=warehouse_sink, ports=ports, log=JsonLog(log)) as runtime:
            yield runtime
    finally:
        # A process lets the file go when it ends; this one goes on.
        warehouse = Platform(environment()).warehouse
        assert isinstance(warehouse, DuckDBWarehouse)
        warehouse.close()


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
