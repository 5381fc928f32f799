"""L20: what is answered without a connection survives what phones do, and arrives once, as its own learner's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug import Request, Response

from tests.harness.chromium import wait_until
from tests.learn.academy import ADA, BEN, Academy
from tests.learn.phone import JPEG, LOCKED, answer, answer_and_close, kept, kill, opened, show_part, sign_in
from tests.learning.lesson_files import lesson_body


def unreachable(request: Request, answer: Callable[[], Response]) -> Response:
    return Response(status=503)


def reachable(request: Request, answer: Callable[[], Response]) -> Response:
    return answer()


def of_no_known_version(request: Request, answer: Callable[[], Response]) -> Response:
    """Has every answer to a first question be about a version that was never published."""
    if request.path.endswith("/learning/answers"):
        first, unknown = (b'"lesson_version":%d,"question_id":"q1"' % version for version in (1, 99))
        body = request.get_data().replace(first, unknown)
        request.environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        request.__dict__.pop("_cached_data", None)
        request.__dict__.pop("stream", None)
    return answer()


def test_l20_1_an_answer_without_a_connection_is_still_there_after_a_reload(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone)
    phone.set_offline(True)
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Kept on this phone.")
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("#bar")).to_contain_text("1 answer is kept on this phone.")
    assert [one["body"]["option"] for one in kept(page)] == [2]
    phone.set_offline(False)
    wait_until(page, lambda: len(academy.answers()) == 1)
    wait_until(page, lambda: kept(page) == [])
    page.goto("/learn/#/phone")
    expect(page.locator("main")).to_contain_text("Right. Lesson 1. A cable is live until it is proved dead.")


def test_what_is_on_this_phone_leaves_its_list_when_it_has_arrived(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)
    academy.before = unreachable
    answer_and_close(page, 2)
    show_part(page, "phone")
    expect(page.locator("main")).to_contain_text("An answer to")
    academy.before = reachable
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(page.locator("main")).to_contain_text("Everything that you did is with the platform.")
    assert len(academy.answers()) == 1


def test_a_session_that_was_answered_for_too_early_is_asked_for_again(academy: Academy, phone: BrowserContext) -> None:
    """Where the request left before the browser had kept what signs its learner in."""
    page = opened(phone)
    academy.before = unreachable
    answer_and_close(page, 2)
    early = ["/learn/session"]

    def signed_out_once(request: Request, answer: Callable[[], Response]) -> Response:
        if request.path in early:
            early.remove(request.path)
            return Response('{"signed_in": false}', content_type="application/json")
        return Response(status=401) if early else answer()

    academy.before = signed_out_once
    page.reload()
    wait_until(page, lambda: len(academy.answers()) == 1)
    expect(page.locator("#bar")).not_to_contain_text("Your sign-in has ended")
    assert early == []


REFUSALS = {
    "open throws": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
    "open fails": """IDBFactory.prototype.open = () => {
        const asked = new EventTarget();
        setTimeout(() => asked.dispatchEvent(new Event("error")), 0);
        return Object.assign(asked, { error: new DOMException("no", "InvalidStateError") });
    };""",
    "there is none": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "the getter throws": """Object.defineProperty(window, 'indexedDB', {
        get() { throw new DOMException('no', 'SecurityError'); } });""",
    "writing is refused": """IDBObjectStore.prototype.put = () => {
        throw new DOMException('A mutation operation was attempted on a database that did not allow mutations.',
                               'InvalidStateError'); };""",
    "no room": """IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };""",
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_l20_2_a_private_tab_that_keeps_nothing_is_told_so_and_nothing_breaks(
    academy: Academy, phone: BrowserContext, refusal: str
) -> None:
    phone.add_init_script(refusal)
    errors: list[str] = []
    page = phone.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, ADA)
    expect(page.locator("#bar")).to_contain_text("This browser keeps nothing here")
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Right. A cable is live")
    assert [one.right for one in academy.answers()] == [True], "sent at once, while there is a connection"
    page.get_by_role("button", name="Next question").click()
    phone.set_offline(True)
    page.locator(".option").first.click()
    expect(page.locator(".outcome")).to_contain_text("this answer is NOT recorded")
    page.get_by_role("button", name="Close the quick check").click()
    page.evaluate("location.hash = '#/add'")
    page.locator("#photo").set_input_files({"name": "joint.jpg", "mimeType": "image/jpeg", "buffer": b"photo"})
    expect(page.locator(".outcome")).to_contain_text("it was NOT kept")
    assert len(academy.answers()) == 1
    assert errors == []


LOSSES = {
    "closed, and told": "for (const one of databases) { one.close(); one.dispatchEvent(new Event('close')); }",
    "closed, and not told": "for (const one of databases) one.close();",
    "the server behind it is lost": """const begin = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...said) {
          IDBDatabase.prototype.transaction = begin;
          throw new DOMException('Connection to Indexed Database server lost. Refresh the page to try again',
                                 'UnknownError');
        };""",
    "lost in the middle": """const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...said) {
          IDBObjectStore.prototype.put = put;
          const asked = put.apply(this, said);
          this.transaction.abort();
          return asked;
        };""",
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_l20_3_a_lost_connection_to_the_store_is_opened_again_by_itself(
    academy: Academy, phone: BrowserContext, loss: str
) -> None:
    phone.add_init_script(
        """window.databases = [];
        const open = IDBFactory.prototype.open;
        IDBFactory.prototype.open = function (...said) {
          const asked = open.apply(this, said);
          asked.addEventListener("success", () => databases.push(asked.result));
          return asked;
        };"""
    )
    page = opened(phone)
    phone.set_offline(True)
    page.evaluate(f"() => {{ {loss} }}")
    answer_and_close(page, 2)
    assert [one["body"]["option"] for one in kept(page)] == [2]
    page.evaluate(f"() => {{ {loss} }}")
    phone.set_offline(False)
    wait_until(page, lambda: len(academy.answers()) == 1 and kept(page) == [])


def test_l20_4_the_browser_is_asked_to_keep_it_and_what_waits_is_offered_to_be_sent(
    academy: Academy, phone: BrowserContext
) -> None:
    phone.add_init_script(
        """window.asked = 0;
        StorageManager.prototype.persist = async () => { window.asked += 1; return true; };"""
    )
    page = opened(phone)
    assert page.evaluate("asked") == 0, "nobody is asked by opening a page"
    academy.before = unreachable
    answer_and_close(page, 2)
    assert page.evaluate("asked") == 1
    page.evaluate(
        """() => new Promise((resolve) => {
          const asked = indexedDB.open("augment-learn");
          asked.onsuccess = () => {
            const queue = asked.result.transaction("queue", "readwrite").objectStore("queue");
            queue.getAll().onsuccess = ({ target }) => {
              const at = new Date(Date.now() - 2 * 86400000).toISOString();
              for (const one of target.result) queue.put({ ...one, at });
              queue.transaction.oncomplete = () => { asked.result.close(); resolve(); };
            };
          };
        })"""
    )
    page.reload()
    expect(page.locator("#bar")).to_contain_text("has waited for over a day")
    academy.before = reachable
    page.reload()
    wait_until(page, lambda: len(academy.answers()) == 1)


def test_l20_4_after_the_storage_was_cleared_the_app_begins_anew_and_the_platform_has_what_was_sent(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone)
    answer_and_close(page, 2)
    wait_until(page, lambda: len(academy.answers()) == 1)
    tools = phone.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    kinds = "indexeddb,cache_storage,service_workers,local_storage"
    tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    page.reload()
    expect(page.locator(".card").first).to_be_visible()
    answer_and_close(page, 1, card=1)
    wait_until(page, lambda: len(academy.answers()) == 2)


def heal_and(event: str) -> Callable[[Academy, BrowserContext, Page], None]:
    def healed(academy: Academy, phone: BrowserContext, page: Page) -> None:
        academy.before = reachable
        page.evaluate(event)

    return healed


def open_again(academy: Academy, phone: BrowserContext, page: Page) -> None:
    page.close()
    academy.before = reachable
    phone.new_page().goto("/learn/")


OCCASIONS = {
    "opened again": open_again,
    "online": heal_and("dispatchEvent(new Event('online'))"),
    "seen again": heal_and("document.dispatchEvent(new Event('visibilitychange'))"),
    "shown out of the cache of pages": heal_and("dispatchEvent(new Event('pageshow'))"),
}


@pytest.mark.parametrize("occasion", OCCASIONS.values(), ids=OCCASIONS)
def test_l20_5_without_background_sync_it_is_sent_on_opening_online_and_coming_back(
    academy: Academy, phone: BrowserContext, occasion: Callable[[Academy, BrowserContext, Page], None]
) -> None:
    phone.add_init_script("delete window.SyncManager; delete ServiceWorkerRegistration.prototype.sync;")
    page = opened(phone)
    academy.before = unreachable
    answer_and_close(page, 2)
    assert academy.answers() == []
    occasion(academy, phone, page)
    last = phone.pages[-1]
    wait_until(last, lambda: len(academy.answers()) == 1)


def test_l20_6_two_tabs_send_one_queue_once(academy: Academy, phone: BrowserContext) -> None:
    first, second = opened(phone), opened(phone)
    phone.set_offline(True)
    for card in range(5):
        answer_and_close(first, 2, card)
    held = academy.hold_answers()
    phone.set_offline(False)
    wait_until(first, lambda: second.evaluate(LOCKED) == [1, 1])
    wait_until(first, lambda: held.arrived > 0)
    assert (held.arrived, academy.answers()) == (1, []), "the other tab waits for its turn while one is sending"
    held.let_go()
    wait_until(first, lambda: kept(first) == [] and second.evaluate(LOCKED) == [0, 0])
    assert len(academy.answers()) == 5
    assert academy.sent == 5, "nothing was even sent twice"


def test_l20_6_without_web_locks_two_tabs_that_send_at_once_are_taken_once(
    academy: Academy, phone: BrowserContext
) -> None:
    phone.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });")
    first, _ = opened(phone), opened(phone)
    phone.set_offline(True)
    for card in range(5):
        answer_and_close(first, 2, card)
    held = academy.hold_answers()
    phone.set_offline(False)
    wait_until(first, lambda: held.arrived == 2)
    assert academy.answers() == []
    held.let_go()
    wait_until(first, lambda: kept(first) == [] and len(held.told) == 2)
    assert len(academy.answers()) == 5
    assert academy.sent == 10, "both tabs sent all of it"
    assert sorted(held.told) == [["duplicate"] * 5, ["taken"] * 5]


def test_l20_7_an_answer_to_version_3_is_kept_and_marked_against_version_3(
    academy: Academy, phone: BrowserContext
) -> None:
    academy.publish(lesson_body("lesson_1", hazard=True, version=3))
    page = opened(phone)
    phone.set_offline(True)
    answer_and_close(page, 2)
    academy.publish(lesson_body("lesson_1", hazard=True, version=4))
    phone.set_offline(False)
    wait_until(page, lambda: [one.lesson_version for one in academy.answers()] == [3] and kept(page) == [])
    page.goto("/learn/")
    page.goto("/learn/#/phone")
    expect(page.locator("main")).to_contain_text(
        "Marked against version 3, which you saw; the lesson is at version 4 now."
    )


def test_l20_8_a_clock_two_days_ahead_is_kept_as_it_says_and_told(academy: Academy, phone: BrowserContext) -> None:
    page = phone.new_page()
    ahead = datetime.now(UTC) + timedelta(days=2)
    page.clock.set_fixed_time(ahead)
    sign_in(page, ADA)
    answer_and_close(page, 2)
    wait_until(page, lambda: len(academy.answers()) == 1)
    [one] = academy.answers()
    assert abs(one.answered_at - ahead) < timedelta(minutes=1)
    assert one.received_at < ahead - timedelta(days=1)
    expect(page.locator("#bar")).to_contain_text("This phone's clock is 2 days ahead.")


def test_l20_9_an_ended_session_keeps_the_queue_and_another_learner_sends_nothing_of_it(
    academy: Academy, phone: BrowserContext
) -> None:
    page = opened(phone, ADA)
    phone.set_offline(True)
    answer_and_close(page, 2)
    phone.clear_cookies()
    phone.set_offline(False)
    page.reload()
    expect(page.locator("#bar")).to_contain_text("Your sign-in has ended. 1 answer is kept on this phone.")
    sign_in(page, BEN)
    expect(page.locator("#bar")).to_contain_text("1 answer is waiting here until somebody else signs in again")
    answer_and_close(page, 1)
    wait_until(page, lambda: len(academy.answers(BEN)) == 1)
    assert [one.right for one in academy.answers(BEN)] == [False]
    assert academy.answers(ADA) == []
    sign_in(page, ADA)
    wait_until(page, lambda: len(academy.answers(ADA)) == 1)
    assert [one.right for one in academy.answers(ADA)] == [True]
    assert len(academy.answers(BEN)) == 1


def test_another_sign_in_between_two_requests_sends_nothing_as_theirs(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone, ADA)
    other = phone.new_page()
    sign_in(other, BEN)
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Kept on this phone.")
    assert (academy.answers(ADA), academy.answers(BEN)) == ([], [])
    assert len(kept(page)) == 1


def test_a_tab_that_dies_between_photo_and_sending_loses_nothing(academy: Academy, phone: BrowserContext) -> None:
    page = opened(phone)
    page.goto("/learn/#/add")
    page.locator("#photo").set_input_files({"name": "joint.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    expect(page.get_by_label("What does this photo show?")).to_be_visible()
    kill(page)
    again = phone.new_page()
    again.goto("/learn/")
    expect(again.locator("#bar")).to_contain_text("1 photo is recorded and not sent.")
    again.get_by_role("link", name="Finish").click()
    again.get_by_label("What does this photo show?").fill("The joint before it is filled")
    again.get_by_role("button", name="Send it").click()
    wait_until(again, lambda: len(academy.evidence()) == 1)
    [item] = academy.evidence()
    assert (item.kind, item.caption) == ("photo", "The joint before it is filled")
    assert item.sha256 == sha256(JPEG).hexdigest()
    wait_until(again, lambda: kept(again) == [])


def test_what_the_platform_refuses_stays_with_the_reason_and_holds_up_nothing(
    academy: Academy, phone: BrowserContext
) -> None:
    academy.before = of_no_known_version
    page = opened(phone)
    answer(page, 2)
    expect(page.locator(".outcome")).to_contain_text("Not taken: lesson_id: there is no lesson lesson_1 of version 99")
    page.get_by_role("button", name="Next question").click()
    page.locator(".option").nth(1).click()
    expect(page.locator(".outcome")).to_contain_text("Right.")
    page.get_by_role("button", name="Close the quick check").click()
    assert [one.question.question_id for one in academy.answers()] == ["q2"]
    page.get_by_role("link", name="See why").click()
    expect(page.locator("main")).to_contain_text("there is no lesson lesson_1 of version 99")
    academy.before = reachable
    page.get_by_role("button", name="Try again").click()
    wait_until(page, lambda: len(academy.answers()) == 2 and kept(page) == [])
