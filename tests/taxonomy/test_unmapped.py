"""Scores of words that mean nothing yet: listed, read as a known competency, or dismissed."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.taxonomy.contract import HeldDecision
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness
from tests.harness.sent_events import role_play
from tests.taxonomy.conftest import FRAMEWORK, JOE, MIA

ID = FRAMEWORK.framework_id
DISMISS = HeldDecision(decision="dismiss")


def read_as(competency: str) -> HeldDecision:
    return HeldDecision(decision="alias", competency=competency)


def held(world: CrashHarness) -> dict[str, str]:
    """The ids of what is open, by whom it is about and the word."""
    return {
        f"{one.employee_id[:3]} {one.competency}": one.held_id
        for one in world.process().unmapped.page(ADMINISTRATOR).items
    }


def recorded(world: CrashHarness, action: str) -> list[tuple[str, Any]]:
    acts = [fact for topic, fact in world.facts if topic == "audit-recorded" and fact["action"] == action]
    return [(fact["subject"], fact["detail"]) for fact in acts]


@pytest.fixture(autouse=True)
def sent(world: CrashHarness) -> None:
    """Joe dug twice and stitched, and Mia dug."""
    for name, employee, word in (
        ("p1", JOE, "digging"),
        ("p2", JOE, "stitching"),
        ("p3", MIA, "digging"),
        ("p4", JOE, "digging"),
    ):
        world.clock.forward(minutes=1)
        world.process().record(role_play(name, employee=employee, competency=word))


def test_words_stand_together_those_first_that_were_last_sent(world: CrashHarness) -> None:
    found = world.process().unmapped.words(ADMINISTRATOR)

    assert [(one.framework_id, one.word) for one in found] == [(ID, "digging"), (ID, "stitching")]
    assert [score.employee_id for score in found[0].scores] == [JOE, MIA, JOE]


def test_a_page_has_the_newest_first_and_says_where_it_goes_on(world: CrashHarness) -> None:
    unmapped = world.process().unmapped
    first = unmapped.page(ADMINISTRATOR, limit=3)
    rest = unmapped.page(ADMINISTRATOR, limit=3, after=first.next)

    assert [one.competency for one in (*first.items, *rest.items)] == ["digging", "digging", "stitching", "digging"]
    assert rest.next is None


def test_a_word_that_is_read_as_a_competency_means_it_for_every_event(world: CrashHarness) -> None:
    decided = world.process().unmapped.decide(held(world)["mia digging"], read_as("discovery"), ADMINISTRATOR)

    assert (decided.state, decided.employee_id) == ("aliased", MIA)
    assert "digging" in world.process().skills.framework(ADMINISTRATOR, ID).by_competency["discovery"].aliases
    assert set(held(world)) == {"joe stitching"}, "what has become known closes by itself"
    assert recorded(world, "held_score.aliased") == [(MIA, "digging")]
    world.deliver()
    rated = {fact["employee_id"] for topic, fact in world.facts if topic == "skill-changed"}
    assert rated == {JOE, MIA}


def test_a_score_that_is_dismissed_is_decided_once_and_the_word_stays_unknown(world: CrashHarness) -> None:
    unmapped, held_id = world.process().unmapped, held(world)["mia digging"]

    assert unmapped.decide(held_id, DISMISS, ADMINISTRATOR).state == "dismissed"
    assert set(held(world)) == {"joe stitching", "joe digging"}
    assert recorded(world, "held_score.dismissed") == [(MIA, "digging")]
    with pytest.raises(Conflict, match="decided already: dismissed"):
        unmapped.decide(held_id, read_as("discovery"), ADMINISTRATOR)


def test_a_word_is_dismissed_with_all_that_waits_under_it(world: CrashHarness) -> None:
    unmapped = world.process().unmapped

    assert unmapped.dismiss(ADMINISTRATOR, ID, "digging") == 3
    assert set(held(world)) == {"joe stitching"}
    assert sorted(recorded(world, "held_score.dismissed")) == [(JOE, "digging")] * 2 + [(MIA, "digging")]
    assert unmapped.dismiss(ADMINISTRATOR, ID, "digging") == 0
    assert unmapped.dismiss(ADMINISTRATOR, "nowhere", "stitching") == 0


def test_what_cannot_be_decided_changes_nothing(world: CrashHarness) -> None:
    unmapped, before = world.process().unmapped, held(world)
    with pytest.raises(NotFound, match="no score is held"):
        unmapped.decide("none", DISMISS, ADMINISTRATOR)
    with pytest.raises(Rejected, match="is none of discovery"):
        unmapped.decide(before["mia digging"], read_as("cooking"), ADMINISTRATOR)

    assert held(world) == before


def test_a_word_that_has_another_meaning_meanwhile_is_not_taken_from_it(world: CrashHarness) -> None:
    held_id = held(world)["mia digging"]
    world.process().change_skills.add_alias(ID, "product_knowledge", "digging", ADMINISTRATOR)

    with pytest.raises(Conflict, match="it means product_knowledge"):
        world.process().unmapped.decide(held_id, read_as("discovery"), ADMINISTRATOR)
    assert world.process().unmapped.decide(held_id, read_as("product_knowledge"), ADMINISTRATOR).state == "aliased"
