"""What a document says of two ids when they have become one."""

from __future__ import annotations

import pytest

from shared.identities.domain.moved_data import Moving

MOVING = Moving("joe@example.com", "mia@example.com")


@pytest.mark.parametrize("name", ["people", "employees", "employee_ids"])
def test_a_list_of_people_has_each_once(name: str) -> None:
    both = {name: ["joe@example.com", "mia@example.com", "sam@example.com"]}
    assert MOVING.data(both) == {name: ["mia@example.com", "sam@example.com"]}


def test_what_merely_contains_the_id_stays() -> None:
    said = {"event_id": "joe@example.com-7", "note": "Ask joe@example.com", "by": "JOE@example.com"}
    assert MOVING.data(said) == {**said, "by": "mia@example.com"}


def test_json_in_a_text_is_content_too() -> None:
    assert MOVING.data({"payload": '{"employee_id": "joe@example.com"}'}) == {
        "payload": '{"employee_id":"mia@example.com"}'
    }
