"""Recalculation: the platform against the specification's own design, and against merely reading the same events.

1,000 employees, each with 60 events of the last 90 days that score all 10 competencies in one of 3 contexts: 600,000
scores; rules for the general skill and for each context, about half of them met. Printed as ratios of one run, in
which the contestants take turns. (a) mostly waits for the disk and ours mostly computes, so that a shared machine does
not slow them alike: a ratio is that of the median round, with the lowest and the highest beside it.

    (a) the specification's design: PostgreSQL, a query and an update per employee, skill and rule, in a loop, over
        events that hold their scores; on a sample of the employees, with the whole data loaded. As specified each
        statement commits alone. What it does not have is shown beside it: one transaction per employee, each score a
        row with an index of its own, and both.
    (b) reading and decoding the employee's events, as ingest wrote them, from the ledger in SQLite.

PostgreSQL works beside its loop, so (a) has two processes. Ours is shown in one process and in two, which take shards
in turn as two instances of `recalculate_shard` do; (b) likewise. The whole job is in one process: embedded it is.

A night writes the snapshot of everybody's skills, rebuilds one in 28, and makes of all messages what is sent. It is
timed on these people, who have 40 skills each, and on the demonstration's, who have eight times as many.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.frameworks.records import FrameworkInForce
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.days import day_of
from shared.observations.contract import FieldObservation, ValidationEvent
from shared.observations.records import Ledger as Events
from shared.observations.usecases.interpret import interpret, sent
from shared.ports.documents import Put, Query, Where, Write
from shared.ratings.domain.batch_rating import profiles
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.messages import ShardTask
from shared.ratings.usecases.rate_members import RateMembers
from shared.ratings.usecases.rebuild_state import RebuildState
from shared.ratings.usecases.recalculate_shard import RecalculateShard
from tests.harness.ledger_entries import ledger_entries
from tests.proofs import population, postgres_server
from tests.proofs.demonstration_nights import Demonstration, demonstration_nights
from tests.proofs.measuring import NOW, EncodingBus, FixedClock, NoBus, NoLog, NoTasks, Stopwatch, machine
from tests.proofs.on_a_store import accepting, updating

if TYPE_CHECKING:
    from tests.proofs.specification_design import SpecificationDesign

MACHINE = Caller(email="benchmark@local.iam.gserviceaccount.com", scopes=frozenset({"events.write"}))
SHARD = 50
PROCESSES = 2
NIGHT = timedelta(days=8)
"""After everything came in: of what came in lately it is asked whether it is closed to others."""
STORE = load_pipeline().documents


@dataclass
class Ledger:
    """The document store with everybody's events and states."""

    documents: SqliteDocuments
    employees: list[str]
    configuration: Configuration = field(init=False)

    def __post_init__(self) -> None:
        self.configuration = Configuration(self.documents, FixedClock())


def _documents(path: Path) -> SqliteDocuments:
    return SqliteDocuments(path, indexes=STORE.indexes, excerpts=STORE.excerpts, durable=False)


def prepare(path: Path, people: int, events: int, really_ingested: int) -> Ledger:
    """Writes the ledger and the states.

    really_ingested: so many people's events go through the use case behind `ingest`. The others' documents are made
    from their own payloads and entries, with the answer and the message that the same event of one of those had:
    they have the same size, and nothing here looks into them.
    """
    documents = _documents(path)
    framework = population.framework()
    in_force = FrameworkInForce(framework_id=framework.framework_id, version=1, framework=framework.to_dict())
    documents.commit([Put(f"frameworks/{framework.framework_id}", in_force.stored())])
    ledger = Ledger(documents, [population.employee_id(number) for number in range(people)])
    _, record = accepting(documents, NoBus(), NoTasks(), ledger.configuration, FixedClock(), NoLog())
    models: dict[str, list[dict[str, Any]]] = {}
    for number, employee in enumerate(ledger.employees):
        posted = population.events(number, NOW, events)
        bodies = [sent(_model(event.path), event.body) for event in posted]
        if number < really_ingested:
            documents.commit([Put(f"states/{employee}", _state(employee, {}))])
            record.several(bodies, MACHINE)
            for document in documents.query(Query("events", where=[Where("employee_id", "==", employee)])):
                models.setdefault(document.data["kind"], []).append(document.data)
            continue
        entries: dict[str, str] = {}
        writes: list[Write] = []
        for index, one in enumerate(bodies):
            event = interpret(one)
            key, entry = event.observation.entry()
            entries[key] = entry
            alike = models[event.observation.kind]
            data = {
                **alike[index % len(alike)],
                "event_id": event.event_id,
                "employee_id": employee,
                "source_id": event.observation.source_id,
                "occurred_at": event.occurred_at,
                "content_hash": event.content_hash,
                "entry": entry,
                "payload": json.dumps(one.raw, ensure_ascii=False, separators=(",", ":")),
            }
            writes.append(Put(f"events/{event.event_id}", data))
        documents.commit([*writes, Put(f"states/{employee}", _state(employee, entries))])
    return ledger


def _model(path: str) -> type[ValidationEvent] | type[FieldObservation]:
    return FieldObservation if path == "field-observations" else ValidationEvent


def _state(employee: str, entries: dict[str, str]) -> dict[str, Any]:
    return {"employee_id": employee, "framework_id": "benchmark", "observations": entries}


class Contestants:
    """What is measured, each over some employees."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._framework = ledger.configuration.framework("benchmark")
        self._parameters = ledger.configuration.parameters()
        self._day = day_of(NOW)
        self._job, self._job_of_the_next_night = (self._job_at(FixedClock(NOW + age)) for age in (timedelta(), NIGHT))

    def read_events(self, employees: Sequence[str]) -> int:
        """(b): every event of each employee, whole and decoded; how many there were."""
        found = 0
        for employee in employees:
            found += len(self._ledger.documents.query(Query("events", where=[Where("employee_id", "==", employee)])))
        return found

    def from_ledger(self, employees: Sequence[str]) -> dict[str, int]:
        """Each employee's ratings, from the entries of their events."""
        events = Events(self._ledger.documents)
        entries = [[text for _, text in events.entries_of(employee)] for employee in employees]
        return self._rated(employees, entries)

    def from_states(self, employees: Sequence[str]) -> dict[str, int]:
        """Each employee's ratings, from their states."""
        states = self._ledger.documents.get_many([f"states/{employee}" for employee in employees])
        return self._rated(employees, [state.data["observations"].values() for state in states.values()])

    def whole_job(self, employees: Sequence[str]) -> dict[str, int]:
        """The task behind `recalculate_shard`: from states to ratings that are written and published."""
        return asdict(self._job.recalculate(ShardTask(employee_ids=list(employees))))

    def next_night(self, employees: Sequence[str]) -> dict[str, int]:
        """The night's own task a week later: nothing new was observed, what was has aged; everybody's skills go into
        the snapshot, and those whose night it is are rebuilt from the ledger."""
        task = ShardTask(employee_ids=list(employees), nightly=True)
        return asdict(self._job_of_the_next_night.recalculate(task))

    def whole_job_from_ledger(self, employees: Sequence[str]) -> dict[str, int]:
        """The same with a rebuild, and its comparison with the live state."""
        return asdict(self._job.recalculate(ShardTask(employee_ids=list(employees), from_ledger=True)))

    def rows(self, employee: str) -> list[SkillRating]:
        return project(ledger_entries(self._ledger.documents, employee), self._framework, self._parameters, self._day)

    def _job_at(self, clock: FixedClock) -> RecalculateShard:
        return job_at(self._ledger.documents, clock)

    def _rated(self, employees: Sequence[str], people: Sequence[Iterable[str]]) -> dict[str, int]:
        rated = profiles(people, self._framework, self._parameters, self._day)
        return {employee: zlib.crc32(one.text().encode()) for employee, one in zip(employees, rated, strict=True)}


def job_at(documents: SqliteDocuments, clock: FixedClock) -> RecalculateShard:
    """What does a shard's task."""
    bus, log = EncodingBus(), NoLog()
    configuration = Configuration(documents, clock)
    ratings = updating(documents, bus, configuration, clock)
    members = RateMembers(documents, RebuildState(documents, configuration, log), ratings, configuration)
    return RecalculateShard(documents, members, bus, clock, log)


class Workers:
    """Processes with a Contestants each, on the same file."""

    def __init__(self, path: Path, processes: int) -> None:
        self._pool = ProcessPoolExecutor(processes, get_context("spawn"), _open, (path,))

    def map(self, work: str, shards: Iterable[Sequence[str]]) -> list[Any]:
        return list(self._pool.map(_work, [(work, shard) for shard in shards]))

    def close(self) -> None:
        self._pool.shutdown()


_opened: list[Contestants] = []


def _open(path: Path) -> None:
    _opened.append(Contestants(Ledger(_documents(path), [])))


def _work(task: tuple[str, Sequence[str]]) -> Any:
    name, employees = task
    return getattr(_opened[0], name)(employees)


@dataclass
class Result:
    """What each contestant took, by its name, round by round, and what else is said."""

    rounds: list[dict[str, Stopwatch]]
    validated: float
    demonstration: Demonstration | None = None

    @property
    def names(self) -> list[str]:
        return list(self.rounds[0])

    def rate(self, name: str) -> float:
        """Employees per second: the median round's."""
        return median(one[name].rate for one in self.rounds)

    def ratios(self, name: str, against: str) -> list[float]:
        """How many times as fast as another, in each round, lowest first."""
        return sorted(one[name].rate / one[against].rate for one in self.rounds)

    def ratio(self, name: str, against: str) -> float:
        """The median round's: a disk that stalls once, or a neighbour that wakes, is in a round or two."""
        return median(self.ratios(name, against))


SPECIFIED = "the specification's design"
TOGETHER, ROWS, ROWS_TOGETHER = "… one transaction per employee", "… each score a row", "… both"
SPECIFICATIONS: dict[str, dict[str, bool]] = {
    SPECIFIED: {},
    TOGETHER: {"together": True},
    ROWS: {"scores_as_rows": True},
    ROWS_TOGETHER: {"together": True, "scores_as_rows": True},
}
READING = "reading and decoding the events"
LEDGER, STATES = "rated from the event ledger", "rated from the states"
READING_2, LEDGER_2, STATES_2 = (f"{name}, 2 processes" for name in (READING, LEDGER, STATES))
JOB, JOB_LEDGER = "whole job: rated, written, published", "whole job with rebuild and comparison"
JOB_NEXT = "a night with its snapshot, a week after"
NAMES = (*SPECIFICATIONS, READING, READING_2, LEDGER, LEDGER_2, STATES, STATES_2, JOB, JOB_LEDGER, JOB_NEXT)


def measure(
    people: int = 1000, events: int = population.EVENTS, *, rounds: int = 10, sample: int = 4, ingested: int = 20
) -> Result:
    """Runs everything in rounds. sample: employees that PostgreSQL takes per round and way.

    Raises AssertionError when the contestants disagree about the ratings.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recalculation-")))
        ledger = prepare(directory / "documents.sqlite", people, events, min(ingested, people))
        stack.callback(ledger.documents.close)
        contestants = Contestants(ledger)
        finished: list[dict[str, Stopwatch]] = []
        workers = Workers(directory / "documents.sqlite", PROCESSES)
        stack.callback(workers.close)
        for work in ("read_events", "from_ledger", "from_states"):
            # The first call of a process loads what it needs.
            workers.map(work, [ledger.employees[:2]] * 4)
            getattr(contestants, work)(ledger.employees[:2])
        specification = _specification(stack, people, events) if postgres_server.available() else None
        for round_number in range(rounds):
            watches = {name: Stopwatch() for name in NAMES}
            mine = ledger.employees[round_number::rounds]
            theirs = mine[:sample]
            specified: list[dict[tuple[str, str], tuple[str, float | None]]] = []
            if specification is not None:
                for name, given in SPECIFICATIONS.items():
                    with watches[name].running(len(theirs)):
                        specification.recalculate(theirs, **given)
                    specified.append(specification.skills(theirs[0]))
                if any(skills != specified[-1] for skills in specified):
                    raise AssertionError("the specification's design disagrees with itself")
            shards = [mine[start : start + SHARD] for start in range(0, len(mine), SHARD)]
            _time(watches[READING], contestants.read_events, shards)
            of_ledger = _time(watches[LEDGER], contestants.from_ledger, shards)
            of_states = _time(watches[STATES], contestants.from_states, shards)
            # Every process has its share, however few there are.
            size = min(SHARD // 2, -(-len(mine) // PROCESSES))
            parts = [mine[start : start + size] for start in range(0, len(mine), size)]
            for name, work in ((READING_2, "read_events"), (LEDGER_2, "from_ledger"), (STATES_2, "from_states")):
                with watches[name].running(len(mine)):
                    workers.map(work, parts)
            if of_ledger != of_states:
                raise AssertionError("the ledger and the states give different ratings")
            # Each on people of its own: whoever has been rated today with the same state is not rated again.
            _time(watches[JOB], contestants.whole_job, [shard[::2] for shard in shards])
            _time(watches[JOB_NEXT], contestants.next_night, [shard[::2] for shard in shards])
            _time(watches[JOB_LEDGER], contestants.whole_job_from_ledger, [shard[1::2] for shard in shards])
            if specification is not None:
                for employee in theirs:
                    _agree(contestants.rows(employee), specification.skills(employee))
            finished.append({name: watch for name, watch in watches.items() if watch.pieces})
        rows = [row for employee in ledger.employees[:50] for row in contestants.rows(employee)]
        validated_share = sum(row.status == "validated" for row in rows) / len(rows)
        return Result(finished, validated_share)


def _specification(stack: ExitStack, people: int, events: int) -> SpecificationDesign:
    """Returns the specification's own design, on a PostgreSQL of its own that holds the same people."""
    import psycopg

    from tests.proofs.specification_design import SpecificationDesign

    server = stack.enter_context(postgres_server.postgres())
    specification = SpecificationDesign(stack.enter_context(psycopg.connect(server)), NOW)
    specification.prepare(
        population.framework(),
        (population.events(number, NOW, events) for number in range(people)),
    )
    return specification


def _time(watch: Stopwatch, work: Callable[[Sequence[str]], Any], shards: Sequence[Sequence[str]]) -> list[Any]:
    with watch.running(sum(map(len, shards))):
        return [work(shard) for shard in shards]


def _agree(rows: Sequence[SkillRating], specified: dict[tuple[str, str], tuple[str, float | None]]) -> None:
    """Where both look at the same 90 days, the ratings differ by less than a point (ages are whole days here)."""
    windows = {(rule.competency, rule.context): rule.observation_window_days for rule in population.framework().rules}
    for row in rows:
        context = row.context.removeprefix("industry=")
        key = (row.competency, (("industry", context),) if context else ())
        rating = specified[(row.competency, context)][1]
        if windows[key] != 90 or row.rating is None or rating is None:
            continue
        if abs(row.rating / 100 - rating) >= 1:
            raise AssertionError(f"{row.competency} {context}: {row.rating / 100} here, {rating} there")


def report(result: Result) -> str:
    """The figures as text."""
    lines = [f"({machine()}; {result.validated:.0%} of the rules met)"]
    for name in result.names:
        line = f"{name:<45} {result.rate(name):>8,.1f} employees/s"
        if SPECIFIED in result.names:
            against = result.ratios(name, SPECIFIED)
            line += (
                f" {median(against):>7.1f} x (a) ({against[0]:.1f} to {against[-1]:.1f}), "
                f"{result.ratio(name, ROWS_TOGETHER):.1f} x with both"
            )
        reading = READING_2 if name.endswith("processes") else READING
        lines.append(f"{line}; {result.ratio(reading, name):.2f} times (b)")
    for name in (STATES, LEDGER, JOB, JOB_NEXT, JOB_LEDGER):
        lines.append(f"100,000 employees, {name}: {100_000 / result.rate(name) / 60:.1f} minutes in one process")
    if result.demonstration is not None:
        lines += result.demonstration.lines()
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/prove recalculation", description=__doc__)
    parser.add_argument("--employees", type=int, default=1000)
    parser.add_argument("--events", type=int, default=population.EVENTS)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args(arguments)
    scores = options.employees * options.events * len(population.COMPETENCIES)
    print(f"{options.employees:,} employees, {scores:,} scores; preparing …", flush=True)
    result = measure(options.employees, options.events, rounds=options.rounds)
    result.demonstration = demonstration_nights(nights=options.rounds)
    print(report(result))


if __name__ == "__main__":
    main(sys.argv[1:])
