"""What stands behind how far a learner is: named, the newest first, as much of it as the viewer may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.wiring.evidence import evidence
from shared.evidence.records import Evidence, EvidenceRecords
from shared.evidence.usecases import tell_pieces
from tests.evidence.sending import EMPLOYER, audited, employ, jointing, send
from tests.evidence.test_observing import observe, seen, verified, verify
from tests.harness.api_client import ADA, ADMINISTRATION, DANA, JOE, MO, NOW, ApiClient
from tests.learning.lesson_files import answer_body, lesson_body
from tests.portal.test_worlds import browser

STRANGER = "sarah@augmentcode.com"


@pytest.fixture
def site(api: ApiClient) -> ApiClient:
    """Joe learns cable jointing with Mo, for the partner, led by Dana; one lesson about K2 and S1."""
    jointing(api)
    employ(api)
    assert api.post("learning/lessons", {"lessons": [lesson_body(hazard=True)]}, who=ADA).status == 200
    return api


def answer(api: ApiClient, *right: bool) -> None:
    """Has Joe finish the quick check, an hour ago."""
    at = (api.clock.now() - timedelta(hours=1)).isoformat()
    told = [answer_body(number, at, right=one) for number, one in enumerate(right, start=1)]
    results = api.post("learning/answers", {"answers": told}, who=JOE).json["results"]
    assert [one["status"] for one in results] == ["taken"] * len(right), results
    api.deliver()


def behind(api: ApiClient, competency: str, who: str = MO) -> dict[str, Any]:
    """The competency's item of Joe's mastery."""
    items = api.get(f"learning/mastery/{JOE}", who=who).json["items"]
    found: dict[str, Any] = next(one for one in items if one["competency"] == competency)
    return found


def told(pieces: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (*map(one.get, ("kind", "by", "supervision", "right", "questions")), len(one.get("photos", ())))
        for one in pieces
    ]


def everything(api: ApiClient) -> str:
    """One piece of each kind about S1, and a behaviour that the employer verified; returns the photo's id."""
    answer(api, True, False)
    api.clock.move(minutes=1)
    photo = send(api, competencies="S1").json["evidence_id"]
    api.clock.move(minutes=1)
    assert observe(api, seen(photos=[photo])).status == 201
    assert verify(api, verified()).status == 201
    return str(photo)


def test_each_competency_names_what_stands_behind_it(site: ApiClient) -> None:
    photo = everything(site)

    skill, behaviour = behind(site, "S1"), behind(site, "B1")
    names = {one["employee_id"]: one["name"] for one in site.get("employees", who=ADA).json["employees"]}

    assert told(skill["evidence"]) == [
        ("observation", names[MO], "supervised", None, None, 1),
        ("photo", names[JOE], None, None, None, 0),
        ("quick_check", None, None, 1, 2, 0),
    ]
    assert skill["evidence"][0]["photos"] == [skill["evidence"][1]["evidence_id"]] == [photo]
    assert skill["evidence"][2]["lesson"] == "Prove dead"
    assert (skill["more_evidence"], skill["more_still"]) == (0, False)
    assert told(behaviour["evidence"]) == [("verification", names[EMPLOYER], None, None, None, 0)]
    assert behind(site, "K3")["evidence"] == []
    own = site.get("learning/mastery", who=JOE).json
    assert next(one for one in own["items"] if one["competency"] == "S1")["evidence"] == skill["evidence"]


def test_who_may_not_see_evidence_is_told_kind_and_day_and_every_look_is_recorded(site: ApiClient) -> None:
    everything(site)

    managers = site.get(f"learning/mastery/{JOE}", who=DANA).json
    site.clock.move(hours=1)  # one record in an hour is enough
    listed = site.get(f"learning/mastery/{JOE}/evidence/S1", who=DANA).json
    mentors = site.get(f"learning/mastery/{JOE}", who=MO).json

    assert (managers["evidence_whole"], mentors["evidence_whole"], listed["whole"]) == (False, True, False)
    skill = next(one for one in managers["items"] if one["competency"] == "S1")["evidence"]
    assert [one["kind"] for one in skill] == ["observation", "photo", "quick_check"]
    for one in [*skill[:2], *listed["pieces"][:2]]:
        assert {name for name, value in one.items() if value} == {"kind", "on"}
    looks = [(one["actor"], one["detail"]) for one in audited(site, "learner.viewed") if one["subject"] == JOE]
    whole = "mastery and evidence"
    assert sorted(looks) == sorted([(DANA, whole), (MO, whole), (DANA, "evidence")])
    assert site.get(f"learning/mastery/{JOE}/evidence/S1", who=STRANGER).status == 403
    assert site.get(f"learning/mastery/{JOE}/evidence/S99", who=MO).status == 404


def test_what_is_void_taken_back_or_said_anew_stands_behind_nothing(site: ApiClient) -> None:
    photo = send(site, competencies="S1").json["evidence_id"]
    first = observe(site, seen(level=40)).json
    observe(site, seen(level=90, version=2))
    other = observe(site, seen(2)).json
    assert len(behind(site, "S1")["evidence"]) == 3

    assert site.delete(f"evidence/{photo}", who=JOE).status in (200, 204)
    mistake = {"event_id": other["event_id"], "source": "mentor_observation", "reason": "Another learner"}
    void = site.post("voids", mistake, who=ADMINISTRATION)
    assert void.status in (200, 201), void

    assert [one["kind"] for one in behind(site, "S1")["evidence"]] == ["observation"]
    assert first["standing"] == "counted"
    assert len(site.get(f"learning/mastery/{JOE}/evidence/S1", who=MO).json["pieces"]) == 1


def test_many_pieces_are_counted_and_paged_each_once(site: ApiClient) -> None:
    for number in range(7):
        send(site, b"\xff\xd8\xff" + bytes([number]), key=f"photo-{number}", competencies="S1")
        site.clock.move(minutes=1)
        if number in (1, 4):
            answer(site, True, True)
            site.clock.move(minutes=1)

    shown = behind(site, "S1")
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = site.get(f"learning/mastery/{JOE}/evidence/S1", who=MO, limit="2", **cursor).json
        pages.append([one.get("evidence_id") or one["lesson_id"] for one in page["pieces"]])
        if page.get("next_cursor") is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert (len(shown["evidence"]), shown["more_evidence"]) == (3, 6)
    flat = [one for page in pages for one in page]
    assert (len(flat), len(set(flat))) == (9, 8), "seven photos, and one lesson twice"
    assert [place for place, one in enumerate(flat) if one == "prove_dead"] == [2, 6]
    assert max(map(len, pages)) == 2


def test_a_rare_piece_is_not_hidden_by_a_hundred_newer_ones(site: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell_pieces, "LOOKED_THROUGH", 5)
    observe(site, seen(competency="S2"))
    for number in range(6):
        site.clock.move(minutes=1)
        send(site, b"\xff\xd8\xff" + bytes([number]), key=f"photo-{number}", competencies="S1")

    rare, often = behind(site, "S2"), behind(site, "S1")

    assert [one["kind"] for one in rare["evidence"]] == ["observation"]
    assert (len(often["evidence"]), often["more_evidence"], often["more_still"]) == (3, 2, True)


def test_what_was_taken_back_hides_no_older_piece(site: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell_pieces, "LOOKED_THROUGH", 2)
    observe(site, seen(competency="S2"))
    for number in range(4):
        site.clock.move(minutes=1)
        name = send(site, b"\xff\xd8\xff" + bytes([number]), key=f"photo-{number}", competencies="S2").json[
            "evidence_id"
        ]
        assert site.delete(f"evidence/{name}", who=JOE).status in (200, 204)

    found = behind(site, "S2")

    assert [one["kind"] for one in found["evidence"]] == ["observation"]
    assert (found["more_evidence"], found["more_still"]) == (0, False), "there are none besides"


@pytest.mark.parametrize("newer_first", [False, True])
def test_what_was_said_anew_stands_on_no_page_and_behind_no_competency(site: ApiClient, newer_first: bool) -> None:
    first = seen(level=40)
    first["competency_scores"].append(first["competency_scores"][0] | {"competency": "S2"})
    told = [first, seen(level=90, version=2)]
    for body in reversed(told) if newer_first else told:
        site.clock.move(minutes=1)
        assert observe(site, body).status == 201

    pages: list[int] = []
    cursor: dict[str, str] = {}
    while not pages or cursor:
        page = site.get(f"learning/mastery/{JOE}/evidence/S1", who=MO, limit="1", **cursor).json
        pages.append(len(page["pieces"]))
        cursor = {"cursor": page["next_cursor"]} if page.get("next_cursor") else {}

    assert sorted(pages) == [0, 1], "the first version counts nowhere, also where the second is on another page"
    assert site.get(f"learning/mastery/{JOE}/evidence/S2", who=MO).json["pieces"] == [], (
        "it says nothing of S2 any more"
    )
    assert behind(site, "S2")["evidence"] == []


def test_what_one_look_costs_does_not_grow_with_the_organisation(site: ApiClient) -> None:
    """Nor with what others bring: every query names the learner and has a limit."""
    everything(site)
    records = evidence(site.platform.on).records
    assert isinstance(records, EvidenceRecords)
    kept = records.page_of(JOE, 10, None).items[0]
    before = behind(site, "S1")["evidence"]
    for number in range(120):
        theirs: Evidence = kept.changed(evidence_id=f"theirs-{number}", employee_id="other@x.example", received_at=NOW)
        records.commit([records.created(theirs)])

    assert behind(site, "S1")["evidence"] == before
    assert behind(site, "S1")["more_still"] is False


def test_the_pages_name_and_link_it(site: ApiClient) -> None:
    photo = everything(site)
    for number in range(3):
        send(site, b"\xff\xd8\xff" + bytes([number]), key=f"photo-{number}", competencies="S1")
    mentor, manager, learner = browser(site, MO), browser(site, DANA), browser(site, JOE)

    page = mentor.get(f"/learners/{JOE}").get_data(as_text=True)
    whole = mentor.get(f"/learners/{JOE}/evidence/S1").get_data(as_text=True)
    restricted = manager.text(f"/learners/{JOE}/evidence/S1")

    assert f"/learners/{JOE.replace('@', '@')}/evidence/S1" in page
    assert f"/evidence/{photo}/content" in whole
    assert "Prove dead 1 of 2 questions right" in mentor.text(f"/learners/{JOE}/evidence/S1")
    assert "Observed at work, supervised" in mentor.text(f"/learners/{JOE}")
    assert "Observed at work" in restricted
    assert "you are told kind and day" in restricted
    assert "supervised" not in restricted
    assert "/content" not in manager.get(f"/learners/{JOE}").get_data(as_text=True)
    assert f"/evidence/{photo}/content" in learner.get(f"/learners/{JOE}/evidence/S1").get_data(as_text=True)
