"""Conversations: the order of turns, who is scored, quotes that can be checked."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.conversation import (
    Affiliation,
    Conversation,
    Party,
    Turn,
    UnknownSpeaker,
    choose_speaker,
    quote,
    speakers,
    stands,
)
from shared.kernel.errors import Rejected

SELLER = Party("s", "Sam Seller", "sam@ours.example", Affiliation.INTERNAL)
BUYER = Party("b", "Bo Buyer", "bo@theirs.example", Affiliation.EXTERNAL)
TURNS = (Turn("s", 0, 1000, "Hello, Bo."), Turn("b", 1200, 2500, "Hello."), Turn("s", 3000, 9000, "How are you?"))


def conversation(*parties: Party, turns: tuple[Turn, ...] = TURNS) -> Conversation:
    return Conversation(call_id="1", started=None, duration_ms=9000, parties=parties, turns=turns)


@given(st.permutations(TURNS))
def test_turns_stand_in_the_order_of_time_however_they_come(turns: list[Turn]) -> None:
    assert conversation(SELLER, turns=tuple(turns)) == conversation(SELLER)


def test_a_turn_cannot_end_before_it_starts() -> None:
    with pytest.raises(Rejected, match="from 10 to 9 ms"):
        Turn("s", 10, 9, "Hello.")


def test_speakers_are_those_who_speak() -> None:
    silent = Party("c", "Cy Silent", None, Affiliation.EXTERNAL)
    found = speakers(conversation(SELLER, BUYER, silent))
    assert [(one.speaker_id, one.name, one.turns, one.talk_ms) for one in found] == [
        ("s", "Sam Seller", 2, 7000),
        ("b", "Bo Buyer", 1, 1300),
    ]
    assert str(found[0]) == "s (Sam Seller, sam@ours.example, Internal; 2 turns, 7 s)"


class TestChoice:
    def test_an_explicit_id_wins(self) -> None:
        assert choose_speaker(conversation(SELLER, BUYER), speaker_id="b", email="sam@ours.example").name == "Bo Buyer"

    def test_an_email_in_any_case(self) -> None:
        assert choose_speaker(conversation(SELLER, BUYER), email="Sam@Ours.example ").speaker_id == "s"

    def test_the_only_internal_speaker(self) -> None:
        assert choose_speaker(conversation(SELLER, BUYER)).speaker_id == "s"

    def test_the_agent_of_a_phone_call(self) -> None:
        roles = (Party("s", role="agent"), Party("b", role="caller"))
        assert choose_speaker(conversation(*roles)).speaker_id == "s"
        assert choose_speaker(conversation(*roles), email="sam@ours.example").speaker_id == "s"

    def test_an_internal_speaker_without_email_may_be_the_one(self) -> None:
        assert choose_speaker(conversation(replace(SELLER, email=None), BUYER), email="sam@ours.example").name == (
            "Sam Seller"
        )

    def test_a_colleague_is_never_taken_for_the_person_asked_for(self) -> None:
        with pytest.raises(UnknownSpeaker, match=r"No speaker has e-mail kim@ours\.example"):
            choose_speaker(conversation(SELLER, BUYER), email="kim@ours.example")

    def test_an_address_that_nobody_has_is_not_said_to_be_several_speakers(self) -> None:
        nameless = Party("s", affiliation=Affiliation.INTERNAL), Party("b", affiliation=Affiliation.INTERNAL)
        with pytest.raises(UnknownSpeaker) as caught:
            choose_speaker(conversation(*nameless), email="joe@ours.example")
        assert caught.value.detail.startswith(
            "No speaker has e-mail joe@ours.example. Several speakers have affiliation Internal without an e-mail."
        )

    def test_two_candidates_are_listed(self) -> None:
        colleague = Party("b", "Kim", None, Affiliation.INTERNAL)
        with pytest.raises(UnknownSpeaker) as caught:
            choose_speaker(conversation(SELLER, colleague))
        assert "s (Sam Seller, sam@ours.example, Internal; 2 turns, 7 s)" in caught.value.detail
        assert "b (Kim, Internal; 1 turns, 1 s)" in caught.value.detail
        assert caught.value.field == "speaker_id"

    def test_nobody_to_choose(self) -> None:
        with pytest.raises(UnknownSpeaker, match=r"No speaker has .* In this conversation speak: nobody"):
            choose_speaker(conversation(SELLER, turns=(Turn(None, 0, 5, "Hello."),)))

    def test_an_id_that_says_nothing(self) -> None:
        with pytest.raises(UnknownSpeaker, match="No speaker has id x"):
            choose_speaker(conversation(SELLER), speaker_id="x")


class TestQuotes:
    def test_a_quote_names_place_and_digest(self) -> None:
        quoted = quote(conversation(), 2, 0, 12)
        assert quoted.text == "How are you?"
        assert quoted.digest == hashlib.sha256(b"How are you?").hexdigest()
        assert stands(conversation(), "s", quoted)

    def test_a_quote_stands_only_in_the_speaker_s_own_words(self) -> None:
        assert not stands(conversation(), "b", quote(conversation(), 2, 0, 12))

    @pytest.mark.parametrize(
        "change",
        [
            {"text": "How are they"},
            {"digest": "0" * 64},
            {"turn_index": 0},
            {"turn_index": 9},
            {"turn_index": -1},
            {"start": 1},
            {"end": 99},
            {"text": "", "end": 0},
        ],
    )
    def test_a_changed_quote_does_not_stand(self, change: dict[str, int | str]) -> None:
        assert not stands(conversation(), "s", replace(quote(conversation(), 2, 0, 12), **change))  # type: ignore[arg-type]
