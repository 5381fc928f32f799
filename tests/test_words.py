"""The words of the code: those of the glossary, and docstrings that begin with a verb."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"

BANNED = re.compile(
    r"(^|_)(grouping|cohort|distrust|standings?|appeal|observing|acceptance|thresholds?|class|classes)($|_)"
    r"|^_*held(_|$)|_held$|^_*(Acceptance|Cohort|Distrust|Grouping|Standing|Appeal|Held|Kernel|Threshold|Classes|Taxonomy)(?![a-z])|(^|_)kernel($|_)",
    re.IGNORECASE,
)
"""Synonyms that the glossary gives up, as parts of names; public names keep theirs (see PUBLISHED)."""
PUBLISHED = {
    # Fields of the ledger, of `observation-recorded` and of the API; the parameter of that name, and its values.
    *("standing", "STANDING", "STANDINGS", "Standing"),
    # Of scores whose word means nothing yet: stored and published fields, the API's schemas and operations.
    *("held", "held_id", "held_at", "HeldScore", "HeldItem", "HeldList", "HeldDecision"),
    *("held_observations", "HELD_SCORE_ALIASED", "HELD_SCORE_DISMISSED", "list_held_scores", "decide_held_score"),
    "kernel_version",  # a field of what ratings publish
}
NOT_VERBS = {"Of", "Who", "Whose", "What", "Where"}
NOUNS = ("As", "Bytes", "Customers", "Days", "Engineers", "Hundredths", "Seconds", "Sentences", "Tokens")
VERB = re.compile(rf"(?!(?:{'|'.join(NOUNS)})\b)(?:POSTs|[A-Z][a-z]*s)(?![\w'’-])")
"""Matches the third person, and plurals too: NOUNS refuses those that docstrings have begun with."""
PRODUCTION = ("functions", "infra", "shared", "scripts")


@cache
def trees(*folders: str) -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (path, ast.parse(path.read_text(encoding="utf-8")))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def test_no_name_in_shared_is_a_word_that_the_glossary_gives_up() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees("shared")
        for line, name in names(tree)
        if BANNED.search(name) and name not in PUBLISHED
    ]
    assert not found


def test_an_edge_has_requests_and_responses() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees("shared/platform/edges")
        for line, name in names(tree)
        if name in {"Call", "Answer", "Reply"}
    ]
    assert not found


def test_nothing_is_called_services() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees(*PRODUCTION)
        for line, name in names(tree)
        if name == "Services"
    ]
    assert not found


def docstrings() -> Iterator[tuple[str, ast.AST, str]]:
    """Yields where each docstring of production stands, what it is about, and its text."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    for path, tree in trees(*PRODUCTION):
        for node in ast.walk(tree):
            if isinstance(node, kinds) and (text := ast.get_docstring(node)):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", node, text


def test_docstrings_begin_with_no_pronoun() -> None:
    found = [f"{place} {text[:60]}" for place, _, text in docstrings() if re.split(r"\W", text)[0] in NOT_VERBS]
    assert not found


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    functions = [(place, text) for place, node, text in docstrings() if not isinstance(node, ast.ClassDef | ast.Module)]
    assert len(functions) > 1000
    assert [f"{place} {text[:60]}" for place, text in functions if not VERB.match(text)] == []


@pytest.mark.parametrize(
    "text", ["The rows.", "A row", "0, or 1", "`4:07`", "Gong's rows", "scores: by row", "Days in"]
)
def test_a_docstring_without_a_verb_is_noticed(text: str) -> None:
    assert not VERB.match(text)


def test_the_glossary_names_no_word_twice() -> None:
    rows = [row.split("|")[1].strip() for row in GLOSSARY.read_text("utf-8").splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 30
    assert rows == sorted(rows, key=str.casefold)
    assert len({row.casefold() for row in rows}) == len(rows)


def test_every_path_of_the_architecture_is_there() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:functions|shared|infra|terraform|scripts|tests)/[\w./]+)`", text)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


def drawn_below(package: str) -> list[str]:
    """Returns the folders that the architecture draws in a package's tree, in its order."""
    tree = re.search(rf"^{package}/\n((?:  .*\n)+)", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tree
    return [name for line in tree[1].splitlines() for name in re.findall(r"(\w+)/ ", line[:19])]


def test_every_trade_of_infra_is_in_the_architecture() -> None:
    there = {path.parent.name for path in (ROOT / "infra").glob("*/__init__.py")}
    assert set(drawn_below("infra")) == there


def test_every_capability_is_in_the_architecture_and_in_its_order() -> None:
    drawn = drawn_below("shared")
    there = {path.name for path in (ROOT / "shared").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert set(drawn) == there
    order = re.search(r"layers = \[\n(.*?)\n\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)
    assert order
    assert drawn == [name for name in reversed(re.findall(r'"(\w+)"', order[1])) if name in there]
