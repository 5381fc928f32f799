"""Ids that look like others are refused, with the character that does it; names keep what their scripts need."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kernel import bodies

IDS = (bodies.Identifier, bodies.DocumentName, bodies.SourceName, bodies.EmployeeId)
UNSEEN = (
    "\u202e",
    "\u200b",
    "\u200d",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u0085",
    "\ue000",
    "\u0378",
    "\u3164",
    "\ufe0f",
    "\u034f",
)
SPACES = ("\u00a0", "\u2003", "\u3000", "\u2028")


@pytest.mark.parametrize("character", UNSEEN + SPACES)
@pytest.mark.parametrize("kind", IDS)
def test_no_id_has_what_does_not_show(kind: type[str], character: str) -> None:
    with pytest.raises(ValidationError, match=rf"U\+{ord(character):04X}"):
        TypeAdapter(kind).validate_python(f"jo{character}e")


@pytest.mark.parametrize(
    "given",
    ["joe@augmentcode.com", "1042", "staff 17", "006B/x:y", "jos\u00e9", "\u674e\u96f7", "\u0644\u064a\u0644\u0649"],
)
def test_what_shows_is_an_id(given: str) -> None:
    assert TypeAdapter(bodies.Identifier).validate_python(given) == given
    assert TypeAdapter(bodies.Identifier).validate_python("jose\u0301") == "jos\u00e9"


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u0085"])
def test_no_name_turns_its_direction_or_hides_something(character: str) -> None:
    with pytest.raises(ValidationError, match=rf"U\+{ord(character):04X}"):
        TypeAdapter(bodies.Word).validate_python(f"Jo{character}e")


@pytest.mark.parametrize(
    "name",
    [
        "Jo Quill",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0d28\u0d4d\u200d",
        "\u674e\u3000\u96f7",
        "A\u00a0B",
    ],
)
def test_names_keep_what_their_scripts_need(name: str) -> None:
    assert TypeAdapter(bodies.Word).validate_python(name) == name


@pytest.mark.parametrize("given", ["jo  e", "jo   e"])
@pytest.mark.parametrize("kind", IDS)
def test_spaces_that_one_cannot_count_are_none_of_an_id(kind: type[str], given: str) -> None:
    with pytest.raises(ValidationError, match=r"U\+0020"):
        TypeAdapter(kind).validate_python(given)
