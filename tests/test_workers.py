"""Workers do once what is expensive: a tool's tests are one group, and what one compiles all others read."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ONE_WORKER

TESTS = Path(__file__).parent


@pytest.mark.parametrize("tool", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ONE_WORKER])
def test_a_tools_tests_are_one_group(request: pytest.FixtureRequest, tool: str, worker_id: str) -> None:
    """Under xdist, which names the group at the end of the node that it schedules."""
    if worker_id == "master":
        assert request.node.get_closest_marker("xdist_group").args == (tool,)
    else:
        assert request.node.nodeid.endswith(f"@{tool}")


def test_what_is_compiled_is_kept_by_every_process() -> None:
    """Also where the environment forbids it: the suite would spend a third of its collection on compiling."""
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_a_worker_has_one_chromium_for_every_test() -> None:
    """A second fixture of a running Playwright is an error in each of its tests: a thread has one loop."""
    others = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        if path not in {TESTS / "conftest.py", TESTS / "harness" / "chromium.py", TESTS / "proofs" / "offline.py"}
        for line in browsers_made(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert others == []


def browsers_made(tree: ast.Module) -> Iterator[int]:
    """Lines that define or import a fixture `browser`, or start Playwright."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "browser":
            yield from (node.lineno for one in node.decorator_list if "fixture" in ast.dump(one))
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = {one.name for one in node.names}
            fixture = "browser" in names and node.module.endswith((".chromium", ".conftest"))
            yield from [node.lineno] if fixture or "sync_playwright" in names else []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("from tests.harness.chromium import axe, browser", [1]),
        ("from playwright.sync_api import sync_playwright", [1]),
        ("from tests.browser.conftest import browser", [1]),
        ("@pytest.fixture(scope='session')\ndef browser() -> None: ...", [2]),
        ("def browser() -> None: ...", []),
        ("from playwright.sync_api import Browser", []),
    ],
)
def test_what_makes_a_browser_is_found(text: str, lines: list[int]) -> None:
    assert list(browsers_made(ast.parse(text))) == lines
