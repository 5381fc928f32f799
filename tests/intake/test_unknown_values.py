"""Values that no framework declares are counted as they are noticed, once for every event, and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from functions.portal.dimensions.page import with_word
from shared.frameworks.contract import DimensionBody
from shared.frameworks.domain.framework import Dimension
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.ports.documents import Query
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Fuse, new_crash_harness, unavailable
from tests.harness.sent_events import call, role_play
from tests.ratings.nights import FRAMEWORK, JOE, MIA


@pytest.fixture
def world(tmp_path: Path) -> CrashHarness:
    return new_crash_harness(tmp_path, FRAMEWORK, [JOE, MIA])


def listed(world: CrashHarness) -> list[Any]:
    return list(taxonomy(world).unknown_values.of(ADMINISTRATOR, FRAMEWORK.framework_id).items)


def taxonomy(world: CrashHarness) -> Any:
    from infra.wiring import taxonomy as wiring

    return wiring.taxonomy(world.process().on)


def test_a_value_is_counted_once_for_every_event_with_its_senders(world: CrashHarness) -> None:
    first = call("c1", industry="Zeppelins")
    world.process().record(first)
    world.process().record(first)
    world.clock.forward(days=1)
    several = [
        call("c2", industry="zeppelins"),
        role_play("p1", industry="Zeppelins", employee=MIA),
        call("c3", industry="healthcare"),
    ]
    world.process().record(*several)

    (one,) = listed(world)
    assert (one.dimension, one.value, one.events, one.sources) == (
        "industry",
        "Zeppelins",
        3,
        ["gong", "voice-roleplay"],
    )
    assert (one.last_seen - one.first_seen).days == 1
    assert len(world.store.query(Query("unknown_values"))) == 1


def test_a_value_that_is_declared_or_mapped_is_listed_no_more(world: CrashHarness) -> None:
    world.process().record(call("c1", industry="Zeppelins"), call("c2", industry="airships"))
    known = FRAMEWORK.by_dimension["industry"]
    for word, means in (("Zeppelins", ""), ("airships", "Zeppelins")):
        known = with_word(known, word, means)
        body = DimensionBody(values=list(known.values), aliases=dict(known.aliases))
        taxonomy(world).publish_frameworks.set_dimension(FRAMEWORK.framework_id, "industry", body, ADMINISTRATOR)
        assert word not in {one.value for one in listed(world)}
    assert listed(world) == []
    with pytest.raises(Forbidden):
        taxonomy(world).unknown_values.of(Caller(email=JOE, role="employee", employee_id=JOE), FRAMEWORK.framework_id)


def test_one_press_maps_a_word_or_declares_it() -> None:
    industry = Dimension("industry", ("fintech",), (("bank", "fintech"),))
    assert with_word(industry, "Banking", "fintech").aliases == (("bank", "fintech"), ("banking", "fintech"))
    assert with_word(industry, "Zeppelins", "").values == ("fintech", "Zeppelins")


def test_an_event_is_recorded_though_its_values_cannot_be_counted(world: CrashHarness) -> None:
    counting = Fuse()
    world.process(counting).record(call("c1", industry="Zeppelins"))
    last = counting.passed - 1
    (recorded,) = world.process(Fuse(last - 1, unavailable)).record(call("c2", industry="Zeppelins"))
    assert recorded.status == 201
    assert listed(world)[0].events == 1
