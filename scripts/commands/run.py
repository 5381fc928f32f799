"""Starts the embedded platform: every function in one process, with a demonstration organisation the first time.

scripts/run [--data DIR] [--port N] [--portal-port N] [--host ADDRESS] [--allow-host NAME] [--empty]
            [--administrator E-MAIL] [--accept-clock] [--once]
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

from infra.demonstration import apprentices, catalogue
from infra.demonstration.apprentice_feeding import feed_apprentices
from infra.demonstration.calls_aside import calls_aside
from infra.demonstration.feeding import feed
from infra.demonstration.learning_standards import import_standards
from infra.demonstration.organisation import Organisation
from infra.demonstration.reviewing import review
from infra.demonstration.vendors import DemonstrationVendors, Staging
from infra.local.ambient import JsonLog
from infra.local.clock_check import ClockInDoubt
from infra.local.door import is_loopback
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.local.environment import ADMINISTRATOR, API, EmbeddedEnvironment
from infra.local.identity import audience_of
from infra.local.journal import HalfRestored
from infra.local.platform import configure, warehouse_sink
from infra.local.private_files import keep_private
from infra.local.runtime import AlreadyRunning, CannotListen, Runtime
from infra.local.sqlite_file import DamagedStore
from infra.web.calling import Caller
from infra.wiring.environment import Environment, environment
from infra.wiring.health import health
from infra.wiring.notifications import notifications
from infra.wiring.people import people
from infra.wiring.ports.documents import documents
from infra.wiring.ports.warehouse import warehouse
from infra.wiring.ratings import ratings
from infra.wiring.sign_in import sign_in
from scripts.commands.callers import local_token
from scripts.commands.filling import Filling
from scripts.commands.print_token import DATA
from scripts.commands.replay import write_rejects
from shared.kernel.access import Caller as Asking
from shared.kernel.errors import Retryable
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.rounding import whole
from shared.notifications.contract import SettingsBody
from shared.ports.documents import Query

RED, PLAIN = "\033[1;31m", "\033[0m"
NOTE = "demonstration"
"""In a data directory: the day as of which its demonstration is."""


def main(argv: Sequence[str]) -> int:
    """Runs until it is told to stop; 0, or 1 when it cannot start."""
    arguments = _arguments(argv)
    began = time.monotonic()
    with ExitStack() as running:
        try:
            keep_private(arguments.data)
            staging = _staging(arguments)
            vendors = None if staging is None else running.enter_context(_vendors(staging))
            runtime = _runtime(arguments, staging, vendors)
        except CannotListen as error:
            option = {"api": "--port", "portal": "--portal-port"}[error.host]
            return _refuse(f"{error}; {option} takes another port")
        except (AlreadyRunning, HalfRestored, ClockInDoubt, DamagedStore) as error:
            return _refuse(str(error))
        except Retryable as error:
            return _refuse(error.detail)
        except OSError as error:
            return _refuse(f"the folder {arguments.data} cannot be used: {error}")
        return _run(runtime, arguments, began, staging, vendors)


def _vendors(staging: Staging) -> DemonstrationVendors:
    """Makes the demonstration's vendors, with the calls that stand beside the corpus."""
    vendors = DemonstrationVendors(staging)
    for details, said in calls_aside(staging.as_of):
        vendors.recorder.add(details, said)
    return vendors


def _refuse(reason: str) -> int:
    print(f"scripts/run: {reason}", file=sys.stderr)
    return 1


def _runtime(arguments: argparse.Namespace, staging: Staging | None, vendors: DemonstrationVendors | None) -> Runtime:
    settings = None if vendors is None else {**os.environ, **vendors.settings}
    invented = _invented(staging, arguments)
    return Runtime(
        arguments.data,
        configure=lambda parts: configure(parts, settings, arguments.administrator, invented),
        sink=warehouse_sink,
        ports={"api": arguments.port, "portal": arguments.portal_port},
        names=arguments.allow_host,
        accept_clock=arguments.accept_clock,
        host=arguments.host,
        log=JsonLog(_log_file(arguments.data)),
    )


def _invented(staging: Staging | None, arguments: argparse.Namespace) -> frozenset[str]:
    """Returns whom anybody on this machine may sign in as; nobody where others reach the platform."""
    if staging is None or _others(arguments):
        return frozenset()
    office = (person.email for person in Organisation(staging.as_of).people())
    return frozenset((*office, *(person.email for person in apprentices.people(staging.as_of))))


def _others(arguments: argparse.Namespace) -> list[str]:
    """Returns what it is bound to and answers to that is not this machine's alone: under another name a proxy beside it
    brings whoever reaches the proxy."""
    return [name for name in (arguments.host, *arguments.allow_host) if not is_loopback(name.lower())]


def _run(
    runtime: Runtime,
    arguments: argparse.Namespace,
    began: float,
    staging: Staging | None,
    vendors: DemonstrationVendors | None,
) -> int:
    _warn(arguments)
    with runtime:
        on = environment()
        empty = not documents(on).query(Query("employees", fields=(), limit=1))
        if staging is not None and vendors is not None and empty:
            _announce(runtime, bool(on.demonstration))
            filling = Filling(on, runtime.parts.integrations, len(staging.calls()))
            _feed(runtime, arguments.data, staging, filling)
            _calibrate(runtime, on, filling)
            _at_any_hour(on)
            told = vendors.crm.tell(vendors.crm.to(runtime.addresses["api"]))
            filling.settle(runtime, f"{told} deals told of by Salesforce; preparing for their meetings")
            runtime.parts.queue.run_schedule("pipeline-totals", time.time())
            filling.begin("building reports")
        _refresh(on)
        on.filling = ""
        # Not before: what fills the platform is one caller, as fast as it can.
        on.limits_callers = os.environ.get("AUGMENT_RATE_LIMITS") != "off"
        try:
            _tell(runtime, on, arguments, time.monotonic() - began, vendors)
        except Retryable as error:  # what is damaged stops nobody who reads the rest
            print(f"{RED}{error.detail}{PLAIN}\nIt runs all the same: {runtime.addresses['portal']}", flush=True)
        if not arguments.once:
            if vendors is not None:
                vendors.crm.go_on(runtime.addresses["api"])
                vendors.phones.go_on(runtime.addresses["api"])
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
    noted.write_text(f"{today.isoformat()}\n", "utf-8")
    return Staging(today)


def _announce(runtime: Runtime, anybody: bool) -> None:
    """Says where to look while the demonstration fills."""
    portal = runtime.addresses["portal"]
    who = "choose anybody" if anybody else "a link for the administrator follows"
    print(f"The portal answers already: {portal}/sign-in ({who}; its pages say how far it is)\n", flush=True)


def _feed(runtime: Runtime, data: Path, staging: Staging, filling: Filling) -> None:
    """Feeds the demonstration organisation through the real functions over HTTP."""
    caller = Caller(runtime.addresses["api"], local_token(data, "administration"))
    print("A demonstration organisation: importing people, then half a year of events over HTTP.")
    office = _calls_as(runtime, ADMINISTRATOR)
    import_standards(office.post)
    fed = feed(
        caller.post,
        filling.events,
        as_of=staging.as_of,
        when_people_are_there=lambda: _discover(runtime),
        threads=staging.threads(),
    )
    if fed.events.rejects:
        write_rejects(fed.events.rejects, data / "rejected.jsonl")
        print(f"{len(fed.events.rejects)} events were rejected; see {data / 'rejected.jsonl'}")
    given = feed_apprentices(
        office, lambda email: _calls_as(runtime, email), as_of=staging.as_of, progress=filling.apprentices
    )
    print(f"Fifteen apprentices, their mentors and their employer: {given:,} answers in four months.")
    if filling.settle(runtime, "rating everybody", count=True):
        reviewer = catalogue.address(catalogue.ENABLEMENT)
        reading = _calls_as(runtime, reviewer)
        decided = review(reading.get, reading.post, staging.calls(), staging.as_of)
        runtime.parts.queue.run_schedule("certify-scorers", time.time())
        filling.settle(runtime, f"{decided} calls reviewed by a reader; certifying the analyst")


def _calls_as(runtime: Runtime, email: str) -> Caller:
    """Calls the API as one of the people."""
    tokens = runtime.parts.issuer.source(email)
    return Caller(runtime.addresses["api"], lambda _: tokens.token_for(audience_of(API)))


def _calibrate(runtime: Runtime, on: Environment, filling: Filling) -> None:
    """Does the first night's work, now: what scores are worth is learnt, and everybody rated with it."""
    for table in ("observation_recorded", "review_decided"):
        warehouse(on).refresh(table)
    for schedule, what in (("calibration", "learning what scores are worth"), ("nightly-recalculation", "rating anew")):
        runtime.parts.queue.run_schedule(schedule, time.time())
        filling.settle(runtime, what)


def _at_any_hour(on: Environment) -> None:
    """Has Joe mailed at any hour, whenever somebody looks: at night his mail would wait for the morning."""
    joe = catalogue.address("Joe Smith")
    body = SettingsBody(quiet_from=None, quiet_until=None, daily_at="08:00")
    notifications(on).settings.change(Asking(email=joe, role="employee", employee_id=joe), joe, body)


def _discover(runtime: Runtime) -> None:
    """Runs the day's discovery of calls, now: they are fetched and analysed while the events come in."""
    runtime.parts.queue.run_schedule("gong-batch", time.time())


def _refresh(on: Environment) -> None:
    started = time.monotonic()
    try:
        tables = warehouse(on).refresh()
        health(on).check()
    except Retryable as error:  # it serves what it can, and says what is wrong
        print(f"{RED}{error.detail}{PLAIN}", file=sys.stderr, flush=True)
        return
    print(f"warehouse: {len(tables)} tables refreshed ({time.monotonic() - started:.1f} s)")


def _tell(
    runtime: Runtime,
    on: Environment,
    arguments: argparse.Namespace,
    seconds: float,
    vendors: DemonstrationVendors | None,
) -> None:
    api, portal = runtime.addresses["api"], runtime.addresses["portal"]
    leader = Asking(email="leadership", role="cro")
    answer = ratings(on).readiness.answer(leader, framework_id=DEFAULT_FRAMEWORK)
    mean = f" Mean readiness {whole(answer.mean_readiness)}." if answer.mean_readiness is not None else ""
    token = "./scripts/token" if arguments.data.resolve() == DATA else f"./scripts/token --data {arguments.data}"
    someone = entrance = ""
    if (arguments.data / NOTE).exists():
        someone = f"""
                       {token} {catalogue.address(catalogue.ENABLEMENT)}"""
    if on.demonstration:
        entrance = _demonstrated(on, portal, vendors)
    elif sign_in(on, os.environ).google is None:
        entrance = f"""
  Sign in              {portal}/sign-in?key={_link(on)}
                       (as {arguments.administrator}, once, within an hour; the next start prints another)"""
    print(
        f"""
Augment Skills is running ({seconds:.0f} s, data in {arguments.data}).

  Are we ready to sell?
  {answer.sentence}{mean}

  Portal               {portal}/{entrance}
  API                  {api}/api/v1
  API to read          {api}/api/v1/docs
  Log                  {arguments.data / "log.jsonl"}

  A token for curl     {token}             (an integration; audience {audience_of(API)}){someone}

Stop with Ctrl-C; the data stays. `./scripts/run --data DIR` takes another place, `--empty` starts without people.""",
        flush=True,
    )


def _demonstrated(on: Environment, portal: str, vendors: DemonstrationVendors | None) -> str:
    """Returns where to look first in the demonstration organisation, a line each."""
    joe = people(on).records.find(catalogue.address("Joe Smith"))
    names = people(on).records.names([joe.manager_id]) if joe and joe.manager_id else {}
    return f"""
  A deal to prepare    {portal}/preparation      (sign in as Joe Smith: Acme Health’s meeting is near)
  One more, assigned   {portal}/preparation      (his in half a minute, by Salesforce: Meridian Retail)
  His manager’s alert  {portal}/notifications    (sign in as {next(iter(names.values()), "his manager")})
  What they are mailed {portal}/outbox           (each their own; administrators everybody’s)
  An apprentice’s feed {portal}/learn/           (for a phone; sign in as {apprentices.APPRENTICES[0]})
  The coach, by phone  {vendors.phone_page.url if vendors else portal}/       (write to it as one of the apprentices)"""


def _link(on: Environment) -> str:
    assert isinstance(on, EmbeddedEnvironment)
    return on.links.issue(on.administrator)


def _warn(arguments: argparse.Namespace) -> None:
    """Says in red that others than this machine reach the platform."""
    if not _others(arguments):
        return
    names = ", ".join(arguments.allow_host) or "none besides this machine's own"
    whoever = (
        "whoever reaches the proxy that asks under another name reaches the platform"
        if is_loopback(arguments.host)
        else "whoever reaches this machine's network reaches the platform, in plain HTTP"
    )
    print(
        f"{RED}Bound to {arguments.host}: {whoever}. "
        f"Put a proxy with TLS before it, set an OAuth client (docs/deploy.md). No invented people to choose here. "
        f"Answered under other names: {names} (--allow-host NAME adds one).{PLAIN}",
        file=sys.stderr,
        flush=True,
    )


def _log_file(data: Path) -> TextIO:
    return (data / "log.jsonl").open("a", encoding="utf-8", buffering=1)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description="Starts the platform on this machine.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="directory of the data (default: data)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="a name by which requests may ask, too"
    )
    parser.add_argument("--port", type=int, default=8080, help="of the API")
    parser.add_argument("--portal-port", type=int, default=8081)
    parser.add_argument("--accept-clock", action="store_true", help="the clock is right, whatever is stored says")
    parser.add_argument("--empty", action="store_true", help="no demonstration organisation")
    parser.add_argument(
        "--administrator", type=str.lower, default=ADMINISTRATOR, help="e-mail address of who enters an empty platform"
    )
    parser.add_argument("--once", action="store_true", help="stop when everything is up and the answer is printed")
    return parser.parse_args(argv)
