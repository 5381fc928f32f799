"""From a webhook to an assignment that its person can see, through the whole embedded platform, at a steady rate.

Each deal is a record of the CRM's (in exported files, which cost little) that one message tells of. Messages are
posted at their moments, however long earlier ones take; a deal's time runs from the moment at which its message was
due until its assignment is in the store that `GET /employees/{id}/assignments` reads. The same with more people in the
store tells how that grows; compare within one run only. The platform, the sender and the looking share the processors.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from shared.enablement.records import assignment_id
from tests.crm.crm_in_memory import record_id
from tests.crm.deals import TOKEN, WEBHOOK
from tests.crm.outbound_messages import ORGANIZATION, envelope, notification
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.proofs.measuring import machine

LOOKS: Final = 0.02
"""Seconds between two looks at what is there."""
LONGEST: Final = 120.0
"""Seconds after the last message for which deals are waited for."""
SENDERS: Final = 8
ENGINEERS: Final = 200
"""People whom deals are given to; the others are only there."""


@dataclass(frozen=True)
class Timed:
    """Seconds from each message to its assignment. lost: of which nothing was seen in the end

    worked: seconds of a processor that all of it took, sending and looking included
    """

    people: int
    rate: float
    seconds: tuple[float, ...]
    lost: int
    worked: float

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else self.seconds[0]

    @property
    def median(self) -> float:
        return median(self.seconds)


def timed(people: int, rate: float, deals: int) -> Timed:
    """Has so many deals told of, at so many a second, on a platform with so many people."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        numbered = [record_id("006", number) for number in range(1, deals + 1)]
        engineers = [f"p{number % min(people, ENGINEERS)}@example.com" for number in range(deals)]
        _export(place / "crm", numbered, engineers)
        vendors = {
            "AUGMENT_CRM_FOLDER": str(place / "crm"),
            "AUGMENT_SALESFORCE_ORGANIZATION": ORGANIZATION,
            "AUGMENT_SALESFORCE_ENGINEER": "field:Engineer__c",
            "AUGMENT_SALESFORCE_MEETING": "Meeting__c",
            "AUGMENT_SALESFORCE_PERSONAS": "Persona__c",
            "AUGMENT_SALESFORCE_HISTORY": "no",
            "SECRET_SALESFORCE_WEBHOOK_TOKEN": TOKEN,
        }
        with embedded_platform(place, StringIO(), vendors) as platform:
            _import(platform, people)
            begun = time.process_time()
            due = _post_all(platform, numbered, rate)
            seen = _look(platform, dict(zip(numbered, engineers, strict=True)), due)
            worked = time.process_time() - begun
        taken = tuple(sorted(seen[one] - due[one] for one in seen))
        return Timed(people, rate, taken, deals - len(taken), worked)


def _export(folder: Path, deals: Sequence[str], engineers: Sequence[str]) -> None:
    folder.mkdir()
    now = datetime.now(UTC)
    rows = [
        {
            "Id": deal_id,
            "SystemModstamp": f"{now:%Y-%m-%dT%H:%M:%S.000+0000}",
            "Name": f"Deal {number}",
            "AccountId": record_id("001", number),
            "Account": {"Name": f"Account {number}", "Industry": "Hospital & Health Care"},
            "StageName": "1 - Discovery",
            "IsClosed": False,
            "IsWon": False,
            "Amount": 300_000.0,
            "CreatedDate": "2026-02-01T09:00:00.000+0000",
            "CloseDate": f"{now + timedelta(days=90):%Y-%m-%d}",
            "Engineer__c": engineer,
            "Persona__c": "CISO",
            "Meeting__c": f"{now + timedelta(days=7):%Y-%m-%dT%H:%M:%S.000+0000}",
        }
        for number, (deal_id, engineer) in enumerate(zip(deals, engineers, strict=True), 1)
    ]
    (folder / "Opportunity.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def _import(platform: EmbeddedPlatform, people: int) -> None:
    """Imports people, in files as an administrator would: the first one is everybody's manager."""
    for begin in range(0, people, 5_000):
        numbers = range(begin, min(people, begin + 5_000))
        lines = [f"P{one},p{one}@example.com,{'' if one == 0 else 'p0@example.com'}" for one in numbers]
        content = "\n".join(["name,email,manager", *lines]).encode()
        platform.platform.people.import_people.from_csv(ADMINISTRATOR, content)


def _post_all(platform: EmbeddedPlatform, deals: Sequence[str], rate: float) -> dict[str, float]:
    """Posts a message for each deal at its moment; when each was due."""
    begin = time.monotonic() + 0.5
    due = {deal_id: begin + number / rate for number, deal_id in enumerate(deals)}
    waiting, lock = list(enumerate(deals, 1))[::-1], threading.Lock()
    host = urlsplit(platform.address).netloc

    def send() -> None:
        connection = HTTPConnection(host, timeout=60)
        while True:
            with lock:
                if not waiting:
                    return
                number, deal_id = waiting.pop()
            time.sleep(max(0.0, due[deal_id] - time.monotonic()))
            body = envelope([notification(record_id("04l", number), deal_id)])
            connection.request("POST", WEBHOOK, body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status

    for _ in range(SENDERS):
        threading.Thread(target=send, daemon=True).start()
    return due


def _look(platform: EmbeddedPlatform, deals: dict[str, str], due: dict[str, float]) -> dict[str, float]:
    """Looks until every assignment is there; when each was first seen."""
    missing = {f"assignments/{assignment_id(deal, engineer, 1)}": deal for deal, engineer in deals.items()}
    seen: dict[str, float] = {}
    until = max(due.values()) + LONGEST
    while missing and time.monotonic() < until:
        asked = [path for path, deal in missing.items() if due[deal] <= time.monotonic()][:100]
        found = platform.platform.documents.get_many(asked, ["deal_id"]) if asked else {}
        at = time.monotonic()
        seen |= {missing.pop(path): at for path in found}
        time.sleep(LOOKS)
    return seen


def _of(one: Timed, first: Timed) -> float:
    """Returns a deal's work as a share of the first run's, which a busy machine moves less than the time it takes."""
    return (one.worked / max(1, len(one.seconds))) / (first.worked / max(1, len(first.seconds)))


def report(runs: Sequence[Timed]) -> str:
    """Returns the table, and the ratios to its first line."""
    first = runs[0]
    lines = [
        f"({machine()})",
        "",
        "| people | deals/s | deals | lost | median s | p95 s | processor ms/deal | of the first |",
    ]
    lines += ["|---:|---:|---:|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {one.people:,} | {one.rate:g} | {len(one.seconds) + one.lost:,} | {one.lost} | {one.median:.2f} | "
        f"{one.p95:.2f} | {1_000 * one.worked / max(1, len(one.seconds)):.0f} | {_of(one, first):.2f} |"
        for one in runs
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove deal_speed", description=__doc__)
    parser.add_argument("--rate", type=float, default=50, help="deals a second")
    parser.add_argument("--deals", type=int, default=1_000)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    asked = parser.parse_args(arguments)
    runs = [timed(people, asked.rate, asked.deals) for people in asked.people]
    print(report(runs))
    return 1 if any(one.lost for one in runs) else 0


if __name__ == "__main__":
    raise SystemExit(main())
