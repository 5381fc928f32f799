"""Mentors observe and employers verify on a page; evidence is seen by those beside the learner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.test import Client, TestResponse

from tests.api.conftest import _api, loaded
from tests.evidence.sending import EMPLOYER, JPEG, bytes_kept, employ, jointing, listed, send
from tests.harness.api_client import ADA, DANA, JOE, MO, NOW, SARAH, ApiClient
from tests.harness.browser import ORIGIN, Person, words
from tests.policy.both_edges import BothEdges

__all__ = ["loaded"]


@pytest.fixture
def edges(tmp_path: Any, loaded: Any) -> Iterator[BothEdges]:
    """Joe learns cable jointing with Mo, for the partner."""
    api = _api(tmp_path / "data", loaded)
    jointing(api)
    employ(api)
    yield BothEdges(api)
    api.close()


@pytest.fixture
def site(edges: BothEdges) -> ApiClient:
    return edges.api


def browser(edges: BothEdges, who: str) -> Person:
    person = Person(Client(edges._serve))
    person.sign_in(who)
    return person


def key_of(page: TestResponse) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return unescape(found[1])


def filled(page: TestResponse, **more: Any) -> dict[str, Any]:
    """The form as a mentor fills it in."""
    return {
        "key": key_of(page),
        "observed_at": f"{NOW:%Y-%m-%dT%H:%M}",
        "supervision": "supervised",
        "context-voltage": "11kv",
        "level-S1": "75",
        "words-S1": "Proved dead twice",
        "level-K2": "",
        **more,
    }


def sent(person: Person, address: str, form: dict[str, Any]) -> TestResponse:
    data = {"token": person.token, **form}
    return person._shown(person.client.post(address, data=data, headers={"Origin": ORIGIN}))


FORM = f"/people/{JOE}/observation"


def test_a_mentor_observes_with_a_photo_and_sees_it_among_the_evidence(edges: BothEdges, site: ApiClient) -> None:
    mo = browser(edges, MO)
    assert "Joe Smith" in mo.text("/observe")
    page = mo.get(FORM)
    shown = words(page)
    assert "Done in the right order with occasional prompts" in shown
    assert "Puts safety first" not in shown  # a behaviour is the employer's
    assert "invented standard" in shown
    answer = sent(mo, FORM, filled(page, photo=(BytesIO(JPEG), "joint.jpg", "image/jpeg")))
    assert (answer.status_code, unquote(answer.headers["Location"])) == (303, f"/people/{JOE}/evidence?done=observed")
    by_kind = {one["kind"]: one for one in listed(site)}
    observation, photo = by_kind["observation"], by_kind["photo"]
    assert observation["performance"]["photos"] == [photo["evidence_id"]]
    assert observation["performance"]["context"] == {"voltage": ["11kv"]}
    evidence = words(mo.get(f"/people/{JOE}/evidence"))
    assert "Done unprompted within tolerance" in evidence
    assert "“Proved dead twice”" in evidence
    picture = mo.get(f"/evidence/{photo['evidence_id']}/content")
    assert picture.get_data() == JPEG
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["Content-Disposition"].startswith("attachment")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_that_is_sent_twice_is_one_observation(edges: BothEdges, site: ApiClient) -> None:
    mo = browser(edges, MO)
    form = filled(mo.get(FORM))
    for _ in range(2):
        assert sent(mo, FORM, form).status_code == 303
    assert len(listed(site)) == 1


def test_what_cannot_be_taken_is_said_and_the_photo_is_not_lost(edges: BothEdges, site: ApiClient) -> None:
    mo = browser(edges, MO)
    form = filled(mo.get(FORM), photo=(BytesIO(JPEG), "joint.jpg", "image/jpeg"))
    refused = sent(mo, FORM, form | {"level-S1": "", "supervision": ""})
    assert refused.status_code == 422
    assert "Choose a level for at least one of them" in words(refused)
    assert "is kept; another one takes its place" in words(refused)
    assert len(bytes_kept(site)) == 1
    kept = re.search(r'name="photo_id" value="([^"]+)"', refused.get_data(as_text=True))
    assert kept
    again = {name: value for name, value in form.items() if name != "photo"} | {"photo_id": kept[1]}
    assert key_of(refused) == form["key"]
    unsupervised = sent(mo, FORM, again | {"supervision": ""})
    assert "supervision-error" in unsupervised.get_data(as_text=True)
    assert sent(mo, FORM, again).status_code == 303
    assert next(one for one in listed(site) if one["performance"])["performance"]["photos"] == [kept[1]]
    assert len(listed(site)) == 2


@pytest.mark.parametrize("moment", ["", "today", "2026-13-01T10:00", f"{NOW:%Y}-12-31T23:59"])
def test_a_moment_that_is_none_or_not_yet_is_said_beside_its_field(edges: BothEdges, moment: str) -> None:
    mo = browser(edges, MO)
    refused = sent(mo, FORM, filled(mo.get(FORM), observed_at=moment))
    assert refused.status_code == 422
    assert "observed_at-error" in refused.get_data(as_text=True)


def test_an_employer_starts_at_the_own_apprentices_and_verifies_behaviours(edges: BothEdges, site: ApiClient) -> None:
    employer = browser(edges, EMPLOYER)
    address = f"/people/{JOE}/verification"
    assert employer.get("/").headers["Location"] == "/verify"
    assert "Joe Smith" in employer.text("/verify")
    page = employer.get(address)
    assert "Puts safety first" in words(page)
    assert "Make a straight joint" not in words(page)
    form = {"key": key_of(page), "observed_at": f"{NOW:%Y-%m-%dT%H:%M}", "level-B1": "90", "words": "Stopped the job"}
    assert unquote(sent(employer, address, form).headers["Location"]) == f"/people/{JOE}/evidence?done=verified"
    assert "Others take their example from it" in employer.text(f"/people/{JOE}/evidence")
    (item,) = listed(site)
    assert (item["kind"], item["recorded_by"]) == ("verification", EMPLOYER)


def test_nobody_else_is_shown_the_forms_or_the_evidence(edges: BothEdges) -> None:
    for who in (SARAH, DANA, ADA, EMPLOYER, JOE):
        assert browser(edges, who).get(FORM).status_code == 403
    for who in (SARAH, DANA, ADA, MO, JOE):
        assert browser(edges, who).get(f"/people/{JOE}/verification").status_code == 403
    for who, status in ((SARAH, 403), (DANA, 403), (ADA, 200), (MO, 200), (EMPLOYER, 200), (JOE, 200)):
        assert browser(edges, who).get(f"/people/{JOE}/evidence").status_code == status


def test_a_learner_takes_a_photo_back_and_the_page_says_so(edges: BothEdges, site: ApiClient) -> None:
    evidence_id = send(site, caption="With a face").json["evidence_id"]
    joe = browser(edges, JOE)
    address = f"/people/{JOE}/evidence"
    assert "With a face" in joe.text(address)
    assert joe.post(f"{address}/withdrawal", {"evidence_id": evidence_id}).status_code == 303
    shown = joe.text(address)
    assert "taken back" in shown
    assert "With a face" not in shown
    assert bytes_kept(site) == []


def test_a_file_goes_to_no_form_that_takes_none(edges: BothEdges) -> None:
    mo = browser(edges, MO)
    mo.get("/observe")
    large = sent(mo, "/notifications", {"photo": (BytesIO(JPEG * 2_000), "joint.jpg", "image/jpeg")})
    assert large.status_code == 413


@pytest.mark.parametrize(("who", "page"), [(MO, "observation"), (EMPLOYER, "verification")])
def test_a_form_about_a_learner_who_withdrew_says_so_and_loses_no_word(
    edges: BothEdges, site: ApiClient, who: str, page: str
) -> None:
    employ(site, said=(True, False))
    person, address = browser(edges, who), f"/people/{JOE}/{page}"
    form = filled(person.get(address), words="He waited for the permit")
    form |= {"level-B1": "75", "words-B1": "Asked first"} if page == "verification" else {}

    refused = sent(person, address, form)

    assert refused.status_code == 403
    page_text = words(refused)
    assert "while they have not agreed" in page_text
    assert "He waited for the permit" in refused.get_data(as_text=True)
    assert listed(site) == []
