"""Options of the longer runs: `pytest tests/system/test_kill.py --kills 200 --kill-seed 7`,
`pytest tests/system/test_any_answer.py --answers 5000`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kill-seed", type=int, default=None, help="of the moments and the load; by chance if not given")
    parser.addoption("--answers", type=int, default=40, help="how many answers of the recorder are made up")
