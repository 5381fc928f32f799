"""A person in the field: conversations, practice beside them, contexts, and how far the scorers can be trusted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.portal.field import page as field
from functions.portal.shell import words
from shared.kernel.access import Caller
from shared.kernel.days import date_of
from shared.ratings.domain.discrepancy import reasons as discrepancy_reasons
from shared.ratings.domain.discrepancy import since
from tests.harness.browser import Person
from tests.portal import samples as samples
from tests.portal.call_samples import SCORER, analysed_call
from tests.portal.conftest import House


@pytest.fixture(scope="module")
def joe(house: House) -> str:
    return house.people["employee"][8]


def of(house: House, employee_id: str) -> Person:
    """Whoever the scores are of sees them first."""
    person = house.stranger()
    person.sign_in(employee_id)
    return person


def themselves(employee_id: str) -> Caller:
    """Who sees all of their own scores."""
    return Caller(email=employee_id, role="employee", employee_id=employee_id)


def test_the_timeline_leads_from_each_conversation_to_its_call(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-in-the-field", confidence=0.9)

    html = of(house, joe).get(f"/people/{joe}/field").get_data(as_text=True)

    assert '<a href="/calls/gong-call-in-the-field">Northwind Clinics</a>' in html
    assert "Discovery <strong>80</strong>, Listening <strong>70</strong>" in html
    analysed_call(house, joe, "call-in-doubt", discovery=77)
    page = of(house, joe).text(f"/people/{joe}/field")
    assert "Discovery 77 (waits for a person), Listening 70" in page
    person = house.stranger()
    person.sign_in(joe)
    assert "You in the field" in person.text(f"/people/{joe}/field")
    other = house.stranger()
    other.sign_in(house.people["employee"][9])
    assert other.get(f"/people/{joe}/field").status_code == 403


def test_a_manager_sees_that_a_conversation_took_place_and_when_its_scores_open(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-too-early", confidence=0.9, discovery=13)
    manager = house.stranger()
    manager.sign_in(str(house.platform.employee(joe).manager_id))

    page = manager.text(f"/people/{joe}/field")

    assert "They open for you on" in page
    assert "Discovery 13" not in page


def test_practice_stands_beside_the_field_with_its_counts(house: House, joe: str) -> None:
    projection = house.platform.projecting.seen_by(themselves(joe), joe).projection
    compared = [row for row in projection.rows() if row.context == "" and row.practice_rating is not None]
    page = of(house, joe).text(f"/people/{joe}/field")

    for row in compared:
        assert row.practice_rating is not None
        assert row.field_rating is not None
        practice, seen = (int(value / 100 + 0.5) for value in (row.practice_rating, row.field_rating))
        assert f"Practice {practice}, field {seen}" in page
    assert re.search(r"\d+ practices?, \d+ conversations?", page)


def test_a_discrepancy_says_since_when_in_the_field_and_in_the_profile(house: House) -> None:
    employee_id = house.people["employee"][7]
    for number in range(1, 9):
        analysed_call(house, employee_id, f"apart-{number}", confidence=0.9, discovery=5, ago=timedelta(days=number))
    projection = house.platform.projecting.seen_by(themselves(employee_id), employee_id).projection
    row = projection.row("discovery", "")
    day = since(projection, row)
    assert day is not None
    began = words.day(date_of(day))
    visitor = of(house, employee_id)

    assert row.discrepancy
    reasons = [words.DISCREPANCY[one] for one in discrepancy_reasons(row)]
    assert "apart" in reasons
    assert f"{words.capital(', '.join(reasons))} since {began}" in visitor.text(f"/people/{employee_id}/field")
    assert f"Practice and field are apart since {began}." in visitor.text(f"/people/{employee_id}")


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        (field.Beside("D", 88, 71, 4, 5, ["ratings_apart"]), "Practice 88, field 71: 17 points apart."),
        (field.Beside("D", 80, 75, 4, 5), "Practice 80, field 75."),
        (
            field.Beside("D", 80, 75, 4, 5, ["field_below_bar"]),
            "Practice 80, field 75: practice meets its bar and the field misses its own.",
        ),
        (field.Beside("D", None, None, 2, 0), "To compare: 1 more practice and 3 more conversations."),
    ],
)
def test_the_difference_is_said_in_a_sentence(beside: field.Beside, sentence: str) -> None:
    shown = field.present(replace(samples.field_page(), beside=(beside,))).variables

    assert shown["beside"][0].sentence == sentence


def test_a_rating_that_rests_on_analysed_calls_names_its_scorer_s_certificate(house: House, joe: str) -> None:
    analysed_call(house, joe, "call-that-counts", confidence=0.9)
    review = analysed_call(house, joe, "call-certified", discovery=81)
    enid = house.visit("enablement")
    html = enid.get(f"/reviews/{review}").get_data(as_text=True)
    event = re.search(r'name="event_id" value="([^"]+)"', html)
    assert event
    form = {"decision": "confirm", "event_id": event[1], "score.discovery": "81", "score.listening": "70"}
    assert enid.post(f"/reviews/{review}/decision", form).status_code == 303
    house.platform.certify.run()
    house.platform.configuration.forget()

    assert f"Rests on calls scored by {words.analyst(SCORER.scorer_id)}" in of(house, joe).text(f"/people/{joe}")
    assert "Can the scores be trusted?" in of(house, joe).text(f"/people/{joe}/field")


def test_a_profile_is_shown_as_it_was_at_the_end_of_a_day(house: House, joe: str) -> None:
    visitor = house.visit("enablement")
    shown = visitor.get(f"/people/{joe}?known_at={datetime.now(UTC).date().isoformat()}")
    assert "This is what was shown then." in shown.get_data(as_text=True)
    refused = visitor.get(f"/people/{joe}?known_at=2001-01-01")
    assert refused.status_code == 422
    said = refused.get_data(as_text=True)
    assert "That day cannot be shown; this is today." in said
    assert "since when what was known is kept." in said
    assert "What would help most" in said
    assert "as_of" not in said
    assert "This is what was shown then." not in visitor.get(f"/people/{joe}").get_data(as_text=True)
