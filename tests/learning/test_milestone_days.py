"""The day on which a milestone was reached is kept; a hazard that is not safe holds it back."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from infra.wiring.learning import learning
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from tests.harness.api_client import ApiClient
from tests.learning.apprentices import ANA, enrolled, prepare
from tests.learning.lesson_files import answer_body, lesson_body
from tests.learning.test_answers import answered
from tests.learning.test_lessons import publish
from tests.learning.test_watching import shows, with_stage


@pytest.fixture
def school(api: ApiClient) -> ApiClient:
    """Ana, whose milestone is K2 alone."""
    prepare(api)
    with_stage(api)
    enrolled(api, milestone="isolation")
    return api


def note(api: ApiClient) -> date | None:
    return learning(api.platform.on).milestones.note(ANA)


def kept(api: ApiClient) -> dict[str, date]:
    found = EnrolmentRecords(api.platform.documents).get(ANA)
    assert found is not None
    return dict(found.reached)


def answer_all(api: ApiClient, *, right: bool) -> None:
    at = api.clock.now() - timedelta(minutes=5)
    for number in (1, 2):
        answered(api, answer_body(number, at.isoformat(), right=right))


def test_what_expires_or_is_shown_anew_later_takes_nothing_back(school: ApiClient) -> None:
    assert note(school) is None
    shows(school, ANA)
    first = note(school)
    assert first == school.clock.now().date()
    school.clock.move(days=1_000)
    assert note(school) is None, "by now it counts no more"
    assert kept(school) == {"isolation": first}


def test_a_hazard_that_is_not_safe_holds_a_milestone_back_until_it_is(school: ApiClient) -> None:
    assert publish(school, lesson_body(hazard=True, competencies=["K2"])).status == 200
    shows(school, ANA)
    assert note(school) is None, "no average of tests hides a hazard that was never asked about"
    answer_all(school, right=False)
    assert note(school) is None
    school.clock.move(days=3)
    shows_again = school.clock.now().date()
    answer_all(school, right=True)
    assert note(school) == shows_again, "not the day of the tests, but that on which it was safe"
    school.clock.move(days=1)
    answer_all(school, right=False)
    assert note(school) is None
    assert kept(school) == {"isolation": shows_again}, "it was reached, and is fading; that it was stays"


def told(api: ApiClient) -> tuple[dict[str, date], dict[str, date]]:
    """What the day's telling says is shown, and which stages are reached."""
    enrolment = EnrolmentRecords(api.platform.documents).get(ANA)
    assert enrolment is not None
    day = learning(api.platform.on).day.of(enrolment)
    assert day is not None
    return dict(day.shown), dict(day.reached)


def test_nobody_is_told_of_what_a_hazard_holds_back(school: ApiClient) -> None:
    assert publish(school, lesson_body(hazard=True, competencies=["K2"])).status == 200
    shows(school, ANA)
    assert told(school) == ({}, {}), "its rule is met, and a question about a hazard was never asked"
    school.clock.move(days=3)
    answer_all(school, right=True)
    today = school.clock.now().date()
    assert note(school) == today
    shown, reached = told(school)
    assert (set(shown.values()), reached) == ({today}, {"isolation": today}), "the same day as the one that is kept"
    school.clock.move(days=1)
    answer_all(school, right=False)
    assert told(school) == ({}, {"isolation": today}), "what was reached stays reached"


def test_the_earliest_day_stands_in_whatever_order_it_is_told(school: ApiClient) -> None:
    records = EnrolmentRecords(school.platform.documents)
    days = [date(2026, 3, one) for one in (1, 2, 3)]
    for number, order in enumerate(permutations(days)):
        for day in (*order, *order):
            records.note_milestone(ANA, f"stage{number}", day)
    records.note_milestone("nobody@jointers.example", "stage", days[0])
    assert set(kept(school).values()) == {days[0]}


def test_the_curve_goes_by_the_day_that_is_kept(school: ApiClient) -> None:
    others = [f"learner{number}@jointers.example" for number in range(4)]
    prepare(school, *others)
    for one in others:
        enrolled(school, one, milestone="isolation")
    school.clock.move(days=10)
    shows(school, ANA)
    note(school)
    school.clock.move(days=1_000)
    (found,) = school.get("learning/milestones").json["milestones"]
    assert [(one["days"], one["reached"]) for one in found["steps"]] == [(10, 1)]
    assert EnrolmentRecords(school.platform.documents).go_on(ANA, ["isolation"], "gateway")
    named = {one["milestone"]: one for one in school.get("learning/milestones").json["milestones"]}
    assert named["isolation"] == found, "who has gone on still took ten days"
    shown = school.get(f"learning/enrolments/{ANA}").json
    assert (shown["milestone"], list(shown["reached"])) == ("gateway", ["isolation"])


def test_a_hazard_that_was_forgotten_when_all_else_was_shown_holds_it_back_until_it_is_asked_again(
    school: ApiClient,
) -> None:
    assert publish(school, lesson_body(hazard=True, competencies=["K2"])).status == 200
    answer_all(school, right=True)
    school.clock.move(days=60)
    shows(school, ANA)
    assert note(school) is None, "by now less than 90 % would be recalled"
    school.clock.move(days=5)
    answer_all(school, right=True)
    assert note(school) == school.clock.now().date(), "not the day of the tests, on which it was not safe"


def test_a_day_on_which_all_was_safe_stands_also_where_it_is_told_after_a_slip(school: ApiClient) -> None:
    assert publish(school, lesson_body(hazard=True, competencies=["K2"])).status == 200
    answer_all(school, right=True)
    shows(school, ANA)
    reached = school.clock.now().date()
    EnrolmentRecords(school.platform.documents).put(forgotten(school), over=stamp(school))
    school.clock.move(days=1)
    answer_all(school, right=False)
    assert kept(school) == {}
    school.clock.move(days=1)
    answer_all(school, right=True)
    assert note(school) == reached


def forgotten(api: ApiClient) -> Enrolment:
    """Ana's enrolment, of which nobody has noted yet what was reached."""
    found = EnrolmentRecords(api.platform.documents).get(ANA)
    assert found is not None
    return found.changed(reached={})


def stamp(api: ApiClient) -> str:
    found = EnrolmentRecords(api.platform.documents).versioned(ANA)
    assert found is not None
    return found.stamp
