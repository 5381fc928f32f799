"""A recorder that refuses whoever asks too fast, and instances of discovery that ask it."""

from __future__ import annotations

import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from infra.demonstration.gong_interface import GongInterface
from infra.demonstration.gong_payloads import Call, CallParty
from infra.demonstration.gong_server import GongServer
from infra.local.ambient import FolderSecrets
from infra.local.environment import EmbeddedEnvironment
from infra.local.platform import SYSTEM
from infra.local.runtime import Parts, open_parts
from infra.wiring.daily_discovery import daily_discovery
from shared.call_pipeline.domain.allowance import RequestLimits
from shared.kernel.errors import Retryable
from shared.ports.documents import Query
from tests.conversations.gong_calls_in_json import call_id, details, transcript
from tests.harness.platform import Platform
from tests.proofs.cost_per_call import sales_engineering
from tests.proofs.measuring import NoLog

PEOPLE: Final = 40
BACK: Final = timedelta(hours=20)
"""Over how long the calls are spread: less than the day by which each discovery overlaps the one before."""
LEFT_ALONE: Final = 20
"""Beside so many calls that are wanted there is a private one, and one without anybody of ours."""
LONGEST_SECONDS: Final = 1_200
"""Of one run, before it is given up."""
LAST_TRIES: Final = 5
RECORDER, MODEL = "demonstration:demonstration", "http://127.0.0.1:9"
"""The language model is never asked: with one connected, a call that is fetched for a batch ends as `ready`."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The calls of the recorder. wanted: their ids, those that employees take part in; all: their details."""

    wanted: frozenset[str]
    all: tuple[tuple[int, Call], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run.

    in_recorder:         calls there, those that are to be left alone included
    wanted, discovered:  calls with employees, and how many of them have a record
    queued_once:         of these, how many have exactly one task
    queued, else_found:  tasks in all, and records of calls that are to be left alone
    pages, requests:     listing pages that were answered, and everything that was asked
    refused:             requests that the recorder refused because of a limit
    told_to_wait:        instances that ended with being told to come back later, by their own budget or by the recorder
    killed:              processes that were killed while they worked
    fetched:             calls whose details and transcript are kept
    """

    name: str
    in_recorder: int
    wanted: int
    discovered: int
    queued_once: int
    queued: int
    else_found: int
    pages: int
    requests: int
    refused: int
    seconds: float
    told_to_wait: int = 0
    killed: int = 0
    fetched: int = 0


CUSTOMER: Final[CallParty] = {
    "id": "6000000",
    "emailAddress": "customer@theirs.example",
    "name": "Customer",
    "speakerId": "8000000",
    "affiliation": "External",
    "methods": ["Invitee", "Attendee"],
}


def recorded(calls: int, until: datetime) -> Recorded:
    """`calls` calls with one or two employees, and some that are nobody's business, over the hours before `until`."""
    extra = 2 * (calls // LEFT_ALONE)
    every, wanted = [], set()
    for number in range(calls + extra):
        at = until - BACK + number * BACK / (calls + extra + 1)
        entry = details(number, at, isPrivate=number < calls + extra // 2 and number >= calls)
        entry["parties"] = [_party(person, number) for person in {number % PEOPLE, number * 7 % PEOPLE}]
        if number >= calls + extra // 2:
            guest: CallParty = {**entry["parties"][0], "emailAddress": "guest@theirs.example"}
            guest.pop("userId")
            entry["parties"] = [guest]
        else:
            entry["parties"].append(CUSTOMER)
        if number < calls:
            wanted.add(call_id(number))
        every.append((number, entry))
    return Recorded(frozenset(wanted), tuple(every))


def address(person: int) -> str:
    return f"person{person}@ours.example"


def _party(person: int, number: int) -> CallParty:
    return {
        "id": str(5_000_000 + person),
        "emailAddress": address(person),
        "name": f"Person {person}",
        "userId": str(234_599_484_848_000_000 + person),
        # The one who speaks in `transcript`.
        "speakerId": "6432345678555530001" if person == number % PEOPLE else str(7_000_000 + person),
        "affiliation": "Internal",
        "methods": ["Invitee", "Attendee"],
    }


@contextmanager
def instance(
    directory: Path, url: str, *, since: datetime, per_second: int = 3, per_day: int = 10_000
) -> Iterator[tuple[Platform, Parts]]:
    """The platform's wiring on the directory, as one instance of a function has it. per_second, per_day: what it
    believes of the recorder's limits."""
    parts = open_parts(directory, log=NoLog())
    settings = {
        "AUGMENT_GONG_URL": url,
        "AUGMENT_GONG_PER_SECOND": str(per_second),
        "AUGMENT_GONG_PER_DAY": str(per_day),
        "AUGMENT_CALLS_FROM": since.isoformat(),
        "AUGMENT_MODEL_URL": MODEL,
        "SECRET_GONG_ACCESS": RECORDER,
        "SECRET_ANTHROPIC_KEY": "never-used",
    }
    adapters = EmbeddedEnvironment(parts, settings)
    adapters.secrets = FolderSecrets(directory / "secrets", parts.pipeline.secrets, settings)
    with closing(parts):
        yield Platform(adapters), parts


def _discover(platform: Platform) -> None:
    daily_discovery(platform.on).daily()


class Bench:
    """A recorder with calls, and a platform with people beside it, for one run."""

    def __init__(self, directory: Path, interface: GongInterface, url: str, calls: Recorded, since: datetime) -> None:
        self.directory, self.interface, self.url, self.calls, self.since = directory, interface, url, calls, since
        self._pages = 0
        with self.instance() as (platform, _):
            platform.publish_frameworks.install(sales_engineering(), SYSTEM)
            people = "\n".join(f"Person {person},{address(person)}" for person in range(PEOPLE))
            platform.people.import_people.from_csv(SYSTEM, f"name,email\n{people}\n".encode())

    @contextmanager
    def instance(self, **limits: int) -> Iterator[tuple[Platform, Parts]]:
        with instance(self.directory, self.url, since=self.since, **limits) as made:
            yield made

    def record(self, calls: Sequence[tuple[int, Call]]) -> None:
        """The recorder has these calls from now on."""
        for number, entry in calls:
            self.interface.add(entry, transcript(number, "What slows your releases down?", "Who decides that?"))

    def together(self, instances: int, work: Callable[[Platform], None], **limits: int) -> int:
        """So many instances do the same at the same time; how many were told to come back later."""
        waiting, failed, start = list[Retryable](), list[BaseException](), threading.Barrier(instances)

        def run() -> None:
            try:
                with self.instance(**limits) as (platform, _):
                    start.wait(60)
                    work(platform)
            except Retryable as told:
                waiting.append(told)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=run, daemon=True) for _ in range(instances)]
        deadline = time.monotonic() + LONGEST_SECONDS
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if failed:
            raise failed[0]
        if any(thread.is_alive() for thread in threads):
            raise RuntimeError(f"the instances were not done in {LONGEST_SECONDS} s")
        return len(waiting)

    def result(self, name: str, began: float, **more: int) -> Run:
        """What stands in the stores and what the recorder has counted, since `began` on the monotonic clock."""
        seconds = time.monotonic() - began
        with self.instance() as (platform, parts):
            records = {one.data["call_id"]: one.data for one in parts.integrations.query(Query("calls"))}
            tasks = Counter(str(task["record_id"]).removeprefix("gong-") for task in queued(parts))
            kept = sum(platform.transcripts.conversation("gong", one) is not None for one in records)
        return Run(
            name=name,
            in_recorder=len(self.calls.all),
            wanted=len(self.calls.wanted),
            discovered=len(self.calls.wanted & records.keys()),
            queued_once=sum(tasks[one] == 1 for one in self.calls.wanted & records.keys()),
            queued=tasks.total(),
            else_found=len(records.keys() - self.calls.wanted),
            pages=self.interface.answered[200] - 2 * kept,
            requests=self.interface.answered.total(),
            refused=self.interface.answered[429],
            seconds=seconds,
            fetched=kept,
            **more,
        )


def queued(parts: Parts) -> list[dict[str, Any]]:
    """The payloads of the calls' tasks; they stay in the queue."""
    taken = parts.queue.lease("gong-calls", 1_000_000, 1)
    parts.queue.release(taken)
    return [json.loads(task.data) for task in taken]


@contextmanager
def bench(calls: int, *, page_size: int, per_day: int = 10_000, filled: bool = True) -> Iterator[Bench]:
    until = datetime.now(UTC)
    made = recorded(calls, until)
    interface = GongInterface(page_size=page_size, per_day=per_day)
    with TemporaryDirectory(prefix="call-discovery-") as folder, GongServer(interface) as server:
        found = Bench(Path(folder), interface, server.url, made, until - BACK - timedelta(hours=1))
        if filled:
            found.record(made.all)
        yield found


def killed(calls: int, kills: int, seed: int, *, page_size: int) -> Run:
    """Processes discover, two at a time, and are killed at random moments while the calls come in little by little.

    The last instance runs to its end. Killed processes take reserved slots with them, which nobody uses.
    """
    chance = random.Random(seed)
    with bench(calls, page_size=page_size, filled=False) as made:
        coming = list(made.calls.all)
        chance.shuffle(coming)
        rounds = -(-kills // 2)
        spacing = RequestLimits().spacing.total_seconds()
        began, died, there = time.monotonic(), 0, 0
        for number in range(rounds):
            made.record(coming[number::rounds])
            there += len(coming[number::rounds])
            # By then two that take turns have listed what there is.
            longest = 2 * -(-there // page_size) * spacing
            moments = sorted(chance.uniform(0.05, longest) for _ in range(min(2, kills - 2 * number)))
            with processes(made, len(moments)) as running:
                started = time.monotonic()
                for moment, process in zip(moments, running, strict=True):
                    time.sleep(max(0.0, started + moment - time.monotonic()))
                    if process.is_alive():
                        process.kill()
                        died += 1
        told = 0
        while made.together(1, _discover) and told < LAST_TRIES:
            told += 1  # by a line of slots, or a machine that is too slow: the schedule has it begin again
        return made.result(f"killed {died} times, 2 at a time", began, killed=died, told_to_wait=told)


@contextmanager
def processes(made: Bench, count: int) -> Iterator[list[BaseProcess]]:
    """Instances in processes of their own that have begun to discover; they are gone afterwards."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.proofs.cost_per_call", "infra.local.environment", "infra.vendors.gong"])
    running, begun = list[BaseProcess](), list[Connection]()
    try:
        for _ in range(count):
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(
                target=_in_a_process, args=(str(made.directory), made.url, made.since, sending), daemon=True
            )
            process.start()
            sending.close()
            running.append(process)
            begun.append(receiving)
        for receiving in begun:
            if not receiving.poll(60):
                raise RuntimeError("an instance did not begin in a minute")
            receiving.recv()
        yield running
    finally:
        for left in running:
            left.kill()
            left.join()
        for receiving in begun:
            receiving.close()


def _in_a_process(directory: str, url: str, since: datetime, begun: Connection) -> None:
    with instance(Path(directory), url, since=since) as (platform, _):
        begun.send(True)
        try:
            _discover(platform)
        except Retryable:
            return  # told to come back: the next instance does
