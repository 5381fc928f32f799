"""Whether events come before or after a move, and under which id, the state is the same, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.observations.domain.entry import canonical_bytes
from shared.ratings.usecases.rebuild_state import RebuildState
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import call, role_play
from tests.ratings.builders import framework

FRAMEWORK = replace(framework(), framework_id="sales_engineering")
JOE, NEW, MIA = "joe@example.com", "joanna@example.com", "mia@example.com"
KINDS = ("with an id", "without an id", "call")

several = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=6
)
"""Events: kind, number, whether it comes before the move, and whether one that comes after it says the former id."""


def event(kind: str, number: int, employee: str) -> dict[str, Any]:
    if kind == "call":
        return call(f"c{number}", employee=employee, scores={"discovery": 60 + number})
    body = role_play(f"r{number}", employee=employee, score=70 + number)
    return body if kind == "with an id" else {name: value for name, value in body.items() if name != "event_id"}


def state(world: CrashHarness, employee_id: str) -> bytes:
    """A person's state, which is what the ledger says under all their ids."""
    process = world.process()
    found = world.store.get(f"states/{employee_id}")
    assert found is not None
    rebuilt = RebuildState(process.documents, process.configuration, world.log).rebuild(employee_id)
    assert rebuilt is not None
    assert not rebuilt.repaired
    return canonical_bytes(found.data["observations"])


@pytest.mark.parametrize("to", [NEW, MIA], ids=["rename", "merge"])
def test_order_and_id_change_nothing(tmp_path: Path, to: str) -> None:
    def arrived(events: list[tuple[str, int, bool, bool]], *, all_before: bool) -> bytes:
        world = new_crash_harness(tmp_path, FRAMEWORK, [JOE, MIA])
        process = world.process()
        sent = [(event(kind, number, JOE), all_before or before, former) for kind, number, before, former in events]
        for body, before, _ in sent:
            if before:
                process.record(body)
        starting = process.identities.start_move
        if to == NEW:
            starting.rename(ADMINISTRATOR, JOE, NEW, "Took another name")
        else:
            starting.merge(ADMINISTRATOR, JOE, MIA, "Imported twice")
        after = [{**body, "employee_id": JOE if former or to == MIA else to} for body, _, former in sent]
        # One by one: the place in a request is a part of what is kept.
        answers = [answer for body in (*after, after[0]) for answer in process.record(body)]
        assert all(json.loads(one.text)["employee_id"] == to for one in answers)
        assert json.loads(answers[-1].text)["duplicate"]
        found = state(world, to)
        world.store.close()
        return found

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(several)
    def holds(events: list[tuple[str, int, bool, bool]]) -> None:
        assert arrived(events, all_before=False) == arrived(events, all_before=True)

    holds()
