"""The real portal on a port of localhost, for a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from tests.harness.chromium import WAIT_MILLISECONDS, Quiet
from tests.portal.conftest import House, built

__all__ = ["built"]

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from playwright.sync_api import Browser, BrowserContext, Locator, Page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Site:
    """The portal on a port of localhost, over a platform with people and events."""

    def __init__(self, house: House, address: str) -> None:
        self.house = house
        self.address = address

    def open(self, browser: Browser, **options: Any) -> Page:
        """A page of a new browser profile. Anything that the console complains about fails the test."""
        context: BrowserContext = browser.new_context(base_url=self.address, **options)
        context.set_default_timeout(WAIT_MILLISECONDS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None,
        )
        complaints: list[str] = []
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    def enter(self, browser: Browser, role: str, **options: Any) -> Page:
        """The same, signed in as a person of that role through the demonstration's page."""
        page = self.open(browser, **options)
        page.goto("/sign-in")
        follow(page.locator(f"button[value='{self.house.people[role][0]}']"))
        return page


def follow(control: Locator) -> None:
    """Clicks what leads to another page, or to this one anew, and waits until that page is there: a click alone
    returns while the old one is still shown."""
    with control.page.expect_navigation():
        control.click()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Site]:
    house = House(tmp_path_factory.mktemp("site"), built, settings={"AUGMENT_WEB_PUSH": "on"})
    house.platform.health.check()

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return house.serve(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(house, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    house.parts.close()
