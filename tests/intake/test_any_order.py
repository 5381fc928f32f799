"""Any order, duplication and split of an event stream: the same states, the same ratings, the same picture outside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from shared.intake.usecases import person_states
from shared.intake.usecases.prepare_event import Recorded
from shared.kernel.days import day_of
from shared.kernel.errors import Rejected
from shared.observations.domain.entry import canonical_bytes
from shared.observations.usecases.interpret import interpret
from shared.ratings.domain.projection import project
from shared.ratings.domain.retention import retain
from shared.ratings.domain.skill_rating import to_text
from shared.ratings.usecases.skill_facts import skill_state
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.ledger_entries import ledger_entries
from tests.harness.receipts import without_receipts
from tests.harness.sent_events import NOON, answer_of, call, role_play, sent_of, video
from tests.harness.speed import examples
from tests.ratings.builders import GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE), framework_id="sales_engineering")
JOE, MIA = PEOPLE = ("joe@example.com", "mia@example.com")

SLOW = settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])

people = st.sampled_from(PEOPLE)
scores = st.sampled_from([20, 55, 70, 74, 80, 86, 100])
competencies = st.sampled_from(["discovery", "product_knowledge", "juggling"])


@st.composite
def streams(draw: st.DrawFn, *, days: int = 85, most: int = 14) -> list[dict[str, Any]]:
    """Events about two people: practice and calls, with analyses that replace one another (some have no version),
    decisions of reviewers, progress of learning, words that the framework does not know. Every id is of one content."""
    events: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, most))):
        person = draw(people)
        at = NOON - timedelta(days=draw(st.integers(0, days)), minutes=number)
        kind = draw(st.sampled_from(["role_play", "role_play", "call", "call", "video"]))
        if kind == "role_play":
            context = draw(st.sampled_from([{}, {"industry": "retail"}, {"product_line": "platform-v2"}]))
            events.append(
                role_play(
                    f"p{number}", employee=person, score=draw(scores), competency=draw(competencies), at=at, **context
                )
            )
        elif kind == "video":
            for done in draw(st.lists(st.sampled_from([10, 60, 100]), min_size=1, max_size=2, unique=True)):
                quiz = draw(scores) if done == 100 else None
                events.append(video(f"v{number}", employee=person, done=done, quiz=quiz))
        else:
            for version in range(draw(st.integers(1, 3))):
                reported = draw(st.dictionaries(competencies, scores, min_size=1, max_size=2))
                reviewed = draw(st.sampled_from([None, None, version]))
                industry = draw(st.sampled_from([None, "retail", "hospital"]))
                events.append(
                    call(
                        f"c{number}-{version}",
                        source_id=f"c{number}",
                        employee=person,
                        scores=reported,
                        at=at,
                        analysis=draw(st.sampled_from([version, version, 0])),
                        reviewed=reviewed,
                        confidence=draw(st.sampled_from([0.3, 0.9])),
                        industry=industry,
                    )
                )
    return events


@st.composite
def histories(draw: st.DrawFn, events: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """A stream as it may arrive: some events several times, all in any order, cut into requests anywhere."""
    repeated = draw(st.lists(st.sampled_from(events), max_size=4))
    order = draw(st.permutations([*events, *repeated]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=len(order))))
    return [list(order[start:end]) for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True) if start < end]


@contextmanager
def fresh_world() -> Iterator[CrashHarness]:
    with tempfile.TemporaryDirectory() as folder:
        world = new_crash_harness(Path(folder), FRAMEWORK, PEOPLE)
        try:
            yield world
        finally:
            world.store.close()


@SLOW
@given(st.data())
def test_states_ratings_and_the_picture_outside_are_those_of_the_set(data: st.DataObject) -> None:
    events = data.draw(streams())
    requests = data.draw(histories(events))
    with fresh_world() as world:
        answers: dict[str, dict[str, Any]] = {}
        accepted = Accepted()
        for request in requests:
            world.clock.forward(milliseconds=1)
            process = world.process()
            outcomes = process.record(*request)
            for raw, outcome in zip(request, outcomes, strict=True):
                assert not isinstance(outcome, Rejected), outcome
                if outcome.status == 201:
                    accepted.add(raw)
                    assert (answer_of(outcome)["standing"] == "superseded") == (not accepted.counts(raw))
            for raw, outcome in zip(request, outcomes, strict=True):
                name = json.dumps(raw, sort_keys=True)
                first = answers.setdefault(name, said(outcome))
                if outcome.status == 200:
                    assert said(outcome) == {**first, "duplicate": True}, "a duplicate answers as the first time"
                    assert (answer_of(outcome)["standing"] == "superseded") == (not accepted.counts(raw))
            # Deliveries come whenever they come: some of what has been carried, in any order, again and again.
            carried = [fact for topic, fact in world.facts if topic == "observation-recorded"]
            for fact in data.draw(st.lists(st.sampled_from(carried), max_size=2)):
                process.ratings.update(fact["employee_id"])
        world.deliver()
        for employee_id in PEOPLE:
            check_person(world, employee_id, [e for e in accepted.raws if e["employee_id"] == employee_id])


class Accepted:
    """Events in the order in which they were accepted, and which of them count: said apart from the product."""

    def __init__(self) -> None:
        self.raws: list[dict[str, Any]] = []

    def add(self, raw: dict[str, Any]) -> None:
        self.raws.append(raw)

    def counts(self, raw: dict[str, Any]) -> bool:
        about = [one for one in self.raws if self._about(one) == self._about(raw)]
        return max(about, key=lambda one: (*self._rank(one), self.raws.index(one))) == raw

    @staticmethod
    def _about(raw: dict[str, Any]) -> tuple[str, str]:
        if "event_type" in raw:
            return "practice", raw["event_id"]
        return ("call", raw["source_id"]) if "source_id" in raw else ("lesson", raw["activity_id"])

    @staticmethod
    def _rank(raw: dict[str, Any]) -> tuple[float, ...]:
        metadata = raw.get("analysis_metadata", {})
        human = metadata["review_version"] + 1 if metadata.get("human_reviewed") else 0
        return human, metadata.get("analysis_version", 0), raw.get("completion_percentage", 0)


def said(outcome: Recorded) -> dict[str, Any]:
    """What an event is answered, but for how it stands: others may have come meanwhile."""
    answer = answer_of(outcome)
    others = [notice for notice in answer["notices"] if not notice.startswith("superseded:")]
    return {**answer, "standing": None, "notices": others}


def received_in_order(raws: Sequence[dict[str, Any]]) -> dict[str, str]:
    return dict(
        replace(interpret(sent_of(raw)).observation, received=number).entry() for number, raw in enumerate(raws, 1)
    )


def check_person(world: CrashHarness, employee_id: str, events: Sequence[dict[str, Any]]) -> None:
    entries = received_in_order(events)
    state = world.store.get(f"states/{employee_id}")
    assert state is not None
    assert without_receipts(state.data["observations"].values()) == without_receipts(entries.values())
    ratings = world.store.get(f"ratings/{employee_id}")
    if not events:
        assert ratings is None
        return
    assert ratings is not None
    configuration = world.process().configuration
    rows = project(entries, FRAMEWORK, configuration.parameters(), day_of(world.clock.now()))
    assert ratings.data["skills"] == to_text(rows)
    assert ratings.data["pending"] == {}
    revisions = [f["revision"] for f in world.told("skill-changed") if f["employee_id"] == employee_id]
    assert revisions == sorted(revisions), "revisions only rise"
    assert set(revisions) == set(range(1, ratings.data["revision"] + 1)), "no revision is left out"
    picture = {key[1:]: skill for key, skill in world.picture().items() if key[0] == employee_id}
    for row in rows:
        stands = skill_state(row).model_dump(mode="json")
        key = (row.competency, json.dumps(stands["context"], sort_keys=True))
        if key in picture:
            assert picture.pop(key) == stands
        else:
            assert (row.basis, row.pending_review) == ("none", 0)
    for gone in picture.values():
        note(f"gone: {gone}")
        assert (gone["basis"], gone["current_rating"], gone["held_observations"]) == ("none", None, 0)


@SLOW
@given(st.data())
def test_live_and_rebuilt_states_agree_after_collections_late_events_and_decisions(data: st.DataObject) -> None:
    events = data.draw(streams(days=600, most=18))
    requests = data.draw(histories(events))
    with pytest.MonkeyPatch.context() as small, fresh_world() as world:
        small.setattr(person_states, "COLLECT_ABOVE", data.draw(st.sampled_from([1, 400, 1500])))
        accepted: list[dict[str, Any]] = []
        for request in requests:
            world.clock.forward(milliseconds=1)
            for raw, outcome in zip(request, world.process().record(*request), strict=True):
                assert not isinstance(outcome, Rejected), outcome
                accepted += [raw] if outcome.status == 201 else []
        world.deliver()
        process = world.process()
        parameters, today = process.configuration.parameters(), day_of(world.clock.now())
        for employee_id in PEOPLE:
            state = world.store.get(f"states/{employee_id}")
            assert state is not None
            live = state.data["observations"]
            rebuilt = ledger_entries(world.store, employee_id)
            entries = received_in_order([raw for raw in accepted if raw["employee_id"] == employee_id])
            assert without_receipts(rebuilt.values()) == without_receipts(entries.values())
            assert canonical_bytes(retain(live, FRAMEWORK)) == canonical_bytes(retain(rebuilt, FRAMEWORK))
            ratings = world.store.get(f"ratings/{employee_id}")
            expected = to_text(project(entries, FRAMEWORK, parameters, today))
            assert (ratings.data["skills"] if ratings else to_text([])) == expected or not rebuilt
        done = process.recalculate_shard({"employee_ids": PEOPLE, "from_ledger": True, "run_id": "r", "shard": 0})
        assert (done.rebuilt, done.repaired) == (2, 0)
        assert world.log.named("state.repaired") == []
