"""A mentor stands on site with a phone, and says there what a learner was seen to do."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import BrowserContext, expect

from tests.learn.academy import ADA, MAX, Academy
from tests.learn.phone import JPEG, PHONE

LEAST_TARGET: Final = 24
"""Pixels each way, as WCAG 2.2 AA asks of what is pressed."""

SMALL: Final = """least => {
  const pressed = "button, a.button, summary, select, .check label";
  return [...document.querySelectorAll("main :is(" + pressed + ")")]
    .map((one) => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < least || box.height < least))
    .map(([words]) => words);
}"""


def test_a_mentor_observes_with_a_photo_from_the_navigation_on(academy: Academy, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/sign-in")
    page.locator(f"button[value='{MAX}']").click()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Observe").click()
    page.get_by_role("link", name="Ada Cable", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Observe Ada Cable")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    small = page.evaluate(SMALL, LEAST_TARGET)
    assert small == []

    page.get_by_label("Supervised: somebody stood by").check()
    page.locator("summary", has_text="S2").click()
    page.locator("#S2-60").check()
    page.locator("textarea[name='words-S2']").fill("Stripped to the mark, both ends.")
    page.locator("#photo").set_input_files({"name": "joint.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    page.get_by_role("button", name="Record").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Cable")
    seen = {one.kind: one for one in academy.evidence(ADA)}
    assert set(seen) == {"observation", "photo"}
    assert seen["observation"].recorded_by == seen["photo"].recorded_by == MAX
