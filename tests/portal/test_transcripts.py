"""What was said in a call, through the pages: who reads it, what that leaves behind, and how to ask."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from shared.kernel.errors import NotFound
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.browser import Person, words
from tests.portal.call_samples import ASKED, analysed_call
from tests.portal.conftest import House

CALL = "gong-call-said"
PAGE = f"/calls/{CALL}/transcript"


@pytest.fixture(scope="module")
def own(own: House) -> House:
    """A house of this module's own: its tests grant and escalate. The first employee was in the call."""
    analysed_call(own, own.people["employee"][0], "call-said", confidence=0.9)
    return own


@pytest.fixture
def joe(own: House) -> str:
    return own.people["employee"][0]


@pytest.fixture
def manager(own: House, joe: str) -> str:
    return str(own.platform.employee(joe).manager_id)


def signed_in(house: House, email: str) -> Person:
    person = house.stranger()
    person.sign_in(email)
    return person


def opened(house: House) -> int:
    """How many readings are on record."""
    return len(house.platform.audited.page(action=AuditAction.TRANSCRIPT_OPENED, limit=200).items)


def told(house: House, employee_id: str) -> int:
    return house.platform.notifications.unread(house.platform.people.callers.person(employee_id), employee_id)


def test_who_took_part_reads_at_once_and_nobody_is_told(own: House, joe: str) -> None:
    before = opened(own), told(own, joe)
    person = signed_in(own, joe)

    assert f'href="{PAGE}"' in person.get(f"/calls/{CALL}").get_data(as_text=True)
    page = person.text(PAGE)

    assert ASKED in page
    assert "This is sentence number 15" in page
    assert "Casey <Buyer>" in page
    assert own.platform.employee(joe).name in page
    assert "You took part in this call. The words are deleted on" in page
    assert "This reading is recorded." not in page
    assert (opened(own), told(own, joe)) == before


def test_a_page_about_the_words_is_no_view_of_the_call(own: House, joe: str) -> None:
    """Whether the page may name the call and lead back to it is asked silently: nobody has seen its results."""

    def viewed() -> int:
        return len(own.platform.audited.page(action=AuditAction.CALL_VIEWED, subject=joe, limit=200).items)

    before = viewed()
    for role in ("enablement", "cro"):
        page = own.visit(role).get(PAGE)
        assert page.status_code == 403
        assert f'href="/calls/{CALL}"' in page.get_data(as_text=True)
    assert viewed() == before

    assert own.visit("cro").get(f"/calls/{CALL}").status_code == 200
    assert viewed() == before + 1


def test_an_administrator_is_told_what_it_leaves_behind_before_opening_it(own: House, joe: str) -> None:
    person = own.visit("administrator")
    before = opened(own), told(own, joe)

    page = person.text(PAGE)
    assert "Before you open it" in page
    assert ASKED not in page
    assert (opened(own), told(own, joe)) == before

    shown = person.post(PAGE, {})
    assert shown.status_code == 200
    assert ASKED in words(shown)
    assert "This reading is recorded." in words(shown)
    assert (opened(own), told(own, joe)) == (before[0] + 1, before[1] + 1)
    assert "read what was said in a call of yours" in signed_in(own, joe).text("/notifications")


def test_a_manager_asks_an_administrator_and_reads_with_the_grant(own: House, joe: str, manager: str) -> None:
    person = signed_in(own, manager)
    assert "Who may read it" in person.text(f"/calls/{CALL}")

    refused = person.get(PAGE)
    assert refused.status_code == 403
    page = words(refused)
    assert "This needs a grant in force for this employee: an administrator gives it" in page
    administrator = own.people["administrator"][0]
    assert own.platform.employee(administrator).name in page
    html = refused.get_data(as_text=True)
    [link] = re.findall(r'href="(mailto:[^"]+)"', html)
    assert link.startswith(f"mailto:{administrator}?subject=Grant%20to%20read%20calls%20of%20")
    assert "Purpose" in link
    assert person.post(PAGE, {}).status_code == 403
    assert ASKED not in words(person.post(PAGE, {}))

    caller = own.platform.people.callers.person(administrator)
    grant = own.platform.privacy.grants.give(caller, joe, manager, purpose="Coaching", days=3)
    assert f'href="/calls?employee={joe.replace("@", "%40")}"' in person.get("/access").get_data(as_text=True)
    assert "You may read it with an administrator’s grant." in person.text(PAGE)
    assert ASKED in words(person.post(PAGE, {}))

    own.platform.privacy.grants.end(caller, grant.grant_id)
    assert person.post(PAGE, {}).status_code == 403


def test_a_senior_manager_asks_the_manager_and_reads_the_escalated_call(own: House, joe: str, manager: str) -> None:
    above = str(own.platform.employee(manager).manager_id)
    person = signed_in(own, above)

    refused = person.get(PAGE)
    assert refused.status_code == 403
    page = words(refused)
    assert "This needs an escalation of this one call to you" in page
    assert own.platform.employee(manager).name in page
    assert f"mailto:{manager}?subject=Escalation" in refused.get_data(as_text=True)
    assert "Quarterly review" not in page
    assert "Northwind" not in page

    raised = signed_in(own, manager)
    assert f'href="/access?call={CALL}#escalation"' in raised.get(f"/calls/{CALL}").get_data(as_text=True)
    form = {"call_id": CALL, "to": above, "reason": "The customer complained"}
    assert "Escalated." in words(raised.post("/access/escalation", form, follow=True))

    assert f'href="{PAGE}"' in person.get("/access").get_data(as_text=True)
    html = person.get(PAGE).get_data(as_text=True)
    assert "because the call was escalated to you" in html
    assert f'href="/calls/{CALL}"' not in html, "the call's page stays the manager's"
    assert ASKED in words(person.post(PAGE, {}))


@pytest.mark.parametrize(
    ("role", "index", "said"),
    [
        ("employee", 1, "You may read transcripts of the calls that you took part in."),
        ("cro", 0, "The CRO reads scores, and transcripts of own calls only."),
        ("enablement", 0, "Enablement reads anonymised samples"),
    ],
)
def test_others_are_told_what_they_may_read_and_nothing_of_the_call(
    own: House, role: str, index: int, said: str
) -> None:
    person = own.visit(role, index)
    before = opened(own)

    for response in (person.get(PAGE), person.post(PAGE, {})):
        assert response.status_code == 403
        assert said in words(response)
        assert ASKED not in words(response)
        assert "Whom to ask" not in words(response)
        assert ("Read anonymised samples" in words(response)) == (role == "enablement")
    assert opened(own) == before
    if role == "employee":
        assert "Quarterly review" not in words(person.get(PAGE))


def test_words_that_are_gone_are_said_to_be(own: House, joe: str) -> None:
    record = own.platform.call_records.blank("gong", "call-wordless", own.parts.clock.now())
    own.platform.call_records.create(record.changed(state="observed", employees=(joe,)))
    response = signed_in(own, joe).get("/calls/gong-call-wordless/transcript")

    assert response.status_code == 404
    assert "The words are not here" in words(response)
    assert signed_in(own, joe).get("/calls/none/transcript").status_code == 404
    with pytest.raises(NotFound):
        own.platform.call_records.get("none")


def test_a_call_that_was_not_fetched_offers_no_transcript(own: House, joe: str) -> None:
    record = own.platform.call_records.blank("gong", "call-to-come", own.parts.clock.now())
    own.platform.call_records.create(record.changed(employees=(joe,)))

    assert "What was said" not in signed_in(own, joe).text("/calls/gong-call-to-come")


def test_samples_are_shown_without_names_once_five_people_are_in_them(own: House) -> None:
    person = own.visit("enablement")
    address = "/samples?competency=discovery&band=high"
    assert "Show samples" in person.text("/samples")
    few = person.text(address)
    assert "Too few people" in few

    for number, employee_id in enumerate(own.people["employee"][2:7]):
        scored = {"updated_at": own.platform.on.clock.now() - timedelta(days=3)}
        name = f"call-sampled-{number}"
        analysed_call(own, employee_id, name, confidence=0.9, ago=timedelta(days=5), record=scored)
    page = person.text(address)

    assert "Call, sample 3" in page
    assert ASKED in page
    assert "Casey" not in page
    for employee_id in own.people["employee"]:
        assert own.platform.employee(employee_id).name not in page
    assert len(own.platform.audited.page(action=AuditAction.TRANSCRIPT_SAMPLES_READ, limit=5).items) == 2
    assert person.get("/samples?competency=shoe_size").status_code == 422
    assert person.get("/samples?competency=discovery&band=wide").status_code == 422
    assert own.visit("manager").get("/samples").status_code == 403
