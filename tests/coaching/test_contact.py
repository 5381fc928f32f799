"""Who is one person among the ids that WhatsApp knows them by, in whatever order they become known."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.coaching.domain.contact import (
    Contact,
    Sighting,
    contact_of,
    everybody,
    given_up,
    sightings_in,
    sightings_of,
)
from shared.coaching.wire.whatsapp import Received, parse
from tests.coaching.whatsapp_json import KIT, KITS_USER, NOON, body, contact, message, messages
from tests.harness.lent import lent

NEW = "447700900888"
USER, OLD_KEY, NEW_KEY = f"user:{KITS_USER}", f"phone:{KIT}", f"phone:{NEW}"


def told(*hooks: bytes) -> list[Sighting]:
    found: list[Sighting] = []
    for hook in hooks:
        read = parse(hook, NOON + timedelta(days=900))
        found += sightings(read)
    return found


def sightings(read: Received) -> list[Sighting]:
    return [one for said in read.messages for one in sightings_in(said)] + [
        one for change in read.number_changes for one in sightings_of(change)
    ]


HOOKS = (
    body(messages(message("wamid.1", from_user_id=KITS_USER), contacts=[contact(KIT, KITS_USER)])),
    body(messages(message("wamid.2", sender=None, from_user_id=KITS_USER, after=100), contacts=[])),
    body(
        messages(
            message("wamid.3", "system", after=200, system={"type": "user_changed_number", "wa_id": NEW}), contacts=[]
        )
    ),
    body(messages(message("wamid.4", sender=NEW, after=300), contacts=[contact(NEW, KITS_USER)])),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_l02_any_order_makes_one_person(order: tuple[int, ...]) -> None:
    known = [*told(*(HOOKS[one] for one in order)), Sighting(OLD_KEY, NOON, employee="kit@ours.example")]
    [one] = everybody(known)
    assert one == Contact(tuple(sorted((USER, OLD_KEY, NEW_KEY))), "kit@ours.example")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_l02_who_had_the_number_before_is_flagged_and_not_overwritten(order: tuple[int, ...]) -> None:
    another = [
        Sighting(NEW_KEY, NOON - timedelta(days=30)),
        Sighting(NEW_KEY, NOON - timedelta(days=30), employee="robin@ours.example"),
    ]
    known = [*told(*(HOOKS[one] for one in order)), Sighting(OLD_KEY, NOON, employee="kit@ours.example"), *another]
    kits = contact_of(USER, known)
    assert (kits.employee, kits.keys, kits.contested) == (
        "kit@ours.example",
        tuple(sorted((USER, OLD_KEY))),
        (NEW_KEY,),
    )
    alone = contact_of(NEW_KEY, known)
    assert (alone.employee, alone.contested) == (None, (NEW_KEY,)), "a person decides whose the number is now"


def test_l02_a_number_given_for_two_learners_is_nobodys() -> None:
    known = [
        Sighting(OLD_KEY, NOON, employee="kit@ours.example"),
        Sighting(OLD_KEY, NOON, employee="robin@ours.example"),
    ]
    assert contact_of(OLD_KEY, known).employee is None


def test_l02_a_number_that_was_given_for_another_before_the_change() -> None:
    known = [
        *told(HOOKS[0], HOOKS[2], HOOKS[3]),
        Sighting(OLD_KEY, NOON, employee="kit@ours.example"),
        Sighting(NEW_KEY, NOON + timedelta(days=8), employee="robin@ours.example"),
    ]
    assert contact_of(USER, known).employee == "kit@ours.example"
    assert contact_of(NEW_KEY, known).employee is None


def test_two_people_of_one_phone_are_not_one() -> None:
    other = Sighting("user:GB.9", NOON, OLD_KEY)
    known = [*told(HOOKS[0]), other, Sighting(USER, NOON, employee="kit@ours.example")]
    assert contact_of(USER, known).employee == "kit@ours.example"
    assert contact_of("user:GB.9", known).employee is None
    assert {one.keys for one in everybody(known)} == {(USER,), ("user:GB.9",), (OLD_KEY,)}


LATER = NOON + timedelta(days=90)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_number_that_was_given_up_is_nobodys_for_who_writes_from_it_later(order: tuple[int, ...]) -> None:
    kits = [*told(*(HOOKS[one] for one in order)), Sighting(OLD_KEY, NOON, employee="kit@ours.example")]
    known = [Sighting(OLD_KEY, LATER), *kits]
    assert contact_of(OLD_KEY, known) == Contact((OLD_KEY,)), "whoever has it now is a stranger"
    assert contact_of(USER, known) == Contact(tuple(sorted((USER, NEW_KEY))), "kit@ours.example")
    agreed = [*known, Sighting(OLD_KEY, LATER + timedelta(days=1), employee="robin@ours.example")]
    assert contact_of(OLD_KEY, agreed).employee == "robin@ours.example"
    assert contact_of(USER, agreed).employee == "kit@ours.example"


def test_who_has_the_old_number_still_beside_their_user_id_keeps_it() -> None:
    known = [*told(*HOOKS), Sighting(OLD_KEY, NOON, employee="kit@ours.example"), Sighting(USER, LATER, OLD_KEY)]
    assert contact_of(OLD_KEY, known) == Contact(tuple(sorted((USER, OLD_KEY, NEW_KEY))), "kit@ours.example")


def test_who_takes_their_old_number_again_has_it_and_another_cannot_agree_to_it() -> None:
    back = Sighting(NEW_KEY, LATER, OLD_KEY, changed=True)
    known = [*told(*HOOKS), Sighting(OLD_KEY, NOON, employee="kit@ours.example"), back]
    assert OLD_KEY in contact_of(USER, known).keys
    given = Sighting(OLD_KEY, LATER + timedelta(days=1), employee="robin@ours.example")
    assert contact_of(OLD_KEY, [*known, given]).employee is None


def test_a_user_id_that_leaves_its_phone_gives_that_up_too() -> None:
    moved = Sighting(USER, NOON + timedelta(days=1), NEW_KEY, changed=True)
    known = [Sighting(USER, NOON, OLD_KEY), Sighting(OLD_KEY, NOON, employee="kit@ours.example"), moved]
    assert contact_of(OLD_KEY, [*known, Sighting(OLD_KEY, LATER)]).employee is None
    assert contact_of(NEW_KEY, [*known, Sighting(OLD_KEY, LATER)]).employee == "kit@ours.example"


KEYS = ("user:a", "user:b", "phone:1", "phone:2", "phone:3")
PHONES = KEYS[2:]
MOMENTS = st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
SEEN = st.builds(Sighting, st.sampled_from(KEYS), MOMENTS)
TOGETHER = st.builds(Sighting, st.sampled_from(KEYS[:2]), MOMENTS, st.sampled_from(PHONES))
CHANGED = st.builds(Sighting, st.sampled_from(PHONES), MOMENTS, st.sampled_from(PHONES), st.just(True)).filter(
    lambda one: one.key != one.other
)
GIVEN = st.builds(
    Sighting, st.sampled_from(KEYS), MOMENTS, st.none(), st.just(False), st.sampled_from(["kit", "robin"])
)
KNOWN = st.lists(SEEN | TOGETHER | CHANGED | GIVEN, max_size=12)


@settings(max_examples=300)
@given(KNOWN, st.randoms(use_true_random=False))
def test_any_order_and_any_duplication_gives_the_same_people(known: list[Sighting], chance: object) -> None:
    again = [*known, *known[::2]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert everybody(again) == everybody(known)


@settings(max_examples=300)
@given(KNOWN)
def test_everybody_stands_in_one_place_and_nobody_is_two_learners(known: list[Sighting]) -> None:
    people = everybody(known)
    keys = [key for one in people for key in one.keys]
    assert len(keys) == len(set(keys))
    left = given_up(known)
    for one in people:
        owners = {
            fact.employee
            for fact in known
            if fact.employee
            and fact.key in one.keys
            and not any(fact.at <= moment for moment in left.get(fact.key, ()))
        }
        assert one.employee is None or (owners <= {one.employee} and one.employee in {fact.employee for fact in known})


@pytest.mark.lent("cases/learner/L02_wa_identity_merge_sequence.json")
@pytest.mark.parametrize("path", lent("cases/learner/L02_wa_identity_merge_sequence.json"), ids=str)
def test_the_reported_sequence_is_one_person(path: Path) -> None:
    hooks = [json.dumps(one).encode() for one in json.loads(path.read_bytes()) if "entry" in one]
    for order in permutations(hooks):
        [one] = everybody(told(*order))
        assert (len(one.keys), one.contested) == (3, ())
