"""Runs a platform under load for a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.busy_platform import Platform


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.server.shutdown()
    running.server.server_close()
