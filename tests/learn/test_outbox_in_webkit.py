"""L20 in WebKit, the engine of every browser on iOS: what is kept, cleared, killed and sent there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
    academy: Academy, address: str, window: Window
) -> None:
    sign_in(window, address)
    academy.before = unreachable
    answer(window)
    window.wait("await caches.keys()")
    academy.before = reachable
    sign_in(window, address, BEN)
    window.sees("1 answer is waiting here until somebody else signs in again")
    assert academy.answers(BEN) == []
    sign_in(window, address, ADA)
    settled(window, academy, 1)
    assert academy.answers(BEN) == []


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
