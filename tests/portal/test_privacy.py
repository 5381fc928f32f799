"""Notifications, transcript access and erasures, through the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.kernel.access import Caller
from tests.harness.browser import Person, words
from tests.harness.call_records import call_record
from tests.portal.conftest import House

CALL = "gong-7782342274025937895"


@pytest.fixture(scope="module")
def own(own: House) -> House:
    """A house of this module's own: its tests change things. The first employee took part in a call."""
    about: dict[str, Any] = {"state": "observed", "employees": [own.people["employee"][0]], "title": "Pricing"}
    about["deal"] = {"deal_id": "d-1", "account_name": "Acme", "how": "crm"}
    began = datetime(2026, 11, 20, tzinfo=UTC)
    own.platform.call_records.create(call_record("gong", CALL.removeprefix("gong-"), began, **about))
    return own


def signed_in(own: House, email: str) -> Person:
    person = own.stranger()
    person.sign_in(email)
    person.get("/notifications")
    return person


@pytest.fixture
def administrator(own: House) -> Person:
    return signed_in(own, own.people["administrator"][0])


def test_a_grant_is_given_seen_by_those_whom_it_concerns_and_ended(own: House, administrator: Person) -> None:
    employee_id = own.people["employee"][0]
    manager = str(own.platform.employee(employee_id).manager_id)
    form = {"employee_id": employee_id, "to": manager, "purpose": "Coaching on <discovery>", "days": "14"}

    given = administrator.post("/access/grant", form, follow=True)
    assert "Granted." in words(given)
    assert "Coaching on <discovery>" in words(given)
    page = signed_in(own, manager).text("/access")
    names = {person: own.platform.employee(person).name for person in (manager, employee_id)}
    assert f"{names[manager]} may read the calls of {names[employee_id]}" in page
    assert manager not in page
    assert "Let a manager" not in signed_in(own, manager).text("/access")

    employee = signed_in(own, employee_id)
    told = employee.text("/notifications")
    assert f"lets {names[manager]} read your calls" in told
    assert not re.search(r"Until: \d{4}-", told)
    assert "Notifications 1 waiting" in employee.text("/me")
    [grant] = own.platform.privacy.grants.in_force(own.platform.people.callers.person(employee_id))
    ended = administrator.post("/access/grant/end", {"access_id": grant.grant_id}, follow=True)
    assert "Ended." in words(ended)
    assert "Nothing is in force" in signed_in(own, manager).text("/access")


def test_what_waits_is_counted_once_for_a_page(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    employee_id = own.people["employee"][2]
    for number in range(2):
        own.platform.notifications.tell(employee_id, "grant.given", {"by": "ada", "to": "mo"}, once=str(number))
    employee = signed_in(own, employee_id)
    count, asked = own.platform.notifications.unread, []

    def counting(caller: Caller, of: str) -> int:
        asked.append(of)
        return count(caller, of)

    monkeypatch.setattr(own.platform.notifications, "unread", counting)
    assert "Mark all as read" in employee.text("/notifications")
    assert asked == [employee_id]


def test_notifications_are_marked_as_read_one_by_one_or_all_at_once(own: House) -> None:
    employee_id = own.people["employee"][1]
    for number in range(3):
        own.platform.notifications.tell(employee_id, "grant.given", {"by": "ada", "to": "mo"}, once=str(number))
    employee = signed_in(own, employee_id)
    caller = own.platform.people.callers.person(employee_id)
    page_of = own.platform.notifications.list(caller, employee_id)
    employee.post("/notifications", {"notification_id": page_of.items[0].notification_id})
    assert own.platform.notifications.unread(caller, employee_id) == 2
    page = words(employee.post("/notifications", {"notification_id": "all"}, follow=True))
    assert "Marked as read." in page
    assert "Mark as read" not in page
    assert own.platform.notifications.unread(caller, employee_id) == 0
    assert employee.post("/notifications", {"notification_id": "unknown"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": "91"}, "90"),
        ({"days": "x"}, "a number of days from 1 to 90"),
        ({"purpose": " "}, "Write something here."),
        ({"to": "nobody@example.com"}, "There is no employee"),
        ({"employee_id": "a/b"}, "without '/'"),
    ],
)
def test_a_form_that_is_refused_says_why_beside_its_field(
    own: House, administrator: Person, changes: dict[str, str], said: str
) -> None:
    employee_id = own.people["employee"][0]
    manager = str(own.platform.employee(employee_id).manager_id)
    form = {"employee_id": employee_id, "to": manager, "purpose": "Coaching", "days": "14", **changes}
    refused = administrator.post("/access/grant", form)
    assert refused.status_code == 422
    assert "That did not go through." in words(refused)
    assert said in words(refused)


def test_a_call_is_escalated_by_the_employee_s_manager(own: House) -> None:
    employee_id = own.people["employee"][0]
    manager_id = str(own.platform.employee(employee_id).manager_id)
    above = str(own.platform.employee(manager_id).manager_id)
    manager = signed_in(own, manager_id)
    assert CALL in manager.get(f"/access?call={CALL}").get_data(as_text=True)
    form = {"call_id": CALL, "to": above, "reason": "The customer complained"}

    refused = manager.post("/access/escalation", {**form, "to": manager_id})
    assert refused.status_code == 422
    assert "no senior manager" in words(refused)
    raised = manager.post("/access/escalation", form, follow=True)
    assert "Escalated." in words(raised)
    assert "The customer complained" in signed_in(own, above).text("/access")
    employee = signed_in(own, employee_id)
    assert f'<a class="break" href="/calls/{CALL}">Pricing with Acme, 20 Nov 2026</a>' in employee.get(
        "/notifications"
    ).get_data(as_text=True)
    [one] = own.platform.privacy.escalations.in_force(own.platform.people.callers.person(above))
    assert "Ended." in words(manager.post("/access/escalation/end", {"access_id": one.escalation_id}, follow=True))


def test_a_person_is_given_another_id_and_the_old_address_leads_to_the_page(own: House, administrator: Person) -> None:
    employee_id = own.people["employee"][0]
    new = "another.name@example.com"
    assert "Formerly" not in administrator.text(f"/people/{employee_id}")
    form = {"to": new, "repeated": new, "reason": "Took another name"}
    for wrong, said in (
        ({"repeated": "x"}, "once more"),
        ({"reason": ""}, "Write why"),
        ({"merge": "yes"}, "no employee"),
    ):
        refused = administrator.post(f"/people/{employee_id}/identity", form | wrong)
        assert refused.status_code == 422
        assert said in words(refused)
    given = words(administrator.post(f"/people/{employee_id}/identity", form, follow=True))
    assert "The id is in force." in given
    assert "Running" in given
    led = administrator.get(f"/people/{employee_id}")
    assert (led.status_code, led.headers["Location"]) == (303, f"/people/{new}")
    assert f"Formerly {employee_id}" in administrator.text(f"/people/{new}")
    herself = signed_in(own, new)
    assert "Formerly" not in herself.text("/me")
    assert herself.get(f"/people/{new}/identity").status_code == 403
    assert signed_in(own, employee_id).get("/me").status_code == 200


def test_a_person_is_erased_after_the_address_was_written_twice(own: House, administrator: Person) -> None:
    employee_id = own.people["employee"][-1]
    name = own.platform.employee(employee_id).name
    for form, said in (
        ({"employee_id": "", "repeated": ""}, "Write the person’s e-mail address."),
        ({"employee_id": employee_id, "repeated": "x"}, "Write the same address once more"),
        ({"employee_id": "nobody@example.com", "repeated": "nobody@example.com"}, "There is no employee"),
    ):
        refused = administrator.post("/erasures", form)
        assert refused.status_code == 422
        assert said in words(refused)
    started = administrator.post("/erasures", {"employee_id": employee_id, "repeated": employee_id}, follow=True)
    page = words(started)
    assert "The erasure runs." in page
    assert "Running" in page
    assert employee_id not in page
    assert name not in page
    assert own.stranger().sign_in(employee_id).status_code != 200
