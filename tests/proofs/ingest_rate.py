"""How many single events per second `ingest` takes, against a function that returns a constant.

Both are functions-framework apps behind the embedded runtime's server, dispatcher and threads, in one process and one
run, in turns. The load comes from a process of its own over keep-alive connections on the loopback interface, a bounded
number of requests with real tokens; every event is a new one with three scores in a context, of one of 100 people who
have a history each, and a person's events come in the order in which they happened. What ingest accepts is on the disk,
in the documents and in the queue, before it answers.

Deliveries are paused while this measures: what ratings cost afterwards is not in these figures.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from infra.local.ambient import JsonLog
from infra.local.environment import API
from infra.local.identity import audience_of, service_account
from infra.local.platform import configure
from infra.local.runtime import FUNCTIONS_FOLDER, Runtime
from shared.kernel.field_values import FieldValue
from shared.observations.contract import ValidationEvent
from shared.observations.usecases.interpret import interpret, sent
from shared.ports.documents import Put
from tests.proofs import population
from tests.proofs.measuring import machine

PEOPLE = 100
CONNECTIONS = 8
CONSTANT, INGEST = "/functions/skills_api", "/api/v1/validation-events"
CONSTANT_SOURCE = """
def skills_api(request):
    request.get_data()
    return b'{"constant": true}', 201, {"Content-Type": "application/json"}
"""


class Batch(NamedTuple):
    """Requests for the load process: POST each body to the path with the token."""

    path: str
    token: str
    bodies: list[bytes]


@dataclass
class Rates:
    """Requests and seconds, by path."""

    requests: Counter[str]
    seconds: Counter[str]

    def per_second(self, path: str) -> float:
        return self.requests[path] / self.seconds[path]

    @property
    def share(self) -> float:
        """Of the constant function's rate, how much ingest reaches."""
        return self.per_second(INGEST) / self.per_second(CONSTANT)


def measure(requests: int = 400, rounds: int = 5, *, people: int = PEOPLE) -> Rates:
    """So many requests per round and function. Raises AssertionError when one is not answered with 201."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ingest-")))
        functions = directory / "functions"
        shutil.copytree(FUNCTIONS_FOLDER / "ingest", functions / "ingest")
        (functions / "skills_api").mkdir()
        (functions / "skills_api" / "main.py").write_text(CONSTANT_SOURCE)
        runtime = stack.enter_context(
            Runtime(
                directory / "data",
                configure=configure,
                functions=functions,
                ports={"api": 0},
                log=JsonLog(StringIO()),
            )
        )
        runtime.delivery.pause()
        begin = datetime.now(UTC) - timedelta(seconds=(rounds + 1) * requests)
        _prepare(runtime, people, begin)
        here, there = get_context("spawn").Pipe()
        load = get_context("spawn").Process(target=_load, args=(there, runtime.addresses["api"]), daemon=True)
        load.start()
        stack.callback(load.terminate)
        token = runtime.parts.issuer.token(service_account("voice-roleplay"), audience_of(API))[0]
        rates = Rates(Counter(), Counter())
        for number in range(-1, rounds):
            bodies = [_body((number + 1) * requests + index, people, begin) for index in range(requests)]
            for path in (CONSTANT, INGEST):
                here.send(Batch(path, token, bodies))
                statuses, seconds = here.recv()
                if set(statuses) != {201}:
                    raise AssertionError(f"{path} answered {statuses}")
                if number >= 0:  # the first round warms up
                    rates.requests[path] += requests
                    rates.seconds[path] += seconds
        here.send(None)
        return rates


def _prepare(runtime: Runtime, people: int, until: datetime) -> None:
    """States of people with a history."""
    for number in range(people):
        events = population.events(number, until)
        entries = dict(
            interpret(sent(ValidationEvent, event.body)).observation.entry()
            for event in events
            if event.path == "validation-events"
        )
        employee = population.employee_id(number)
        state: dict[str, FieldValue] = {
            "employee_id": employee,
            "framework_id": "sales_engineering",
            "observations": entries,
        }
        runtime.parts.documents.commit([Put(f"states/{employee}", state)])


def _body(number: int, people: int, begin: datetime) -> bytes:
    """The event of that number: one a second, of one person after another."""
    competencies = ("discovery", "objection_handling", "value_articulation")
    return json.dumps(
        {
            "event_id": f"evt_{number}",
            "employee_id": population.employee_id(number % people),
            "event_type": "role_play",
            "event_source": "voice-roleplay",
            "timestamp": (begin + timedelta(seconds=number)).isoformat(),
            "overall_score": 82,
            "passed": True,
            "competency_scores": [
                {"competency": name, "score": 70 + number % 25, "context": {"industry": "healthcare"}}
                for name in competencies
            ],
            "details_url": f"gs://roleplay-results/session-{number}.json",
            "session_metadata": {"duration_seconds": 420, "scenario_id": "s", "certification_eligible": False},
        }
    ).encode()


def _load(control: Connection, address: str) -> None:
    """The load process: sends batches over its connections and answers with (statuses, seconds)."""
    host, _, port = address.removeprefix("http://").partition(":")
    local = threading.local()

    def send(work: tuple[str, str, bytes]) -> int:
        path, token, body = work
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(host, int(port), timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        local.connection.request("POST", path, body, headers)
        response = local.connection.getresponse()
        response.read()
        return int(response.status)

    with ThreadPoolExecutor(CONNECTIONS) as connections:
        while (batch := control.recv()) is not None:
            work = [(batch.path, batch.token, body) for body in batch.bodies]
            started = time.perf_counter()
            statuses = Counter(connections.map(send, work))
            control.send((statuses, time.perf_counter() - started))


def report(rates: Rates) -> str:
    return "\n".join(
        [
            f"({machine()}; deliveries paused, {CONNECTIONS} connections)",
            f"a function that returns a constant  {rates.per_second(CONSTANT):>8,.0f} requests/s",
            f"ingest, one event per request       {rates.per_second(INGEST):>8,.0f} requests/s",
            f"ingest reaches {rates.share:.2f} of the constant's rate",
        ]
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/prove ingest_rate", description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="per round and function (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    print(report(measure(options.requests, options.rounds)))


if __name__ == "__main__":
    main(sys.argv[1:])
