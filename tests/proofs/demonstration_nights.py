"""Times nights over the demonstration's people, whose calls have four dimensions: many skills each."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import mean, median

from infra.declarations.pipeline import load_pipeline
from infra.demonstration.model import framework
from infra.demonstration.organisation import Organisation
from infra.local.sqlite_documents import SqliteDocuments
from shared.frameworks.records import FrameworkInForce
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.state_records import States
from shared.observations.usecases.interpret import Body, Sent, sent
from shared.ports.documents import Put
from shared.ratings.domain.skill_rating import from_text
from shared.ratings.messages import ShardTask
from tests.proofs.measuring import NOW, FixedClock, MovingClock, NoBus, NoLog, NoTasks, Stopwatch
from tests.proofs.on_a_store import accepting

MACHINE = Caller(email="benchmark@local.iam.gserviceaccount.com", scopes=frozenset({"events.write"}))
PATHS: dict[str, type[Body]] = {
    "validation-events": ValidationEvent,
    "field-observations": FieldObservation,
    "learning-activities": LearningActivity,
}
STORE = load_pipeline().documents


@dataclass(frozen=True)
class Demonstration:
    """What nights took, each over all people. skills: of one person, on average"""

    skills: float
    nights: Sequence[Stopwatch]

    @property
    def rate(self) -> float:
        """Employees per second: the median night's."""
        return median(one.rate for one in self.nights)

    def lines(self) -> list[str]:
        """The figures as text."""
        told = f"the demonstration's people, {self.skills:,.0f} skills each"
        return [
            f"a night with its snapshot, {told}: {self.rate:,.1f} employees/s",
            f"100,000 employees, {told}: {100_000 / self.rate / 60:.1f} minutes in one process",
        ]


def demonstration_nights(nights: int, people: int | None = None) -> Demonstration:
    """Rates the demonstration's people for the first time, and then night after night. people: so many of them"""
    from tests.proofs.recalculation import NIGHT, job_at

    with tempfile.TemporaryDirectory(prefix="nights-") as directory:
        documents = SqliteDocuments(
            Path(directory) / "documents.sqlite", indexes=STORE.indexes, excerpts=STORE.excerpts, durable=False
        )
        employees = _filled(documents, people)
        clock = MovingClock()
        job = job_at(documents, clock)
        job.recalculate(ShardTask(employee_ids=employees))
        watches = []
        for night in range(nights):
            clock.move(NOW + NIGHT + timedelta(days=night))
            watches.append(watch := Stopwatch())
            with watch.running(len(employees)):
                done = job.recalculate(ShardTask(employee_ids=employees, nightly=True))
            if (done.employees, done.repaired) != (len(employees), 0):
                raise AssertionError(f"{done} of {len(employees)} employees")
        rated = documents.get_many([f"ratings/{employee}" for employee in employees])
        skills = mean(len(from_text(one.data["skills"])) for one in rated.values())
        documents.close()
        return Demonstration(skills, watches)


def _filled(documents: SqliteDocuments, people: int | None) -> list[str]:
    """Takes in what the demonstration's people did; their ids."""
    organisation, content = Organisation(NOW.date()), framework()
    employees = [one.email for one in organisation.people() if one.role == "employee"][:people]
    in_force = FrameworkInForce(framework_id=content.framework_id, version=1, framework=content.to_dict())
    documents.commit([Put(f"frameworks/{content.framework_id}", in_force.stored())])
    documents.commit([States.begun(employee, content.framework_id) for employee in employees])
    configuration = Configuration(documents, FixedClock())
    _, record = accepting(documents, NoBus(), NoTasks(), configuration, FixedClock(), NoLog())
    bodies: list[Sent] = [
        sent(PATHS[event.path.rsplit("/", 1)[-1]], event.body)
        for event in organisation.events()
        if event.body["employee_id"] in employees
    ]
    for start in range(0, len(bodies), 500):
        record.several(bodies[start : start + 500], MACHINE)
    return employees
