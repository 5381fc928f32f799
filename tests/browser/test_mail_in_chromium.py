"""A mail in three widths: on a small phone, in a reading pane and in a window nothing is cut off or too small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from infra.vendors.mail.composing import html_of
from shared.notifications.domain.letter import Letter, Part
from tests.notifications.house import JOE

PART = Part(
    "Prepare for your meeting with Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    (("Due", "Friday, 13 February 2026, 17:00 (UTC)"), ("Meeting", "Monday, 16 February 2026, 15:00 (UTC)")),
    ("https://skills.example.com/preparation", "Prepare"),
)
LETTER = Letter("k", JOE, JOE, PART.sentence, (PART,), "https://skills.example.com/s", "https://skills.example.com/u")


SUMMARY = replace(LETTER, parts=(PART,) * 3, heading="3 notifications of the last day")


@pytest.mark.parametrize("width", [320, 600, 1280])
@pytest.mark.parametrize("letter", [LETTER, SUMMARY], ids=["one", "summary"])
def test_it_fits_and_can_be_pressed(browser: Browser, tmp_path: Path, letter: Letter, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(html_of(letter))
    page.screenshot(path=tmp_path / f"{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for element in page.locator(".sheet, .button, h2").all():
        box = element.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["width"] <= 562
    for button in page.locator("a.button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
    page.close()
