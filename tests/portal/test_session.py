"""Who gets in, and which forms count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from functions.portal.shell.assets import WORKER
from functions.portal.shell.routes import ROUTES
from infra.local.environment import EmbeddedEnvironment
from infra.wiring.edges.browser import local_address
from infra.wiring.environment import Environment
from infra.wiring.ratings import RatingsUseCases
from shared.kernel.access import PERMISSIONS, ROLES, Role
from shared.people.records import Employee
from shared.ports.documents import Put
from tests.harness.browser import Person, words
from tests.portal.conftest import House

T = TypeVar("T")


def test_every_address_has_the_handlers_that_it_names() -> None:
    named = [handler for route in ROUTES for handler in (route.show, route.act) if handler is not None]

    assert all(handler.load().__name__ == handler.name for handler in named)


def test_a_stranger_is_led_to_the_sign_in_and_back(house: House) -> None:
    person = house.stranger()

    response = person.get("/people?search=joe")

    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=%2Fpeople%3Fsearch%3Djoe"


def test_the_demonstration_is_labelled_and_lists_people_by_role(house: House) -> None:
    page = house.stranger().text("/sign-in")

    assert "These people are invented, and choosing one proves nothing." in page
    for heading in ("Sales leadership", "Manager", "Administrator", "Employee"):
        assert heading in page


def test_signing_out_ends_the_session_even_for_a_copied_cookie(house: House) -> None:
    person = house.visit("manager")
    cookie = person.client.get_cookie("session")
    assert cookie is not None

    person.get("/")
    person.post("/sign-out", {})
    person.client.set_cookie("session", cookie.value)

    assert person.get("/").headers["Location"] == "/sign-in"


def test_a_leaver_s_session_ends(house: House) -> None:
    email = house.people["employee"][-1]
    person = house.stranger()
    person.sign_in(email)
    assert person.get("/me").status_code == 200
    record = house.platform.employee(email)
    house.parts.documents.commit([_put(record.changed(active=False))])
    try:
        assert person.get("/me").status_code == 303
    finally:
        house.parts.documents.commit([_put(record)])


def _put(record: Employee) -> Put:
    return Put(f"employees/{record.employee_id}", record.stored())


def test_a_forged_cookie_is_no_session(house: House) -> None:
    person = house.visit("cro")
    cookie = person.client.get_cookie("session")
    assert cookie is not None
    person.client.set_cookie("session", cookie.value[:-2] + ("AA" if cookie.value[-2:] != "AA" else "BB"))

    assert person.get("/").status_code == 303


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost.evil.example", "http://["])
def test_a_form_from_elsewhere_is_refused(house: House, origin: str | None) -> None:
    person = house.visit("administrator")
    person.get("/")

    response = person.post("/theme", {"theme": "dark", "next": "/"}, origin=origin)

    assert response.status_code == 403
    assert "The form was not sent from this site" in words(response)


def test_a_form_of_too_many_fields_is_refused(house: House) -> None:
    person = house.visit("administrator")
    fields = {"token": person.token, **{f"field{number}": "x" for number in range(1001)}}

    response = person.client.post(
        "/theme", data=fields, content_type="multipart/form-data", headers={"Origin": "http://localhost"}
    )

    assert response.status_code == 413
    assert "A form may have at most 1,000 fields" in words(response)


def test_a_form_without_the_session_s_token_is_refused(house: House) -> None:
    person, other = house.visit("administrator"), house.visit("administrator")
    other.get("/")

    response = person.post("/sign-out", {"token": other.token})

    assert response.status_code == 403
    assert person.get("/").status_code == 200


def test_the_sign_in_form_must_be_one_that_was_shown(house: House) -> None:
    person = house.stranger()

    response = person.post("/sign-in/demonstration", {"employee": house.people["cro"][0], "token": "made-up"})

    assert response.status_code == 403


def test_an_unknown_person_cannot_be_chosen(house: House) -> None:
    person = house.stranger()
    person.get("/sign-in")

    assert person.post("/sign-in/demonstration", {"employee": "nobody@example.com"}).status_code == 403


def test_only_a_demonstrations_people_can_be_chosen(house: House) -> None:
    invented, imported = house.people["manager"][:2]
    portal = Portal(house.platform.on, replace(house.ways, demonstration=frozenset({invented})))
    person = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
    page = person.get("/sign-in").get_data(as_text=True)

    assert f'value="{invented}"' in page
    assert f'value="{imported}"' not in page
    assert person.post("/sign-in/demonstration", {"employee": imported}).status_code == 403
    assert person.post("/sign-in/demonstration", {"employee": invented}).status_code == 303


def test_over_https_cookies_are_host_bound_and_secure(house: House) -> None:
    ways = replace(house.ways, public_url="https://portal.example.com")
    portal = Portal(house.platform.on, ways)
    person = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
    base = "https://portal.example.com"
    page = person.get("/sign-in", base_url=base)
    response = person.client.post(
        "/sign-in/demonstration",
        base_url=base,
        data={"token": person.token, "employee": house.people["cro"][0]},
        headers={"Origin": base},
    )

    cookies = response.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-session="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(session.split("; "))
    assert "Domain" not in session
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_worker_of_push_has_one_address_and_no_page_in_its_scope(house: House) -> None:
    answer = house.stranger().get(WORKER)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers
    assert b"showNotification" in answer.data
    scope = WORKER.rpartition("/")[0] + "/"
    assert [route.path for route in ROUTES if route.path.startswith(scope)] == []


def test_every_answer_carries_the_security_headers(house: House) -> None:
    for address in ("/sign-in", "/no-such-page", "/"):
        headers = house.stranger().get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("/people?search=a", "/people?search=a"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_our_own_addresses_are_gone_on_to(address: str | None, goes_to: str) -> None:
    assert local_address(address) == goes_to


def test_the_theme_is_remembered_and_applied(house: House) -> None:
    person = house.visit("manager")
    person.get("/people")

    page = person.post("/theme", {"theme": "dark", "next": "/people"}, follow=True)

    html = page.get_data(as_text=True)
    assert 'data-theme="dark"' in html
    assert 'value="dark" aria-pressed="true"' in html


PATHS = {
    "employee_id": "nobody@example.com",
    "framework_id": "sales_engineering",
    "skill_id": "discovery",
    "item_id": "none",
    "letter_id": "none",
    "review_id": "none",
    "record_id": "none",
    "run_id": "none",
}
ANOTHERS = {"enrolments.read": "learners.read"}
"""What opens another's page, by the permission that everybody has for their own."""


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_its_permissions_give_and_nothing_else(house: House, role: Role) -> None:
    """Every route × role, for looking and for acting: 403 exactly where the permission is missing."""
    person = house.stranger()
    record = house.platform.employee(house.people["employee"][-2])
    house.parts.documents.commit([_put(record.changed(role=role))])
    try:
        person.sign_in(record.employee_id)
        person.get("/skills")
        for route in ROUTES:
            address = route.path
            for name, value in PATHS.items():
                address = address.replace(f"<{name}>", value)
            looked = person.client.get(address)
            allowed = route.permission is None or ANOTHERS.get(route.permission, route.permission) in PERMISSIONS[role]
            assert (looked.status_code != 403) == allowed, (route.name, looked.status_code)
            if route.act is not None:
                acted = person.post(address, {"step": "edit", "decision": "none"})
                assert route.act_permission is not None
                permitted = route.act_permission in PERMISSIONS[role]
                assert (acted.status_code != 403) == permitted, (route.name, acted.status_code)
        for route in ROUTES:
            if route.permission in ANOTHERS:
                own = person.client.get(route.path.replace("<employee_id>", record.employee_id))
                assert own.status_code == 404, (route.name, "who learns nothing has no such page of their own")
    finally:
        house.parts.documents.commit([_put(record)])


@pytest.mark.parametrize(("role", "whose", "status"), [("manager", 0, None), ("employee", 1, 403), ("mentor", 0, 403)])
def test_relations_decide_about_individuals(house: House, role: Role, whose: int, status: int | None) -> None:
    subject = house.people["employee"][whose]
    manager = house.platform.employee(subject).manager_id
    person = house.stranger()
    if role == "manager":
        for email in house.people["manager"]:
            person.sign_in(email)
            assert person.get(f"/people/{subject}").status_code == (200 if email == manager else 403)
        return
    record = house.platform.employee(house.people["employee"][0 if role == "employee" else 3])
    house.parts.documents.commit([_put(record.changed(role=role))])
    try:
        person.sign_in(record.employee_id)
        assert person.get(f"/people/{subject}").status_code == status
    finally:
        house.parts.documents.commit([_put(record)])


def test_a_refusal_keeps_the_navigation_and_says_whose_page_it_is(house: House) -> None:
    employee, stranger = house.visit("employee"), house.stranger()
    for address, status in (("/audit", 403), ("/no-such-page", 404)):
        response = employee.get(address)
        assert response.status_code == status
        assert 'aria-label="Main"' in response.get_data(as_text=True)
        assert "permission" not in words(response)
    assert "It is for: Administrator. Your role here is Employee" in words(employee.get("/audit"))
    assert 'aria-label="Main"' not in stranger.get("/no-such-page").get_data(as_text=True)


def test_a_defect_becomes_a_page_with_a_reference_and_an_alert(house: House) -> None:
    class Defective(EmbeddedEnvironment):
        def once(self, make: Callable[[Environment], T]) -> T:
            if make is RatingsUseCases:
                raise AttributeError("a defect")
            return super().once(make)

    portal = Portal(Defective(house.parts), house.ways)
    person = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
    person.sign_in(house.people["cro"][0])

    response = person.get("/")

    assert response.status_code == 500
    assert "Something broke on our side" in words(response)
    line = house.events_logged("portal.failed")[-1]
    assert line["cause"] == "AttributeError"
    assert str(line["reference"]) in words(response)
