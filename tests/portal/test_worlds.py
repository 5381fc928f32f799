"""Each person sees only their own world: a sales engineer nothing of jointing, an apprentice nothing of selling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from functions.portal.shell.navigation import places
from functions.portal.shell.routes import ROUTES
from infra.wiring.people import people
from infra.wiring.sign_in import SignIn
from tests.api.conftest import api, loaded
from tests.harness.api_client import DANA, JOE, MO, ApiClient, call_seen, role_play
from tests.harness.browser import ANYBODY, Person, words
from tests.learning.apprentices import ANA, BEN, EMPLOYER, OLD_PLAN, STANDARD, enrolled, prepare

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["api", "loaded"]

JOINTING = re.compile(r"joint|cable|ST9901|AU9902|11 ?kV", re.IGNORECASE)
SELLING = re.compile(r"discovery|objection|closing|sales|buyer|product knowledge", re.IGNORECASE)


@pytest.fixture
def both_worlds(api: ApiClient) -> ApiClient:
    """A sales organisation, and apprentices beside it, each with something observed."""
    prepare(api)
    enrolled(api, ANA)
    api.record(*(role_play(number, score=85) for number in range(3)))
    api.record(*(call_seen(number) for number in range(3)))
    seen = [{"competency": "S2", "score": 80, "evidence": "Stripped to the mark"}]
    where = {"voltage": "11kv"}
    work = call_seen(1, employee=ANA, observation_source="supervised_work", competency_scores=seen, context=where)
    api.record(work)
    api.deliver()
    return api


def stranger(api: ApiClient) -> Person:
    portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return portal.respond(Request(environ))(environ, start_response)

    return Person(Client(serve))


def browser(api: ApiClient, who: str) -> Person:
    person = stranger(api)
    person.sign_in(who)
    return person


def everything(api: ApiClient, who: str) -> dict[str, str]:
    """The words of every page that the person can come to without an id, and where links of theirs lead."""
    person = browser(api, who)
    caller = people(api.platform.on).callers.person(who)
    todo = [place.href for place in places(api.platform.on, caller)]
    todo += [route.path for route in ROUTES if "<" not in route.path and route.permission in caller.permissions]
    found: dict[str, str] = {}
    while todo:
        address = todo.pop()
        if address in found or address.startswith(("/sign-", "/static", "/learn/")):
            continue
        response = person.get(address)
        if response.status_code != 200:
            found[address] = ""
            continue
        html = response.get_data(as_text=True)
        found[address] = words(response)
        links = re.findall(r'href="(/[^"#?]*)"', html)
        todo += [one for one in links if not re.search(r"\.[a-z]+$", one)]
    return {address: text for address, text in found.items() if text}


@pytest.mark.parametrize("who", [JOE, DANA])
def test_pages_of_sales_people_say_nothing_of_jointing(both_worlds: ApiClient, who: str) -> None:
    pages = everything(both_worlds, who)

    assert "/skills" in pages
    assert [(address, found[0]) for address, text in pages.items() if (found := JOINTING.search(text))] == []


@pytest.mark.parametrize("who", [ANA, BEN])
def test_pages_of_apprentices_say_nothing_of_selling(both_worlds: ApiClient, who: str) -> None:
    pages = everything(both_worlds, who)

    assert "Prepare cable ends" in pages["/skills"]
    assert f"/standards/{STANDARD}" in pages, "the standard of the own framework is linked"
    assert [(address, found[0]) for address, text in pages.items() if (found := SELLING.search(text))] == []


def test_an_apprentice_starts_at_the_own_lessons_a_mentor_at_the_own_learners(both_worlds: ApiClient) -> None:
    where = {who: stranger(both_worlds) for who in (ANA, JOE, MO)}
    landed = {}
    for who, person in where.items():
        person.get("/sign-in")
        landed[who] = person.post("/sign-in/demonstration", {"employee": who, "next": "/"}).location
    assert landed == {ANA: "/learn/", JOE: "/", MO: "/learners"}
    linked = {
        who: 'href="/learn/"' in person.get("/notifications").get_data(as_text=True) for who, person in where.items()
    }
    assert linked == {ANA: True, JOE: False, MO: False}


def test_other_worlds_are_not_there_by_their_address_either(both_worlds: ApiClient) -> None:
    joe, ana = browser(both_worlds, JOE), browser(both_worlds, ANA)
    jointing = (f"/standards/{STANDARD}", "/skills?framework=cable_jointing_demo", "/dimensions/cable_jointing_demo")
    selling = ("/skills?framework=sales_engineering", "/dimensions/sales_engineering")

    assert [joe.get(one).status_code for one in jointing] == [404] * 3
    assert [ana.get(one).status_code for one in selling] == [404] * 2
    for path in ("frameworks/cable_jointing_demo", f"standards/{STANDARD}", f"assessment-plans/{OLD_PLAN}"):
        assert both_worlds.get(path, who=JOE).status == 404
    assert both_worlds.get("skills", framework_id="cable_jointing_demo", who=JOE).status == 404
    assert frameworks_of(both_worlds, ANA) == {"cable_jointing_demo"}
    assert frameworks_of(both_worlds, JOE) == {"sales_engineering"}
    assert both_worlds.get("standards", who=JOE).json["standards"] == []


def frameworks_of(api: ApiClient, who: str) -> set[str]:
    return {one["framework_id"] for one in api.get("frameworks", who=who).json["frameworks"]}


def test_those_beside_an_apprentice_see_that_world_too(both_worlds: ApiClient) -> None:
    listed = {who: frameworks_of(both_worlds, who) for who in (MO, EMPLOYER)}

    assert listed == {who: {"cable_jointing_demo", "sales_engineering"} for who in (MO, EMPLOYER)}


def test_a_learner_s_standard_is_shown_as_they_are_held_to_it(both_worlds: ApiClient) -> None:
    enrolled(both_worlds, BEN, plan=OLD_PLAN)

    held = browser(both_worlds, BEN).text(f"/standards/{STANDARD}")
    mentors = browser(both_worlds, MO).text(f"/standards/{STANDARD}")

    assert "You are held to this text and this plan." in held
    assert "the end-point assessment (EPA) follows the EPA gateway" in held
    assert "The plan does not say whether it is mandatory" in held
    assert "the apprenticeship assessment follows the gateway to completion" in mentors
    assert "Practical assessment, marked by the assessment organisation" in mentors
    assert "Fewer than 5 learners are held to this version" in mentors
    assert "Fewer than 5" not in held, "of others a learner is told nothing"
