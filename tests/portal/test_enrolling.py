"""Who runs the training does it on pages: notes breaks, invites, takes lessons out of teaching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from shared.ports.documents import Query
from tests.api.conftest import _api, loaded
from tests.harness.api_client import ADA, ENID, MO
from tests.harness.browser import Person, words
from tests.learning.apprentices import ANA, EMPLOYER, OLD_PLAN, PLAN, STANDARD, enrolled, prepare
from tests.learning.lesson_files import lesson_body
from tests.policy.both_edges import BothEdges

__all__ = ["loaded"]


@pytest.fixture
def edges(tmp_path: Any, loaded: Any) -> Iterator[BothEdges]:
    """The synthetic standards with their plans, and Ana, whose mentor is Mo."""
    api = _api(tmp_path / "data", loaded)
    prepare(api)
    yield BothEdges(api)
    api.close()


def browser(edges: BothEdges, who: str) -> Person:
    person = Person(Client(edges._serve))
    person.sign_in(who)
    return person


def test_a_break_is_noted_with_an_open_end_and_ends(edges: BothEdges) -> None:
    enrolled(edges.api)
    enid = browser(edges, ENID)
    page = f"/learners/{ANA}"
    assert "No break so far." in enid.text(page)
    noted = enid.post(f"{page}/breaks", {"break_begins": "2026-02-01", "break_ends": "", "break_reason": "illness"})
    assert noted.headers["Location"] == f"{page}?done=break_noted"
    assert "with an open end Illness" in enid.text(f"{page}?done=break_noted")

    ended = enid.post(f"{page}/breaks/end", {"begins": "2026-02-01", "reason": "illness", "break_last": "2026-02-09"})
    assert ended.headers["Location"] == f"{page}?done=break_ended"
    kept = edges.api.get(f"learning/enrolments/{ANA}", who=ENID).json["breaks"]
    assert kept == [{"begins": "2026-02-01", "ends": "2026-02-09", "reason": "illness"}]
    mentors = browser(edges, MO).text(page)
    assert "Breaks in learning" in mentors
    assert "Illness" not in mentors
    assert "Note the break" not in mentors


@pytest.mark.parametrize(
    ("form", "beside", "said"),
    [
        ({"break_begins": ""}, "break_begins", "Enter a date as"),
        ({"break_begins": "2026-02-30"}, "break_begins", "date"),
        ({"break_begins": "1026-02-03"}, "break_begins", "2000 to 2099"),
        ({"break_begins": "2026-02-03", "break_ends": "2026-02-01"}, "break_ends", "before the break begins"),
        ({"break_begins": "2026-02-03", "break_reason": "a whim"}, "break_reason", "Choose"),
    ],
)
def test_what_is_no_break_is_said_beside_its_field(
    edges: BothEdges, form: dict[str, str], beside: str, said: str
) -> None:
    enrolled(edges.api)
    refused = browser(edges, ENID).post(f"/learners/{ANA}/breaks", {"break_reason": "illness", **form})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert said in page.partition(f'id="{beside}-error"')[2].partition("</p>")[0]
    assert page.count("That did not go through.") == 1, "the page has other forms"
    assert edges.api.get(f"learning/enrolments/{ANA}", who=ENID).json["breaks"] == []


def test_a_break_ends_on_a_day(edges: BothEdges) -> None:
    enrolled(edges.api)
    ada = browser(edges, ADA)
    ada.post(f"/learners/{ANA}/breaks", {"break_begins": "2026-02-05", "break_reason": "other"})
    for last, said in (("", "Enter the last day."), ("2026-02-01", "before the break begins")):
        form = {"begins": "2026-02-05", "reason": "other", "break_last": last}
        refused = ada.post(f"/learners/{ANA}/breaks/end", form)
        assert refused.status_code == 422
        assert said in words(refused)


INVITED = {"employee_id": ANA, "standard": STANDARD, "revision": "1", "plan": OLD_PLAN, "milestone": "gateway"}


def test_somebody_is_invited_from_the_list_of_learners_and_pinned_to_what_was_chosen(edges: BothEdges) -> None:
    enid = browser(edges, ENID)
    assert "Invite a learner" in enid.text("/learners")
    assert f'href="/learners/invitation?standard={STANDARD}"' in enid.get("/learners/invitation").get_data(as_text=True)
    form = enid.get(f"/learners/invitation?standard={STANDARD}").get_data(as_text=True)
    assert f'<option value="{PLAN}" selected>' in form, "the latest import is proposed"

    dates = {"started_on": "2025-11-03", "gateway_on": "2028-02-01", "employer_id": EMPLOYER}
    sent = enid.post("/learners/invitation", INVITED | dates)

    assert sent.headers["Location"] == f"/learners/{ANA}?done=invited"
    assert "Invited, not there yet." in enid.text(f"/learners/{ANA}?done=invited")
    held = edges.api.get(f"learning/enrolments/{ANA}", who=ENID).json
    expected = {"standard": STANDARD, "revision": 1, "plan": OLD_PLAN, "milestone": "gateway", "mentor_id": MO, **dates}
    assert {name: held[name] for name in expected} == expected
    told = edges.api.platform.documents.query(Query("notifications"))
    assert [one.data["kind"] for one in told if one.data["employee_id"] == ANA] == ["learning.invited"]


@pytest.mark.parametrize(
    ("changed", "beside", "said"),
    [
        ({"employee_id": ""}, "employee_id", "Write something here"),
        ({"employee_id": "nobody@jointers.example"}, "employee_id", "There is no active employee"),
        ({"employee_id": MO}, "employee_id", "only employees are invited"),
        ({"gateway_on": "soon"}, "gateway_on", "Enter a date as"),
        ({"started_on": "2031-01-01"}, "started_on", "day to come"),
        ({"started_on": "2025-01-01", "gateway_on": "2024-01-01"}, "gateway_on", "Must be after 1 Jan 2025"),
        ({"milestone": "never"}, "milestone", "stages are"),
        ({"employer_id": MO}, "employer_id", "nobody of the role employer"),
        ({"plan": "ST9901@1.0_9.9"}, "plan", "no assessment plan"),
    ],
)
def test_what_cannot_be_invited_is_said_beside_its_field(
    edges: BothEdges, changed: dict[str, str], beside: str, said: str
) -> None:
    refused = browser(edges, ENID).post("/learners/invitation", INVITED | changed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'id="{beside}-error"' in page
    assert said in page.partition(f'id="{beside}-error"')[2].partition("</p>")[0]
    assert edges.api.get(f"learning/enrolments/{ANA}", who=ENID).status == 404


def test_who_has_answered_is_not_invited_again(edges: BothEdges) -> None:
    enrolled(edges.api)
    refused = browser(edges, ENID).post("/learners/invitation", INVITED)
    assert refused.status_code == 422
    assert "has answered; that stays" in words(refused)


def test_a_text_that_is_not_kept_is_said_and_nobody_is_invited(edges: BothEdges) -> None:
    enid = browser(edges, ENID)
    refused = enid.post("/learners/invitation", INVITED | {"revision": "7"})
    assert (refused.status_code, "has no revision 7" in words(refused)) == (422, True)
    assert enid.post("/learners/invitation", INVITED | {"standard": "ST0000@1.0"}).status_code == 404


def test_a_lesson_says_who_reviewed_it_and_is_taken_out_of_teaching_with_a_reason(edges: BothEdges) -> None:
    reviewer = {"name": "Ray Steward", "role": "Authorised person", "reviewed_on": "2026-01-05"}
    sent = [
        lesson_body("prove_dead", hazard=True),
        lesson_body("joint_it", reviewer=reviewer, prerequisites=["prove_dead"]),
    ]
    assert edges.api.post("learning/lessons", {"lessons": sent}, who=ADA).status == 200
    enid = browser(edges, ENID)
    listed = enid.text("/lessons?framework=cable_jointing_demo")
    about = "K2 Safe isolation principles (synthetic), S1 Identify and prove a cable dead (synthetic)"
    unreviewed = "No film: its words alone Not reviewed by a competent person"
    assert f"Prove dead Hazard Version 1 {about} {unreviewed}" in listed
    assert "Reviewed by Ray Steward, Authorised person, on 5 Jan 2026" in listed
    assert "Prove the tester before and after." in enid.text("/lessons/prove_dead")

    unsaid = enid.post("/lessons/joint_it/withdrawal", {"reason": " "})
    assert (unsaid.status_code, "Write something here." in words(unsaid)) == (422, True)
    waits = enid.post("/lessons/prove_dead/withdrawal", {"reason": "A step is missing"})
    assert (waits.status_code, "Joint_it comes after it" in words(waits)) == (422, True)
    done = enid.post("/lessons/joint_it/withdrawal", {"reason": "A step is missing"})
    assert done.headers["Location"] == "/lessons/joint_it?done=lesson_withdrawn"
    page = enid.text("/lessons/joint_it?done=lesson_withdrawn")
    assert "Taught no longer since" in page
    assert "Take it out" not in page
    assert "Joint it" not in enid.text("/lessons?framework=cable_jointing_demo")


def test_learners_see_the_lessons_of_their_own_profession_and_withdraw_none(edges: BothEdges) -> None:
    sent = {"lessons": [lesson_body("prove_dead")]}
    assert edges.api.post("learning/lessons", sent, who=ADA).status == 200
    ana = browser(edges, ANA)
    assert "Prove dead" in ana.text("/lessons")
    assert "Take it out" not in ana.text("/lessons/prove_dead")
    assert ana.get("/lessons?framework=sales_engineering").status_code == 403
    assert ana.post("/lessons/prove_dead/withdrawal", {"reason": "I do not like it"}).status_code == 403


def test_many_lessons_are_listed_page_by_page(edges: BothEdges) -> None:
    sent = [lesson_body(f"lesson_{number:02}") for number in range(45)]
    assert edges.api.post("learning/lessons", {"lessons": sent}, who=ADA).status == 200
    enid = browser(edges, ENID)
    assert "Lesson 39" in enid.text("/lessons?framework=cable_jointing_demo")
    assert "Lesson 40" not in enid.text("/lessons?framework=cable_jointing_demo")
    rest = enid.text("/lessons?framework=cable_jointing_demo&after=lesson_39")
    assert "Lesson 44" in rest
    assert "Lesson 39" not in rest
