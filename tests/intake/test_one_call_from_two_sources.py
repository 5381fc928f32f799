"""One call that two sources report counts once where their ids say so, in any order; else it is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.days import day_of
from shared.observations.contract import FieldObservation
from shared.observations.usecases.interpret import call_of, interpret, sent
from shared.observations.wire.recording import recorded_as
from shared.ratings.domain.projection import project
from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.harness.sent_events import NOON, answer_of, call
from tests.ratings.nights import FRAMEWORK, JOE

AT_GONG = "https://us-77.app.gong.io/call?id=7001234567890"
RECORDING = {"source": "gong", "id": "7001234567890"}
CUSTOMER = {"deal_id": "006Q", "account_name": "Umber Rail"}


def noted(name: str, minutes: float = 0, source: str = "rep-notes", **more: Any) -> dict[str, Any]:
    """The same kind of observation from another source."""
    at = NOON - timedelta(days=2) + timedelta(minutes=minutes)
    return call(name, scores={"discovery": 60}, at=at) | {"observation_source": source} | more


def recorded(**more: Any) -> dict[str, Any]:
    return call("g1", source_id=RECORDING["id"], analysis=2000) | more


@pytest.fixture
def world(tmp_path: Path) -> CrashHarness:
    return new_crash_harness(tmp_path, FRAMEWORK, [JOE])


def counted(world: CrashHarness) -> int:
    entries = world.store.get(f"states/{JOE}")
    assert entries is not None
    rows = project(entries.data["observations"], FRAMEWORK, Parameters(), day_of(NOON))
    return next(row.field for row in rows if (row.competency, row.context) == ("discovery", ""))


@pytest.mark.parametrize("named", [{"recording": RECORDING}, {"source_url": AT_GONG}])
@pytest.mark.parametrize("recorder_first", [True, False])
def test_a_call_named_by_its_recorders_id_counts_once(
    world: CrashHarness, named: Mapping[str, Any], recorder_first: bool
) -> None:
    bodies = [recorded(), noted("n1", minutes=4, **named)]
    first, second = (
        answer_of(world.process().record(body)[0]) for body in (bodies if recorder_first else bodies[::-1])
    )
    notes = second if recorder_first else first
    assert counted(world) == 1
    assert any("first reported at" in notice for notice in second["notices"])
    again = answer_of(world.process().record(bodies[1])[0])
    assert (notes["duplicate"], again["duplicate"], again["standing"]) == (False, True, "superseded")
    assert "analysis_version 2000 of gong 7001234567890 counts" in str(again["notices"])


def test_a_persons_word_from_the_other_source_counts_in_place_of_the_analysis(world: CrashHarness) -> None:
    decided = noted("n1", recording=RECORDING, analysis_metadata={"human_reviewed": True})
    world.process().record(recorded())
    assert answer_of(world.process().record(decided)[0])["standing"] == "counted"
    assert counted(world) == 1


def test_a_sender_whose_call_is_known_under_its_own_id_corrects_that(world: CrashHarness) -> None:
    world.process().record(noted("n1", source_id="visit-1"))
    world.process().record(noted("n2", source_id="visit-1", recording=RECORDING))
    assert counted(world) == 1


def test_a_day_apart_is_not_the_same_time(world: CrashHarness) -> None:
    world.process().record(recorded())
    (refused,) = world.process().record(*[noted("n1", minutes=1500, recording=RECORDING)] * 2)[:1]
    assert getattr(refused, "status", None) == 409


@pytest.mark.parametrize(
    ("other", "noticed"),
    [
        (noted("n1", minutes=9, context=CUSTOMER), True),
        (noted("n1", minutes=-9, context={"account_name": "umber  rail"}), True),
        (noted("n1", minutes=11, context=CUSTOMER), False),
        (noted("n1", context=CUSTOMER | {"deal_id": "006R"}), False),
        (noted("n1"), False),
        (noted("n1", source="gong", context=CUSTOMER), False),
    ],
)
def test_what_is_perhaps_one_call_is_noticed_and_both_count(
    world: CrashHarness, other: dict[str, Any], noticed: bool
) -> None:
    world.process().record(recorded(context=CUSTOMER))
    answer = answer_of(world.process().record(other)[0])
    assert ("perhaps the same call as gong 7001234567890" in str(answer["notices"])) is noticed
    assert (answer["standing"], counted(world)) == ("counted", 2)


@pytest.mark.parametrize(
    ("link", "named"),
    [
        (AT_GONG, ("gong", "7001234567890")),
        ("https://app.gong.io/call?id=7001234567890&highlights=1", ("gong", "7001234567890")),
        ("https://app.gong.io.example.com/call?id=7001234567890", None),
        ("https://notgong.io/call?id=7001234567890", None),
        ("https://app.gong.io/call?id=7001234567890&id=7001234567891", None),
        ("https://app.gong.io/library?id=7001234567890", None),
        ("https://[", None),
        (None, None),
    ],
)
def test_a_link_names_a_call_at_its_recorder_and_nowhere_else(link: str | None, named: tuple[str, str] | None) -> None:
    assert recorded_as(link) == named


def test_the_recorders_own_observations_keep_the_ids_that_they_give() -> None:
    body = sent(FieldObservation, recorded(source_id="other", source_url=AT_GONG)).body
    assert isinstance(body, FieldObservation)
    assert call_of(body) == ("gong", "other")


REPORTS = st.lists(
    st.tuples(
        st.sampled_from(["gong", "rep-notes", "crm-notes"]),
        st.sampled_from(["7001234567890", "7001234567891"]),
        st.integers(0, 2),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=8,
)


@given(REPORTS, st.randoms(use_true_random=False))
def test_any_order_of_delivery_gives_the_same_and_each_recording_counts_once(
    reports: list[tuple[str, str, int, int]], random: Any
) -> None:
    entries = {}
    for number, (source, recording, version, score) in enumerate(reports):
        raw = noted(f"n{number}", source=source, recording={"source": "gong", "id": recording}, source_id=f"s{number}")
        raw |= {"competency_scores": [{"competency": "discovery", "score": score}]}
        raw |= {"analysis_metadata": {"analysis_version": version}}
        observation = replace(interpret(sent(FieldObservation, raw)).observation, received=1 + number)
        key, text = observation.entry()
        entries[key] = text
    items = list(entries.items())
    random.shuffle(items)
    rows = project(entries, FRAMEWORK, Parameters(), day_of(NOON))
    assert project(dict(items), FRAMEWORK, Parameters(), day_of(NOON)) == rows
    general = next(row for row in rows if (row.competency, row.context) == ("discovery", ""))
    assert general.field == len({recording for _, recording, _, _ in reports})
