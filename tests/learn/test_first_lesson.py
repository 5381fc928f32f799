"""From a link in a mail to the first answer that is marked, on a slow phone that has never been here."""

from __future__ import annotations

import json
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.demonstration import learning_standards
from infra.wiring.enrolment import enrolment
from infra.wiring.learning import learning
from infra.wiring.notifications import notifications
from infra.wiring.taxonomy import taxonomy
from shared.learning.domain.consent import CURRENT
from shared.learning.enrolment_contract import EnrolmentBody
from shared.learning.enrolment_records import Consent, Enrolment
from shared.taxonomy.contract import StandardsFile
from shared.taxonomy.plan_contract import PlansFile
from tests.learn.academy import ADA, ADMINISTRATION, Academy
from tests.learn.phone import new_phone, sign_in

STANDARD: Final = "ST9901@1.0"
AT_MOST: Final = 120
"""Seconds from the link to the first marked answer: what the phone takes, and reading what is shown on the way."""
WORDS_A_SECOND: Final = 200 / 60
"""Of a slow reader of a text that is to be understood."""
TAPS: Final = 4
"""Come in, agree, open the check, choose."""
SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""As Lighthouse's mobile preset has it; with a processor of a quarter of this machine's speed."""


def invited(academy: Academy) -> str:
    """Invites Ada, who is Max's learner, and returns the path of the link in her mail."""
    on = academy.platform.on
    standards = json.dumps({"standards": list(learning_standards.standards())})
    plans = json.dumps({"plans": list(learning_standards.plans())})
    taxonomy(on).import_standards.take_in(ADMINISTRATION, StandardsFile.model_validate_json(standards), dry_run=False)
    taxonomy(on).assessment_plans.take_in(ADMINISTRATION, PlansFile.model_validate_json(plans), dry_run=False)
    body = EnrolmentBody.model_validate_json(f'{{"employee_id": "{ADA}", "standard": "{STANDARD}"}}')
    enrolment(on).enrol.invite(ADMINISTRATION, body)
    link = notifications(on).invitation_links.link(kept(academy).invitation_id or "")
    return urlsplit(link).path


def kept(academy: Academy) -> Enrolment:
    found = enrolment(academy.platform.on).records.get(ADA)
    assert found is not None
    return found


@pytest.fixture
def link(academy: Academy) -> str:
    return invited(academy)


def slowed(phone: BrowserContext) -> Page:
    page = phone.new_page()
    devtools = phone.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return page


def words(page: Page) -> int:
    return len(page.locator("main, dialog").last.inner_text().split())


def test_who_is_invited_has_a_marked_answer_within_two_minutes(
    academy: Academy, link: str, phone: BrowserContext
) -> None:
    page, began, read, taps = slowed(phone), monotonic(), 0, 0

    def tap(name: str) -> None:
        nonlocal read, taps
        target = page.get_by_role("button", name=name)
        expect(target).to_be_visible()
        read += words(page)
        target.click()
        taps += 1

    page.goto(link)
    tap("Come in")
    tap("I agree")
    expect(page.locator(".card").first).to_contain_text("Safety first")
    page.locator(".card").first.get_by_role("button", name="Quick check").click()
    read += words(page)
    page.locator(".option").nth(1).click()
    taps += 2
    expect(page.locator(".outcome")).to_contain_text("Right.")

    assert monotonic() - began + read / WORDS_A_SECOND < AT_MOST
    assert taps == TAPS
    agreed = kept(academy)
    assert agreed.joined_at is not None
    assert agreed.consented is not None
    assert [one.right for one in academy.answers()] == [True]


def test_a_link_that_another_browser_used_lets_nobody_in_and_says_what_to_do(
    link: str, phone: BrowserContext, browser: Browser, address: str
) -> None:
    page = phone.new_page()
    page.goto(link)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("button", name="I agree")).to_be_visible()
    other = new_phone(browser, address)
    late = other.new_page()
    late.goto(link)
    expect(late.locator("main")).to_contain_text("This link has been used.")
    expect(late.get_by_role("link", name="Sign in")).to_be_visible()
    other.close()


def test_nothing_is_asked_of_who_has_not_agreed_and_they_may_change_their_mind(
    academy: Academy, link: str, phone: BrowserContext
) -> None:
    page = phone.new_page()
    sign_in(page, ADA)
    expect(page.get_by_text("You are invited to learn here.")).to_be_visible()
    page.get_by_role("link", name="Read what is kept, and answer").click()
    page.get_by_role("button", name="I do not agree").click()
    expect(page.get_by_text("Noted: you have not agreed.")).to_be_visible()
    assert kept(academy).consented is None
    page.goto("/learn/#/join")
    page.reload()
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".card").first).to_be_visible()
    assert kept(academy).consented is not None
    assert learning(academy.platform.on).learners.own(academy.platform.people.callers.person(ADA)).agreed


def test_who_agreed_to_a_former_text_is_asked_anew_and_learns_on_meanwhile(
    academy: Academy, link: str, phone: BrowserContext
) -> None:
    records = enrolment(academy.platform.on).records
    known = records.versioned(ADA)
    assert known is not None
    former = Consent(version=CURRENT - 1, agreed=True, at=known.record.invited_at)
    records.put(known.record.changed(consents=(former,)), over=known.stamp)
    page = phone.new_page()
    sign_in(page, ADA)
    expect(page.locator(".card").first).to_be_visible()
    expect(page.get_by_text("What is kept of you is said in new words.")).to_be_visible()
    page.get_by_role("link", name="Read what is kept, and answer").click()
    expect(page.locator("main")).to_contain_text("You agreed to a former text")
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".card").first).to_be_visible()
    expect(page.get_by_text("What is kept of you is said in new words.")).to_have_count(0)
    assert [one.version for one in kept(academy).consents] == [CURRENT - 1, CURRENT]
