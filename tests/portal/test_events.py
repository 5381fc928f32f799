"""One event on its page: what was sent and how it stands, for those who see the history, and its void."""

from __future__ import annotations

import re
from html import unescape

from functions.portal.event import page as event
from tests.harness.browser import words
from tests.portal.conftest import House


def an_event(house: House, viewer: str, employee_id: str) -> str:
    """Where a profile leads from its newest event."""
    html = house.visit(viewer).get(f"/people/{employee_id}").get_data(as_text=True)
    found = re.search(r'href="(/events\?event_id=[^"]+)"', html)
    assert found
    return unescape(found[1])


def test_a_profile_leads_to_its_events_and_they_say_how_they_stand(own: House) -> None:
    joe = own.people["employee"][0]
    page = own.visit("enablement").text(an_event(own, "enablement", joe))

    assert "This view is recorded." in page
    assert "As it was sent" in page
    assert "Recorded by mistake?" not in page


def test_an_administrator_makes_an_event_void_and_everybody_reads_why(own: House) -> None:
    joe = own.people["employee"][0]
    where = an_event(own, "administrator", joe)
    person = own.visit("administrator")
    html = person.get(where).get_data(as_text=True)
    form = dict(re.findall(r'type="hidden" name="(event_id|source)" value="([^"]*)"', html))

    refused = person.post("/events/void", {**form, "reason": "a"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.get_data(as_text=True)
    assert "Void. The event counts nowhere" in words(
        person.post("/events/void", {**form, "reason": "Of somebody else"}, follow=True)
    )
    page = own.visit("employee").text(where)
    assert "This event is void." in page
    assert "Of somebody else" in page
    assert "Void" in own.visit("enablement").text(f"/people/{joe}")


def test_an_event_of_somebody_else_is_not_there(own: House) -> None:
    where = an_event(own, "enablement", own.people["employee"][0])
    stranger = own.visit("employee", 1)

    assert stranger.get(where).status_code == 404
    assert stranger.get("/events").status_code == 404
    assert stranger.get(event.address("none", "voice-roleplay")).status_code == 404


def test_an_address_holds_any_id() -> None:
    assert event.address("https://x.example/1?a=b", "quiz") == (
        "/events?event_id=https%3A%2F%2Fx.example%2F1%3Fa%3Db&source=quiz"
    )
