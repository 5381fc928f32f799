"""A use case has its repositories from its construction on: a method makes none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
USE_CASES = sorted(SHARED.glob("*/usecases/*.py"))


def made(source: str) -> list[str]:
    """Returns where a text makes a repository outside a constructor, as `line: expression`."""
    return [f"{call.lineno}: {ast.unparse(call)}" for call in calls(ast.parse(source)) if is_repository(call)]


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and child.name == "__init__":
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls(child)


def is_repository(call: ast.Call) -> bool:
    """Tells a repository from what reads within one transaction, which is made there, for as long as that lasts."""
    named = isinstance(call.func, ast.Name) and call.func.id.endswith(("Records", "Ledger", "Tombstones"))
    return named and [ast.unparse(argument) for argument in call.args] not in (["transaction"], ["reader"])


@pytest.mark.parametrize(
    "line", ["ReviewRecords(self._documents).get(name)", "found = Ledger(self._documents)", "HealthRecords(documents)"]
)
def test_a_repository_made_in_a_method_is_found(line: str) -> None:
    assert len(made(f"class A:\n    def get(self, name):\n        {line}")) == 1
    assert made(f"class A:\n    def __init__(self, documents):\n        {line}") == []


def test_what_reads_within_a_transaction_is_made_there() -> None:
    assert made("def work(transaction):\n    return Ledger(transaction).of_call(call)") == []


@pytest.mark.parametrize("path", USE_CASES, ids=lambda path: str(path.relative_to(SHARED)))
def test_a_use_case_makes_no_repository_on_its_way(path: Path) -> None:
    assert made(path.read_text("utf-8")) == []
