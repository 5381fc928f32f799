"""What pages say and weigh, where a first look at them stumbled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from functions.portal.analysts import page as analysts
from functions.portal.calibration import page as calibration
from functions.portal.call import page as call
from functions.portal.hold_out import page as hold_out
from functions.portal.learner import page as learner
from functions.portal.notifications import page as notifications
from functions.portal.people import page as people
from functions.portal.pipeline import page as pipeline
from functions.portal.preparation.assigning import Offer
from functions.portal.profile import page as profile
from functions.portal.quarantine import page as quarantine
from functions.portal.reports.table import shown
from functions.portal.review import view as review
from functions.portal.shell import words
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page
from functions.portal.skill_history import page as skill_history
from functions.portal.team import page as team
from infra.bigquery.catalogue import catalogue
from infra.looker.pages import pages
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from tests.portal import samples
from tests.portal.conftest import House
from tests.portal.walk import Seen


def html_of(page: Page) -> str:
    from functions.portal.shell.rendering import render

    return render(page.template, frame=samples.frame(), here=page.place, **page.variables)


def test_calibration_calls_scorers_by_their_names() -> None:
    [learnt, _] = samples.CALIBRATION.scorers
    claude = learnt.model_copy(update={"scorer": "claude:a-model:rubric-3:prompt-2"})
    shown = calibration.present(samples.CALIBRATION.model_copy(update={"scorers": [learnt, claude]})).variables

    assert [row.scorer for row in shown["scorers"]] == ["Gong", "Claude (a-model), rubric-3, prompt-2"]


@pytest.mark.parametrize(("times", "said"), [(1, "<dd>1 time</dd>"), (2, "<dd>2 times</dd>")])
def test_quarantined_input_is_counted_and_dated_like_everything_else(times: int, said: str) -> None:
    whole = samples.INPUT
    item = whole.item.changed(times_received=times, expires_at=datetime(2027, 2, 28, tzinfo=UTC))
    html = html_of(quarantine.present(replace(whole, item=item)))

    assert said in html
    assert "<dd>28 Feb 2027</dd>" in html


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"name": ""}, "Write something here."),
        ({}, "Is required."),
        ({"name": "a"}, "Write at least 2 characters."),
        ({"name": "a" * 9}, "Write at most 8 characters."),
        ({"days": "many"}, "Write a whole number."),
        ({"days": 0}, "Write 1 or more."),
        ({"days": 91}, "Write 90 or less."),
        ({"share": "x"}, "Write a number."),
        ({"share": 0}, "Write more than 0."),
        ({"share": 1}, "Write less than 1."),
        ({"kind": "c"}, "Choose 'a' or 'b'."),
        ({"code": "A"}, "This is not written as it has to be."),
    ],
)
def test_beside_a_field_nobody_reads_the_words_of_a_library(entered: dict[str, object], said: str) -> None:
    class Body(BaseModel):
        name: Annotated[str, Field(min_length=2 if entered.get("name") == "a" else 1, max_length=8)]
        days: Annotated[int, Field(ge=1, le=90)]
        share: Annotated[float, Field(gt=0, lt=1)]
        kind: Literal["a", "b"]
        code: Annotated[str, Field(pattern="^[a-z]$")]

    right: dict[str, object] = {"name": "abc", "days": 30, "share": 0.5, "kind": "a", "code": "a"}
    body = {**right, **entered} if entered else {name: right[name] for name in right if name != "name"}
    with pytest.raises(Rejected) as refused:
        validated(Body, body)

    [told] = refusals(refused.value, right).values()
    assert told == said


def test_an_erasure_asks_for_the_same_address(house: House) -> None:
    form = {"employee_id": house.people["employee"][0], "repeated": "somebody@example.com"}
    answer = house.visit("administrator").post("/erasures", form)

    assert answer.status_code == 422
    assert "Write the same address once more: it cannot be undone." in answer.get_data(as_text=True)


def test_a_large_team_comes_in_pages() -> None:
    [one, *_] = samples.TEAM.team.members
    of_all: dict[str, object] = {"skills": [one.skills[0]] * 5, "calls_not_open": True}
    many = [one.model_copy(update={**of_all, "employee_id": f"e-{n}", "name": f"Person {n}"}) for n in range(60)]
    view = replace(samples.TEAM, team=samples.TEAM.team.model_copy(update={"members": many, "people": 62}))
    seen: list[str] = []
    for start in range(0, 60, team.PER_PAGE):
        html = html_of(team.present(view, samples.NOW, start))
        seen += re.findall(r">(Person \d+)</a>", html)
        assert f"{start + 1} to {start + team.PER_PAGE} of 62." in html
        assert Seen("manager", "team", "/team", 200, html, 0.0).wrong() == []

    assert seen == [member.name for member in many]
    assert "2 more people are under" in html


def test_a_meeting_that_is_over_is_called_so() -> None:
    [deal, *_] = samples.TEAM.deals
    for at, said in ((samples.NOW + timedelta(days=1), "Meeting "), (samples.NOW - timedelta(days=1), "Last meeting ")):
        view = replace(samples.TEAM, deals=[deal.model_copy(update={"meeting_at": at})])
        assert f"<span>{said}<time" in html_of(team.present(view, samples.NOW))
        [of_all, *_] = samples.PIPELINE.items
        listed = [of_all.model_copy(update={"meeting_at": at})]
        page = pipeline.present(samples.PIPELINE.model_copy(update={"items": listed}), samples.NOW)
        assert f"<span>{said}<time" in html_of(page)


def test_what_of_the_deals_is_not_listed_is_where_the_page_leads_to() -> None:
    [deal, *_] = samples.TEAM.deals
    html = html_of(team.present(replace(samples.TEAM, deals=[deal] * (team.MOST_DEALS + 2)), samples.NOW))
    assert '2 more deals are under <a href="/pipeline">Pipeline risk</a>' in html


def test_an_amount_at_risk_has_its_bounds() -> None:
    [every, *_] = samples.PIPELINE.groups
    cell = every.cells[0].model_copy(
        update={"deals": 0, "deals_low": 0, "deals_high": 1, "amount": 0, "amount_low": 0, "amount_high": 500_000}
    )
    group = every.model_copy(update={"cells": [cell]})
    page = pipeline.present(samples.PIPELINE.model_copy(update={"groups": [group]}), samples.NOW)
    assert '<span class="sub">$0–$500K</span>' in html_of(page)


def test_deals_that_were_counted_and_are_gone_are_not_denied() -> None:
    html = html_of(
        pipeline.present(samples.PIPELINE.model_copy(update={"items": [], "scope": "everyone"}), samples.NOW)
    )
    assert samples.PIPELINE.deals
    assert "No open deal" not in html
    assert "closed or changed hands" in html


def test_what_is_due_is_told_in_the_reader_s_own_hours() -> None:
    told = replace(samples.notifications_page().items[0], facts=(("Due", samples.NOW),))
    html = html_of(notifications.present(notifications.Inbox((told,))))
    assert f'Due: <time datetime="{samples.NOW.isoformat()}" data-local>' in html


def test_a_profile_leads_to_what_is_to_be_done() -> None:
    [doing] = samples.PREPARATION.open
    [activity] = doing.of.activities
    still = replace(doing, activities=((activity.model_copy(update={"done_at": None}), ""),))
    html = html_of(profile.present(replace(samples.profile_page(), doing=(still,))))
    assert f'<a href="{activity.content_url}" rel="noopener">{activity.content_title}</a>' in html


@pytest.mark.parametrize("errors", [{"due_on": "Enter a date as 2026-11-30."}, {}])
def test_a_form_that_was_refused_is_what_the_page_opens_at(errors: dict[str, str]) -> None:
    form = Offer((), (("se-01", "Ines Duarte"),), errors=errors)
    html = html_of(team.present(replace(samples.TEAM, offer=form), samples.NOW))
    assert html.count(" autofocus") == len(errors)


def test_the_hold_out_s_share_is_a_share() -> None:
    assert "10 % of the deals with a low risk" in html_of(hold_out.present(samples.TRIAL))


def test_reports_call_competencies_what_every_other_page_calls_them() -> None:
    [chart] = [one for one in pages()["field"].charts if one.mart == "practice_and_field"]
    mart = catalogue().mart(chart.mart)
    row = {column.name: None for column in mart.columns}
    rows = [{**row, "competency": competency} for competency in ("closing", "gone_since")]

    found = shown(mart, chart, rows, None, {"closing": "Closing and next steps"})

    assert [cells[0].text for cells in found.rows] == ["Closing and next steps", "Gone since"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("German", "Not observed: the call is in German"),
        ("English (US)", "Nothing to score was observed"),
        (None, "Nothing to score was observed"),
    ],
)
def test_of_a_call_in_another_language_nothing_is_claimed(language: str | None, said: str) -> None:
    nobody = call.Result("Joe Smith", "se-01", "nothing_observed", ())
    page = call.present(replace(samples.call_page(), language=language, results=(nobody,)))

    assert said in html_of(page)


@pytest.mark.parametrize(("is_open", "said"), [(False, "You see this first."), (True, "Managers may see this.")])
def test_the_employee_is_not_told_to_see_first_what_managers_see(is_open: bool, said: str) -> None:
    page = review.present(replace(samples.review_page(), own=True, open_to_managers=is_open))

    assert [one for one in ("You see this first.", "Managers may see this.") if one in html_of(page)] == [said]


def test_too_few_reviews_are_told_in_one_line_and_draw_no_figure() -> None:
    [certificate, *_] = samples.analysts_page().certificates
    few = [of.model_copy(update={"n": 7, "kappa": None, "kappa_interval": None}) for of in certificate.competencies]
    view = replace(samples.analysts_page(), certificates=(certificate.model_copy(update={"competencies": few}),))

    html = html_of(analysts.present(view))

    assert '<td colspan="2" class="quiet small">too few: 7\u00a0of\u00a030</td>' in html
    assert 'class="interval unknown"' not in html


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (None, "No name or e-mail address has all of “smith joe”."),
        ("/people?after=se-09", "none of the first has all of"),
    ],
)
def test_a_search_that_has_looked_at_some_does_not_say_that_nobody_is_there(more: str | None, said: str) -> None:
    page = people.present(replace(samples.people_page(), people=(), search="smith joe", more=more))
    assert said in html_of(page)
    assert ("Next page" in html_of(page)) is (more is not None)


def test_a_long_history_is_drawn_and_listed_in_part_and_says_so() -> None:
    view = samples.profile_page()
    day = timedelta(days=1)
    events = [replace(view.skills[0].history[20], at=samples.NOW - number * day, score=70.0) for number in range(700)]
    skill = replace(view.skills[0], history=tuple(events))

    html = html_of(skill_history.present(view, skill))

    assert "The newest 150 of 700 scored events are drawn." in html
    assert html.count("<use ") == skill_history.MOST_MARKS
    assert "the newest 50 of 700" in html
    assert Seen("employee", "skill_history", "/", 200, html, 0.0).wrong() == []


def test_each_context_s_rating_is_told_with_its_interval() -> None:
    view = samples.profile_page()
    card = html_of(skill_history.present(view, view.skills[0])).partition('aria-labelledby="contexts"')[2]
    told: Sequence[str] = re.findall(r'<span class="sub nowrap" aria-hidden="true">(\d+–\d+)</span>', card)

    assert len(told) == sum(one.interval is not None for one in view.skills[0].contexts) > 0


@pytest.mark.parametrize(
    ("identifier", "said"),
    [("11kv", "11 kV"), ("lv", "LV"), ("xlpe", "XLPE"), ("vp_sales", "VP sales"), ("footway", "Footway")],
)
def test_words_of_a_trade_are_written_as_it_writes_them(identifier: str, said: str) -> None:
    assert words.plain(identifier) == said


def test_a_standard_is_named_without_the_sign_between_it_and_its_version() -> None:
    assert words.versioned("ST9901@1.0") == "ST9901, version 1.0"
    assert ">ST9901, version 1.0</a>" in html_of(learner.present(samples.learner_page()))
