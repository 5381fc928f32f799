"""Which calls a person is asked to look at: when an item opens, is replaced, and closes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel.ids import digest, review_id_of
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.ports.documents import Put, Query
from shared.reviews.domain.review import AnalysedScore, pairs, reasons, sampled
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.sent_events import call, role_play
from tests.harness.speed import examples
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(
    framework(GENERAL_DISCOVERY, competencies=("discovery", "listening")), framework_id="sales_engineering"
)
JOE = "joe@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = without_samples(new_crash_harness(tmp_path, FRAMEWORK, [JOE]))
    yield made
    made.store.close()


def without_samples(world: CrashHarness, share: float = 0.0) -> CrashHarness:
    world.store.commit([Put("settings/reviews", {"sample_share": share})])
    return world


def deliver(world: CrashHarness, *numbers: int) -> None:
    """Delivers what was recorded, in the order given, or of all."""
    process = world.process()
    for number in numbers or range(len(world.facts)):
        process.review_items.observe(validated(ObservationRecorded, world.facts[number][1]))


def record(world: CrashHarness, *raws: dict[str, Any]) -> None:
    for raw in raws:
        world.process().record(raw)


def item(world: CrashHarness, source_id: str = "c1") -> dict[str, Any] | None:
    document = world.store.get(f"reviews/{review_id_of('gong', source_id, JOE)}")
    return None if document is None else document.data


def test_scores_that_wait_open_an_item_with_the_reason_of_each(world: CrashHarness) -> None:
    raw = call("c1", scores={"discovery": 75, "listening": 60})
    raw["competency_scores"][0]["confidence"] = 0.4
    record(world, raw)
    deliver(world)

    found = item(world)
    assert found is not None
    assert (found["state"], found["reasons"]) == ("open", ["low_confidence"])
    assert [(one["competency"], one["score"], one["waits"]) for one in found["scores"]] == [
        ("discovery", 75, "low_confidence"),
        ("listening", 60, None),
    ]
    assert (found["decision"], found["contest"]) == (None, None)


def test_a_call_whose_scores_count_and_that_chance_leaves_alone_has_none(world: CrashHarness) -> None:
    record(world, call("c1"))
    deliver(world)
    assert item(world) is None


def test_chance_sends_calls_whose_scores_count(world: CrashHarness) -> None:
    without_samples(world, share=1.0)
    record(world, call("c1"))
    deliver(world)
    found = item(world)
    assert found is not None
    assert (found["state"], found["reasons"]) == ("open", ["sample"])


def test_practice_and_what_people_observed_open_nothing_and_read_nothing(world: CrashHarness) -> None:
    seen_by_a_person = call("c2", confidence=0.1)
    del seen_by_a_person["analysis_metadata"]["model_used"]
    record(world, role_play("p1"), seen_by_a_person)
    process = world.process()
    reads: list[object] = []
    documents: Any = process.documents
    documents.get = lambda path: reads.append(path)
    for _, fact in world.facts:
        assert process.review_items.observe(validated(ObservationRecorded, fact)) is None
    assert reads == []
    assert world.store.query(Query("reviews")) == []


def test_a_newer_analysis_takes_the_place_of_the_one_that_waited(world: CrashHarness) -> None:
    record(
        world,
        call("a1", source_id="c1", confidence=0.3, analysis=1000),
        call("a2", source_id="c1", confidence=0.4, analysis=1001, scores={"discovery": 90}),
    )
    deliver(world)
    found = item(world)
    assert found is not None
    assert (found["state"], found["analysis"], found["scores"][0]["score"]) == ("open", 1001, 90)


def test_a_newer_analysis_that_counts_leaves_nothing_to_ask(world: CrashHarness) -> None:
    record(
        world,
        call("a1", source_id="c1", confidence=0.3, analysis=1000),
        call("a2", source_id="c1", confidence=0.9, analysis=1001),
    )
    deliver(world)
    found = item(world)
    assert found is not None
    assert found["state"] == "superseded"


def test_a_persons_decision_that_comes_with_an_observation_closes_the_item(world: CrashHarness) -> None:
    record(
        world,
        call("a1", source_id="c1", confidence=0.3, analysis=1000),
        call("r1", source_id="c1", analysis=1000, reviewed=1, scores={"discovery": 65}),
    )
    deliver(world)
    found = item(world)
    assert found is not None
    assert found["state"] == "decided"
    assert found["decision"]["elsewhere"]
    assert found["decision"]["pairs"] == [], "nobody here knows who looked at what: no evidence about the scorer"


# The same call, analysed by two scorers and decided elsewhere: what counts, what waits, what a person said.
EVENTS = [
    call("a1", source_id="c1", confidence=0.3, analysis=1000),
    call("a2", source_id="c1", confidence=0.9, analysis=1001, scores={"discovery": 90}),
    call("a3", source_id="c1", confidence=0.5, analysis=2000, scores={"discovery": 55}),
    call("r1", source_id="c1", analysis=1001, reviewed=1, scores={"discovery": 70}),
]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.sets(st.integers(0, 3), min_size=1),
    data=st.data(),
    sample=st.booleans(),
)
def test_the_item_is_the_same_whatever_order_the_messages_came_in(
    tmp_path: Path, chosen: set[int], data: st.DataObject, sample: bool
) -> None:
    """Messages arrive interleaved with later events being recorded, in any order, some twice."""
    in_order = sorted(chosen)
    recorded = data.draw(st.permutations(in_order))
    wanted = history(tmp_path, recorded, recorded, sample)
    delivered = data.draw(st.permutations([*in_order, *data.draw(st.lists(st.sampled_from(in_order), max_size=3))]))
    assert history(tmp_path, recorded, delivered, sample) == wanted
    assert undated(history(tmp_path, in_order, in_order, sample)) == undated(wanted)


def undated(review: dict[str, Any] | None) -> dict[str, Any]:
    """What a review says, without when its analysis was received."""
    found = {name: value for name, value in (review or {}).items() if name not in {"opened_at", "scored_at"}}
    decision = found.get("decision")
    return {**found, "decision": decision and {**decision, "decided_at": None}}


def history(folder: Path, recorded: Sequence[int], delivered: Sequence[int], sample: bool) -> dict[str, Any] | None:
    world = without_samples(new_crash_harness(folder, FRAMEWORK, [JOE]), share=1.0 if sample else 0.0)
    waiting = list(delivered)
    at: dict[int, int] = {}
    for number in recorded:
        at[number] = len(world.facts)
        world.process().record(EVENTS[number])
        while waiting and waiting[0] in at:
            deliver(world, at[waiting.pop(0)])
    for number in waiting:
        deliver(world, at[number])
    found = item(world)
    world.store.close()
    return found


def test_chance_takes_its_share_of_what_counts_beside_a_doubtful_score_as_well() -> None:
    counts, waits = AnalysedScore("listening", 70), AnalysedScore("discovery", 75, 0.4, "low_confidence")
    ids = [digest("event", str(number)) for number in range(2_000)]

    def chosen(*scores: AnalysedScore) -> set[str]:
        return {one for one in ids if "sample" in reasons(one, scores, 0.05)}

    assert chosen(counts) == chosen(counts, waits) != set()
    assert chosen(waits) == set(), "what waits is no sample of what counted"
    assert all("low_confidence" in reasons(one, (counts, waits), 0.05) for one in ids)


def test_a_score_that_chance_has_chosen_stays_in_the_sample_though_it_is_contested() -> None:
    scores = [AnalysedScore("listening", 70), AnalysedScore("discovery", 75, 0.4, "low_confidence")]
    why = ["contested", "low_confidence", "sample"]
    found = pairs(scores, {"listening": 50, "discovery": 75}, {}, why, ["listening"])
    assert {one.competency: one.reason for one in found} == {"listening": "sample", "discovery": "low_confidence"}


def test_the_sample_is_the_share_it_says_and_grows_with_it() -> None:
    ids = [digest("event", str(number)) for number in range(20_000)]
    small = {one for one in ids if sampled(one, 0.05)}
    assert 850 < len(small) < 1150
    assert small < {one for one in ids if sampled(one, 0.10)}
    assert not any(sampled(one, 0.0) for one in ids)
    assert all(sampled(one, 1.0) for one in ids)
