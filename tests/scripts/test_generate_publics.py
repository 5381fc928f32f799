"""What is public of a capability is what its neighbours import, and the written lists are current."""

from __future__ import annotations

import pytest

from scripts.commands.generate_publics import docstring, publics, written


def test_the_written_lists_are_current() -> None:
    stale = [str(path) for path, text in written().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run ./scripts/generate_publics"


def test_public_is_what_a_neighbour_imports_and_not_what_the_capability_or_its_wiring_does() -> None:
    imports = [
        ("shared.reviews.api", "shared.people.records"),
        ("functions.skills_api.routes", "shared.people.api"),
        ("shared.people.api", "shared.people.usecases.import_people"),
        ("infra.wiring.people", "shared.people.usecases.import_people"),
        ("infra.wiring.people", "shared.kernel.access"),
    ]
    assert publics(["people", "reviews"], imports) == {
        "people": ["shared.people.api", "shared.people.records"],
        "reviews": [],
    }


def test_a_neighbour_is_not_taken_for_the_capability_whose_name_begins_alike() -> None:
    assert publics(["people"], [("shared.people_again.api", "shared.people.records")]) == {
        "people": ["shared.people.records"]
    }


def test_a_docstring_keeps_what_a_person_wrote_of_the_capability() -> None:
    text = docstring(
        '"""Keeps people.\n\nPublic: old.\n"""\n', "people", ["shared.people.api", "shared.people.records"]
    )
    assert text == '"""Keeps people.\n\nPublic: api, records.\n"""\n'


def test_a_capability_that_says_nothing_of_itself_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shared/people/__init__\.py says nothing"):
        docstring("", "people", [])
