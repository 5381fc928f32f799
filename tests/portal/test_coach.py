"""The coach's pages: what administrators see holds no word of a chat, and a mentor answers the own learners alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, get_args

import pytest
from werkzeug.test import Client

from functions.portal.hand_overs.words import OUTCOMES, WHY
from infra.wiring.coaching import coaching
from infra.wiring.people import people
from shared.coaching.domain.hand_over import Reason, outcomes_of
from shared.coaching.usecases.tell_answerer import Said
from tests.api.conftest import _api, loaded
from tests.harness.api_client import ADA, DANA, MO
from tests.harness.browser import Person
from tests.learning.apprentices import ANA, enrolled, prepare
from tests.policy.both_edges import BothEdges

__all__ = ["loaded"]
WORDS = "it sparked when I cut in"


@pytest.fixture
def edges(tmp_path: Any, loaded: Any) -> Iterator[BothEdges]:
    """Ana, whose mentor is Mo, wrote of a spark."""
    api = _api(tmp_path / "data", loaded)
    prepare(api)
    enrolled(api)
    coaching(api.platform.on).hand_overs.open(ANA, "live_work", Said("wamid.1", WORDS, api.clock.now()))
    yield BothEdges(api)
    api.close()


def browser(edges: BothEdges, who: str) -> Person:
    person = Person(Client(edges._serve))
    person.sign_in(who)
    return person


def hand_over_id(page: str) -> str:
    found = re.search(r'action="/hand-overs/([^/]+)/answer"', page)
    assert found
    return unescape(found[1])


def test_an_administrator_sees_what_was_stopped_and_no_word_of_it(edges: BothEdges) -> None:
    page = browser(edges, ADA).get("/coach").get_data(as_text=True)
    assert "Ana Joiner" in page
    assert "It sounds like live work" in page
    assert "Still open" in page
    assert WORDS not in page
    assert "WhatsApp is not connected." in page


def test_whoever_reads_of_it_reads_the_same_words() -> None:
    """Each reason, and each outcome that a person may choose, has them once."""
    assert set(WHY) == set(get_args(Reason.__args__[0])) | set(get_args(Reason.__args__[1]))
    assert set(OUTCOMES) == {one for reason in WHY for one in outcomes_of(reason)}  # type: ignore[arg-type]


def test_the_prices_say_that_they_are_examples(edges: BothEdges) -> None:
    page = browser(edges, ADA).get("/coach").get_data(as_text=True)
    assert "Those that ship are examples: put in those of your own rate card." in page


def test_a_mentor_reads_answers_and_settles_and_the_words_are_gone(edges: BothEdges) -> None:
    mentor = browser(edges, MO)
    shown = mentor.get("/hand-overs").get_data(as_text=True)
    assert WORDS in shown
    which = hand_over_id(shown)
    empty = mentor.post(f"/hand-overs/{which}/answer", {"text": " ", "key": "k"})
    assert empty.status_code == 422
    assert (
        mentor.post(f"/hand-overs/{which}/answer", {"text": "Keep clear, I ring you.", "key": "k"}).status_code == 303
    )
    assert "Keep clear, I ring you." in mentor.get("/hand-overs").get_data(as_text=True)
    wrong = mentor.post(f"/hand-overs/{which}/outcome", {"outcome": "answered"})
    assert wrong.status_code == 422
    unchosen = mentor.post(f"/hand-overs/{which}/outcome", {})
    assert "Choose what came of it." in unchosen.get_data(as_text=True)
    mentor.post(f"/hand-overs/{which}/outcome", {"outcome": "safe"})
    after = mentor.get("/hand-overs").get_data(as_text=True)
    assert WORDS not in after
    assert "Nobody waits for you" in after
    page = browser(edges, ADA).get("/coach").get_data(as_text=True)
    assert "Nobody is harmed, and the work is safe" in page


def test_a_photo_is_a_link_for_who_may_see_it(edges: BothEdges) -> None:
    said = Said("wamid.2", "(a photo)", edges.api.clock.now(), "e" * 24)
    coaching(edges.api.platform.on).hand_overs.open(ANA, "asked", said)
    page = browser(edges, MO).get("/hand-overs").get_data(as_text=True)
    assert f'href="/evidence/{"e" * 24}/content"' in page
    assert "Open what they sent" in page
    records = people(edges.api.platform.on).records
    ana = records.versioned(ANA)
    assert ana is not None
    led = ana.record.changed(mentor_id=None, manager_id=DANA)
    records.put(led, edges.api.clock.now, new=False, over=ana.stamp)
    page = browser(edges, DANA).get("/hand-overs").get_data(as_text=True)
    assert "(a photo)" in page
    assert "Open what they sent" not in page, "a manager sees no evidence"


def test_an_answer_that_is_sent_twice_is_one(edges: BothEdges) -> None:
    mentor = browser(edges, MO)
    which = hand_over_id(mentor.get("/hand-overs").get_data(as_text=True))
    for _ in range(2):
        mentor.post(f"/hand-overs/{which}/answer", {"text": "On my way.", "key": "same"})
    assert mentor.get("/hand-overs").get_data(as_text=True).count("On my way.") == 1


def test_nobody_else_sees_or_answers(edges: BothEdges) -> None:
    which = hand_over_id(browser(edges, MO).get("/hand-overs").get_data(as_text=True))
    for who in (DANA, ANA):
        other = browser(edges, who)
        assert other.get("/coach").status_code == 403
        page = other.get("/hand-overs")
        assert WORDS not in page.get_data(as_text=True)
        told = other.post(f"/hand-overs/{which}/answer", {"text": "hello", "key": "k"})
        assert told.status_code == 403
    assert browser(edges, MO).get("/coach").status_code == 403
