"""The apprentices' months: the same every time, within what the routes take, and made to differ on purpose."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest

from infra.demonstration import apprentices
from infra.demonstration.apprentices import Apprenticeship, address
from infra.demonstration.lesson_files import lesson_paths, read_lesson
from shared.evidence.contract import ObservationBody, VerificationBody
from shared.kernel.reading import validated
from shared.learning.contract import AnswerBody
from shared.learning.enrolment_contract import AuthorisationBody
from shared.observations.contract import ValidationEvent

AS_OF = date(2026, 6, 1)
LESSONS = [read_lesson(path) for path in lesson_paths()]


def months(name: str, as_of: date = AS_OF) -> Apprenticeship:
    return Apprenticeship(1, as_of, name, LESSONS)


def days_of(name: str) -> list[date]:
    return [datetime.fromisoformat(str(one["answered_at"])).date() for one in months(name).answers()]


def test_fifteen_learn_from_three_mentors_and_one_employer() -> None:
    people = apprentices.people(AS_OF)
    assert Counter(one.role for one in people) == {"mentor": 3, "employer": 1, "employee": 15}
    taught = Counter(one.mentor for one in people if one.role == "employee")
    assert sorted(taught.values()) == [5, 5, 5]
    assert set(taught) == {one.email for one in people if one.role == "mentor"}
    assert {one.framework for one in people} == {apprentices.FRAMEWORK}


@pytest.mark.parametrize("name", apprentices.APPRENTICES)
def test_everything_of_one_is_the_same_every_time_and_what_the_routes_take(name: str) -> None:
    one, again = months(name), months(name)
    played = [one.answers(), [*one.observations()], [*one.verifications()], [*one.workshops()]]
    assert json.dumps(played) == json.dumps(
        [again.answers(), [*again.observations()], [*again.verifications()], [*again.workshops()]]
    )
    answers, observations, verifications, workshops = played
    assert all(validated(AnswerBody, body) for body in answers)
    assert all(validated(ObservationBody, body) for body in observations)
    assert all(validated(VerificationBody, body) for body in verifications)
    assert all(validated(ValidationEvent, body) for body in workshops)
    keys = [one["key"] for one in played[0]]
    assert len(set(keys)) == len(keys)
    moments = [str(body.get("answered_at") or body.get("observed_at") or body["timestamp"]) for body in chain(*played)]
    last = datetime.combine(AS_OF, datetime.min.time(), UTC)
    assert all(datetime.fromisoformat(one) < last for one in moments), "nothing is of a day to come"


def test_a_mentor_lets_nobody_do_more_than_their_days_allow_and_some_of_it_ends_soon() -> None:
    assert apprentices.authorisations(AS_OF, apprentices.NEW) == []
    given = [validated(AuthorisationBody, one) for one in apprentices.authorisations(AS_OF, "Kit Lennox")]
    assert Counter(one.scope for one in given) == {"alone": 1, "supervised": 2}
    assert all(one.begins <= AS_OF <= one.ends for one in given)
    assert min(one.ends for one in given) <= AS_OF + timedelta(days=16)


def test_one_person_more_or_less_changes_nobody_elses_months() -> None:
    first = months("Kit Lennox").answers()
    months("Aled Pritchard").answers()
    assert months("Kit Lennox").answers() == first
    assert months("Kit Lennox", AS_OF + timedelta(days=1)).answers() != first


def test_who_is_made_to_differ_does() -> None:
    assert min(days_of(apprentices.NEW)) >= AS_OF - timedelta(days=apprentices.NEW_DAYS)
    assert max(days_of(apprentices.AWAY)) <= AS_OF - timedelta(days=apprentices.AWAY_SINCE)
    assert max(days_of(apprentices.QUIET)) <= AS_OF - timedelta(days=apprentices.QUIET_SINCE)
    hazards = {one.lesson_id: {q.question_id: q.right for q in one.questions} for one in LESSONS if one.hazard}
    late = [
        one
        for one in months(apprentices.UNSAFE).answers()
        if one["lesson_id"] in hazards
        and datetime.fromisoformat(str(one["answered_at"])).date() >= AS_OF - timedelta(days=apprentices.UNSAFE_SINCE)
    ]
    assert all(one["option"] != hazards[str(one["lesson_id"])][str(one["question_id"])] for one in late)


def test_they_differ_in_how_much_and_how_well_they_answer() -> None:
    rights = {lesson.lesson_id: {one.question_id: one.right for one in lesson.questions} for lesson in LESSONS}
    shares, amounts = [], []
    for name in apprentices.APPRENTICES:
        given = months(name).answers()
        amounts.append(len(given))
        shares.append(
            sum(one["option"] == rights[str(one["lesson_id"])][str(one["question_id"])] for one in given) / len(given)
        )
    assert max(amounts) > 3 * min(amounts)
    assert max(shares) - min(shares) > 0.1
    assert 0.6 < sum(shares) / len(shares) < 0.97


def test_addresses_are_of_a_domain_that_nobody_has() -> None:
    assert address("Kit Lennox") == "kit.lennox@fellside-networks.example"
