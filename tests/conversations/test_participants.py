"""Who is scored in a call, and who is not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.conversations.domain.conversation import Affiliation, Turn
from shared.conversations.domain.participants import Participant, participants, users_shown
from shared.conversations.domain.recorded_call import CallParty, RecordedCall

JOE, SAM = "joe@augmentcode.com", "sam@augmentcode.com"
EMPLOYEES = {JOE: JOE, SAM: "se-17"}


def party(speaker: str | None, email: str | None = None, **more: Any) -> CallParty:
    return CallParty(speaker_id=speaker, email=email, affiliation=Affiliation.INTERNAL, **more)


def call(*parties: CallParty) -> RecordedCall:
    return RecordedCall("1", datetime(2026, 3, 3, tzinfo=UTC), parties=parties)


def said(*speakers: str | None) -> list[Turn]:
    return [Turn(speaker, n * 1000, n * 1000 + 900, "so") for n, speaker in enumerate(speakers)]


def test_who_was_invited_and_did_not_speak_is_not_scored() -> None:
    found = participants(call(party("1", JOE), party("2", SAM)), said("1", "9"), EMPLOYEES, {})

    assert found == (Participant(JOE, "1", True), Participant("se-17", "2", False))


def test_two_employees_who_spoke_are_two() -> None:
    found = participants(call(party("1", JOE), party("2", SAM)), said("1", "2"), EMPLOYEES, {})

    assert [one.employee_id for one in found if one.spoke] == [JOE, "se-17"]


def test_a_party_without_an_address_is_known_by_the_recorders_id_once_a_call_has_shown_it() -> None:
    earlier = call(party("1", JOE, user_id="77"))
    nameless = call(party("5", None, user_id="77"), party("6", None, user_id="78"))

    found = participants(nameless, said("5", "6"), EMPLOYEES, users_shown(earlier))

    assert found == (Participant(JOE, "5", True),)


def test_nobody_is_an_employee_by_name() -> None:
    assert participants(call(party("1", name="Joe Smith")), said("1"), EMPLOYEES, {}) == ()


def test_addresses_are_compared_without_case() -> None:
    (found,) = participants(call(party("1", "Joe@AugmentCode.com")), said("1"), EMPLOYEES, {})
    assert found.employee_id == JOE


def test_who_joined_twice_is_one_with_the_voice() -> None:
    (found,) = participants(call(party(None, JOE), party("1", JOE)), said("1"), EMPLOYEES, {})
    assert found == Participant(JOE, "1", True)


def test_two_people_behind_one_voice_cannot_be_told_apart_so_neither_is_scored() -> None:
    found = participants(call(party("1", JOE), party("1", SAM)), said("1"), EMPLOYEES, {})
    assert [one.spoke for one in found] == [False, False]


def test_of_who_joined_twice_the_voice_that_says_more_is_scored() -> None:
    found = participants(
        call(party("1", JOE), party("2", JOE), party("3", JOE)), said("1", "2", "2", "8"), EMPLOYEES, {}
    )
    assert found == (Participant(JOE, "2", True),)
    (silent_first,) = participants(call(party("1", JOE), party("2", JOE)), said("2"), EMPLOYEES, {})
    assert silent_first == Participant(JOE, "2", True)


def test_a_voice_that_is_a_customers_as_well_is_nobodys() -> None:
    for customer in (
        CallParty(speaker_id="1", email="carla@acme.example", affiliation=Affiliation.EXTERNAL),
        CallParty(speaker_id="1", name="Carla", affiliation=Affiliation.EXTERNAL),
    ):
        (found,) = participants(call(party("1", JOE), customer), said("1"), EMPLOYEES, {})
        assert not found.spoke


def test_who_was_invited_and_did_not_come_did_not_attend() -> None:
    invited = party(None, SAM, attended=False)
    found = participants(call(party("1", JOE), invited, party(None, "x@y.example")), said("1"), EMPLOYEES, {})
    assert [(one.employee_id, one.attended) for one in found] == [(JOE, True), ("se-17", False)]


def test_a_turn_without_words_is_silence() -> None:
    (found,) = participants(call(party("1", JOE)), [Turn("1", 0, 500, "  ")], EMPLOYEES, {})
    assert not found.spoke
