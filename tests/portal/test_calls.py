"""Calls in the portal: what became of each, for whom, from when, and having them analysed again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from shared.call_pipeline.usecases.observe_call import observation_id
from shared.conversations.domain.analysis_version import analysis_version
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import FieldChange, Merge
from tests.harness.browser import Person, words
from tests.portal.call_samples import ASKED, SCORER, analysed_call
from tests.portal.conftest import House


@pytest.fixture(scope="module")
def joe(house: House) -> str:
    return house.people["employee"][5]


@pytest.fixture(scope="module")
def call(house: House, joe: str) -> str:
    analysed_call(house, joe, "call-seen")
    return "gong-call-seen"


def signed_in(house: House, email: str) -> Person:
    person = house.stranger()
    person.sign_in(email)
    return person


def posted(employee_id: str, call_id: str) -> str:
    """The id of what was observed about somebody in a call."""
    return observation_id("gong", call_id, employee_id, analysis_version(SCORER.number, 0))


def changed(house: House, record_id: str, **fields: FieldChange) -> None:
    house.platform.integrations.commit([Merge(f"calls/{record_id}", fields)])


def test_an_employee_lists_the_own_calls_and_opens_one(house: House, joe: str, call: str) -> None:
    person = signed_in(house, joe)

    listed = person.get("/calls").get_data(as_text=True)
    assert f'href="/calls/{call}"' in listed
    assert "Quarterly review · Northwind Clinics" in listed
    assert 'name="employee"' not in listed

    html = person.get(f"/calls/{call}").get_data(as_text=True)
    page = person.text(f"/calls/{call}")
    assert "Northwind Clinics, by account and date CRM record d-1" in page
    assert "Listening 70" in page
    assert "Scored by Claude Analysed" in page
    assert "rubric-1" not in page
    assert SCORER.scorer_id not in page
    assert "$0.0123" not in page
    assert 'href="https://recorder.example.com/call?id=call-seen"' in html
    assert re.search(r'<a href="/reviews/[0-9a-f]+">Look at these scores, or contest them', html)
    assert ASKED not in page


def test_a_colleague_sees_neither_list_nor_call(house: House, joe: str, call: str) -> None:
    other = signed_in(house, house.people["employee"][6])

    assert other.get(f"/calls?employee={joe}").status_code == 403
    assert other.get(f"/calls/{call}").status_code == 403
    assert call not in other.get("/calls").get_data(as_text=True)


def test_a_manager_picks_a_person_and_is_told_when_the_results_open(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-young")
    manager = signed_in(house, str(house.platform.employee(joe).manager_id))

    listed = manager.get(f"/calls?employee={joe}").get_data(as_text=True)
    assert 'href="/calls/gong-call-young"' in listed
    assert f'type="search" value="{house.platform.employee(joe).name}"' in listed

    early = manager.text("/calls/gong-call-young")
    assert "The employee sees these scores first. They open for you on" in early
    assert "Listening 70" not in early
    assert "Review of these scores" not in early

    analysed_call(house, joe, "call-of-last-month", ago=timedelta(days=20))
    late = manager.text("/calls/gong-call-of-last-month")
    assert "Listening 70" in late
    assert "Review of these scores" in late


def test_enablement_sees_the_cost_at_once_and_not_the_scores_and_leaves_a_record(
    house: House, joe: str, call: str
) -> None:
    page = house.visit("enablement").text(f"/calls/{call}")

    assert "They open for you on" in page
    assert "Listening 70" not in page
    assert "$0.0123" in page
    viewer = house.people["enablement"][0]
    [record] = house.platform.audited.page(actor=viewer, action=AuditAction.CALL_VIEWED, limit=1).items
    assert (record.subject, record.detail) == (joe, call)


def test_calls_without_a_deal_and_those_in_a_state_are_listed_apart(house: House, joe: str) -> None:
    unmatched = {"deal": {"deal_id": None, "account_name": None, "how": "unmatched"}, "deal_link": "unmatched"}
    analysed_call(house, joe, "call-lost", record={**unmatched, "state": "failed", "last_error": "no transcript came"})
    enid = house.visit("enablement")

    assert "gong-call-lost" in enid.get("/calls?deal=unmatched").get_data(as_text=True)
    assert "gong-call-seen" not in enid.get("/calls?deal=unmatched").get_data(as_text=True)
    assert "gong-call-lost" in enid.get("/calls?state=failed").get_data(as_text=True)
    assert "no transcript came" in enid.text("/calls/gong-call-lost")
    assert "gong-call-lost" in enid.get("/calls?state=failed&deal=unmatched").get_data(as_text=True)
    for none in ("state=failed&deal=crm", "state=observed&deal=unmatched"):
        assert "gong-call-lost" not in enid.get(f"/calls?{none}").get_data(as_text=True)
    own = signed_in(house, joe).get("/calls?state=failed&deal=unmatched").get_data(as_text=True)
    assert ("gong-call-lost" in own, "gong-call-seen" in own) == (True, False)
    assert enid.get("/calls?state=lost").status_code == 422
    assert enid.get("/calls/none").status_code == 404


def test_a_deal_that_is_known_by_its_number_alone_is_no_name(house: House, joe: str) -> None:
    deal = {"deal": {"deal_id": "006ef9I44zWWx5lACD", "account_name": None, "how": "crm"}, "deal_link": "crm"}
    analysed_call(house, joe, "call-numbered", record=deal)
    person = signed_in(house, joe)

    assert "006ef9I44zWWx5lACD" not in person.text("/calls")
    page = person.text("/calls/gong-call-numbered")
    assert "By the CRM’s own link CRM record 006ef9I44zWWx5lACD" in page
    assert page.count("006ef9I44zWWx5lACD") == 1


def test_a_call_is_analysed_again_at_a_press(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-again")
    enid = house.visit("enablement")
    enid.get("/calls/gong-call-again")

    done = enid.post("/calls/gong-call-again/analyses", {}, follow=True)

    assert "The call is being analysed again" in words(done)
    record = house.platform.call_records.get("gong-call-again")
    assert (record.state, record.analysis) == ("discovered", 1)
    again = enid.post("/calls/gong-call-again/analyses", {})
    assert again.status_code == 422
    assert "This call is being analysed" in words(again)
    assert signed_in(house, joe).post("/calls/gong-call-again/analyses", {}).status_code == 403


def test_a_call_is_linked_to_its_deal_by_a_person(house: House, joe: str) -> None:
    unmatched = {"deal": {"deal_id": None, "account_name": None, "how": "unmatched"}, "deal_link": "unmatched"}
    analysed_call(house, joe, "call-unlinked", record=unmatched)
    enid = house.visit("enablement")
    assert "Which deal is it?" in enid.text("/calls/gong-call-unlinked")

    wrong = enid.post("/calls/gong-call-unlinked/deal", {"deal_id": "a/b", "account_name": "Tidewater"})
    assert wrong.status_code == 422
    assert 'value="a/b"' in wrong.get_data(as_text=True)
    assert 'aria-invalid="true"' in wrong.get_data(as_text=True)

    done = enid.post("/calls/gong-call-unlinked/deal", {"deal_id": "006B", "account_name": "Tidewater"}, follow=True)
    assert "The call belongs to this deal" in words(done)
    assert "Tidewater, by a person CRM record 006B" in words(done)
    assert signed_in(house, joe).post("/calls/gong-call-unlinked/deal", {"deal_id": "006C"}).status_code == 403
    assert "Another deal?" not in signed_in(house, joe).text("/calls/gong-call-unlinked")


def test_the_calls_of_a_period_are_analysed_again_with_progress(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-of-old", ago=timedelta(days=400))
    day = (datetime.now(UTC) - timedelta(days=400)).date().isoformat()
    enid = house.visit("enablement")
    enid.get("/calls/analyses")
    wrong = enid.post("/calls/analyses", {"from": day, "to": "soon"})
    assert wrong.status_code == 422
    assert "Enter a date as 2026-11-30." in words(wrong)

    started = enid.post("/calls/analyses", {"from": day, "to": day, "source": ""})
    assert started.status_code == 303
    address = started.headers["Location"]
    assert "Finding the calls" in enid.text(address)
    house.platform.calls.spread_reanalysis.spread(address.rsplit("/", 1)[-1])
    assert "0 of 1 call" in enid.text(address)
    changed(house, "gong-call-of-old", state="observed")
    assert "1 of 1 call" in enid.text(address)
    assert house.visit("manager").get("/calls/analyses").status_code == 403


def test_an_administrator_moves_a_call_to_the_right_person_and_everybody_reads_why(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-moved")
    right = house.people["employee"][6]
    person = house.visit("administrator")
    page = person.text("/calls/gong-call-moved")
    assert "Somebody else’s voice?" in page
    assert f"{joe}, 13 turns" in page
    assert "Somebody else’s voice?" not in house.visit("enablement").text("/calls/gong-call-moved")

    form = {"speaker_id": "1", "employee_id": "stranger@example.com", "reason": "Another spoke"}
    refused = person.post("/calls/gong-call-moved/speakers", form)
    assert refused.status_code == 422
    assert "'stranger@example.com' is no active employee." in words(refused)
    moved = person.post("/calls/gong-call-moved/speakers", {**form, "employee_id": right}, follow=True)
    assert "Moved. What was observed about the wrong person is void" in words(moved)

    assert signed_in(house, joe).get("/calls/gong-call-moved").status_code == 403
    assert signed_in(house, right).get("/calls/gong-call-moved").status_code == 200
    assert "Another person&#39;s call: Another spoke" in signed_in(house, joe).get(
        f"/events?{urlencode({'event_id': posted(joe, 'call-moved'), 'source': 'gong'})}"
    ).get_data(as_text=True)
    changed(house, "gong-call-moved", state="observed")
    after = person.text("/calls/gong-call-moved")
    assert f"{right} speaks as 1, said {house.people['administrator'][0]} on" in after
    conflict = person.post("/calls/gong-call-moved/speakers", {**form, "employee_id": joe, "speaker_id": "9"})
    assert (conflict.status_code, "nobody in this call speaks as" in words(conflict).lower()) == (422, True)
