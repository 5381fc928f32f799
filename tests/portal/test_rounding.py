"""One number is rounded in one way on every page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import functions.portal


def rounded(folder: Path) -> Iterator[str]:
    """Whole numbers that are made by `round`, which takes halves to the even one: file and line."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "round" and len(node.args) + len(node.keywords) == 1:
                yield f"{path.relative_to(folder)}:{node.lineno}"


def test_whole_numbers_on_pages_are_rounded_half_up() -> None:
    assert list(rounded(Path(functions.portal.__path__[0]))) == []


def test_one_that_is_not_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text("shown = round(2.5)\nother = round(2.5, 1)\n")
    assert list(rounded(tmp_path)) == ["page.py:1"]
