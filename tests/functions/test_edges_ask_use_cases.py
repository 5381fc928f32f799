"""An edge takes what it shows from use cases: it reaches for no repository and no audit that the wiring has made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
INSIDE = frozenset({"records", "call_records", "audit"})


def reached(source: str) -> list[str]:
    """Returns where a text takes a repository or the audit from something, as `line: expression`."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in INSIDE
    ]


def test_a_repository_by_attribute_is_found() -> None:
    assert reached("names = people(on).records.names(ids)") == ["1: people(on).records"]
    assert reached("platform(on).audit.record(caller, action)") == ["1: platform(on).audit"]


@pytest.mark.parametrize("path", sorted(FUNCTIONS.rglob("*.py")), ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_an_edge_reaches_for_no_repository(path: Path) -> None:
    assert reached(path.read_text("utf-8")) == []
