"""A review that waits, in a place of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.access import Caller
from shared.kernel.days import day_of
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.ports.documents import Put
from shared.ratings.domain.projection import project
from shared.reviews.contract import Contest, ReviewDecision, ReviewView
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import call
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(
    framework(GENERAL_DISCOVERY, competencies=("discovery", "listening")), framework_id="sales_engineering"
)
JOE, MIA, ENID, SAM = "joe@example.com", "mia@example.com", "enid@example.com", "sam@example.com"
CSV = f"""name,email,role,manager
Joe,{JOE},employee,{MIA}
Sam,{SAM},employee,
Mia,{MIA},manager,
Enid,{ENID},enablement,
Ada,ada@example.com,administrator,
""".encode()
EMPLOYEE = Caller(email=JOE, role="employee", employee_id=JOE)
REVIEWER = Caller(email=ENID, role="enablement", employee_id=ENID)
COLLEAGUE = Caller(email=SAM, role="employee", employee_id=SAM)
CONFIRM = ReviewDecision(decision="confirm")
CORRECT = ReviewDecision.model_validate(
    {"decision": "correct", "scores": [{"competency": "discovery", "score": 60}], "drop": ["listening"], "note": "Hm"}
)
REJECT = ReviewDecision(decision="reject")
OBJECTION = Contest(reason="I was not the one who spoke there")


def begun(folder: Path, *, confidence: float = 0.3, **of_call: Any) -> CrashHarness:
    """Joe's call c1 with an unsure and a sure score, rated and in the queue."""
    world = new_crash_harness(folder, FRAMEWORK)
    world.store.commit([Put("settings/reviews", {"sample_share": 0.0})])
    world.process().people.import_people.from_csv(ADMINISTRATOR, CSV)
    raw = call("c1", scores={"discovery": 80, "listening": 70}, analysis=1000, **of_call)
    raw["competency_scores"][0] |= {"confidence": confidence, "evidence": "quote at turn 3, characters 0-12"}
    world.process().record(raw)
    deliver(world)
    return world


def deliver(world: CrashHarness) -> None:
    """Everything on the bus, to both of its readers, twice over."""
    for _ in range(2):
        process = world.process()
        for topic, fact in world.facts:
            if topic == "observation-recorded":
                process.review_items.observe(validated(ObservationRecorded, fact))
    world.deliver()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = begun(tmp_path)
    yield made
    made.store.close()


REVIEW = review_id_of("gong", "c1", JOE)


def decided(world: CrashHarness, who: Caller, body: ReviewDecision, review: str = REVIEW) -> ReviewView:
    answer = world.process().reviews.decide.decide(who, review, body)
    deliver(world)
    return answer


def counts(world: CrashHarness) -> dict[str, float | None]:
    """What the rating of each competency is."""
    process = world.process()
    state = world.store.get(f"states/{JOE}")
    assert state is not None
    rows = project(state.data["observations"], FRAMEWORK, process.configuration.parameters(), day_of(world.clock.now()))
    return {row.competency: None if row.rating is None else row.rating / 100 for row in rows if row.context == ""}
