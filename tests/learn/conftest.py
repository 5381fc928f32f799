"""The learners' app on a port of localhost, and browsers before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from tests.harness.chromium import Quiet
from tests.learn.academy import Academy
from tests.learn.phone import new_phone

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "address" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def academy(tmp_path: Path) -> Iterator[Academy]:
    made = Academy(tmp_path / "data")
    yield made
    made.parts.close()


@pytest.fixture
def address(academy: Academy) -> Iterator[str]:
    """The app on a port of localhost."""
    server = make_server("localhost", 0, academy.serve, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = new_phone(browser, address)
    yield context
    context.close()
