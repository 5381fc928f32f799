"""A reviewer at work: scores and their quotes, light and dark, at a desk and on a phone, by mouse and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Site, follow
from tests.browser.test_portal_in_chromium import DESK, PHONE
from tests.harness.chromium import violations
from tests.portal.call_samples import ASKED, analysed_call

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def review(site: Site) -> str:
    return analysed_call(site.house, site.house.people["employee"][2], "call-in-chromium")


def look(page: Page) -> None:
    """Gives own scores where they are asked for, so that the analyst's are shown."""
    if page.get_by_role("button", name="Show the analyst’s scores").count():
        page.get_by_label("Discovery: Your score").fill("70")
        page.get_by_label("Not observed: Listening").check()
        follow(page.get_by_role("button", name="Show the analyst’s scores"))


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark"), (PHONE, "light"), (DESK, "dark")], ids=str
)
def test_axe_finds_nothing_on_a_review_and_its_call(
    site: Site, browser: Browser, axe: str, review: str, viewport: dict[str, int], scheme: str
) -> None:
    page = site.enter(browser, "enablement", viewport=viewport, color_scheme=scheme)
    call = "/calls/gong-call-in-chromium"
    for address in (f"/reviews/{review}", call, f"{call}/transcript"):
        page.goto(address)
        assert violations(page, axe) == []
        look(page)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "dark"), (PHONE, "light")], ids=str)
def test_axe_finds_nothing_on_a_transcript_and_where_it_is_refused(
    site: Site, browser: Browser, axe: str, viewport: dict[str, int], scheme: str
) -> None:
    employee_id = site.house.people["employee"][3]
    call = f"call-read-{viewport['width']}"
    analysed_call(site.house, employee_id, call, confidence=0.9)
    address = f"/calls/gong-{call}/transcript"

    page = site.enter(browser, "administrator", viewport=viewport, color_scheme=scheme)
    page.goto(address)
    found = violations(page, axe)
    page.get_by_role("button", name="Open the transcript").click()
    page.get_by_text(ASKED).wait_for()
    found += violations(page, axe)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.complaints == []  # type: ignore[attr-defined]

    refused = site.enter(browser, "enablement", viewport=viewport, color_scheme=scheme)
    refused.goto(address)
    assert refused.get_by_role("link", name="Read anonymised samples").is_visible()
    assert found + violations(refused, axe) == []


def test_a_score_leads_to_its_quote_and_back(site: Site, browser: Browser, review: str) -> None:
    page = site.enter(browser, "enablement", viewport=DESK)
    page.goto(f"/reviews/{review}")
    look(page)
    scores, words = page.locator(".scores").bounding_box(), page.locator(".transcript").bounding_box()
    assert scores is not None
    assert words is not None
    assert scores["x"] + scores["width"] <= words["x"], "beside each other at a desk"

    page.get_by_role("link", name="Quote in turn 5").click()
    mark = page.locator("mark:target")
    assert mark.inner_text() == ASKED
    assert mark.is_visible()
    page.locator(".turn", has=mark).get_by_role("link", name="Discovery").click()
    assert page.locator(".score:target h3").inner_text() == "Discovery"


def test_on_a_phone_the_scores_come_first_and_what_is_far_is_folded(
    site: Site, browser: Browser, axe: str, review: str
) -> None:
    page = site.enter(browser, "enablement", viewport=PHONE)
    page.goto(f"/reviews/{review}")
    look(page)
    scores, words = page.locator(".scores").bounding_box(), page.locator(".transcript").bounding_box()
    assert scores is not None
    assert words is not None
    assert scores["y"] + scores["height"] <= words["y"]
    assert page.get_by_text("This is sentence number 9").is_hidden()
    page.locator(".far summary").first.click()
    page.get_by_text("This is sentence number 9").wait_for()


def test_a_wrong_number_is_said_at_the_top_and_a_right_one_counts(site: Site, browser: Browser, axe: str) -> None:
    review = analysed_call(site.house, site.house.people["employee"][4], "call-corrected-in-chromium")
    page = site.enter(browser, "enablement", viewport=PHONE, color_scheme="dark")
    page.goto(f"/reviews/{review}")
    look(page)
    score = page.get_by_label("Discovery: Your score")
    score.fill("a lot")
    follow(page.get_by_role("button", name="Save corrections"))
    assert score.get_attribute("aria-invalid") == "true"
    assert page.get_by_text("That did not go through.").is_visible()
    assert violations(page, axe) == []

    score.fill("61,5")
    page.get_by_label("Not observed: Listening").check()
    follow(page.get_by_role("button", name="Save corrections"))
    assert page.get_by_text("Corrected.", exact=True).first.is_visible()
    assert violations(page, axe) == []


def test_a_letter_sets_a_level_and_signs_move_it_and_what_was_typed_comes_back(
    site: Site, browser: Browser, axe: str
) -> None:
    review = analysed_call(site.house, site.house.people["employee"][5], "call-by-keys-in-chromium")
    page = site.enter(browser, "enablement", viewport=PHONE)
    page.goto(f"/reviews/{review}")
    score, unseen = page.get_by_label("Discovery: Your score"), page.get_by_label("Not observed: Discovery")
    unseen.check()
    score.press("c")
    assert (score.input_value(), unseen.is_checked()) == ("67", False)
    score.press("+")
    score.press("-")
    score.press("-")
    assert score.input_value() == "62"
    page.get_by_role("group", name="Listening: level").get_by_role("button", name="75–89").click()
    assert page.get_by_label("Listening: Your score").input_value() == "82"
    assert violations(page, axe) == []

    page.context.clear_cookies()
    page.get_by_role("button", name="Show the analyst’s scores").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.locator(f"button[value='{site.house.people['enablement'][0]}']").click()
    page.get_by_label("Discovery: Your score").wait_for()
    assert page.get_by_label("Discovery: Your score").input_value() == "62"
    assert page.get_by_label("Listening: Your score").input_value() == "82"
    assert page.complaints == []  # type: ignore[attr-defined]
