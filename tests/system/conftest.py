"""Options of the longer runs: `pytest tests/system/test_kill.py --kills 200 --kill-seed 7`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=20, help="how often the embedded platform is killed under load")
    parser.addoption("--kill-seed", type=int, default=None, help="of the moments and the load; by chance if not given")
