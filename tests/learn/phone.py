"""A learner's phone: what one does on it, and what lies on it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.harness.chromium import WAIT_MILLISECONDS

PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

PARTS: Final = {"": "Lessons", "progress": "Progress", "add": "Add", "phone": "On this phone"}

JPEG: Final = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
KEPT: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("augment-learn");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const database = asked.result;
    if (!database.objectStoreNames.contains("queue")) { database.close(); return resolve([]); }
    const all = database.transaction("queue").objectStore("queue").getAll();
    all.onsuccess = () => { database.close(); resolve(all.result); };
  };
})"""
LOCKED: Final = """async () => {
  const { held, pending } = await navigator.locks.query();
  return [held, pending].map((all) => all.filter((one) => one.name === "augment-outbox").length);
}"""
"""How many tabs send, and how many wait for their turn."""


def new_phone(browser: Browser, address: str) -> BrowserContext:
    context = browser.new_context(base_url=address, **PHONE)
    context.set_default_timeout(WAIT_MILLISECONDS)
    return context


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in?next=/learn/")
    page.locator(f"button[value='{email}']").click()
    page.wait_for_url("**/learn/")


def show_part(page: Page, part: str) -> None:
    """Shows a part of the app, by its name in the address, and waits until it is drawn: its title comes last."""
    page.goto(f"/learn/#/{part}")
    page.wait_for_function("words => document.title === `${words} · Learn`", arg=PARTS[part])
    expect(page.locator("main:not([aria-busy])")).to_be_visible()


def opened(phone: BrowserContext, email: str = "ada@example.com") -> Page:
    """The app with the lessons of who has signed in, able to open without a connection."""
    page = phone.new_page()
    sign_in(page, email)
    expect(page.locator(".card").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    return page


def answer(page: Page, option: int, card: int = 0) -> None:
    """Opens the quick check of a card and answers its first question; waits until it is said what became of that."""
    page.locator(".card").nth(card).get_by_role("button", name="Quick check").click()
    page.locator(".option").nth(option - 1).click()
    expect(page.locator(".outcome button")).to_be_visible()


def answer_and_close(page: Page, option: int, card: int = 0) -> None:
    answer(page, option, card)
    page.get_by_role("button", name="Close the quick check").click()


def kill(page: Page) -> None:
    """Has the tab's process die, and waits until it has: it takes the worker of its other tabs along."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=1_000)


def kept(page: Page) -> list[dict[str, Any]]:
    """What waits on the phone, as its disk has it."""
    found: list[dict[str, Any]] = page.evaluate(KEPT)
    return found
