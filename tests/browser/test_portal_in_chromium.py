"""The portal as people meet it: light and dark, phone and desk, mouse and keyboard, with and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Site, follow
from tests.harness.chromium import violations
from tests.portal.conftest import ADMINISTRATION

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1360, "height": 900}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_doors_are_accessible(site: Site, browser: Browser, axe: str, scheme: str) -> None:
    page = site.open(browser, viewport=PHONE, color_scheme=scheme)
    page.goto("/sign-in")
    found = violations(page, axe)
    page.goto("/no-such-page")

    assert found + violations(page, axe) == []


def test_leadership_signs_in_reads_the_answer_and_looks_at_a_person(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "cro", viewport=DESK)

    heading = page.locator("h1").inner_text()
    assert "likely ready" in heading
    page.get_by_label("By", exact=True).select_option("deal_size")
    page.wait_for_url("**dimension=deal_size**")
    assert page.get_by_role("columnheader", name="Enterprise").is_visible()

    follow(page.get_by_role("link", name="People"))
    name = page.locator("tbody th a").first.inner_text()
    follow(page.locator("tbody th a").first)
    assert page.locator("h1").inner_text() == name
    assert page.get_by_text("This view is recorded.").is_visible()


def test_everything_works_by_keyboard(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "cro", viewport=DESK)
    page.goto("/")

    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.textContent")
    shown = page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert (skip, shown, inside, outline) == ("Skip to content", True, True, "solid")


def test_a_navigation_higher_than_the_screen_shows_where_one_is(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "administrator", viewport={"width": 1280, "height": 640})
    page.goto("/audit")
    place = page.locator("nav [aria-current]").bounding_box()

    assert place is not None
    assert 0 <= place["y"] <= 640 - place["height"]
    assert page.evaluate("scrollY") == 0


def test_the_phone_s_menu_opens_without_script_and_closes_with_escape(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "cro", viewport=PHONE, java_script_enabled=False)
    menu = page.get_by_role("button", name="Menu")
    links = page.get_by_role("navigation", name="Main")

    assert links.is_hidden()
    menu.click()
    links.wait_for()
    page.keyboard.press("Escape")
    assert links.is_hidden()


def test_filters_and_forms_work_without_script(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "cro", viewport=DESK, java_script_enabled=False)

    page.get_by_label("By", exact=True).select_option("deal_size")
    follow(page.locator("form:has(#dimension) button"))

    assert "dimension=deal_size" in page.url


def test_a_time_is_shown_in_the_reader_s_zone_which_is_named(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "cro", viewport=DESK, timezone_id="Asia/Kolkata")
    page.goto("/activity")

    time = page.locator("time[data-local]").first
    assert "GMT+5:30" in time.inner_text()
    assert str(time.get_attribute("title")).endswith("UTC")


def test_the_theme_follows_the_device_until_one_is_chosen(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "manager", viewport=DESK, color_scheme="light")

    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    follow(page.get_by_role("button", name="Dark"))
    chosen = background()
    page.emulate_media(color_scheme="light")
    kept = background()
    follow(page.get_by_role("button", name="System"))

    assert light != chosen
    assert kept == chosen
    assert background() == light


def test_a_rule_s_change_is_seen_person_by_person_before_it_is_published(
    site: Site, browser: Browser, axe: str
) -> None:
    page = site.enter(browser, "administrator", viewport=PHONE)
    version = site.house.platform.skills.framework(ADMINISTRATION, "sales_engineering").version
    page.goto("/skills/sales_engineering/discovery/rule")

    page.get_by_label("Averaging at least").nth(1).fill("ninety")
    follow(page.get_by_role("button", name="See whom it affects"))
    wrong = page.get_by_label("Averaging at least").nth(1)
    assert wrong.get_attribute("aria-invalid") == "true"
    assert page.get_by_text("Enter a number.").is_visible()
    assert violations(page, axe) == []

    wrong.fill("97")
    page.get_by_label("Attempts at least").fill("")
    page.get_by_label("Averaging at least").nth(0).fill("")
    follow(page.get_by_role("button", name="See whom it affects"))
    assert "would lose it" in page.locator("h1").inner_text()
    assert page.locator("#loses").is_visible()
    assert violations(page, axe) == []
    assert site.house.platform.skills.framework(ADMINISTRATION, "sales_engineering").version == version

    follow(page.get_by_role("button", name=f"Publish version {version + 1}"))
    page.get_by_text("Everyone is being recalculated").wait_for(state="visible")
    assert site.house.platform.skills.framework(ADMINISTRATION, "sales_engineering").version == version + 1


def test_times_are_shown_in_the_reader_s_own_zone(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "administrator", viewport=DESK, timezone_id="Asia/Tokyo", locale="en-GB")
    page.goto("/audit")
    first = page.locator("time[data-local]").first

    assert "UTC" in (first.get_attribute("title") or "")
    assert "UTC" not in first.inner_text()


def test_signing_out_leaves_nothing_behind_the_back_button(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "manager", viewport=DESK)
    page.goto("/people")

    follow(page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/sign-in")
    page.go_back()

    assert page.url.split("?")[0].endswith("/sign-in")
