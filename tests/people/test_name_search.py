"""People are found as one types them."""

from __future__ import annotations

import time

import pytest

from shared.people.domain.name_search import MOST_PARTS, NameSearch, beginnings

PEOPLE = (
    ("joe.smith@example.com", "Joe Smith"),
    ("claire@example.com", "Claire Lefèvre"),
    ("b.lukasz@example.com", "Łukasz Bø"),
    ("strasser@example.com", "Jo Straßer"),
    ("jo@example.com", "Joe Smithers"),
    ("m@example.com", "Maeve O'Brien-Walsh"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("smith joe", ["Joe Smith", "Joe Smithers"]),
        ("Smith, Joe", ["Joe Smith", "Joe Smithers"]),
        ("JOE SMITH", ["Joe Smith"]),
        ("lefevre", ["Claire Lefèvre"]),
        ("lefe\u0300vre", ["Claire Lefèvre"]),
        ("LEFÈVRE claire", ["Claire Lefèvre"]),
        ("lukasz bo", ["Łukasz Bø"]),
        ("strasser", ["Jo Straßer"]),
        ("joe.smith@", ["Joe Smith"]),
        ("smith jane", []),
        ("o\u2019brien", ["Maeve O'Brien-Walsh"]),
        ("brien\u2011walsh", ["Maeve O'Brien-Walsh"]),
        ("", ["Claire Lefèvre", "Jo Straßer", "Joe Smith", "Joe Smithers", "Łukasz Bø", "Maeve O'Brien-Walsh"]),
    ],
)
def test_any_order_case_and_accent_finds(typed: str, found: list[str]) -> None:
    assert [name for _, name in NameSearch(typed).among(PEOPLE)] == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("smi jo", {"Joe Smith", "Joe Smithers"}),
        ("lefevre", {"Claire Lefèvre"}),
        ("lukasz bo", {"Łukasz Bø"}),
        ("joe.smith@", {"Joe Smith"}),
        ("o\u2019brien", {"Maeve O'Brien-Walsh"}),
        ("jo@example.com", {"Joe Smithers"}),
        ("walsh maev", {"Maeve O'Brien-Walsh"}),
        ("mith", set()),
        ("smith jane", set()),
        ("- ,", {name for _, name in PEOPLE}),
        ("", {name for _, name in PEOPLE}),
    ],
)
def test_a_store_finds_whose_words_begin_like_that(typed: str, found: set[str]) -> None:
    search = NameSearch(typed)
    assert {name for one, name in PEOPLE if search.begins(name, one)} == found
    for employee_id, name in PEOPLE:
        if name in found:
            assert search.beginning is None or search.beginning in beginnings(name, employee_id)


def test_a_long_search_costs_no_more_than_a_short_one() -> None:
    started = time.process_time()
    assert NameSearch("a " * 1_000_000).among((f"a{n}@example.com", "A B") for n in range(2_000))
    assert NameSearch(" ".join("abcdefghijkl")).finds(" ".join("abcdefgh"[:MOST_PARTS]), "x")
    assert time.process_time() - started < 1
