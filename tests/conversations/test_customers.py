"""Whether anybody of outside took part in a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.conversations.domain.conversation import Affiliation, Turn
from shared.conversations.domain.customers import OurSide, have_customers
from shared.conversations.domain.deal_link import customer_domains
from shared.conversations.domain.home_domains import is_home
from shared.conversations.domain.recorded_call import CallParty, CrmObject, RecordedCall
from tests.harness.sent_events import NOON

OURS = OurSide(employees={"joe@home.example"}, home_domains=frozenset({"home.example"}))
JOE = CallParty(speaker_id="j", email="joe@home.example", affiliation=Affiliation.INTERNAL)
MIA = CallParty(speaker_id="m", email="mia@home.example")
"""A colleague whose side the recorder does not tell."""
BOSS = CallParty(speaker_id="b", name="Boss", affiliation=Affiliation.INTERNAL)
CARLA = CallParty(speaker_id="c", email="carla@acme.example", affiliation=Affiliation.EXTERNAL)
ROOM = CallParty(speaker_id="r", name="Conference Room 4")
CALENDAR_ROOM = CallParty(speaker_id="r", email="home.example_77@resource.calendar.google.com")
CALLER = CallParty(speaker_id="x", name="+44 20 7946 0000")


def customers(*parties: CallParty, voices: str = "", ours: OurSide = OURS, **about: Any) -> bool:
    """Whether a call of these has customers. voices: who speaks, the parties' own by default; `-` for nobody known"""
    heard = voices or "".join(one.speaker_id or "" for one in parties)
    turns = [Turn(None if voice == "-" else voice, n * 10, n * 10 + 5, "Yes.") for n, voice in enumerate(heard)]
    return have_customers(RecordedCall("1", NOON, parties=parties, **about), turns, ours)


@pytest.mark.parametrize("scope", [None, "Unknown", "Internal"])
@pytest.mark.parametrize("others", [[MIA], [BOSS], [BOSS, ROOM], [MIA, CALENDAR_ROOM], [MIA, CALLER]])
def test_colleagues_alone_are_internal(scope: str | None, others: list[CallParty]) -> None:
    assert not customers(JOE, *others, scope=scope)


def test_the_recorders_word_that_a_call_is_internal_stands() -> None:
    assert not customers(JOE, CARLA, scope="Internal")
    assert not customers(JOE, CARLA, scope="INTERNAL")


def test_a_party_of_the_other_side_is_a_customer_and_who_did_not_come_is_not() -> None:
    assert customers(JOE, CARLA)
    assert customers(JOE, CARLA, voices="j"), "silent, but there"
    assert not customers(JOE, MIA, replace(CARLA, speaker_id=None, attended=False), scope="External")


def test_without_an_affiliation_the_domain_tells() -> None:
    unsaid = replace(CARLA, affiliation=Affiliation.UNKNOWN)
    assert customers(JOE, MIA, unsaid)
    assert not customers(JOE, replace(unsaid, email="ana@HOME.example"))
    assert not customers(JOE, replace(CARLA, email="ana@home.example")), "the home domain is no customer's"


@pytest.mark.parametrize("affiliation", list(Affiliation))
@pytest.mark.parametrize("domain", ["home.example", "@home.example", "Home.Example"])
def test_a_part_of_the_home_domain_is_home_on_calls_as_in_mail(domain: str, affiliation: Affiliation) -> None:
    ana = replace(CARLA, email="ana@eu.home.example", affiliation=affiliation)
    assert not customers(JOE, ana, ours=OurSide(home_domains=frozenset({domain})))
    called = RecordedCall("1", NOON, parties=(JOE, ana, CARLA))
    assert customer_domains(called, frozenset({domain})) == {"acme.example"}, "no deal is known by our own domain"


@pytest.mark.parametrize(
    "machine",
    [
        CallParty(name="Fathom Notetaker", affiliation=Affiliation.EXTERNAL),
        CallParty(name="Mia's Note Taker", email="mia@acme.example", affiliation=Affiliation.EXTERNAL),
        CallParty(name="Otter", email="agent@otter.ai", affiliation=Affiliation.EXTERNAL),
        CallParty(email="fred@eu.fireflies.ai", affiliation=Affiliation.EXTERNAL),
    ],
)
def test_a_machine_that_takes_notes_is_no_customer_unless_it_speaks(machine: CallParty) -> None:
    assert not customers(JOE, MIA, machine, voices="jm")
    assert customers(JOE, MIA, replace(machine, speaker_id="x"), voices="jmx")


@pytest.mark.parametrize(
    "about", [{"scope": "External"}, {"crm": (CrmObject("Account", "1"),)}, {"direction": "Outbound"}]
)
def test_whom_nobody_knows_is_a_customer_where_something_says_so(about: dict[str, Any]) -> None:
    assert customers(JOE, MIA, CALLER, **about)
    assert not customers(JOE, MIA, **about), "nobody else speaks"
    assert not customers(JOE, MIA, ROOM, **about), "a room is nobody"


def test_whom_the_only_colleague_talks_to_is_a_customer() -> None:
    assert customers(JOE, CALLER)
    assert customers(JOE, voices="j-")
    assert not customers(JOE, voices="j")


def test_a_person_says_that_a_voice_is_nobodys_of_ours() -> None:
    assert customers(JOE, MIA, CALLER, ours=replace(OURS, strangers={"x"}))


@pytest.mark.parametrize("domain", ["home.example", "@home.example", ".Home.Example"])
def test_an_address_is_the_companys_own_however_the_domain_is_written(domain: str) -> None:
    asked = ("joe@home.example", "Joe@eu.HOME.example", "carla@myhome.example", "carla@home.example.net")
    assert [is_home(one, {"other.example", domain}) for one in asked] == [True, True, False, False]
    assert not is_home(asked[0], ())
