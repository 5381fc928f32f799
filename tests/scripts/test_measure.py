"""What the measures count, on small modules."""

from __future__ import annotations

import textwrap

import pytest

from scripts.commands import measure
from scripts.commands.loose_types import loose_types, sources_below


def found_in(text: str, **others: str) -> list[tuple[str, int, bool]]:
    sources = {"shared.one.usecases.do": text, **{f"shared.{name}": other for name, other in others.items()}}
    return [(one.module, one.line, one.signature) for one in loose_types(sources)]


@pytest.mark.parametrize(
    "annotation",
    [
        "dict[str, Any]",
        "Mapping[str, object]",
        "list[dict[str, str]]",
        "tuple[Mapping[str, int], ...]",
        "dict",
        "Page[dict[str, Any]]",
        "dict[str, Any] | None",
        "Callable[[Mapping[str, Any]], int]",
        "'dict[str, Any]'",
    ],
)
def test_a_loose_type_counts_once(annotation: str) -> None:
    assert len(found_in(f"def take(value: {annotation}) -> None: ...")) == 1


@pytest.mark.parametrize("annotation", ["dict[str, str]", "Mapping[str, list[int]]", "list[Review]", "Any", "object"])
def test_what_says_what_it_holds_does_not(annotation: str) -> None:
    assert found_in(f"def take(value: {annotation}) -> None: ...") == []


def test_an_alias_counts_where_it_is_made_and_wherever_it_is_used_through_other_modules() -> None:
    found = found_in(
        "from shared.two import Body as B\ndef take(body: B) -> B: ...",
        two="from shared.three import Data\nBody = Data\n",
        three="from typing import Any\nData = dict[str, Any]\n",
    )
    assert sorted(found) == [
        ("shared.one.usecases.do", 2, True),
        ("shared.one.usecases.do", 2, True),
        ("shared.three", 2, False),
    ]


def test_a_signature_is_that_of_what_others_may_call() -> None:
    text = """
        class Reviews:
            def get(self) -> dict[str, Any]:
                kept: dict[str, Any] = {}
                return kept

            def _read(self) -> dict[str, Any]: ...
        """
    assert [signature for _, _, signature in sorted(found_in(textwrap.dedent(text)))] == [True, False, False]


def test_production_code_meets_every_aim_but_its_lines() -> None:
    lines, *others = measure.measures_of(sources_below(measure.ROOT, *measure.PRODUCTION))
    assert lines.about.startswith("lines")
    assert {one.about: one.places for one in others if one.value > one.aim} == {}


def test_files_functions_and_constructors_are_measured() -> None:
    wide = "class Do:\n    def __init__(self, a, b, c, d, e, f): ...\n"
    long = "def work():\n" + "    pass\n" * 40
    sources = {"shared.one.usecases.do": wide + long, "shared.big": "x = 1\n" * 401}
    values = {one.about: (one.value, one.places) for one in measure.measures_of(sources)}
    assert values["lines of production Python, with scripts"] == (2 + 41 + 401, ())
    assert values["files over 400 lines"] == (1, ("shared.big  401 lines",))
    assert values["functions over 40 lines"] == (1, ("shared.one.usecases.do:3  work, 41 lines",))
    assert values["constructors of use cases with over 5 collaborators"] == (1, ("shared.one.usecases.do:2  6",))


def test_each_line_counts_for_one_use() -> None:
    text = '"""Says\n\nwhat."""\n\nimport ast\n\n# why\ndef do():\n    """Does."""\n    return ast\n'
    found = measure.lines_by_use({"shared.one": text, "shared.empty": ""})
    assert found == {"statements": 2, "imports": 1, "documentation": 4, "comments": 1, "blank": 2}
    assert sum(found.values()) == text.count("\n")


def test_rooms_and_arrows_are_those_of_the_repository() -> None:
    rows = {package: (rooms, outward, inward) for package, rooms, outward, inward in measure.rooms_and_arrows()}
    assert rows["shared.kernel"][1] == 0  # the lowest of all
    assert sum(outward for _, outward, _ in rows.values()) == sum(inward for _, _, inward in rows.values()) > 1_000
