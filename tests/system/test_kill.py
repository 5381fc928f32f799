"""kill -9 of the embedded platform under load: what was accepted is there once, counted once, and nothing else is.

Three clients post events, alone and in lists, with ids of their own, and repeat what was not answered, as every
integration does. The platform is killed at random moments, sometimes while it is still starting. After the last start
the ledger, the states, the ratings and the warehouse are compared with what the accepted events make by themselves.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.ambient import SystemClock
from infra.local.identity import LocalIssuer, audience_of, service_account
from infra.local.runtime import Runtime
from infra.wiring.environment import environment
from shared.observations.contract import ValidationEvent
from shared.observations.usecases.interpret import interpret, sent
from shared.ports.documents import Query
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import to_text
from tests.harness.embedded_platform import embedded, victim
from tests.harness.platform import Platform
from tests.harness.receipts import without_receipts
from tests.harness.speed import Moments

KILLS = range(20)
PEOPLE = tuple(f"person{number}@example.com" for number in range(6))
COMPETENCIES = ("discovery", "objection_handling", "closing", "a_word_of_their_own")
CLIENTS = 3


@dataclass
class Load:
    """What the clients have made up and what of it was answered.

    accepted: by event id, the events that were answered 2xx; waiting: requests not answered yet, to be sent again
    """

    seed: int
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: list[list[dict[str, Any]]] = field(default_factory=list)
    unexpected: list[tuple[int, bytes]] = field(default_factory=list)
    repeated: int = 0
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, chance: random.Random) -> list[dict[str, Any]]:
        """What a client sends next: something that was not answered, else new events."""
        with self._lock:
            if self.waiting:
                self.repeated += 1
                return self.waiting.pop(0)
            size = chance.choice((1, 1, 1, 2, 7))
            numbers = range(self._number, self._number + size)
            self._number += size
        return [self._event(number, chance) for number in numbers]

    def _event(self, number: int, chance: random.Random) -> dict[str, Any]:
        at = datetime.now(UTC) - timedelta(days=chance.randrange(1, 80), seconds=number)
        score: dict[str, Any] = {"competency": chance.choice(COMPETENCIES), "score": chance.randrange(40, 100)}
        if chance.random() < 0.5:
            score["context"] = {"industry": chance.choice(("healthcare", "retail"))}
        return {
            "event_id": f"event-{self.seed}-{number}",
            "employee_id": chance.choice(PEOPLE),
            "event_type": "role_play",
            "event_source": "voice-roleplay",
            "timestamp": at.isoformat(),
            "overall_score": score["score"],
            "passed": True,
            "competency_scores": [score],
        }

    def answered(self, events: Sequence[dict[str, Any]], status: int, body: bytes) -> None:
        """Takes note of an answer."""
        if status in (200, 201):
            statuses = [status]
        elif status == 207:
            statuses = [item["status"] for item in json.loads(body)["results"]]
        elif status == 503:
            self.unanswered(events)
            return
        else:
            statuses = []
        with self._lock:
            if len(statuses) != len(events) or not set(statuses) <= {200, 201}:
                self.unexpected.append((status, body[:500]))
                return
            self.accepted.update((event["event_id"], event) for event in events)

    def unanswered(self, events: Sequence[dict[str, Any]]) -> None:
        with self._lock:
            self.waiting.append(list(events))


class Client(threading.Thread):
    """Posts until the platform is gone or it is told to stop."""

    def __init__(self, load: Load, address: str, token: str, chance: random.Random, *, only_waiting: bool = False):
        super().__init__(daemon=True)
        self._load, self._netloc, self._token, self._chance = load, urlsplit(address).netloc, token, chance
        self._only_waiting = only_waiting
        self.stopping = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection(self._netloc, timeout=20)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        while not self.stopping.is_set() and not (self._only_waiting and not self._load.waiting):
            events = self._load.next(self._chance)
            content = json.dumps(events[0] if len(events) == 1 else events)
            try:
                connection.request("POST", "/api/v1/validation-events", content, headers)
                answer = connection.getresponse()
                self._load.answered(events, answer.status, answer.read())
            except (OSError, http.client.HTTPException):
                self._load.unanswered(events)
                return
            time.sleep(0.004)


def test_nothing_accepted_is_lost_and_nothing_is_counted_twice(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], moments: Moments
) -> None:
    kills: int = request.config.getoption("--kills", None) or len(moments.of(KILLS, between=6))
    given: int | None = request.config.getoption("--kill-seed", None)
    seed = random.SystemRandom().randrange(1_000_000) if given is None else given
    with capsys.disabled():
        print(f"\nkill -9, {kills} times, --kill-seed {seed}")
    chance = random.Random(seed)
    data = tmp_path / "data"
    with embedded(data, (tmp_path / "log.jsonl").open("w")) as runtime:
        people = "name,email\n" + "\n".join(f"Person,{email}" for email in PEOPLE)
        status, answer = post(runtime.addresses["api"], "/api/v1/employees/import", people.encode(), token_of(data))
        assert (status, json.loads(answer)["created"]) == (200, len(PEOPLE))
    load = Load(seed)
    killed_while_starting = 0
    for number in range(kills):
        with victim(data) as process:
            if number % 5 == 4:
                killed_while_starting += 1
                time.sleep(chance.uniform(0.05, 1.0))
            else:
                address = process.serving(60)
                assert address is not None, "the platform does not start again"
                clients = [
                    Client(load, address, token_of(data, "ingest"), random.Random(chance.random()))
                    for _ in range(CLIENTS)
                ]
                for client in clients:
                    client.start()
                time.sleep(chance.uniform(0.1, 0.9))
                process.kill()
                for client in clients:
                    client.stopping.set()
                    client.join()
    assert load.unexpected == []
    assert len(load.accepted) > 10 * kills, "too little was sent to show anything"
    with embedded(data, (tmp_path / "log.jsonl").open("a")) as runtime:
        last = Client(load, runtime.addresses["api"], token_of(data, "ingest"), chance, only_waiting=True)
        last.start()
        last.join(60)
        assert not load.waiting
        assert load.unexpected == []
        assert runtime.settle(60)
        accepted_alone(runtime, load.accepted)
    with capsys.disabled():
        print(
            f"{len(load.accepted)} events accepted, {load.repeated} requests repeated, "
            f"{killed_while_starting} kills while starting"
        )


def accepted_alone(runtime: Runtime, accepted: Mapping[str, Mapping[str, Any]]) -> None:
    """The ledger, the states, the ratings and the warehouse hold the accepted events, each once, and nothing else."""
    documents = runtime.parts.documents
    meant = [interpret(sent(ValidationEvent, event)) for event in accepted.values()]
    ledger = {document.id: document.data for document in documents.query(Query("events"))}
    assert ledger.keys() == {event.event_id for event in meant}
    platform = Platform(environment())
    framework, parameters = platform.configuration.framework("sales_engineering"), platform.configuration.parameters()
    platform.warehouse.refresh()
    changes = platform.warehouse.query("SELECT employee_id, revision FROM staging.skill_changed")
    for employee_id in PEOPLE:
        entries = dict(event.observation.entry() for event in meant if event.employee_id == employee_id)
        state, ratings = documents.get(f"states/{employee_id}"), documents.get(f"ratings/{employee_id}")
        assert state is not None
        assert ratings is not None
        assert without_receipts(state.data["observations"].values()) == entries
        assert ratings.data["state_version"] == state.version
        assert ratings.data["skills"] == to_text(project(entries, framework, parameters, ratings.data["as_of"]))
        assert ratings.data["pending"] == {}
        told = sorted(int(str(change["revision"])) for change in changes if change["employee_id"] == employee_id)
        assert told == list(range(1, ratings.data["revision"] + 1)), "each revision reaches the warehouse, once"
    assert not runtime.parts.queue.list()
    staged = Counter(
        row["event_id"] for row in platform.warehouse.query("SELECT event_id FROM staging.observation_recorded")
    )
    assert staged == Counter(ledger.keys())


def token_of(data: Path, function: str = "skills_api") -> str:
    issuer = LocalIssuer(data / "secrets", SystemClock())
    return issuer.token(service_account("administration"), audience_of(function))[0]


def post(address: str, path: str, content: bytes, token: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        headers = {"Content-Type": "text/csv", "Authorization": f"Bearer {token}"}
        connection.request("POST", path, content, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
