"""Gives each test a house of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notifications.house import House, house_in


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_in(tmp_path)
