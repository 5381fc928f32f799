"""What a page's address asks for is read as the API reads it: a word that no page gave is refused, an empty one is
nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness.browser import words
from tests.portal.conftest import House

PAGES = Path(__file__).parents[2] / "functions" / "portal"
OWN_READER = re.compile(r"page_end|decode_cursor|int\(visit\.query|visit\.query[^\n]*(?:isdigit|fromisoformat)")


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("/people?after=a/b", "'a/b' is no id of a person"),
        ("/activity?kind=rumour", "'rumour' is none of field, validation, learning"),
        ("/reviews?state=lost", "'lost' is none of open, decided, superseded"),
        ("/reviews?after=yesterday", "this address does not lead to a page of the list"),
    ],
)
def test_a_word_that_no_page_gave_is_refused(house: House, address: str, refusal: str) -> None:
    response = house.visit("administrator").get(address)

    assert response.status_code == 422
    assert refusal.casefold() in words(response).casefold()


@pytest.mark.parametrize("address", ["/people?search=", "/activity?kind=", "/reviews?state=&reason=&after="])
def test_a_field_that_is_left_empty_asks_for_nothing(house: House, address: str) -> None:
    assert house.visit("administrator").get(address).status_code == 200


def test_no_page_has_a_reader_of_its_own() -> None:
    read = [path for path in PAGES.rglob("*.py") if OWN_READER.search(path.read_text("utf-8"))]

    assert read == []
