"""The one Chromium of a worker, and what is asked of its pages: skipped loudly without it, an error where CI=true."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import WSGIRequestHandler

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MILLISECONDS = 60_000
"""How long something may take to appear where others have the processor: only who waits in vain waits as long."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: CI must run the browser tests")
    pytest.skip(f"BROWSER TESTS DID NOT RUN: {reason}")


def found() -> str | None:
    """Where Chromium is on this machine."""
    return os.environ.get("CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A fixture of tests/conftest.py alone: Playwright's loop runs until it ends, and a thread has one loop. A conftest
    that imports this anew makes a second fixture of the same name, whose every test is an error."""
    path = found()
    if path is None:
        absent("no Chromium on this machine (Debian: apt-get install chromium; or set CHROMIUM to its path)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MILLISECONDS)
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


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds that is serious or critical, and what it finds at all in the rules of WCAG 2.2 A and AA."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {item['impact']} {item['id']}: {item['nodes'][0]['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"} or any(tag.startswith("wcag") for tag in item["tags"])
    ]


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits until something holds that the page, the browser or the platform behind it comes to by itself."""
    until = time.monotonic() + WAIT_MILLISECONDS / 1_000
    while time.monotonic() < until:
        if holds():
            return
        page.wait_for_timeout(50)
    assert holds()


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Says nothing."""
