"""What phones say that they hold: told twice, late or in another order it is the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.learning.domain.phone_items import (
    LOOKED_FOR,
    MOST_ON_PHONES,
    PhoneItem,
    let_go,
    phone_item_of,
    still_missing,
    united,
)
from tests.harness.api_client import ApiClient
from tests.learning.apprentices import ANA, BEN, people
from tests.learning.lesson_files import answer_body, lesson_body
from tests.learning.test_answers import AT, answered
from tests.learning.test_lessons import publish

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PHOTO, VOICE = "11111111-photo", "22222222-voice"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")

items = some.builds(
    PhoneItem,
    some.sampled_from(["answer", "photo", "voice", "note"]),
    some.integers(0, 10_000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    some.integers(0, 10_000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    some.booleans(),
)
sets = some.dictionaries(some.sampled_from("abcdef"), items)


@given(item=items)
def test_an_entry_says_all_of_an_item(item: PhoneItem) -> None:
    assert phone_item_of(item.entry) == item


@given(first=sets, second=sets, third=sets)
def test_sets_unite_in_any_order_and_once_more_changes_nothing(
    first: dict[str, PhoneItem], second: dict[str, PhoneItem], third: dict[str, PhoneItem]
) -> None:
    orders = [united(*order) for order in permutations((first, second, third))]
    assert all(one == orders[0] for one in orders)
    assert united(orders[0], second) == orders[0]


@given(held=sets, keys=some.sets(some.sampled_from("abcdef")), more=sets)
def test_what_was_let_go_stays_so_whatever_is_told_later(
    held: dict[str, PhoneItem], keys: set[str], more: dict[str, PhoneItem]
) -> None:
    after = united(let_go(held, keys), more)
    assert all(after[key].let_go for key in keys & held.keys())


def test_what_is_looked_for_is_bounded_and_ends() -> None:
    held = {
        f"{number:04}": PhoneItem("note", NOW, NOW - timedelta(seconds=number)) for number in range(MOST_ON_PHONES + 50)
    }
    assert sorted(still_missing(held, (), NOW)) == [f"{number:04}" for number in range(MOST_ON_PHONES)]
    assert still_missing(held, (), NOW + LOOKED_FOR) == {}
    assert "0003" not in still_missing(held, {"0003"}, NOW)


@pytest.fixture
def learning(api: ApiClient) -> ApiClient:
    assert api.import_people(people()).json["rejected"] == 0
    assert publish(api, lesson_body()).status == 200
    return api


def held(key: str, kind: str = "photo") -> dict[str, str]:
    return {"key": key, "kind": kind, "made_at": AT}


def send_photo(api: ApiClient, key: str, who: str = ANA) -> None:
    answer = api.call("POST", "evidence", raw=JPEG, content_type="image/jpeg", who=who, key=key, kind="photo")
    assert answer.status == 201, answer


def tell(api: ApiClient, *told: dict[str, str], who: str = ANA, **more: Any) -> Any:
    answer = api.post("learning/phone-items", {"items": list(told), **more}, who=who)
    assert answer.status == 200, answer
    return answer.json


def test_a_phone_hears_what_has_arrived_and_another_one_what_has_not(learning: ApiClient) -> None:
    sent = answer_body(1, AT)
    answered(learning, sent)
    send_photo(learning, PHOTO)

    told = tell(learning, held(sent["key"], "answer"), held(PHOTO), held(VOICE, "voice"))

    assert [one["key"] for one in told["arrived"]] == [sent["key"], PHOTO]
    assert (told["arrived"][0]["sha256"], len(told["arrived"][1]["sha256"])) == (None, 64)
    assert told["missing"] == [], "this phone has it still"
    assert [(one["key"], one["kind"]) for one in tell(learning)["missing"]] == [(VOICE, "voice")]


def test_what_arrives_late_or_is_let_go_is_missed_no_longer(learning: ApiClient) -> None:
    later = answer_body(2, AT)
    tell(learning, held(later["key"], "answer"), held(PHOTO), held(VOICE, "voice"))
    answered(learning, later)
    assert {one["key"] for one in tell(learning)["missing"]} == {PHOTO, VOICE}
    assert [one["key"] for one in tell(learning, let_go=[PHOTO])["missing"]] == [VOICE]
    tell(learning, held(PHOTO))
    assert [one["key"] for one in tell(learning)["missing"]] == [VOICE], "told again late, it is not brought back"


def test_nobody_hears_of_another_learners_phone(learning: ApiClient) -> None:
    tell(learning, held(PHOTO))
    assert tell(learning, who=BEN)["missing"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"items": [held("short")]}, "items.0.key"),
        ({"items": [held(PHOTO, "film")]}, "items.0.kind"),
        ({"items": [held(PHOTO) | {"made_at": "yesterday"}]}, "items.0.made_at"),
        ({"items": [held(f"key-{number:06}") for number in range(MOST_ON_PHONES + 1)]}, "items"),
        ({"let_go": ["a b c d e f"]}, "let_go.0"),
        ({"held": []}, "held"),
    ],
)
def test_what_is_no_telling_is_named(learning: ApiClient, body: dict[str, Any], field: str) -> None:
    answer = learning.post("learning/phone-items", body, who=ANA)
    assert answer.status == 422
    assert field in answer.fields
