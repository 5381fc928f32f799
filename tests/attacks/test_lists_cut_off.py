"""kill -9 while lists come in from senders who never ask again: what the ledger took, the warehouse has.

Nobody repeats a request here, so that only what each commit has promised brings a fact out. A whole proof has more
kills: `pytest tests/attacks/test_lists_cut_off.py --kills 15`.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.wiring.environment import environment
from shared.ports.documents import Query
from tests.harness.embedded_platform import embedded, victim
from tests.harness.platform import Platform
from tests.system.test_kill import post, token_of

KILLS = 3
LENGTH = 60
PEOPLE = tuple(f"person{number}@example.com" for number in range(20))


def test_what_the_ledger_took_of_a_list_that_was_cut_off_reaches_the_warehouse(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills: int = request.config.getoption("--kills", None) or KILLS
    chance = random.Random(15)
    data = tmp_path / "data"
    with embedded(data, (tmp_path / "log.jsonl").open("w")) as runtime:
        people = "name,email\n" + "\n".join(f"Person,{email}" for email in PEOPLE)
        assert post(runtime.addresses["api"], "/api/v1/employees/import", people.encode(), token_of(data))[0] == 200
    answered: list[int] = []
    for number in range(kills):
        with victim(data) as process:
            address = process.serving(60)
            assert address is not None
            token = token_of(data, "ingest")
            senders = [
                threading.Thread(target=_send, args=(address, token, f"{number}-{one}", chance, answered))
                for one in range(3)
            ]
            for sender in senders:
                sender.start()
            time.sleep(chance.uniform(0.5, 1.5))
            process.kill()
            for sender in senders:
                sender.join()
    with embedded(data, (tmp_path / "log.jsonl").open("a")) as runtime:
        assert runtime.settle(60)
        ledger = [document.id for document in runtime.parts.documents.query(Query("events"))]
        warehouse = Platform(environment()).warehouse
        warehouse.refresh("observation_recorded")
        staged = [row["event_id"] for row in warehouse.query("SELECT event_id FROM staging.observation_recorded")]
    assert len(ledger) > sum(answered), "no list was cut off"
    assert Counter(staged) == Counter(ledger)


def _list(name: str, chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"event-{name}-{place}",
            "employee_id": chance.choice(PEOPLE),
            "event_type": "role_play",
            "event_source": "voice-roleplay",
            "timestamp": (datetime.now(UTC) - timedelta(days=1, seconds=place)).isoformat(),
            "overall_score": 70,
            "passed": True,
            "competency_scores": [{"competency": "discovery", "score": 70}],
        }
        for place in range(LENGTH)
    ]


def _send(address: str, token: str, name: str, chance: random.Random, answered: list[int]) -> None:
    """Sends one list after the other until the platform is gone; notes how many events were answered."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    for number in count():
        content = json.dumps(_list(f"{name}-{number}", chance))
        try:
            connection.request("POST", "/api/v1/validation-events", content, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return
        assert answer.status == 207
        answered.append(LENGTH)
