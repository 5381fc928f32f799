"""Push notifications in a real browser: asked with a press, by a real worker that shows what is pushed.

Chromium's push service is Google's and not reachable from a test. So PushManager alone is a stand-in, and what would
come from there is handed to the worker by Chromium's own tools; permission, worker, its scope, the page's policy, the
form and the notification are real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from shared.ports.documents import Delete, Query
from tests.browser.conftest import Site
from tests.harness.chromium import wait_until
from tests.notifications.push_service import Browser as Subscribed
from tests.notifications.push_service import base64url

ENDPOINT = "https://fcm.googleapis.com/fcm/send/test"
STAND_IN = """
window.asked = [];
const ask = Notification.requestPermission.bind(Notification);
Notification.requestPermission = () => { window.asked.push("permission"); return ask(); };
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async function (options) {
  window.asked.push(`subscribe ${options.userVisibleOnly} ${options.applicationServerKey.length}`);
  return { toJSON: () => (%s) };
};
"""


def opened(site: Site, browser: Browser, *, allows: bool) -> Page:
    subscribed = Subscribed(ENDPOINT, "")
    keys = {"p256dh": base64url(subscribed.public), "auth": base64url(subscribed.auth)}
    page = site.enter(browser, "employee")
    page.context.add_init_script(STAND_IN % json.dumps({"endpoint": ENDPOINT, "keys": keys}))
    if allows:
        page.context.grant_permissions(["notifications"], origin=site.address)
    page.goto("/notifications/settings")
    return page


@pytest.fixture
def devices(site: Site) -> Iterator[Any]:
    documents = site.house.parts.documents
    yield lambda: [one.data for one in documents.query(Query("push_devices"))]
    documents.commit([Delete(one.path) for one in documents.query(Query("push_devices"))])


def test_a_press_asks_subscribes_and_lists_the_device_and_another_takes_it_off(
    site: Site, browser: Browser, devices: Any
) -> None:
    page = opened(site, browser, allows=True)
    assert page.evaluate("window.asked") == [], "nobody is asked by opening a page"
    with page.expect_navigation():
        page.get_by_role("button", name="Turn push notifications on in this browser").click()
    assert page.url.endswith("?done=notified")
    [device] = devices()
    assert device["endpoint"] == ENDPOINT
    assert page.get_by_text(device["name"], exact=True).is_visible()
    scopes = page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => one.scope))")
    assert scopes == [f"{site.address}/notifications/push/"]
    assert page.evaluate("navigator.serviceWorker.controller") is None, "no page is under it"
    with page.expect_navigation():
        page.get_by_role("button", name="Send nothing more to it").click()
    assert devices() == []
    assert page.complaints == []  # type: ignore[attr-defined]
    page.context.close()


def test_who_does_not_allow_it_is_told_what_to_do_and_nothing_is_kept(
    site: Site, browser: Browser, devices: Any
) -> None:
    page = opened(site, browser, allows=False)
    page.get_by_role("button", name="Turn push notifications on in this browser").click()
    page.get_by_text("The browser does not allow it.").wait_for()
    assert page.evaluate("window.asked") == ["permission"]
    assert devices() == []
    page.context.close()


def test_the_worker_shows_what_is_pushed_once_for_each_key(site: Site, browser: Browser, devices: Any) -> None:
    page = opened(site, browser, allows=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Turn push notifications on in this browser").click()
    tools = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    wait_until(page, lambda: bool(registrations))
    name = registrations[0]["registrationId"]
    told = {
        "key": "k1",
        "title": "You have something to prepare",
        "body": "Due: Friday",
        "link": f"{site.address}/preparation",
    }
    for message in (json.dumps(told), json.dumps(told), "no JSON"):
        pushed = {"origin": site.address, "registrationId": name, "data": message}
        tools.send("ServiceWorker.deliverPushMessage", pushed)
    shown = """async () => {
      const registration = await navigator.serviceWorker.getRegistration("/notifications/push/");
      const all = await registration.getNotifications();
      return all.map((one) => [one.tag, one.title, one.body]).sort();
    }"""
    wait_until(page, lambda: len(page.evaluate(shown)) == 2)
    page.wait_for_timeout(500)  # in which a third one would come
    assert page.evaluate(shown) == [
        ["augment", "Augment Skills", ""],
        ["k1", "You have something to prepare", "Due: Friday"],
    ]
    page.context.close()


def test_without_script_the_page_says_that_it_cannot(site: Site, browser: Browser) -> None:
    page = site.enter(browser, "employee", java_script_enabled=False)
    page.goto("/notifications/settings")
    assert page.get_by_text("This browser cannot show push notifications").is_visible()
    assert not page.get_by_role("button", name="Turn push notifications on").is_visible()
    page.context.close()
