"""The fields that are declared to hold people are those that do, in everything that the platform stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.identities.domain.moved_data import Moving
from shared.people.domain.person_fields import CLOSED, UNDER_THEIR_ID, VOICES, fields_of, holds_person
from shared.privacy.domain.erasure import Erasing, cleaned_document, is_about

RECORDED = Path(__file__).parents[1] / "golden" / "recorded"
STORES = ("documents", "integrations", "with_a_model", "after_reading")
PEOPLE = frozenset(json.loads((RECORDED / "documents" / "employees.json").read_text()))
SHORT = ("42", "0", "90", "1", "75", "discovery", "gong", "sales_engineering", "counted", "role_play", "reviews")
"""Ids that people may have, and that stand for something else in the golden documents."""


def stored() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every golden document, with its collection and id."""
    for store in STORES:
        for path in sorted((RECORDED / store).glob("*.json")):
            found = json.loads(path.read_text())
            for identity, data in found.items() if isinstance(found, dict) else ():
                if isinstance(data, dict):
                    yield path.stem.split("~")[-1], identity, data


def said(value: Any, name: str = "", beside: dict[str, Any] | None = None) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every text in a document: the field that it stands in, what that stands beside, and the text."""
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from said(one, inner, value)
    elif isinstance(value, list):
        for one in value:
            yield from said(one, name, beside)
    elif isinstance(value, str):
        found = None
        with suppress(ValueError):
            found = json.loads(value) if value[:1] in ("{", "[") else None
        if found is None:
            yield name, beside or {}, value
        else:
            yield from said(found)


def test_every_field_that_holds_a_person_is_declared() -> None:
    missing = {
        (collection, name)
        for collection, _, data in stored()
        for name, beside, text in said(data)
        if text in PEOPLE and not holds_person(fields_of(collection), name, beside) and name not in VOICES
    }
    assert missing == set()


def test_every_collection_that_stands_under_peoples_ids_is_declared() -> None:
    found = {collection for collection, identity, _ in stored() if identity in PEOPLE}
    assert found >= {"employees", "ratings", "states"}
    assert found <= UNDER_THEIR_ID


def test_every_act_about_a_person_is_declared() -> None:
    acts = [data for collection, _, data in stored() if collection == "audit" and data.get("subject")]
    assert len(acts) > 40
    for act in acts:
        somebody = act["subject"] in PEOPLE or act["subject"].startswith("erased-")
        assert holds_person(fields_of("audit"), "subject", act) is somebody, act["action"]


def test_nobody_stands_in_a_closed_field() -> None:
    def closed(value: Any, name: str = "") -> Iterator[Any]:
        if name in CLOSED:
            yield value
        elif isinstance(value, dict):
            for inner, one in value.items():
                yield from closed(one, inner)

    found = [one for _, _, data in stored() for one in closed(data)]
    assert len(found) > 20
    assert not [text for one in found for text in PEOPLE if text in json.dumps(one)]


@pytest.mark.parametrize("short", SHORT)
def test_what_is_called_like_somebody_stays_when_they_are_moved(short: str) -> None:
    moving = Moving(short, "ada.long@example.com")
    for collection, identity, data in stored():
        assert moving.data(collection, data) == data, (collection, identity)


@pytest.mark.parametrize("short", SHORT)
def test_what_is_called_like_somebody_stays_when_they_are_erased(short: str) -> None:
    person = Erasing(short, "erased-da85", "Nobody There")
    for collection, identity, data in stored():
        assert not is_about(person, collection, identity, data), (collection, identity)
        cleaned = cleaned_document(person, collection, data) or data
        texts = [(name, text) for name, _, text in said(cleaned)]
        for (name, _, before), (_, after) in zip(said(data), texts, strict=True):
            in_a_sentence = " " in before and not short.isdigit()
            assert after == before or in_a_sentence, (collection, identity, name)
