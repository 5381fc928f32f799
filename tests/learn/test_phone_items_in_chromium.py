"""L20.4: the platform knows what it expects of a phone, so that a cleared one is told, and a restored one sends nothing
twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import BrowserContext, Page, expect
from werkzeug import Request, Response

from tests.harness.chromium import wait_until
from tests.learn.academy import ADA, Academy
from tests.learn.phone import JPEG, answer, kept, opened
from tests.learn.test_outbox_in_chromium import unreachable


def take_photo(page: Page) -> None:
    page.goto("/learn/#/add")
    page.locator("#photo").set_input_files({"name": "joint.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    expect(page.get_by_role("button", name="Send it")).to_be_visible()


def held(academy: Academy, email: str = ADA) -> dict[str, str]:
    found = academy.platform.documents.get(f"phone_items/{email}")
    return dict(found.data["items"]) if found is not None else {}


def let_go(academy: Academy) -> list[str]:
    """Whether each item that was told of is let go."""
    return [one[-1] for one in held(academy).values()]


CLEAR: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.deleteDatabase("augment-learn");
  asked.onsuccess = () => resolve();
  asked.onerror = () => reject(asked.error);
})"""


def clear(page: Page) -> None:
    """What Safari does to a site that nobody opened for a week; the sign-in's cookie is the server's and stays."""
    page.goto("/learn/manifest.webmanifest")
    page.evaluate(CLEAR)


def test_l20_4_the_platform_knows_what_it_expects_and_a_cleared_phone_is_told_what_never_arrived(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone)
    take_photo(page)  # and it is never sent
    wait_until(page, lambda: len(held(academy)) == 1)
    clear(page)
    page.goto("/learn/")
    expect(page.locator("#bar")).to_contain_text("A photo of")
    expect(page.locator("#bar")).to_contain_text("kept on a phone of yours and never arrived.")
    page.get_by_role("button", name="I know").click()
    expect(page.locator("#bar")).not_to_contain_text("never arrived")
    wait_until(page, lambda: let_go(academy) == ["1"])
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator("#bar")).not_to_contain_text("never arrived")


def test_l20_4_what_was_thrown_away_is_not_expected(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)
    take_photo(page)
    wait_until(page, lambda: len(held(academy)) == 1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Throw it away").click()
    wait_until(page, lambda: kept(page) == [] and let_go(academy) == ["1"])
    clear(page)
    page.goto("/learn/")
    expect(page.locator(".card").first).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator("#bar")).not_to_contain_text("never arrived")


COPY: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("augment-learn");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const one = asked.result.transaction(["queue", "media"]);
    const [queue, media] = ["queue", "media"].map((name) => one.objectStore(name).getAll());
    one.oncomplete = () => {
      asked.result.close();
      window.copy = { queue: queue.result, media: media.result };
      resolve();
    };
  };
})"""
RESTORE: Final = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("augment-learn");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const one = asked.result.transaction(["queue", "media"], "readwrite");
    for (const [name, rows] of Object.entries(window.copy)) for (const row of rows) one.objectStore(name).put(row);
    one.oncomplete = () => { asked.result.close(); resolve(); };
  };
})"""


def test_l20_4_a_phone_that_was_restored_sends_nothing_again_that_has_arrived(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone)
    academy.before = unreachable
    take_photo(page)
    page.get_by_role("button", name="Send it").click()
    wait_until(page, lambda: [one["state"] for one in kept(page)] == ["waiting"])
    page.evaluate(COPY)
    uploads: list[str] = []

    def counted(request: Request, answer: Callable[[], Response]) -> Response:
        if request.method == "POST" and request.path.endswith("/v1/evidence"):
            uploads.append(request.path)
        return answer()

    academy.before = counted
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: kept(page) == [] and len(academy.evidence()) == 1)
    uploads.clear()
    page.evaluate(RESTORE)
    assert len(kept(page)) == 1
    page.reload()
    wait_until(page, lambda: kept(page) == [])
    assert (len(uploads), len(academy.evidence())) == (0, 1)


def test_what_is_told_of_phones_holds_up_nothing_when_it_fails(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)

    def deaf(request: Request, answer: Callable[[], Response]) -> Response:
        return Response(status=500) if request.path.endswith("/phone-items") else answer()

    academy.before = deaf
    page.reload()
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Right.")
    assert len(academy.answers()) == 1
