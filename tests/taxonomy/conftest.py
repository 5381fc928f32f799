"""A framework in force in a place of its own, with two people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.crash_harness import CrashHarness, new_crash_harness
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(replace(GENERAL_DISCOVERY, expires_after_days=40)), framework_id="sales_engineering")
JOE, MIA = PEOPLE = ("joe@example.com", "mia@example.com")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CrashHarness]:
    made = new_crash_harness(tmp_path, FRAMEWORK, PEOPLE)
    yield made
    made.store.close()
