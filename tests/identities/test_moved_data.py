"""What a document says of two ids when they have become one."""

from __future__ import annotations

import json

import pytest

from shared.conversations.domain.conversation import Conversation, Party, Turn
from shared.identities.domain.moved_data import Moving

MOVING = Moving("joe@example.com", "mia@example.com")


@pytest.mark.parametrize(("collection", "name"), [("audit", "people"), ("calls", "employees"), ("x", "employee_ids")])
def test_a_list_of_people_has_each_once(collection: str, name: str) -> None:
    both = {name: ["joe@example.com", "mia@example.com", "sam@example.com"]}
    assert MOVING.data(collection, both) == {name: ["mia@example.com", "sam@example.com"]}


def test_what_merely_contains_the_id_stays() -> None:
    said = {"event_id": "joe@example.com-7", "note": "Ask joe@example.com", "started_by": "JOE@example.com"}
    assert MOVING.data("events", said) == {**said, "started_by": "mia@example.com"}


def test_json_in_a_text_is_content_too() -> None:
    assert MOVING.data("events", {"payload": '{"employee_id": "joe@example.com"}'}) == {
        "payload": '{"employee_id":"mia@example.com"}'
    }


@pytest.mark.parametrize("short", ["1042", "discovery", "gong", "healthcare"])
def test_what_is_called_like_the_person_is_not_the_person(short: str) -> None:
    moving = Moving(short, "ada.long@example.com")
    sent = {"employee_id": "sam", "source_id": short, "competency": short, "context": {"by": short}, "scores": [short]}
    event = {
        "employee_id": "sam",
        "source": short,
        "source_id": short,
        "competencies": [short],
        "activity": short,
        "entry": json.dumps([1, 1, short, short, 0, [""], [short, 7500, 0]]),
        "payload": json.dumps(sent),
    }
    assert moving.data("events", event) == event
    own = {**event, "employee_id": short, "payload": json.dumps({**sent, "employee_id": short})}
    moved = moving.data("events", own)
    assert moved["employee_id"] == "ada.long@example.com"
    assert json.loads(str(moved["payload"])) == {**sent, "employee_id": "ada.long@example.com"}
    assert {name: value for name, value in moved.items() if name not in ("employee_id", "payload")} == {
        name: value for name, value in event.items() if name not in ("employee_id", "payload")
    }


def test_a_recorders_number_for_a_voice_is_nobodys_id() -> None:
    said = Conversation("1", None, 900, (Party("42", "Sam", None),), (Turn("42", 0, 900, "words"),))
    assert Moving("42", "ada.long@example.com").conversation(said) == said
    call = {"participants": [{"employee_id": "sam", "speaker_id": "42"}], "corrected": [{"speaker_id": "42"}]}
    assert Moving("42", "ada.long@example.com").data("calls", call) == call
