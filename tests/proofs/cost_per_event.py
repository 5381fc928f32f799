"""What one event costs in documents read and written, from its arrival to the published rating, at growing histories.

The use cases behind `ingest` and `rating_update` on a store that counts (infra/counting.py), configuration remembered,
as in a warm function. Histories are prepared as a state, not posted one by one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.frameworks.records import FrameworkInForce
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.accept_event import AcceptEvent
from shared.intake.usecases.person_states import COLLECT_ABOVE
from shared.kernel.access import Caller
from shared.observations.contract import ValidationEvent
from shared.observations.domain.observation import Observation, Score
from shared.observations.usecases.interpret import Sent, sent
from shared.ports.documents import Put
from shared.ratings.domain.contexts import first_values, place
from shared.ratings.domain.retention import retain
from shared.ratings.usecases.update_rating import UpdateRatings
from tests.harness.counting import Counted, CountingDocuments
from tests.proofs import population
from tests.proofs.measuring import NOW, FixedClock, NoBus, NoLog, NoTasks, Stopwatch, machine
from tests.proofs.on_a_store import accepting, updating

MACHINE = Caller(email="benchmark@local.iam.gserviceaccount.com", scopes=frozenset({"events.write"}))
HISTORIES = (0, 100, 1_000, 9_999)
EMPLOYEE = population.employee_id(0)


class Cost(NamedTuple):
    """Documents read and written by ingest and by rating_update, and how long both took together."""

    history: int
    ingest: Counted
    rating: Counted
    milliseconds: float

    @property
    def total(self) -> tuple[int, int]:
        return self.ingest.reads + self.rating.reads, self.ingest.writes + self.rating.writes


@dataclass
class LivePath:
    """The two use cases of the live path on one counting store."""

    documents: CountingDocuments
    record: AcceptEvent
    ratings: UpdateRatings


def live_path(store: SqliteDocuments) -> LivePath:
    documents, clock, log = CountingDocuments(store), FixedClock(), NoLog()
    configuration = Configuration(documents, clock)
    framework = population.framework()
    in_force = FrameworkInForce(framework_id=framework.framework_id, version=1, framework=framework.to_dict())
    # The organisation works everywhere: who is the first somewhere is told about everybody (a read and a write more).
    everywhere = [place(framework, context) for context in first_values(framework)]
    colleague = {"employee_id": population.employee_id(1), "works_in": everywhere}
    store.commit(
        [
            Put(f"frameworks/{framework.framework_id}", in_force.stored()),
            Put(f"ratings/{population.employee_id(1)}", colleague),
        ]
    )
    configuration.framework(framework.framework_id)
    configuration.parameters()
    configuration.reviews()
    return LivePath(
        documents,
        accepting(documents, NoBus(), NoTasks(), configuration, clock, log)[0],
        updating(documents, NoBus(), configuration, clock),
    )


def state_after(count: int) -> dict[str, Any]:
    """An employee's state after so many events, about three a day; as a collection leaves it when it is large."""
    entries = dict(
        Observation(
            kind="field" if number % 3 == 0 else "validation",
            at=int(NOW.timestamp()) - 30_000 * (count - number),
            source="voice-roleplay",
            source_id=f"event-{number}",
            activity="role_play",
            scores=(Score(population.COMPETENCIES[number % 10], 5_000 + number % 5_000),),
        ).entry()
        for number in range(count)
    )
    collected = sum(map(len, entries.values())) + 40 * count >= COLLECT_ABOVE
    return {
        "employee_id": EMPLOYEE,
        "framework_id": "benchmark",
        "observations": retain(entries, population.framework()) if collected else entries,
        "collected": collected,
    }


def measure(histories: Sequence[int] = HISTORIES) -> list[Cost]:
    """The cost of the next event at each history; the first one of a person has no ratings document yet."""
    with tempfile.TemporaryDirectory(prefix="cost-") as directory:
        store = SqliteDocuments(Path(directory) / "documents.sqlite", indexes=load_pipeline().documents.indexes)
        try:
            path = live_path(store)
            return [_cost(store, path, count) for count in histories]
        finally:
            store.close()


def _cost(store: SqliteDocuments, path: LivePath, count: int) -> Cost:
    store.commit([Put(f"states/{EMPLOYEE}", state_after(count))])
    if count:
        path.record.one(_event(f"before-{count}"), MACHINE)
        path.ratings.update(EMPLOYEE)
    event = _event(f"next-{count}")
    watch = Stopwatch()
    counted = []
    with watch.running(1):
        for work in (lambda: path.record.one(event, MACHINE), lambda: path.ratings.update(EMPLOYEE)):
            path.documents.counted = Counted()
            work()
            counted.append(path.documents.counted)
    path.documents.counted = Counted()
    return Cost(count, counted[0], counted[1], watch.seconds * 1000)


def _event(event_id: str) -> Sent:
    at = (NOW - timedelta(minutes=1)).isoformat()
    return sent(ValidationEvent, population.validation_event(EMPLOYEE, event_id, at, "fintech", (70,) * 10))


def report(costs: Sequence[Cost]) -> str:
    lines = [f"({machine()})", "event no.  ingest r+w  rating r+w  total r+w  ms in all"]
    for cost in costs:
        reads, writes = cost.total
        lines.append(
            f"{cost.history + 1:>9,}  {cost.ingest.reads:>6} + {cost.ingest.writes}  "
            f"{cost.rating.reads:>6} + {cost.rating.writes}  {reads:>5} + {writes}  {cost.milliseconds:>9.1f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    argparse.ArgumentParser(prog="scripts/prove cost_per_event", description=__doc__).parse_args(arguments)
    print(report(measure()))


if __name__ == "__main__":
    main(sys.argv[1:])
