"""Starts the embedded platform: every function in one process, with a demonstration organisation the first time.

scripts/run [--data DIR] [--port N] [--portal-port N] [--empty] [--once]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from infra.demonstration import catalogue
from infra.demonstration.feeding import feed
from infra.demonstration.reviewing import review
from infra.demonstration.vendors import DemonstrationVendors, Staging
from infra.local.ambient import JsonLog
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.environment import API
from infra.local.identity import audience_of
from infra.local.platform import configure, warehouse_sink
from infra.local.runtime import AlreadyRunning, Runtime
from infra.web.calling import Caller
from infra.wiring.environment import Environment, environment
from infra.wiring.health import health
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse
from infra.wiring.ratings import ratings
from scripts.commands.callers import local_token
from scripts.commands.progress_bar import ProgressBar
from scripts.commands.replay import write_rejects
from shared.kernel.access import Caller as Asking
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.rounding import whole
from shared.ports.documents import Query

NOTE = "demonstration"
"""In a data directory: the day as of which its demonstration is."""


def main(argv: Sequence[str]) -> int:
    """Runs until it is told to stop; 0, or 1 when it cannot start."""
    arguments = _arguments(argv)
    began = time.monotonic()
    staging = _staging(arguments)
    with ExitStack() as running:
        vendors = None if staging is None else running.enter_context(DemonstrationVendors(staging))
        return _run(arguments, began, staging, vendors)


def _run(
    arguments: argparse.Namespace, began: float, staging: Staging | None, vendors: DemonstrationVendors | None
) -> int:
    log_file = _log_file(arguments.data)
    settings = None if vendors is None else {**os.environ, **vendors.settings}
    try:
        runtime = Runtime(
            arguments.data,
            configure=lambda parts: configure(parts, settings),
            sink=warehouse_sink,
            ports={"api": arguments.port, "portal": arguments.portal_port},
            host=arguments.host,
            log=JsonLog(log_file),
        )
    except AlreadyRunning as error:
        print(f"scripts/run: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"scripts/run: cannot listen on {arguments.host}:{arguments.port}: {error}", file=sys.stderr)
        return 1
    with runtime:
        on = environment()
        if staging is not None and not documents(on).query(Query("employees", limit=1)):
            _feed(runtime, arguments.data, staging)
            _calibrate(runtime, on)
        _refresh(on)
        _tell(runtime, on, arguments, time.monotonic() - began)
        if not arguments.once:
            runtime.wait()
            print("stopping …")
    opened = warehouse(on)
    assert isinstance(opened, DuckDBWarehouse)
    opened.close()
    return 0


def _staging(arguments: argparse.Namespace) -> Staging | None:
    """Returns the demonstration of this data directory: as of today at its first start, as of that day ever after; None
    for a platform of one's own."""
    noted = arguments.data / NOTE
    if noted.exists():
        return Staging(date.fromisoformat(noted.read_text("utf-8").strip()))
    if arguments.empty or (arguments.data / "documents.sqlite").exists():
        return None
    today = datetime.now(UTC).date()
    arguments.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    noted.write_text(f"{today.isoformat()}\n", "utf-8")
    return Staging(today)


def _feed(runtime: Runtime, data: Path, staging: Staging) -> None:
    """Feeds the demonstration organisation through the real functions over HTTP."""
    caller = Caller(runtime.addresses["api"], local_token(data, "administration"))
    print("A demonstration organisation: importing people, then half a year of events over HTTP.")
    fed = feed(
        caller.post,
        lambda total: ProgressBar("events", total, sys.stdout),
        as_of=staging.as_of,
        when_people_are_there=lambda: _discover(runtime),
        threads=staging.threads(),
    )
    if fed.events.rejects:
        write_rejects(fed.events.rejects, data / "rejected.jsonl")
        print(f"{len(fed.events.rejects)} events were rejected; see {data / 'rejected.jsonl'}")
    if _settled(runtime, "rating, and analysing calls"):
        reviewer = catalogue.address(catalogue.ENABLEMENT)
        issuer = runtime.parts.issuer
        reading = Caller(runtime.addresses["api"], lambda _: issuer.token(reviewer, audience_of(API))[0])
        decided = review(reading.get, reading.post, staging.calls(), staging.as_of)
        runtime.parts.queue.run_schedule("certify-scorers", time.time())
        _settled(runtime, f"{decided} calls reviewed by a reader; certifying the analyst")


def _calibrate(runtime: Runtime, on: Environment) -> None:
    """Does the first night's work, now: what scores are worth is learnt, and everybody rated with it."""
    for table in ("observation_recorded", "review_decided"):
        warehouse(on).refresh(table)
    for schedule, what in (("calibration", "learning what scores are worth"), ("nightly-recalculation", "rating anew")):
        runtime.parts.queue.run_schedule(schedule, time.time())
        _settled(runtime, what)


def _settled(runtime: Runtime, what: str) -> bool:
    """Waits until nothing is queued, and says so; False when it takes too long."""
    waiting = time.monotonic()
    print(f"{what} …", end=" ", flush=True)
    settled = runtime.settle(120)
    print(f"{'done' if settled else 'still going on in the background'} ({time.monotonic() - waiting:.1f} s)")
    return settled


def _discover(runtime: Runtime) -> None:
    """Runs the day's discovery of calls, now: they are fetched and analysed while the events come in."""
    runtime.parts.queue.run_schedule("gong-batch", time.time())


def _refresh(on: Environment) -> None:
    started = time.monotonic()
    tables = warehouse(on).refresh()
    health(on).check()
    print(f"warehouse: {len(tables)} tables refreshed ({time.monotonic() - started:.1f} s)")


def _tell(runtime: Runtime, on: Environment, arguments: argparse.Namespace, seconds: float) -> None:
    api, portal = runtime.addresses["api"], runtime.addresses["portal"]
    leader = Asking(email="leadership", role="cro")
    answer = ratings(on).readiness.answer(leader, framework_id=DEFAULT_FRAMEWORK)
    mean = f" Mean readiness {whole(answer.mean_readiness)}." if answer.mean_readiness is not None else ""
    someone = (
        f"""
                       ./scripts/token {catalogue.address(catalogue.ENABLEMENT)}"""
        if (arguments.data / NOTE).exists()
        else ""
    )
    print(
        f"""
Augment Skills is running ({seconds:.0f} s, data in {arguments.data}).

  Are we ready to sell?
  {answer.sentence}{mean}

  Portal               {portal}/
  API                  {api}/api/v1
  API to read          {api}/api/v1/docs
  Log                  {arguments.data / "log.jsonl"}

  A token for curl     ./scripts/token             (an integration; audience {audience_of(API)}){someone}

Stop with Ctrl-C; the data stays. `./scripts/run --data DIR` takes another place, `--empty` starts without people.""",
        flush=True,
    )


def _log_file(data: Path) -> TextIO:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (data / "log.jsonl").open("a", encoding="utf-8", buffering=1)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description="Starts the platform on this machine.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="directory of the data (default: data)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="of the API")
    parser.add_argument("--portal-port", type=int, default=8081)
    parser.add_argument("--empty", action="store_true", help="no demonstration organisation")
    parser.add_argument("--once", action="store_true", help="stop when everything is up and the answer is printed")
    return parser.parse_args(argv)
