"""Every page of every role in a browser: axe's findings, and what lies outside the screen or the sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.browser.conftest import Site
from tests.harness.chromium import violations
from tests.harness.speed import SPEED
from tests.portal.lived_in import as_role, live_in
from tests.portal.test_walk import MOST_FIRST
from tests.portal.walk import Seen, Walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
SHEET: ViewportSize = {"width": 718, "height": 1000}
"""A4 in CSS pixels, less margins of a centimetre."""
SCREENS = ((DESK, "light"), (PHONE, "dark")), ((DESK, "dark"), (PHONE, "light"))
"""Both widths in one colour each; where things lie is the same in both colours."""
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const scrolls = (one) => one && one !== document.body &&
    (["auto", "scroll"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  for (const one of document.querySelectorAll("body *")) {
    const { left, right, width, height } = one.getBoundingClientRect();
    if (!width || !height || one.closest(".visually-hidden, .skip, svg") || (left >= -1 && right <= wide + 1)) continue;
    if (!scrolls(one.parentElement)) found.push(`${one.tagName} ${one.className} to ${Math.round(right)}`);
  }
  return found.slice(0, 3);
}"""

GLUED = """() => {
  const words = (one) => one.innerText?.trim() && getComputedStyle(one).display === "inline", found = [];
  for (const one of document.querySelectorAll("main *")) {
    const next = one.nextSibling;
    if (next?.nodeType !== Node.ELEMENT_NODE || !words(one) || !words(next)) continue;
    if (one.closest("button, .visually-hidden, pre") || next.matches(".visually-hidden")) continue;
    if (!/[\\p{L}\\d]$/u.test(one.innerText.trim()) || !/^[\\p{L}\\d]/u.test(next.innerText.trim())) continue;
    const before = [...one.getClientRects()].at(-1), after = next.getClientRects()[0];
    if (Math.abs(before.top - after.top) < 4 && after.left - before.right < 2)
      found.push(`“${one.innerText.slice(-20)}|${next.innerText.slice(0, 20)}”`);
  }
  return found.slice(0, 3);
}"""
"""Words of two elements beside each other without a space between."""


def looked_at(site: Site) -> Iterator[tuple[str, str, Seen]]:
    """Yields (role, session cookie, page) for every page on which something is drawn that no earlier one had."""
    walk = Walk(live_in(site.house), acts=False)
    known: set[tuple[str, int, str]] = set()
    for role in MOST_FIRST:
        person = as_role(site.house, role)
        cookie = person.client.get_cookie("session")
        assert cookie is not None
        for seen in walk.of(person, role):
            name, status, parts = seen.looks
            drawn = {(name, status, part) for part in parts}
            if not drawn <= known:
                known |= drawn
                yield role, cookie.value, seen


def test_axe_finds_nothing_and_nothing_lies_outside(site: Site, browser: Browser, axe: str) -> None:
    """axe looks at each page on one of the four kinds of screen in turn; in a proof on every one."""
    wrong: list[str] = []
    page = site.open(browser)
    for number, (role, cookie, seen) in enumerate(looked_at(site)):
        page.context.add_cookies([{"name": "session", "value": cookie, "url": site.address}])
        page.goto(seen.address)
        page.evaluate("for (const part of [...document.querySelectorAll('details')].slice(0, 4)) part.open = true")
        screens = [one for colours in SCREENS for one in colours] if SPEED == "whole" else SCREENS[number // 2 % 2]
        for turn, (viewport, scheme) in enumerate(screens):
            page.emulate_media(media="screen", color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size(viewport)
            wrong += [f"{role}, {viewport['width']} px, {seen.address}: {one} px" for one in page.evaluate(OUTSIDE)]
            wrong += violations(page, axe) if SPEED == "whole" or turn == number % 2 else []
        wrong += [f"{role}, {seen.address}: {one} run into each other" for one in page.evaluate(GLUED)]
        wrong += [f"{role}, in print, {seen.address}: {one} px" for one in outside_the_sheet(page)]
    expected = [one for one in page.complaints if "the server responded with a status of 4" not in one]  # type: ignore[attr-defined]
    assert wrong + expected == []


def outside_the_sheet(page: Page) -> list[str]:
    """What a printer cuts: on paper nothing scrolls."""
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    found: list[str] = page.evaluate(OUTSIDE.replace('["auto", "scroll"]', "[]"))
    return found
