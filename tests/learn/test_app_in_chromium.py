"""The app in a real browser, on a phone's screen."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from tests.harness.chromium import violations, wait_until
from tests.learn.academy import ADA, Academy
from tests.learn.phone import JPEG, answer, opened, show_part, sign_in

LEAST_TARGET = 44
"""Pixels of what a thumb hits, each way."""


def test_a_learner_signs_in_sees_why_and_is_told_whether_and_why_an_answer_is_right(
    academy: Academy, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto("/learn/")
    page.get_by_role("link", name="Sign in").click()
    page.locator(f"button[value='{ADA}']").click()
    first = page.locator(".card").first
    expect(first).to_contain_text("Safety first")
    expect(first).to_contain_text("Not reviewed by a competent person.")
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Right. A cable is live until it is proved dead.")
    page.get_by_role("button", name="Next question").click()
    page.locator(".option").first.click()
    expect(page.locator(".outcome")).to_contain_text("Not right.")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="1 of 2 right")).to_be_visible()
    assert sorted(one.right for one in academy.answers()) == [False, True]


def test_a_learner_who_signs_in_to_the_portal_is_at_the_lessons_and_gets_to_the_own_profile_and_back(
    phone: BrowserContext,
) -> None:
    page = phone.new_page()
    page.goto("/sign-in")
    page.locator(f"button[value='{ADA}']").click()
    page.wait_for_url("**/learn/")
    page.get_by_role("link", name="On this phone").click()
    page.get_by_role("link", name="My profile and settings").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ada Cable")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="My lessons").click()
    expect(page.locator(".card").first).to_be_visible()


def test_a_swipe_leads_to_the_next_lesson_and_never_past_one(phone: BrowserContext) -> None:
    page = opened(phone)
    feed = page.locator(".feed")
    height = feed.evaluate("feed => feed.clientHeight")
    feed.evaluate("feed => { feed.style.scrollBehavior = 'auto'; feed.scrollTo(0, feed.clientHeight * 0.8); }")
    wait_until(page, lambda: abs(feed.evaluate("feed => feed.scrollTop") - height) < 2)


def test_a_part_is_drawn_once_however_soon_it_is_asked_for_again(phone: BrowserContext) -> None:
    """A second drawing would take away what somebody has begun there, and what they were told of it."""
    page = opened(phone)
    page.evaluate(
        """() => {
          window.drawn = [];
          const look = () => drawn.push(document.querySelector("#place h1")?.textContent);
          const seen = new MutationObserver((all) => all.forEach(look));
          seen.observe(document.getElementById("place"), { childList: true });
          for (const part of ["progress", "add", "phone", "add"]) location.hash = `#/${part}`;
        }"""
    )
    expect(page.locator("#photo")).to_be_attached()
    page.wait_for_timeout(1_000)  # in which another one would come
    assert page.evaluate("drawn") == ["Add evidence"]


def test_axe_finds_nothing_on_any_part_light_and_dark(phone: BrowserContext, axe: str) -> None:
    page = phone.new_page()
    page.goto("/learn/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    found = violations(page, axe)
    sign_in(page, ADA)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for part in ("", "progress", "add", "phone"):
            show_part(page, part)
            found += violations(page, axe)
        page.goto("/learn/#/")
        answer(page, 2)
        found += violations(page, axe)
        page.get_by_role("button", name="Close the quick check").click()
    assert found == []


def test_what_a_thumb_hits_is_large_and_nothing_is_wider_than_a_phone(phone: BrowserContext) -> None:
    page = opened(phone)
    for part in ("", "progress", "add", "phone"):
        show_part(page, part)
        sizes: list[tuple[str, float, float]] = page.evaluate(
            """() => [...document.querySelectorAll("main button, main a, main summary, main label.main, nav a")]
                .map((one) => [one.textContent, one.getBoundingClientRect()])
                .map(([words, box]) => [words, box.width, box.height])"""
        )
        assert [one for one in sizes if one[1] < LEAST_TARGET or one[2] < LEAST_TARGET] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


SIZE = """async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return [picture.width, picture.height];
}"""


def test_a_film_has_a_poster_and_only_what_is_next_is_fetched(academy: Academy, phone: BrowserContext) -> None:
    """The film itself is fetched when somebody plays it, where none is kept ahead."""
    academy.publish_film()
    phone.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    page = opened(phone)
    video = page.locator(".card", has_text="Dead means proved dead").locator("video")
    video.scroll_into_view_if_needed()
    expect(video).to_have_attribute("poster", re.compile(r"^/learn/clips/[0-9a-f]{64}\.jpg$"))
    assert page.evaluate(SIZE, video.get_attribute("poster")) == [216, 384]
    assert [one for one in asked if one.endswith(".mp4")] == []


PART = """async (address) => {
  const answer = await fetch(address, { headers: { Range: "bytes=0-99" } });
  return [answer.status, answer.headers.get("Content-Range"), (await answer.arrayBuffer()).byteLength];
}"""


def test_a_film_that_is_kept_is_there_without_a_connection_in_parts_as_well(
    academy: Academy, phone: BrowserContext
) -> None:
    academy.publish_film()
    page = opened(phone)
    card = page.locator(".card", has_text="Dead means proved dead")
    film = card.locator("video source").get_attribute("src")
    captions = card.locator("video track").get_attribute("src")
    whole = page.evaluate("(address) => fetch(address).then((answer) => answer.headers.get('Content-Length'))", film)
    assert page.evaluate(PART, film) == [206, f"bytes 0-99/{whole}", 100]
    card.get_by_role("button", name="Keep for offline").click()
    expect(card.get_by_role("button", name="Kept for offline")).to_be_disabled()
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    phone.set_offline(True)
    assert page.evaluate(PART, film) == [206, f"bytes 0-99/{whole}", 100]
    assert page.evaluate("(address) => fetch(address).then((answer) => answer.text())", captions).startswith("WEBVTT")


def test_evidence_may_be_about_any_competency_of_the_learners_by_its_name(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone)
    taught = {
        code
        for one in page.evaluate("fetch('/learn/api/v1/learning/feed').then(a => a.json())")["items"]
        for code in one["competencies"]
    }
    assert "S3" not in taught, "no lesson of today is about it"
    show_part(page, "add")
    page.locator("#photo").set_input_files({"name": "joint.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    page.get_by_role("button", name="S3 Make a straight joint").click()
    expect(page.get_by_label("What does this photo show?")).to_be_in_viewport()
    page.get_by_role("button", name="Send it").click()
    wait_until(page, lambda: [one.competencies for one in academy.evidence()] == [["S3"]])


def test_who_is_back_online_is_told_of_no_missing_connection(phone: BrowserContext) -> None:
    page = opened(phone)
    phone.set_offline(True)
    page.reload()
    show_part(page, "phone")
    expect(page.locator("#bar")).to_contain_text("No connection.")
    phone.set_offline(False)
    expect(page.locator("#bar")).not_to_contain_text("No connection.")


def test_progress_tells_what_a_competency_rests_on(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)
    answer(page, 2)
    page.get_by_role("button", name="Next question").click()
    page.locator(".option").first.click()
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="Back to the lessons").click()
    show_part(page, "progress")
    row = page.locator("li", has=page.get_by_text("What it rests on")).first
    row.get_by_text("What it rests on").click()
    expect(row.locator("details")).to_contain_text(re.compile(r"Quick check: .+, 1 of 2 right, "))


def test_progress_says_of_every_statement_how_sure_it_is(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)
    page.goto("/learn/#/progress")
    told = academy.visit(ADA).client.get("/learn/api/v1/learning/mastery").get_json()["items"]
    for one in told:
        expect(page.locator("li", has_text=one["name"])).to_contain_text(one["sentence"])
