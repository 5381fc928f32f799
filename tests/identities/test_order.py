"""Whether events come before or after a move, and under which id, the state is the same, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import canonical_bytes
from shared.ratings.usecases.rebuild_state import RebuildState
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, new_crash_harness
from tests.harness.sent_events import call, role_play, video
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


def without_id(kind: str, number: int, employee: str) -> dict[str, Any]:
    """An event to which its sender gives no id."""
    name = {"quiz": "event_id", "lesson": "activity_id", "call": "observation_id"}[kind]
    body = {
        "quiz": role_play("r", employee=employee, score=70 + number),
        "lesson": video(f"v{number}", employee=employee),
        "call": call("c", source_id=f"c{number}", employee=employee),
    }[kind]
    return {field: value for field, value in body.items() if field != name}


def state(world: CrashHarness, employee_id: str) -> bytes:
    """A person's state, which is what the ledger says under all their ids."""
    process = world.process()
    found = world.store.get(f"states/{employee_id}")
    assert found is not None
    rebuilt = RebuildState(process.documents, process.configuration, world.log).rebuild(employee_id)
    assert rebuilt is not None
    assert not rebuilt.repaired
    return canonical_bytes(found.data["observations"])


def test_the_same_content_under_two_ids_is_one_however_posts_and_merger_follow_each_other(tmp_path: Path) -> None:
    def counting(posts: list[tuple[str, int, bool, bool]], *, apart: bool) -> list[tuple[Any, ...]]:
        world = new_crash_harness(tmp_path, FRAMEWORK, [JOE, MIA])
        process = world.process()

        def post(before: bool) -> list[dict[str, Any]]:
            bodies = [without_id(kind, number, MIA if mia else JOE) for kind, number, mia, b in posts if b == before]
            outcomes = [one for body in bodies for one in process.record(body)] if apart else process.record(*bodies)
            return [json.loads(one.text) for one in outcomes]

        post(before=True)
        process.identities.start_move.merge(ADMINISTRATOR, JOE, MIA, "Imported twice")
        known = {(kind, number) for kind, number, _, before in posts if before}
        later = [(kind, number) for kind, number, _, before in posts if not before]
        for place, (answer, content) in enumerate(zip(post(before=False), later, strict=True)):
            assert answer["duplicate"] == (content in known or content in later[:place]), (content, answer)
        state(world, MIA)
        stored = world.store.get(f"states/{MIA}")
        assert stored is not None
        counted = EffectiveEntries(stored.data["observations"].values()).in_order()
        world.store.close()
        return [(one.kind, one.at, tuple(one.scores), tuple(one.contexts)) for one in counted]

    some = st.tuples(st.sampled_from(["quiz", "lesson", "call"]), st.integers(0, 1), st.booleans(), st.booleans())

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @example([("quiz", 0, False, True), ("quiz", 0, True, True)], True)
    @example([("lesson", 0, False, True), ("lesson", 0, True, False)], True)
    @given(st.lists(some, min_size=1, max_size=6), st.booleans())
    def holds(posts: list[tuple[str, int, bool, bool]], apart: bool) -> None:
        once = {(kind, number): (kind, number, True, True) for kind, number, _, _ in posts}
        assert counting(posts, apart=apart) == counting(list(once.values()), apart=True)

    holds()


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
