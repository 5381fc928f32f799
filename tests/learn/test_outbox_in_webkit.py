"""L20 in WebKit, the engine of every browser on iOS: what is kept, cleared, killed and sent there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from werkzeug import Request, Response

from tests.learn import webkit
from tests.learn.academy import ADA, BEN, Academy
from tests.learn.phone import JPEG, KEPT, LOCKED
from tests.learn.webkit import WebKit, Window


@pytest.fixture(scope="module")
def engine() -> Iterator[WebKit]:
    with webkit.running() as running:
        yield running


@pytest.fixture
def window(engine: WebKit) -> Iterator[Window]:
    with engine.window() as opened:
        yield opened


def unreachable(request: Request, answer: Callable[[], Response]) -> Response:
    return Response(status=503)


BROWSERS: Final = 4
WITHIN: Final = "await Promise.race([%s, new Promise((done) => setTimeout(() => done('late'), 3_000))])"
STORE_ANSWERS: Final = """new Promise((resolve, reject) => {
  const asked = indexedDB.open("augment-learn");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const last = asked.result.transaction([...asked.result.objectStoreNames], "readwrite");
    last.oncomplete = () => { asked.result.close(); resolve(true); };
    last.onabort = () => reject(last.error);
  };
})"""


def holds(window: Window, condition: str) -> bool:
    """Waits for a promise of true; tells False where WebKitGTK's own store has stopped to answer anybody, for good."""
    until = time.monotonic() + webkit.PATIENCE
    while time.monotonic() < until:
        if window.wait(f"[{WITHIN % condition}]")[0] is True:
            return True
        if window.wait(f"[{WITHIN % STORE_ANSWERS}]")[0] == "late":
            return False
        time.sleep(0.2)
    raise AssertionError(f"{condition} does not hold: {window.run('return document.body.innerText;')}")


def app_unreachable(request: Request, answer: Callable[[], Response]) -> Response:
    return Response(status=503) if request.path.startswith("/learn/") else answer()


def reachable(request: Request, answer: Callable[[], Response]) -> Response:
    return answer()


def sign_in(window: Window, address: str, email: str = ADA) -> None:
    window.go(f"{address}/sign-in?next=/learn/")
    window.press(f"button[value='{email}']")
    window.sees("Quick check")
    window.wait("await navigator.serviceWorker.ready.then(() => true)")


def answer(window: Window, words: str = "Prove dead") -> None:
    window.press("button", "Quick check")
    window.press(".option", words)
    window.wait("!!document.querySelector('.outcome button')")
    window.press(".close")


def kept(window: Window) -> int:
    return len(window.wait(f"[await ({KEPT})()]")[0])


def settled(window: Window, academy: Academy, count: int) -> None:
    window.wait(f"(await ({KEPT})()).length === 0")
    assert len(academy.answers()) == count


@pytest.mark.parametrize(("page", "driver"), [(1.0, 20.0), (60.0, 1.0)], ids=["by the page", "by the driver"])
def test_a_script_that_never_ends_is_asked_anew(
    engine: WebKit, address: str, monkeypatch: pytest.MonkeyPatch, page: float, driver: float
) -> None:
    """As one does whose page went away over it, or whose store was not opened while others had the processor."""
    monkeypatch.setattr(webkit, "ASKED_ANEW", page)
    monkeypatch.setattr(webkit, "SCRIPT", driver)
    with engine.window() as window:
        window.go(f"{address}/sign-in")
        window.wait("(window.asked = (window.asked ?? 0) + 1) > 1 || await new Promise(() => {})")
        assert window.run("return window.asked;") == 2


def test_a_page_that_goes_away_over_a_script_is_asked_again_when_the_next_one_is_there(
    address: str, window: Window
) -> None:
    window.go(f"{address}/sign-in")
    leaves = "location.search === '?again' || (location.search = '?again', await new Promise(() => {}))"
    window.wait(leaves)
    assert window.run("return location.search;") == "?again"


def test_l20_1_an_answer_without_a_connection_is_still_there_after_a_reload(
    academy: Academy, address: str, window: Window
) -> None:
    sign_in(window, address)
    academy.before = unreachable
    answer(window)
    window.go(f"{address}/learn/")
    window.sees("1 answer is kept on this phone.")
    assert kept(window) == 1
    academy.before = reachable
    window.run("dispatchEvent(new Event('online'));")
    settled(window, academy, 1)


def test_l20_4_after_the_storage_was_cleared_the_app_begins_anew(
    academy: Academy, address: str, window: Window
) -> None:
    sign_in(window, address)
    answer(window)
    settled(window, academy, 1)
    window.wait(
        """await (async () => {
          for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
          for (const name of await caches.keys()) await caches.delete(name);
          for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
          return true;
        })()"""
    )
    window.go(f"{address}/learn/")
    window.sees("Quick check")
    answer(window)
    settled(window, academy, 2)


def test_l20_6_two_tabs_send_one_queue_once(academy: Academy, address: str, window: Window) -> None:
    sign_in(window, address)
    [first] = window.tabs()
    second = window.new_tab()
    window.switch(second)
    window.go(f"{address}/learn/")
    window.sees("Quick check")
    academy.before = unreachable
    window.switch(first)
    answer(window)
    answer(window, "Cut")
    academy.sent = 0
    held = academy.hold_answers()
    window.run("dispatchEvent(new Event('pageshow'));")
    window.wait(f"(await ({LOCKED})()).join() === '1,0'")
    window.switch(second)
    window.run("dispatchEvent(new Event('pageshow'));")
    window.wait(f"(await ({LOCKED})()).join() === '1,1'")
    assert academy.answers() == []
    held.let_go()
    settled(window, academy, 2)
    window.wait(f"(await ({LOCKED})()).join() === '0,0'")
    assert (held.arrived, academy.sent) == (1, 2), "nothing was even sent twice"


def test_l20_9_another_learners_sign_in_sends_nothing_of_the_first_ones(
    academy: Academy, address: str, engine: WebKit
) -> None:
    for _ in range(BROWSERS):
        academy.before = reachable
        with engine.window() as window:
            if one_after_the_other(academy, address, window):
                break
    else:
        raise AssertionError(f"the store of {BROWSERS} browsers stopped to answer")
    assert len(academy.answers()) == 1
    assert academy.answers(BEN) == []


def one_after_the_other(academy: Academy, address: str, window: Window) -> bool:
    """Ada answers, Ben comes, Ada comes back; tells False where the browser's own store has stopped to answer."""
    sign_in(window, address)
    academy.before = app_unreachable
    answer(window)
    window.go(f"{address}/sign-in?next=/learn/")  # so that no page of hers is there to send it in time
    academy.before = reachable
    sign_in(window, address, BEN)
    told = "1 answer is waiting here until somebody else signs in again"
    if not holds(window, f"Promise.resolve(document.body.innerText.includes('{told}'))"):
        return False
    assert academy.answers() == academy.answers(BEN) == []
    sign_in(window, address, ADA)
    return holds(window, f"({KEPT})().then((all) => all.length === 0)")


def test_a_tab_that_is_closed_between_photo_and_sending_loses_nothing(
    academy: Academy, address: str, window: Window
) -> None:
    sign_in(window, address)
    another = window.new_tab()
    window.run("location.hash = '#/add';")
    window.wait("!!document.querySelector('#photo')")
    window.run(
        """const chosen = new DataTransfer();
        chosen.items.add(new File([new Uint8Array(given[0])], "joint.jpg", { type: "image/jpeg" }));
        const photo = document.querySelector("#photo");
        photo.files = chosen.files;
        photo.dispatchEvent(new Event("change"));""",
        list(JPEG),
    )
    window.sees("What does this photo show?")
    window.close()
    window.switch(another)
    window.go(f"{address}/learn/#/phone")
    window.sees("1 photo is recorded and not sent.")
    window.press("button", "Send it")
    settled(window, academy, 0)
    assert [one.content_bytes for one in academy.evidence()] == [len(JPEG)]
