"""What every test run does: keeps heavy tools on one worker each, and says loudly what was not tested."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings

from tests.harness.chromium import axe, browser
from tests.harness.lent import lent
from tests.harness.speed import SHARE_OF_EXAMPLES, SPEED, Moments, examples

__all__ = ["axe", "browser"]

# Rewritten and compiled once, not by every worker and every process that a test starts.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is no reason to fail. In continuous integration the examples are the same every time: a new
# counterexample is found by those who work on the code, not by those who merely submit.
settings.register_profile("here", deadline=None, max_examples=examples(100))
settings.register_profile("ci", deadline=None, max_examples=examples(100), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")

TOOLS = ("terraform", "browser", "googlesql", "emulator", "postgres", "node")
ONE_WORKER = ("terraform", "browser", "googlesql")
"""Markers whose tests share an expensive session fixture, so that one worker makes it once. Two workers would even
disturb each other: a terraform that starts writes the files of the provider that another is reading."""
LONG = ("matrix", "long")
"""Markers of what is too long for every commit."""
MOMENTS = "moments"
LENT = "lent"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Of tests/system and tests/attacks."""
    parser.addoption("--kills", type=int, default=None, help="how often the embedded platform is killed under load")


@pytest.fixture
def moments(request: pytest.FixtureRequest) -> Moments:
    """Chooses the moments of a matrix; a test that asks for it is marked `matrix`."""
    node: pytest.Item = request.node

    def left_out(of: int, number: int) -> None:
        node.user_properties.append((MOMENTS, (of, number)))

    return Moments(node.nodeid, left_out)


@pytest.hookimpl(tryfirst=True)  # before xdist, which then reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_to_others(config, items)
    for item in items:
        if "moments" in getattr(item, "fixturenames", ()):
            item.add_marker("matrix")
        for marker in ONE_WORKER:
            if item.get_closest_marker(marker) and not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(marker))


def leave_to_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes out the tests that compare with files which are not here and which the repository does not need."""
    others = [item for item in items if any(not lent(*marker.args) for marker in item.iter_markers(LENT))]
    if others:
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Takes what collecting made, which stays to the end, out of the collector's sight: it is a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Counts what this run leaves out, by its markers."""
    if not items:
        return
    output: dict[str, Any] = getattr(items[0].config, "workeroutput", DESELECTED)
    known = Counter(output.get("deselected", {}))
    for item in items:
        known[next((name for name in (*TOOLS, *LONG, LENT) if item.get_closest_marker(name)), "other")] += 1
    output["deselected"] = dict(known)


DESELECTED: dict[str, Any] = {}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Every worker leaves out the same."""
    DESELECTED.update(getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    tell_of_the_rest(terminalreporter)
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    by_tool = Counter(next((tool for tool in TOOLS if tool in report.keywords), "other") for report in skipped)
    terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", red=True, bold=True)
    for tool, number in sorted(by_tool.items()):
        terminalreporter.line(f"{number:5d} tests that need: {tool}")
    terminalreporter.line(f"{len(skipped):5d} in all; the reasons are above")


def tell_of_the_rest(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what this run left out on purpose, and which command has it all."""
    found = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == MOMENTS
    ]
    deselected = Counter(DESELECTED.get("deselected", {}))
    of, number = (sum(column) for column in zip(*found, strict=True)) if found else (0, 0)
    if not number and not deselected and SPEED != "fast":
        return
    terminalreporter.section("left out")
    if number:
        terminalreporter.line(f"{number:5d} of {of} moments of matrices: ./scripts/prove crashes tries every one")
    for name, number in sorted(deselected.items()):
        terminalreporter.line(f"{number:5d} tests marked {name}" if name != "other" else f"{number:5d} other tests")
    if SPEED == "fast":
        left_out = 1 - SHARE_OF_EXAMPLES["fast"]
        terminalreporter.line(f" {left_out:.0%} of the examples of properties; ./scripts/test has them all")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a skipped test is a failed run; what was hidden from the collector is seen again."""
    gc.unfreeze()
    if os.environ.get("CI") != "true" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = 1
