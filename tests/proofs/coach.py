"""How soon WhatsApp's webhook is answered, and whether each message is answered once and in order.

Speed: webhooks of one message each come at a steady rate, in turns with requests to a function that only commits one
document, over keep-alive connections from a process of its own; the coach answers meanwhile.

Order: messages of many people come in webhooks that are shuffled and repeated, from several senders at once, to the
embedded platform with its eight workers; our own WhatsApp takes the answers. At rest: all webhooks come before the
coach begins, so the answers must be in the order in which people wrote. Alive: the coach answers while they come, and
what comes late is answered when it comes; each message still has one answer.
"""

from __future__ import annotations

import argparse
import http.client
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import local
from typing import Final, NamedTuple

from infra.declarations.whatsapp_settings import WHATSAPP_PATH
from infra.demonstration.whatsapp_interface import WhatsAppInterface
from infra.demonstration.whatsapp_payloads import Writer, message_of, messages, signature
from infra.demonstration.whatsapp_server import WhatsAppServer
from infra.local.ambient import JsonLog
from infra.local.platform import configure
from infra.local.runtime import FUNCTIONS_FOLDER, Runtime
from shared.kernel.ids import digest
from tests.proofs.measuring import machine

SECRET: Final = "app-secret-of-the-proof"
ONE_COMMIT: Final = "/functions/skills_api"
ONE_COMMIT_SOURCE: Final = """
from infra.wiring.environment import environment
from infra.wiring.ports.integrations import integrations
from shared.ports.documents import Create


def skills_api(request):
    name = request.headers["X-Number"]
    integrations(environment()).commit([Create(f"probes/{name}", {"size": len(request.get_data())})])
    return b"", 200, {"Content-Type": "text/plain"}
"""
SENDERS: Final = 6
P95_MS: Final = 250.0
TIMES: Final = 3.0


class Work(NamedTuple):
    """Requests for the load process, each due at its second after the start."""

    due: float
    path: str
    number: int
    body: bytes


@dataclass(frozen=True)
class Speed:
    """Milliseconds of each answer."""

    webhook: Sequence[float]
    one_commit: Sequence[float]

    @staticmethod
    def p95(found: Sequence[float]) -> float:
        return sorted(found)[int(0.95 * (len(found) - 1))]


@dataclass(frozen=True)
class Order:
    """What came of messages. answers: how many messages have so many; misplaced: answers before an older message's"""

    webhooks: int
    messages: int
    answers: Counter[int]
    misplaced: int
    seconds: float


@contextmanager
def platform(folder: Path) -> Iterator[tuple[Runtime, WhatsAppInterface]]:
    """The coach's functions and one that only commits, on the embedded platform, and WhatsApp."""
    functions = folder / "functions"
    for name in ("whatsapp_coach", "coach_reply"):
        shutil.copytree(FUNCTIONS_FOLDER / name, functions / name)
    (functions / "skills_api").mkdir()
    (functions / "skills_api" / "main.py").write_text(ONE_COMMIT_SOURCE)
    interface = WhatsAppInterface(token="t")
    with WhatsAppServer(interface) as server:
        vendors = {
            "AUGMENT_WHATSAPP_NUMBER_ID": interface.number_id,
            "AUGMENT_WHATSAPP_URL": server.base_url,
            "SECRET_WHATSAPP_ACCESS": "t",
            "SECRET_WHATSAPP_APP_SECRET": SECRET,
            "SECRET_WHATSAPP_VERIFY_TOKEN": "v",
        }
        with Runtime(
            folder / "data",
            configure=lambda parts: configure(parts, vendors),
            functions=functions,
            ports={"api": 0},
            log=JsonLog(StringIO()),
        ) as runtime:
            yield runtime, interface


def written(interface: WhatsAppInterface, people: int, each: int, begin: datetime) -> list[tuple[str, str, bytes]]:
    """Messages as (who, id, webhook): each person writes one a second."""
    found = []
    for number in range(people):
        writer = Writer(phone=f"4477009{number:05}", user_id=f"GB.{number:06}" if number % 2 else None)
        interface.wrote(writer)
        for index in range(each):
            name, at = f"wamid.p{number:05}x{index:05}", begin + timedelta(seconds=index)
            said = message_of(writer, name, at, "text", text={"body": f"message {index}"})
            found.append((writer.name, name, messages(interface.number_id, writer, said)))
    return found


def speed(seconds: float = 30.0, per_second: float = 20.0) -> Speed:
    """Raises AssertionError when a request is not answered with 200."""
    with tempfile.TemporaryDirectory(prefix="coach-") as folder, platform(Path(folder)) as (runtime, interface):
        count = int(seconds * per_second)
        begin = datetime.now(UTC) - timedelta(hours=1)
        bodies = [raw for _, _, raw in written(interface, count // 5 + 1, 5, begin)][:count]
        random.Random(1).shuffle(bodies)
        work = []
        for number, body in enumerate(bodies):
            due = number / per_second
            work += [
                Work(due, WHATSAPP_PATH, number, body),
                Work(due + 0.5 / per_second, ONE_COMMIT, number, body),
            ]
        here, there = get_context("spawn").Pipe()
        load = get_context("spawn").Process(target=_load, args=(there, runtime.addresses["api"]), daemon=True)
        load.start()
        try:
            here.send(work)
            found = here.recv()
        finally:
            load.terminate()
        warm = int(per_second)
        if any(status != 200 for _, status, _ in found):
            raise AssertionError(Counter((path, status) for path, status, _ in found))
        took = {path: [ms for one, _, ms in found if one == path][warm:] for path in (WHATSAPP_PATH, ONE_COMMIT)}
        return Speed(took[WHATSAPP_PATH], took[ONE_COMMIT])


def _load(control: Connection, address: str) -> None:
    """The load process: sends each request when it is due, and answers with (path, status, milliseconds)."""
    work: list[Work] = control.recv()
    start = time.perf_counter() + 0.5

    def send(one: Work) -> tuple[str, int, float]:
        time.sleep(max(0.0, start + one.due - time.perf_counter()))
        began = time.perf_counter()
        status = _post(address, one.path, one.body, one.number)
        return one.path, status, (time.perf_counter() - began) * 1_000

    with ThreadPoolExecutor(16) as connections:
        control.send(list(connections.map(send, work)))


_kept = local()


def _post(address: str, path: str, body: bytes, number: int = 0) -> int:
    if not hasattr(_kept, "connection"):
        host, _, port = address.removeprefix("http://").partition(":")
        _kept.connection = http.client.HTTPConnection(host, int(port), timeout=60)
    headers = {"Content-Type": "application/json", "X-Number": str(number)}
    headers["X-Hub-Signature-256"] = signature(SECRET, body)
    try:
        _kept.connection.request("POST", path, body, headers)
        response = _kept.connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        del _kept.connection
        raise
    return int(response.status)


def order(webhooks: int, people: int, each: int, *, alive: bool, seed: int = 1, most_seconds: float = 900.0) -> Order:
    """Posts shuffled, repeated webhooks of people * each messages. Raises TimeoutError where there is no end."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="coach-") as folder, platform(Path(folder)) as (runtime, interface):
        began = time.monotonic()
        wrote = written(interface, people, each, datetime.now(UTC) - timedelta(hours=1))
        posts = [raw for _, _, raw in wrote]
        posts += chance.choices(posts, k=webhooks - len(posts))
        chance.shuffle(posts)
        if not alive:
            runtime.delivery.pause()
        with ThreadPoolExecutor(SENDERS) as senders:
            statuses = Counter(senders.map(lambda raw: _post(runtime.addresses["api"], WHATSAPP_PATH, raw), posts))
        if statuses.keys() != {200}:
            raise AssertionError(statuses)
        if not alive:
            runtime.delivery.resume()
        while len({one.tracker for one in interface.taken}) < len(wrote):
            if time.monotonic() - began > most_seconds:
                raise TimeoutError(f"{len(interface.taken)} answers to {len(wrote)} messages")
            time.sleep(0.2)
        time.sleep(1.0)  # what is sent once too often comes now
        return _counted(interface, wrote, webhooks, time.monotonic() - began)


def _counted(
    interface: WhatsAppInterface, wrote: Sequence[tuple[str, str, bytes]], webhooks: int, seconds: float
) -> Order:
    named = {digest("reply", name, "0"): (who, name) for who, name, _ in wrote}
    times = Counter(one.tracker for one in interface.taken)
    answered: dict[str, list[str]] = defaultdict(list)
    for one in interface.taken:
        who, name = named[str(one.tracker)]
        answered[who].append(name)
    misplaced = sum(after < before for names in answered.values() for before, after in pairwise(names))
    return Order(webhooks, len(wrote), Counter(times[tracker] for tracker in named), misplaced, seconds)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove coach", description=__doc__)
    parser.add_argument("--webhooks", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--messages", type=int, default=20, help="of each person")
    parser.add_argument("--seconds", type=float, default=60.0, help="of webhooks at 20 a second")
    asked = parser.parse_args(arguments)
    took = speed(asked.seconds)
    webhook, one_commit = Speed.p95(took.webhook), Speed.p95(took.one_commit)
    print(f"({machine()})\n")
    print("| webhooks, 20 a second | p50 ms | p95 ms | of one commit, p95 ms | times |\n|---:|---:|---:|---:|---:|")
    half = sorted(took.webhook)[len(took.webhook) // 2]
    print(f"| {len(took.webhook):,} | {half:.1f} | {webhook:.1f} | {one_commit:.1f} | {webhook / one_commit:.2f} |\n")
    print("| coach | webhooks | messages | answered once | never | more than once | out of order | s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    good = webhook <= P95_MS and webhook <= TIMES * one_commit
    for name, alive in (("at rest", False), ("alive", True)):
        found = order(asked.webhooks, asked.people, asked.messages, alive=alive)
        once, never = found.answers[1], found.answers[0]
        more = found.messages - once - never
        misplaced = f"{found.misplaced:,}" + (" (came late)" if alive else "")
        print(
            f"| {name} | {found.webhooks:,} | {found.messages:,} | {once:,} | {never} | {more} | {misplaced} | "
            f"{found.seconds:.0f} |",
            flush=True,
        )
        good = good and once == found.messages and (alive or found.misplaced == 0)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
