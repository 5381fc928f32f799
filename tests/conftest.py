"""What every test run does: keeps heavy tools on one worker each, and says loudly what was not tested."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

# A busy machine is no reason to fail. In continuous integration the examples are the same every time: a new
# counterexample is found by those who work on the code, not by those who merely submit.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")

TOOLS = ("terraform", "browser", "googlesql", "emulator", "postgres")
ONE_WORKER = ("terraform", "browser", "googlesql")
"""Markers whose tests share an expensive session fixture, so that one worker makes it once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in ONE_WORKER:
            if item.get_closest_marker(marker) and not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(marker))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    by_tool = Counter(next((tool for tool in TOOLS if tool in report.keywords), "other") for report in skipped)
    terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", red=True, bold=True)
    for tool, number in sorted(by_tool.items()):
        terminalreporter.line(f"{number:5d} tests that need: {tool}")
    terminalreporter.line(f"{len(skipped):5d} in all; the reasons are above")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a skipped test is a failed run."""
    if os.environ.get("CI") != "true" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = 1
