"""Push goes to each device of a person once: when, what, what a service answers, and how a device comes and goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.portal.notification_settings import page
from functions.portal.shell.assets import WORKER
from functions.portal.shell.visit import Redirect
from infra.vendors.web_push.sending import topic_of
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.reading import validated
from shared.notifications.contract import DeviceBody, SettingsBody
from shared.notifications.domain.letter import Letter, Part
from shared.ports.documents import Query
from tests.notifications.house import DANA, JOE, House
from tests.notifications.push_service import Browser, Given, PushService, base64url, connected, push_service, turned_on
from tests.notifications.test_pages import seen, visit
from tests.notifications.test_sending import CALLER, NIGHT, choose

OTHER = Caller(email=DANA, role="employee", employee_id=DANA, name="Dana")
ECE = Path(__file__).parent / "http_ece"
NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
PART = Part("Prepare", (("Due", "Friday"),), ("https://skills.example.com/preparation", "Prepare"))
LETTER = Letter("k1", JOE, "", "Prepare", (PART,), "https://skills.example.com/notifications/settings", None)


@pytest.fixture
def service(house: House) -> Iterator[PushService]:
    with push_service() as served:
        connected(house)
        yield served


class TestSending:
    def test_each_device_is_told_once_however_often_its_tasks_come(self, house: House, service: PushService) -> None:
        phone, laptop = turned_on(house, service), turned_on(house, service, name="Laptop")
        house.tell()
        house.run()
        assert house.states() == [("push", "delivered", None)] * 2
        [notice] = house.world.store.query(Query("notifications"))
        for one in house.deliveries():
            house.queue.again({"step": "delivery", "name": one.delivery_id, "attempt": 0})
        house.queue.again({"step": "notice", "name": notice.id})
        house.run(hours=24)
        for browser in (phone, laptop):
            [shown] = browser.shown
            assert shown["title"] == "You have something to prepare for a meeting"
            assert shown["body"].startswith("Due: Friday, 13 February 2026, 17:00 (UTC)")
            assert shown["link"] == "https://skills.example.com/preparation"
        assert {one["key"] for browser in (phone, laptop) for one in browser.shown} == {
            one.delivery_id for one in house.deliveries()
        }

    def test_one_notice_goes_over_several_channels(self, house: House, service: PushService) -> None:
        house.keeps_mail = True
        phone = turned_on(house, service)
        house.tell()
        house.run()
        assert sorted(house.states()) == [("email", "delivered", None), ("push", "delivered", None)]
        assert (len(phone.shown), len(house.mails())) == (1, 1)

    def test_no_name_is_shown_on_a_locked_device_unless_its_owner_wants_that(
        self, house: House, service: PushService
    ) -> None:
        phone = turned_on(house, service)
        house.tell()
        house.run()
        choose(house, {}, names_on_devices=True)
        house.tell(once="2")
        house.run(hours=24)
        without, named = (json.dumps(one) for one in phone.shown)
        assert "Acme" not in without
        assert "Prepare for your meeting with Acme Health" in named

    def test_a_service_is_told_how_long_it_is_of_use_and_how_urgent_it_is_and_what_it_replaces(
        self, house: House, service: PushService
    ) -> None:
        phone = turned_on(house, service)
        house.world.clock.time = datetime(2026, 2, 16, 14, tzinfo=UTC)
        house.tell()
        house.tell(kind="deal.at_risk", facts={"to": DANA, "account": "Acme", "risk": "high"})
        house.run()
        told = {one["title"]: headers for one, headers in zip(phone.shown, phone.headers, strict=True)}
        assigned, risk = (
            told["You have something to prepare for a meeting"],
            told["Somebody of yours may not be ready for a deal"],
        )
        assert (assigned["ttl"], assigned["urgency"]) == ("3600", "normal"), "the meeting is in an hour"
        assert (risk["ttl"], risk["urgency"]) == ("86400", "high")
        assert assigned["topic"] != risk["topic"]
        assert {topic_of(one["key"]) for one in phone.shown} == {assigned["topic"], risk["topic"]}

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_device_that_is_gone_is_forgotten_and_its_owner_told_when_it_was_the_last(
        self, house: House, service: PushService, status: int
    ) -> None:
        first, last = turned_on(house, service), turned_on(house, service)
        for number, browser in enumerate((first, last)):
            if status == 410:
                browser.gone = True
            else:
                del service.browsers[browser.endpoint.removeprefix(service.url)]
            house.tell(once=str(number))
            house.run(hours=2)
            told = [one.data["kind"] for one in house.world.store.query(Query("notifications"))]
            assert ("notifications.paused" in told) == (browser is last)
            assert len(house.use_cases().settings.show(CALLER, JOE).devices) == (browser is first)
        failed = [one for one in house.deliveries() if one.state == "failed"]
        assert [one.why for one in failed] == ["address"] * 2
        assert len(last.shown) == 1

    @pytest.mark.parametrize(
        ("given", "after"),
        [((429, {"Retry-After": "600"}), 600), ((503, {}), 40), ((500, {"Retry-After": "120"}), 120), ((401, {}), 40)],
    )
    def test_what_may_be_taken_later_is_sent_later(
        self, house: House, service: PushService, given: Given, after: int
    ) -> None:
        phone = turned_on(house, service)
        service.next.append(given)
        house.tell()
        house.run()
        began = house.world.clock.now()
        [waiting] = house.deliveries()
        assert waiting.state == "waiting"
        assert waiting.due_at - began >= timedelta(seconds=after)
        house.run(hours=1)
        assert house.states() == [("push", "delivered", None)]
        assert len(phone.shown) == 1

    def test_what_is_too_long_for_a_service_is_told_by_its_heading(self, house: House, service: PushService) -> None:
        phone = turned_on(house, service)
        service.next.append((413, {}))
        house.tell()
        house.run()
        [shown] = phone.shown
        assert (shown["body"], shown["title"]) == ("", "You have something to prepare for a meeting")
        service.next += [(413, {}), (413, {})]
        house.tell(once="2")
        house.run()
        assert sorted(house.states()) == [("push", "delivered", None), ("push", "failed", "refused")]

    def test_what_may_have_arrived_comes_once_more_in_place_of_the_first(
        self, house: House, service: PushService
    ) -> None:
        phone = turned_on(house, service)
        service.next.append("drop")
        house.tell()
        house.run(hours=1)
        assert house.states() == [("push", "delivered", None)]
        first, again = phone.shown
        assert first["key"] == again["key"]
        assert phone.headers[0]["topic"] == phone.headers[1]["topic"]
        assert house.deliveries()[0].repeated == 1

    def test_what_stays_uncertain_is_sent_no_third_time(self, house: House, service: PushService) -> None:
        phone = turned_on(house, service)
        service.next += ["drop", "drop", "drop"]
        house.tell()
        house.run(hours=48)
        assert house.states() == [("push", "unknown", "interrupted")]
        assert len(phone.shown) == 2

    def test_a_night_and_a_summary_are_kept_for_devices_too(self, house: House, service: PushService) -> None:
        phone, laptop = turned_on(house, service), turned_on(house, service)
        daily = {"channel": "push", "kind": "preparation.assigned", "mode": "daily"}
        body = SettingsBody.model_validate({"choices": [daily], "quiet_from": "20:00", "quiet_until": "07:00"})
        house.use_cases().settings.change(CALLER, JOE, body)
        house.world.clock.time = NIGHT
        for number in range(3):
            house.tell(once=str(number), facts={"account": "Acme"})
        house.tell(kind="grant.given", facts={"by": DANA, "to": DANA})
        house.run(hours=8)
        assert (phone.shown, laptop.shown) == ([], [])
        house.run(hours=24)
        for browser in (phone, laptop):
            assert [one["title"] for one in browser.shown] == [
                "Somebody may read your calls from now on",
                "3 notifications of the last day",
            ]

    def test_with_another_key_a_device_has_to_be_turned_on_again(self, house: House, service: PushService) -> None:
        turned_on(house, service)
        house.secrets["web-push-key"] = "made up again"
        house.tell()
        house.run()
        [failed] = [one for one in house.deliveries() if one.state == "failed"]
        assert failed.fault == "other_key"
        assert service.asked == []


class TestDevices:
    def test_pressed_again_it_is_one_device_and_in_a_shared_browser_the_last_ones(
        self, house: House, service: PushService
    ) -> None:
        browser = turned_on(house, service)
        devices = house.use_cases().devices
        form = {key: value for key, value in browser.form().items() if key != "device_name"}
        for caller in (CALLER, OTHER):
            devices.turn_on(caller, caller.employee_id or "", validated(DeviceBody, {**form, "name": "Shared"}))
            assert len(house.world.store.query(Query("push_devices"))) == 1
        house.tell()
        house.tell(DANA)
        house.run(hours=24)
        assert [one.employee_id for one in house.deliveries()] == [DANA]
        assert len(browser.shown) == 1

    def test_what_is_removed_while_something_waits_is_sent_nothing(self, house: House, service: PushService) -> None:
        phone = turned_on(house, service)
        house.world.clock.time = NIGHT
        house.tell()
        house.run()
        [device] = house.use_cases().settings.show(CALLER, JOE).devices
        house.use_cases().devices.remove(OTHER, DANA, device.device_id)
        assert len(house.use_cases().settings.show(CALLER, JOE).devices) == 1
        house.use_cases().devices.remove(CALLER, JOE, device.device_id)
        house.run(hours=24)
        assert (phone.shown, house.states()) == ([], [("push", "withdrawn", "off")])

    def test_ten_devices_and_no_more_and_only_ones_own_and_only_known_services(
        self, house: House, service: PushService
    ) -> None:
        for _ in range(10):
            turned_on(house, service)
        with pytest.raises(Conflict, match="10 devices"):
            turned_on(house, service)
        form = service.subscribe("").form()
        body = validated(DeviceBody, {key: form[key] for key in ("endpoint", "p256dh", "auth")})
        with pytest.raises(Forbidden):
            house.use_cases().devices.turn_on(CALLER, DANA, body)
        with pytest.raises(Forbidden):
            house.use_cases().devices.remove(CALLER, DANA, "x")
        elsewhere = body.model_copy(update={"endpoint": "https://169.254.169.254/"})
        with pytest.raises(Rejected, match="known push service"):
            house.use_cases().devices.turn_on(OTHER, DANA, elsewhere)
        house.settings["AUGMENT_WEB_PUSH"] = "off"
        assert house.use_cases().devices.key is None
        with pytest.raises(NotFound):
            house.use_cases().devices.turn_on(OTHER, DANA, body)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("p256dh", "x"),
            ("p256dh", base64url(b"\x02" + bytes(64))),
            ("p256dh", "=" * 90),
            ("p256dh", "é" * 87),
            ("auth", base64url(bytes(15))),
            ("auth", ""),
            ("endpoint", ""),
            ("endpoint", "https://x/\n"),
            ("name", "x" * 61),
        ],
    )
    def test_what_no_browser_says_is_refused_by_its_field(self, field: str, value: str) -> None:
        form = Browser("https://fcm.googleapis.com/x", "").form()
        given = {"name": "x", **{key: form[key] for key in ("endpoint", "p256dh", "auth")}, field: value}
        with pytest.raises(Rejected, match=field):
            validated(DeviceBody, given)

    def test_a_point_that_is_on_no_curve_reaches_nobody(self, house: House, service: PushService) -> None:
        form = service.subscribe(house.use_cases().devices.key or "").form()
        odd = {"endpoint": form["endpoint"], "p256dh": base64url(b"\x04" + bytes(64)), "auth": form["auth"]}
        house.use_cases().devices.turn_on(CALLER, JOE, validated(DeviceBody, odd))
        house.tell()
        house.run()
        [failed] = [one for one in house.deliveries() if one.state == "failed"]
        assert (failed.why, failed.fault) == ("address", "bad_keys")


class TestPage:
    def test_what_the_browser_gives_turns_it_on_and_a_press_takes_it_off(
        self, house: House, service: PushService
    ) -> None:
        browser = service.subscribe(house.use_cases().devices.key or "")
        where = house.on()
        form = {"add_device": "yes", **browser.form("Firefox, Linux")}
        assert isinstance(page.change_settings(where, visit(house, form=form)), Redirect)
        html = seen(page.show_settings(where, visit(house)))
        assert f'data-push="{browser.made_for}"' in html
        assert f'data-worker="{WORKER}"' in html
        assert "Firefox, Linux" in html
        assert browser.endpoint not in html
        [device] = house.use_cases().settings.show(CALLER, JOE).devices
        gone = {"remove_device": device.device_id}
        assert isinstance(page.change_settings(where, visit(house, form=gone)), Redirect)
        assert "No device yet" in seen(page.show_settings(where, visit(house)))

    def test_what_cannot_be_taken_is_said_and_choices_stay_as_they_were(
        self, house: House, service: PushService
    ) -> None:
        where = house.on()
        form = {"add_device": "yes", **Browser("https://169.254.169.254/x", "").form(), "p256dh": "x"}
        assert "ust be a public key" in seen(page.change_settings(where, visit(house, form=form)))
        form = {"add_device": "yes", **Browser("https://169.254.169.254/x", "").form()}
        html = seen(page.change_settings(where, visit(house, form=form)))
        assert "known push service" in html
        assert 'value="20:00"' in html
        assert house.world.store.query(Query("push_devices")) == []

    def test_where_push_is_off_nothing_of_it_is_shown(self, house: House) -> None:
        html = seen(page.show_settings(house.on(), visit(house)))
        assert "push.js" not in html
        assert "Push" not in html
