"""What becomes of a document, and of a conversation, when one person is erased."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.privacy.domain.erasure import REMOVED, Erasing, cleaned_document, is_about, is_named, without

JOE = Erasing("joe@example.com", "erased-1f", "Joe Smith")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("joe@example.com", "erased-1f"),
        ("JOE@Example.com said", "erased-1f said"),
        ("joe@example.com,joe@example.com joe@example.com", "erased-1f,erased-1f erased-1f"),
        ("ask joe@example.com.", "ask erased-1f."),
        ("https://x.test/employees/joe%40example.com/skills", "https://x.test/employees/erased-1f/skills"),
        ("anjoe@example.com", "anjoe@example.com"),
        ("an.joe@example.com", "an.joe@example.com"),
        ("joe@example.com.au", "joe@example.com.au"),
        ("joe@example.community", "joe@example.community"),
        ("Joe Smith and joe  smith", f"{REMOVED} and {REMOVED}"),
        ("Joe Smithson, Banjoe Smith", "Joe Smithson, Banjoe Smith"),
        ("Joe", "Joe"),
        (
            json.dumps({"note": "thanks\njoe@example.com\nJoe Smith"}),
            json.dumps({"note": f"thanks\nerased-1f\n{REMOVED}"}),
        ),
    ],
)
def test_mentions_are_replaced_where_they_stand_for_the_person(text: str, cleaned: str) -> None:
    assert JOE.cleaned(text) == cleaned
    assert JOE.mentions(text) is (cleaned != text)


def test_a_name_is_found_as_json_writes_it() -> None:
    zoe = Erasing("zoe@example.com", "erased-2", "Zoë Brânză")
    assert zoe.cleaned(json.dumps("by Zoë Brânză")) == json.dumps(f"by {REMOVED}")


@pytest.mark.parametrize("name", [None, "Joe", "joe@example.com"])
def test_a_name_that_is_none_or_a_single_word_is_left_alone(name: str | None) -> None:
    assert Erasing("joe@example.com", "erased-1f", name).cleaned("Joe Smith, Joe") == "Joe Smith, Joe"


@pytest.mark.parametrize(
    ("collection", "identity", "data", "goes"),
    [
        ("events", "e1", {"employee_id": "joe@example.com"}, True),
        ("events", "e1", {"employee_id": "sam@example.com", "payload": "joe@example.com"}, False),
        ("ratings", "joe@example.com", {}, True),
        ("audit", "a1", {"employee_id": "joe@example.com", "actor": "joe@example.com"}, False),
        ("sessions", "s1", {"email": "joe@example.com"}, True),
        ("transcript_grants", "g1", {"employee_id": "sam@example.com", "to": "joe@example.com"}, True),
        ("transcript_grants", "g1", {"employee_id": "sam@example.com", "to": "dana@example.com"}, False),
        ("escalations", "x1", {"employees": ["joe@example.com"], "to": "vic@example.com"}, True),
        ("escalations", "x1", {"employees": ["joe@example.com", "sam@example.com"], "to": "vic@example.com"}, False),
        ("escalations", "x1", {"employees": [], "to": "vic@example.com"}, False),
        ("quarantine", "q1", {"reason": "employee_id: 'joe@example.com' is not known"}, True),
        ("dead_letters", "d1", {"data": b'{"employee_id": "joe@example.com"}'}, True),
        ("idempotency_keys", "k1", {"caller": "x@example.com", "body": '{"employee_id":"joe@example.com"}'}, True),
        ("idempotency_keys", "k1", {"caller": "x@example.com", "body": '{"employee_id":"sam@example.com"}'}, False),
        ("delivery_failures", "f1", {"reason": "busy"}, False),
    ],
)
def test_what_is_about_the_person_goes(collection: str, identity: str, data: dict[str, Any], goes: bool) -> None:
    assert is_about(JOE, collection, identity, data) is goes


def test_what_is_about_others_stays_without_the_person() -> None:
    record = {"employee_id": "sam@example.com", "name": "Sam Low", "manager_id": "joe@example.com", "mentor_id": None}
    assert cleaned_document(JOE, "employees", record) == {**record, "manager_id": None}
    audit = {"actor": "joe@example.com", "subject": "sam@example.com", "detail": "to: joe@example.com"}
    assert cleaned_document(JOE, "audit", audit) == {**audit, "actor": "erased-1f", "detail": "to: erased-1f"}
    assert cleaned_document(JOE, "employees", {"employee_id": "sam@example.com", "manager_id": None}) is None


def test_an_organisations_words_are_not_taken_for_a_name() -> None:
    discovery = Erasing("d@example.com", "erased-3", "Discovery Call")
    framework: dict[str, Any] = {"framework": {"name": "Discovery Call"}, "published_by": "d@example.com"}
    assert cleaned_document(discovery, "frameworks", framework) == {**framework, "published_by": "erased-3"}


def test_a_call_of_two_keeps_the_other_and_a_call_of_one_keeps_nobody() -> None:
    both: dict[str, Any] = {
        "title": "Joe Smith and Sam",
        "url": "https://recorder.test/1",
        "state": "observed",
        "employees": ["joe@example.com", "sam@example.com"],
        "participants": [{"employee_id": "joe@example.com"}, {"employee_id": "sam@example.com"}],
        "observations": [{"employee_id": "joe@example.com"}, {"employee_id": "sam@example.com"}],
    }
    assert cleaned_document(JOE, "calls", both) == {
        "title": f"{REMOVED} and Sam",
        "url": "https://recorder.test/1",
        "state": "observed",
        "employees": ["sam@example.com"],
        "participants": [{"employee_id": "sam@example.com"}],
        "observations": [{"employee_id": "sam@example.com"}],
    }
    alone = {
        "title": "Healthcare",
        "url": "https://recorder.test/1",
        "state": "observed",
        "employees": ["joe@example.com"],
    }
    assert cleaned_document(JOE, "calls", alone) == {"title": None, "url": None, "state": "nobody", "employees": []}


def test_a_conversation_keeps_the_places_of_what_others_said() -> None:
    said = Conversation(
        call_id="1",
        started=None,
        duration_ms=9000,
        parties=(
            Party("1", "Joe Smith", "joe@example.com", Affiliation.INTERNAL),
            Party("2", "Sam Low", "sam@example.com", Affiliation.INTERNAL),
            Party("3", "Rita Buyer", None, Affiliation.EXTERNAL),
        ),
        turns=(
            Turn("1", 0, 900, "I am Joe Smith."),
            Turn("2", 1000, 1900, "Thanks Joe, what slows your builds?"),
            Turn("3", 2000, 2900, "Mail joe@example.com. It was Joe Smith's idea, not Joey's."),
        ),
    )
    left = without(JOE, said)
    assert [party.name for party in left.parties] == ["Sam Low", "Rita Buyer"]
    assert [turn.text for turn in left.turns] == [
        REMOVED,
        "Thanks ■■■, what slows your builds?",
        "Mail ■■■■■■■■■■■■■■■. It was ■■■■■■■■■'s idea, not Joey's.",
    ]
    assert left.turns[1].text.index("what slows") == said.turns[1].text.index("what slows")
    assert without(JOE, left) == left


def test_a_party_without_an_address_is_known_by_the_speaker_of_the_call_document() -> None:
    said = Conversation("1", None, 900, (Party("7", None, None),), (Turn("7", 0, 900, "words"),))
    assert without(JOE, said, ["7"]).turns[0].text == REMOVED
    assert without(JOE, said, ["7"]).parties == ()
    assert without(JOE, said).turns[0].text == "words"


class TestAShortId:
    """`90` is a score, `discovery` a skill and `gong` a source, wherever it is not said to be a person."""

    @pytest.mark.parametrize("short", ["90", "0", "1", "discovery", "gong", "field"])
    def test_is_no_mention_where_something_else_is_called_so(self, short: str) -> None:
        person = Erasing(short, "erased-da85", "Nobody There")
        scored = [{"competency": "discovery", "score": 90, "passed": None, "weight": 0.90}]
        event = {
            "employee_id": "sam",
            "source": "gong",
            "source_id": short,
            "competencies": [short, "discovery"],
            "payload": json.dumps({"employee_id": "sam", "competency_scores": scored, "tags": [short]}),
            "entry": json.dumps([1, 90, "gong", short, 0, ["", short], ["discovery", 9000, 0]]),
        }
        assert cleaned_document(person, "events", event) is None
        assert not is_about(person, "events", short, event)
        assert not is_about(person, "idempotency_keys", "k1", {"caller": "sam", "body": event["payload"]})
        assert cleaned_document(person, "states", {"observations": {"k": event["entry"]}}) is None
        assert cleaned_document(person, "frameworks", {"framework": {"name": f"{short} and more"}}) is None

    @pytest.mark.parametrize("short", ["90", "discovery"])
    def test_goes_from_the_fields_that_hold_people(self, short: str) -> None:
        person = Erasing(short, "erased-da85")
        payload = {"employee_id": "sam", "score": 90, "analysis_metadata": {"reviewed_by": short}, "source_id": short}
        cleaned = cleaned_document(person, "events", {"employee_id": "sam", "payload": json.dumps(payload)})
        assert cleaned is not None
        assert json.loads(str(cleaned["payload"])) == {**payload, "analysis_metadata": {"reviewed_by": "erased-da85"}}
        grant = {
            "actor": "dana",
            "subject": "sam",
            "action": "grant.given",
            "detail": f"to: {short}, until: 2026-09-01",
        }
        assert cleaned_document(person, "audit", grant) == {**grant, "detail": "to: erased-da85, until: 2026-09-01"}
        call: dict[str, Any] = {
            "employees": ["sam", short],
            "corrected": [{"speaker_id": short, "to": short}],
            "call_id": short,
        }
        assert cleaned_document(person, "calls", call) == {
            **call,
            "employees": ["sam"],
            "corrected": [{"speaker_id": short, "to": "erased-da85"}],
        }
        assert is_about(person, "states", short, {})
        assert is_about(person, "quarantine", "q1", {"raw": f'[{{"employee_id": "{short}"}}]'})

    @pytest.mark.parametrize("collection", ["quarantine", "dead_letters", "delivery_failures", "idempotency_keys"])
    def test_takes_no_input_or_answer_of_others_away_for_a_word(self, collection: str) -> None:
        sent = {"employee_id": "sam", "title": "Discovery methods quiz", "note": "90 seats, and discovery next"}
        kept: dict[str, Any] = {
            "caller": "sam",
            "reason": "discovery: 90 is no score",
            "body": json.dumps(sent),
            "data": sent,
        }
        for short in ("90", "discovery"):
            assert not is_about(Erasing(short, "erased-1f"), collection, "q1", kept)
            assert not is_named(Erasing(short, "erased-1f"), json.dumps(sent).encode())
            assert is_about(Erasing(short, "erased-1f"), collection, "q1", {**kept, "data": {"employee_id": short}})

    def test_is_a_mention_where_somebody_wrote_it_unless_it_is_a_number(self) -> None:
        note: dict[str, Any] = {"employee_id": "sam", "decision": {"note": "ask ada.l or ada about 90 seats"}}
        for one, left in (
            ("ada.l", "ask erased-1f or ada about 90 seats"),
            ("ada", "ask ada.l or erased-1f about 90 seats"),
        ):
            assert cleaned_document(Erasing(one, "erased-1f"), "reviews", note) == {**note, "decision": {"note": left}}
        assert cleaned_document(Erasing("90", "erased-1f"), "reviews", note) is None

    def test_leaves_an_analysis_that_can_be_read(self) -> None:
        scored = {"competency": "discovery", "points": 90}
        analysis = json.dumps({"scores": [{**scored, "quote": "Joe Smith has 90 seats"}]})
        masked = json.loads(Erasing("90", "erased-1f", "Joe Smith").masked_json(analysis))
        assert masked == {"scores": [{**scored, "quote": "■■■■■■■■■ has 90 seats"}]}

    @pytest.mark.parametrize(
        ("raw", "named"),
        [
            (b'{"employee_id": "90", "score": 1}', True),
            (b'{"employee_id": 90}', True),
            (b'{"employee_id": "sam", "score": 90, "source_id": "90"}', False),
            (b"90;Ada Long;employee", True),
            (b"190;Ada Long;employee", False),
            (b'{"employee_id": "90"', True),
        ],
    )
    def test_is_found_in_raw_input(self, raw: bytes, named: bool) -> None:
        assert is_named(Erasing("90", "erased-1f"), raw) is named
