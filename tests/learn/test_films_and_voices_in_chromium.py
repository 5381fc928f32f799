"""Films play with their captions, the next ones without a connection too; what is spoken is kept before it is sent."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.harness.chromium import wait_until
from tests.learn.academy import Academy
from tests.learn.phone import kept, opened, show_part

PLAYS: Final = """async (video) => {
  video.muted = true;
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("the film does not begin")), 60_000));
  await Promise.race([video.play(), late]);
  for (let time = 0; time < 1_000 && video.currentTime < 0.3; time++) await new Promise((done) => setTimeout(done, 50));
  video.pause();
  return [video.currentTime, video.videoWidth, video.error?.message ?? null];
}"""
KEPT_CLIPS: Final = """async () => {
  const names = await caches.keys();
  if (!names.includes("learn-clips")) return 0;
  return (await (await caches.open("learn-clips")).keys()).length;
}"""
CONNECTION: Final = """Object.defineProperty(navigator, "connection", { value: { saveData: %s, effectiveType: "4g",
  type: "wifi", downlink: 10 } });"""
SPEAKS: Final = """navigator.mediaDevices.getUserMedia = async () => {
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream;
};"""


def film(page: Page) -> tuple[float, int, str | None]:
    """Plays a film for a moment: how far it came, how wide it is, and what went wrong."""
    card = page.locator(".card", has_text="Dead means proved dead")
    card.scroll_into_view_if_needed()
    seconds, width, problem = card.locator("video").evaluate(PLAYS)
    return seconds, width, problem


def test_a_film_plays_with_its_captions(academy: Academy, phone: BrowserContext) -> None:
    academy.publish_film()
    page = opened(phone)
    seconds, width, problem = film(page)
    assert problem is None
    assert seconds >= 0.3
    assert width > 0
    card = page.locator(".card", has_text="Dead means proved dead")
    cues = "video => { const { track } = video.querySelector('track'); return [track.mode, track.cues?.length ?? 0]; }"
    mode, number = card.locator("video").evaluate(cues)
    assert mode == "showing"
    assert number > 5


def test_the_next_films_are_kept_by_themselves_and_play_without_a_connection(
    academy: Academy, phone: BrowserContext
) -> None:
    academy.publish_film()
    phone.add_init_script(CONNECTION % "false")
    page = opened(phone)
    page.wait_for_function(f"async () => (await ({KEPT_CLIPS})()) === 2")
    phone.set_offline(True)
    page.reload()
    expect(page.locator("main:not([aria-busy])")).to_be_visible()
    seconds, width, problem = film(page)
    assert problem is None
    assert seconds >= 0.3
    assert width > 0


def test_who_saves_data_is_sent_no_film_unasked(academy: Academy, phone: BrowserContext) -> None:
    academy.publish_film()
    phone.add_init_script(CONNECTION % "true")
    page = opened(phone)
    page.wait_for_timeout(1_500)
    assert page.evaluate(KEPT_CLIPS) == 0


@pytest.mark.parametrize("reload", [True, False], ids=["after a reload", "at once"])
def test_a_voice_note_is_kept_without_a_connection_and_arrives_whole(
    academy: Academy, phone: BrowserContext, reload: bool
) -> None:
    phone.add_init_script(SPEAKS)
    page = opened(phone)
    page.goto("/learn/#/add")
    phone.set_offline(True)
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_role("button", name="Stop, and keep it")).to_be_visible()
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="Stop, and keep it").click()
    expect(page.get_by_label("What does this voice note show?")).to_be_visible()
    assert [(one["state"], one["body"]["kind"]) for one in kept(page)] == [("draft", "voice")]
    if reload:
        page.reload()
        page.goto("/learn/#/phone")
        expect(page.locator("main:not([aria-busy])")).to_be_visible()
    page.get_by_label("What does this voice note show?").fill("A joint, told")
    page.get_by_role("button", name="Send it").click()
    phone.set_offline(False)
    wait_until(page, lambda: kept(page) == [])
    (item,) = academy.evidence()
    assert (item.kind, item.caption) == ("voice", "A joint, told")
    assert item.media_type.startswith(("audio/", "video/webm"))
    assert item.content_bytes > 1_000


def test_who_goes_elsewhere_while_recording_keeps_what_was_said(academy: Academy, phone: BrowserContext) -> None:
    phone.add_init_script(SPEAKS)
    page = opened(phone)
    show_part(page, "add")
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_role("button", name="Stop, and keep it")).to_be_visible()
    page.wait_for_timeout(1_500)
    show_part(page, "progress")
    wait_until(page, lambda: [(one["state"], one["body"]["kind"]) for one in kept(page)] == [("draft", "voice")])
    expect(page.get_by_text("1 voice note is recorded and not sent.")).to_be_visible()


def test_who_allows_no_microphone_is_told_how_and_nothing_breaks(phone: BrowserContext) -> None:
    phone.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no'); };")
    page = opened(phone)
    page.goto("/learn/#/add")
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.get_by_role("alert")).to_contain_text("The microphone is not allowed here.")
