"""A seeded instance of `./scripts/prove offline`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.learn.offline_storm import storm
from tests.proofs.offline import report

CYCLES = 25


@pytest.mark.browser
def test_nothing_is_lost_and_nothing_is_taken_twice(browser: Browser, tmp_path: Path) -> None:
    with storm(browser, tmp_path / "data", seed=20) as phone:
        for _ in range(CYCLES):
            phone.cycle()
        counted = phone.finish()
    assert counted.is_good, report(counted, CYCLES, 0)
    assert counted.number("answers") > CYCLES
    assert counted.number("photos") > 0
    assert len(counted.happened) > 6, "most of what can happen did"
