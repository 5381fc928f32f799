"""Real Chromium on the real portal: skipped loudly without a browser, an error where CI=true."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.portal.conftest import House

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: CI must run the browser tests")
    pytest.skip(f"BROWSER TESTS DID NOT RUN: {reason}")


def found() -> str | None:
    """Where Chromium is on this machine."""
    return os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = found()
    if path is None:
        absent("no Chromium on this machine (Debian: apt-get install chromium; or set CHROMIUM to its path)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script, out of the package axe-playwright-python."""
    try:
        import axe_playwright_python  # type: ignore[import-untyped]
    except ImportError:
        absent("axe-playwright-python is not installed")
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


class Site:
    """The portal on a port of localhost, over a platform with people and events."""

    def __init__(self, house: House, address: str) -> None:
        self.house = house
        self.address = address

    def open(self, browser: Browser, **options: Any) -> Page:
        """A page of a new browser profile. Anything that the console complains about fails the test."""
        context: BrowserContext = browser.new_context(base_url=self.address, **options)
        context.set_default_timeout(15_000)
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


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds that is serious or critical, and what it finds at all in the rules of WCAG 2.2 A and AA."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"} or any(tag.startswith("wcag") for tag in item["tags"])
    ]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    house = House(tmp_path_factory.mktemp("site"), settings={"AUGMENT_WEB_PUSH": "on"})
    house.platform.health.check()

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return house.serve(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(house, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    house.parts.close()
