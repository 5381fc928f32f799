"""Holds a copy, kept from the export and the log of changes alone, to a fresh export, byte for byte.

Two processes post random events, corrections, voids and changes of records about the same people, and rate them late
and out of order; many of their transactions stall between deciding their moment and committing. Meanwhile two copies
poll: a machine's, which sees every score at once, and a leader's, for whom calls' scores open some minutes later. The
clock runs sixty times as fast, and so does the time that a transaction may take.

With a horizon of nothing the copies must miss something: then the log's order would hold by luck.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

from pydantic import BaseModel

import shared.ratings.usecases.list_changes as list_changes
from infra.local.ambient import JsonLog, SystemClock
from infra.local.environment import EmbeddedEnvironment
from infra.local.platform import configure
from infra.local.runtime import Parts, open_parts
from infra.local.sqlite_documents import SqliteDocuments
from shared.intake.contract import VoidBody
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected, Retryable
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.usecases.interpret import sent
from shared.people.contract import EmployeeBody
from shared.platform.records.changes import HORIZON
from shared.ports.documents import TRANSACTION_SECONDS, Transaction
from shared.ratings.usecases.list_changes import Cursor
from shared.reviews.contract import ReviewSettingsBody
from tests.harness.platform import Platform

T = TypeVar("T")

SPEED = 60
BEGIN = datetime(2026, 2, 12, 9, tzinfo=UTC)
"""Far from midnight: with a new day every profile is told of, and what was missed before is mended."""
FIRST_HOURS = 0.05
"""How long scores stay closed for the leader: three minutes, which are three seconds here."""
STALLED = 0.5
"""Share of the posting processes' transactions that stall, for up to STALLS seconds."""
STALLS = 0.3
PROCESSES = 2

MACHINE = Caller(email="machine@local", scopes=frozenset({"events.write", "administration", "profiles.read"}))
LEADER = Caller(email="cro@augmentcode.com", role="cro", employee_id="cro@augmentcode.com")
COMPETENCIES = ("discovery", "closing", "listening")
INDUSTRIES = ("healthcare", "fintech", "manufacturing")


class FastClock(SystemClock):
    """A clock that runs SPEED times as fast, the same in every process, and that may be moved on."""

    def __init__(self, began: float, moved: float = 0) -> None:
        self._began = began
        self.moved = moved

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=(time.monotonic() - self._began) * SPEED + self.moved)


class StallingDocuments(SqliteDocuments):
    """A store whose transactions stall when their work is done."""

    random = Random()
    stalled = 0.0

    def transact(self, work: Callable[[Transaction], T]) -> T:
        def stalled(transaction: Transaction) -> T:
            result = work(transaction)
            if self.random.random() < self.stalled:
                time.sleep(self.random.random() * STALLS)
            return result

        return super().transact(stalled)


def opened(directory: Path, clock: FastClock) -> Parts:
    """The platform's parts on a directory, with the clock and the time of a transaction made fast."""
    parts = open_parts(directory, log=JsonLog(StringIO()))
    declared = parts.pipeline.documents
    documents = StallingDocuments(parts.documents.file, indexes=declared.indexes, excerpts=declared.excerpts)
    documents.transaction_seconds = TRANSACTION_SECONDS / SPEED
    return replace(parts, clock=clock, documents=documents)


def person(number: int) -> str:
    return f"person-{number}@augmentcode.com"


class Poster:
    """Does random things about people, and rates them sooner or later."""

    def __init__(self, platform: Platform, seed: int, people: int) -> None:
        self._platform = platform
        self._random = Random(seed)
        self._seed = seed
        self._people = people
        self._sent: list[tuple[str, str]] = []
        self._unrated: list[str] = []
        self.done: Counter[str] = Counter()

    def act(self, number: int) -> None:
        """Does one thing, and catches up with some ratings."""
        who = person(self._random.randrange(self._people))
        kind = self._random.choice(["session", "call", "call", "correction", "lesson", "void", "record"])
        try:
            getattr(self, f"_{kind}")(number, who)
            self.done[kind] += 1
        except (Rejected, Retryable):
            self.done["refused"] += 1
        self._unrated.append(who)
        if self._random.random() < 0.6:
            self.rate(1)

    def rate(self, most: int | None = None) -> None:
        """Rates people who are due, in any order, as deliveries come."""
        self._random.shuffle(self._unrated)
        due = self._unrated[:most]
        del self._unrated[: len(due)]
        for who in due:
            while True:
                try:
                    self._platform.ratings.update(who)
                    break
                except Retryable:
                    continue

    def _session(self, number: int, who: str) -> None:
        event_id = f"session-{self._seed}-{number}"
        body: dict[str, Any] = {
            "event_id": event_id,
            "employee_id": who,
            "event_type": "role_play",
            "event_source": "roleplay",
            "timestamp": self._at(),
            "overall_score": self._score(),
            "passed": True,
            "competency_scores": self._scores(),
        }
        self._platform.events.one(sent(ValidationEvent, body), MACHINE)
        self._sent.append((event_id, "roleplay"))

    def _call(self, number: int, who: str) -> None:
        self._observed(f"call-{self._seed}-{number}", who, 1)

    def _correction(self, number: int, who: str) -> None:
        calls = [(event_id, whose) for event_id, whose in self._sent if whose.startswith("person-")]
        if not calls:
            return self._call(number, who)
        call, whose = self._random.choice(calls)
        return self._observed(call.partition("/")[0], whose, number + 2)

    def _observed(self, call: str, who: str, version: int) -> None:
        event_id = f"{call}/{version}"
        body: dict[str, Any] = {
            "observation_id": event_id,
            "employee_id": who,
            "observation_source": "gong",
            "source_id": call,
            "timestamp": (BEGIN - timedelta(days=sum(map(ord, call)) % 80 + 1)).isoformat(),
            "competency_scores": [
                {"competency": self._random.choice(COMPETENCIES), "score": self._score(), "confidence": 0.9}
            ],
            "context": {"industry": self._random.choice(INDUSTRIES)},
            "analysis_metadata": {"model_used": "analyst", "analysis_version": version},
        }
        self._platform.events.one(sent(FieldObservation, body), MACHINE)
        self._sent.append((event_id, who))
        self._unrated.append(who)

    def _lesson(self, number: int, who: str) -> None:
        at = self._at()
        body: dict[str, Any] = {
            "activity_id": f"lesson-{self._seed}-{number}",
            "employee_id": who,
            "activity_type": "video",
            "content_id": "primer",
            "started_at": at,
            "completed_at": at,
            "completion_percentage": 100,
            "quiz_score": self._score(),
            "related_competencies": [self._random.choice(COMPETENCIES)],
        }
        self._platform.events.one(sent(LearningActivity, body), MACHINE)

    def _void(self, number: int, who: str) -> None:
        if self._sent:
            event_id, source = self._random.choice(self._sent)
            source = "gong" if source.startswith("person-") else source
            found = self._platform.voiding.void(MACHINE, VoidBody(event_id=event_id, source=source, reason="A mistake"))
            self._unrated += [found.employee_id] if found.employee_id else []

    def _record(self, number: int, who: str) -> None:
        body = EmployeeBody(name=f"Name {number}", active=self._random.random() < 0.8)
        self._platform.people.change_employee.put(MACHINE, who, body)

    def _score(self) -> int:
        return self._random.randint(30, 100)

    def _scores(self) -> list[dict[str, Any]]:
        context = {"industry": self._random.choice(INDUSTRIES)}
        return [{"competency": self._random.choice(COMPETENCIES), "score": self._score(), "context": context}]

    def _at(self) -> str:
        return (BEGIN - timedelta(days=self._random.randint(1, 85), minutes=self._random.randint(0, 600))).isoformat()


def post(directory: str, began: float, seed: int, people: int, seconds: float, stalled: float, done: Any) -> None:
    """Is one of the processes: posts until the time is over, and rates everybody that is due."""
    parts = opened(Path(directory), FastClock(began))
    StallingDocuments.random, StallingDocuments.stalled = Random(seed), stalled
    poster = Poster(Platform(EmbeddedEnvironment(parts)), seed, people)
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        poster.act(number)
        number += 1
    poster.rate()
    parts.close()
    done.put(dict(poster.done))


def encoded(model: BaseModel) -> bytes:
    return json.dumps(model.model_dump(mode="json", exclude_unset=True), sort_keys=True).encode()


@dataclass
class Copy:
    """A copy of the profiles, as bytes by id."""

    platform: Platform
    caller: Caller
    cursor: Cursor
    profiles: dict[str, bytes] = field(default_factory=dict)
    polls: int = 0
    told: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begun(cls, platform: Platform, caller: Caller) -> Copy:
        """Begins with the cursor of now, and then the export."""
        copy = cls(platform, caller, platform.changes.page(caller, None, every=True, limit=1).cursor)
        copy.profiles = copy.exported()
        return copy

    def exported(self) -> dict[str, bytes]:
        """A fresh export."""
        lines = self.platform.export.lines(self.caller, every=True, after=None)
        return {line.employee_id: encoded(line) for line in lines}

    def poll(self) -> None:
        """Takes in one page of the log, and the pages that are there already."""
        more = True
        while more:
            page = self.platform.changes.page(self.caller, self.cursor, every=True, limit=3)
            for change in page.items:
                self.told.update(change.about)
                if change.profile is not None and change.employee_id is not None:
                    self.profiles[change.employee_id] = encoded(change.profile)
                else:
                    gone = [one for one in self.profiles if change.erased == sha256(one.encode()).hexdigest()]
                    for one in [change.employee_id, *gone]:
                        self.profiles.pop(one or "", None)
            self.cursor, more = page.cursor, page.more
        self.polls += 1


@dataclass(frozen=True)
class Outcome:
    """differs: how many profiles of each copy are not those of the export; people: in it"""

    horizon: timedelta
    done: Counter[str]
    polls: int
    told: Counter[str]
    differs: tuple[int, ...]
    people: int


def run(
    seconds: float, people: int, *, horizon: timedelta = HORIZON, seed: int = 1, stalled: float = STALLED
) -> Outcome:
    """Lets the processes post for so long while the copies poll, and compares."""
    with patch.object(list_changes, "HORIZON", horizon), tempfile.TemporaryDirectory(prefix="mirror-") as directory:
        return _run(Path(directory), seconds, people, horizon, seed, stalled)


def _run(directory: Path, seconds: float, people: int, horizon: timedelta, seed: int, stalled: float) -> Outcome:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.harness.platform"])
    began = time.monotonic()
    clock = FastClock(began)
    parts = opened(directory, clock)
    configure(parts)
    platform = Platform(EmbeddedEnvironment(parts))
    platform.settings.set_reviews(ReviewSettingsBody(employee_first_hours=FIRST_HOURS), MACHINE)
    for number in range(people):
        platform.people.change_employee.put(MACHINE, person(number), EmployeeBody(name=f"Person {number}"))
    copies = [Copy.begun(platform, MACHINE), Copy.begun(platform, LEADER)]
    results: Any = context.Queue()
    processes = [
        context.Process(target=post, args=(str(directory), began, seed * 10 + one, people, seconds, stalled, results))
        for one in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        for copy in copies:
            copy.poll()
        time.sleep(0.02)
    done: Counter[str] = Counter()
    for process in processes:
        assert process.exitcode == 0, "a process that posts has failed"
        done.update(results.get(timeout=10))
    clock.moved = FIRST_HOURS * 3600 + HORIZON.total_seconds() + 1  # everything has opened, and nothing is on its way
    told: Counter[str] = Counter()
    differs = []
    for copy in copies:
        copy.poll()
        fresh = copy.exported()
        differs.append(sum(fresh.get(who) != copy.profiles.get(who) for who in fresh.keys() | copy.profiles.keys()))
        told.update(copy.told)
    parts.close()
    return Outcome(horizon, done, sum(copy.polls for copy in copies), told, tuple(differs), people)


def report(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "| horizon | sessions | calls | corrections | lessons | voids | records | polls | told of | of these opened | "
        "profiles that differ |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in outcomes:
        kinds = [one.done[kind] for kind in ("session", "call", "correction", "lesson", "void", "record")]
        figures = [*kinds, one.polls, one.told.total(), one.told["opened"]]
        differ = f"{sum(one.differs)} of {one.people * len(one.differs)}"
        lines.append(f"| {one.horizon.total_seconds():g} s | {' | '.join(f'{n:,}' for n in figures)} | {differ} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/prove mirror", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="that the processes post in each round")
    parser.add_argument("--rounds", type=int, default=3, help="with the horizon; one more has none")
    parser.add_argument("--people", type=int, default=12)
    given = parser.parse_args(arguments)
    held = [run(given.seconds, given.people, seed=seed) for seed in range(1, given.rounds + 1)]
    broken = run(given.seconds, given.people, horizon=timedelta(), seed=given.rounds + 1, stalled=1)
    print(report([*held, broken]))
    return 1 if any(any(one.differs) for one in held) or not any(broken.differs) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
