"""Mastery: recall and rating of knowledge, what people saw of all else, and hazards that nothing averages."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.frameworks.domain.framework import Competency
from shared.kernel.days import EPOCH
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import Known, Mastery, asked_about, gaps, masteries, passed_on, safe_on, shown_since
from shared.learning.domain.mastery_sentence import sentence
from shared.learning.domain.recall import RECALLED, Card, cards
from shared.learning.domain.review import QuestionKey
from shared.ratings.domain.skill_rating import SkillRating, Status
from tests.harness.speed import examples
from tests.learning.examples import TODAY, card, lesson, review

K: Final = Competency("K2", "k2", "Safe isolation", category="knowledge")
S: Final = Competency("S1", "s1", "Prove a cable dead", category="skill")
B: Final = Competency("B1", "b1", "Puts safety first", category="behaviour")
CALM: Final = lesson("calm", competencies=("K2", "S1", "B1"))
DANGER: Final = lesson("danger", hazard=True, competencies=("K2", "S1"))
FRESH: Final = card(9, stability=10)
"""Answered right yesterday."""


def row(competency: str, status: Status, field: int = 0) -> SkillRating:
    """A rating with this status, validated ten days ago where it is."""
    since = (TODAY - EPOCH).days - 10 if status in ("validated", "expired") else None
    return SkillRating(
        competency, "", 8000, None, "medium", "validation", False, 8000, 500, 7400, 8600, field, 2, 0, 0, "stable",
        status, 1, "", since, None, None, None, False, None, None, None, None,
    )  # fmt: skip


def known(found: dict[Lesson, Card] | None = None, gateway: date | None = None) -> Known:
    return Known({key: one for of, one in (found or {}).items() for key in of.keys}, TODAY, gateway)


def one(
    competency: Competency, lessons: list[Lesson], of: Known, status: Status | None = None, field: int = 0
) -> Mastery:
    rows = {} if status is None else {competency.competency: row(competency.competency, status, field)}
    (found,) = masteries([competency], lessons, rows, of)
    return found


@pytest.mark.parametrize(
    ("status", "card_of", "attained"),
    [
        (None, None, "not_started"),
        (None, FRESH, "in_progress"),
        ("in_progress", FRESH, "in_progress"),
        ("validated", FRESH, "shown"),
        ("validated", card(-30), "fading"),
        ("validated", None, "in_progress"),  # nothing of it was asked: recall says nothing
        ("expired", FRESH, "expired"),
    ],
)
def test_knowledge_is_shown_by_its_rule_and_by_recall_together(
    status: Status | None, card_of: Card | None, attained: str
) -> None:
    found = one(K, [CALM], known({CALM: card_of} if card_of else {}), status)
    assert found.attained == attained
    assert found.shown_on == (TODAY - timedelta(days=10) if status == "validated" else None)


@pytest.mark.parametrize("competency", [S, B])
@pytest.mark.parametrize("status", ["not_started", "in_progress", "validated", "expired"])
def test_skill_and_behaviour_are_what_people_saw_and_no_answer_signs_them_off(
    competency: Competency, status: Status
) -> None:
    for answered in ({}, {CALM: FRESH}, {CALM: card(-90)}):
        found = one(competency, [CALM], known(answered), status, field=4)
        assert found.attained == ("shown" if status == "validated" else status)
        assert found.field == 4
    assert one(competency, [CALM], known({CALM: FRESH})).attained == "not_started"


@pytest.mark.parametrize("competency", [K, S])
def test_one_question_about_a_hazard_makes_a_competency_unsafe_whatever_else_is_shown(competency: Competency) -> None:
    lessons = [CALM, DANGER, *(lesson(f"more_{n}", competencies=("K2", "S1")) for n in range(30))]
    everything = known(dict.fromkeys(lessons, FRESH))
    assert one(competency, lessons, everything, "validated").attained == "shown"
    last = DANGER.keys[1]
    for bad in (card(1, right=False, stability=1), card(-5), None):
        learned = {**everything.cards}
        if bad is None:
            del learned[last]
        else:
            learned[last] = bad
        found = one(competency, lessons, Known(learned, TODAY), "validated", field=99)
        assert (found.attained, found.safe, found.unsafe) == ("not_safe", False, (last,))
    assert one(B, lessons, known(), "validated").attained == "shown", "no hazard is about it"


def test_how_sure_it_is_stands_beside_every_share() -> None:
    lessons = [lesson("calm", competencies=("K2",), questions=4)]
    learned = Known(
        {key: card(0, right=n > 0) for n, key in enumerate(lessons[0].keys[:3])}, TODAY, TODAY + timedelta(days=100)
    )
    found = one(K, lessons, learned)
    assert (found.questions, found.seen) == (4, 3)
    assert found.right is not None
    assert found.right.value == pytest.approx(2 / 3)
    assert found.recall is not None
    assert found.recall_at_gateway is not None
    assert found.recall.value == pytest.approx(0.9, abs=0.01)
    assert found.recall_at_gateway.value < found.recall.value
    for share in (found.right, found.recall, found.recall_at_gateway):
        assert share.low < share.value < share.high
    assert found.lacks == pytest.approx(1 - 3 * found.recall.value / 4)


def test_without_an_answer_or_a_gateway_nothing_is_made_up() -> None:
    found = one(K, [CALM], known())
    assert (found.right, found.recall, found.recall_at_gateway, found.lacks) == (None, None, None, 1.0)
    assert one(K, [CALM], known({CALM: FRESH})).recall_at_gateway is None
    passed = one(K, [CALM], known({CALM: FRESH}, TODAY - timedelta(days=9)))
    assert passed.recall_at_gateway == passed.recall, "after the gateway: as of today"


def test_a_competency_without_questions_lacks_none() -> None:
    found = one(K, [], known(), "validated")
    assert (found.attained, found.lacks, found.questions) == ("shown", 0.0, 0)
    assert one(K, [], known()).attained == "not_started"


def test_what_the_feed_closes_is_what_would_not_be_recalled() -> None:
    lessons = [lesson("a", competencies=("K2",)), lesson("b", competencies=("S1",))]
    found = gaps(masteries([K, S, B], lessons, {}, known({lessons[0]: FRESH})))
    assert found["K2"] == pytest.approx(0.01, abs=0.01)
    assert (found["S1"], found["B1"]) == (1.0, 0.0)


def test_questions_are_those_of_the_highest_version() -> None:
    old, new = (
        lesson("a", questions=2, hazard=True),
        lesson("a", version=2, questions=3, competencies=("K1", "K1", "S1")),
    )
    found = asked_about([new, old])
    assert found["K1"].keys == found["S1"].keys == new.keys
    assert found["K1"].hazards == frozenset()


def test_passed_is_the_first_day_on_which_all_last_answers_were_right() -> None:
    first, second = QuestionKey("a", "q1"), QuestionKey("a", "q2")
    reviews = [
        review("2026-03-01T09:00", key=first),
        review("2026-03-02T09:00", False, key=first),
        review("2026-03-03T09:00", key=second),
        review("2026-03-05T23:30", key=first),
        review("2026-03-09T09:00", False, key=second),
    ]
    zone = ZoneInfo("Europe/Berlin")
    assert passed_on(reviews, {first, second}, zone) == date(2026, 3, 6)
    assert passed_on(reversed(reviews), {first, second}, zone) == date(2026, 3, 6)
    assert passed_on(reviews[:3], {first, second}, zone) is None
    assert passed_on(reviews, {first, second, QuestionKey("b", "q1")}, zone) is None
    assert passed_on([], set(), zone) is None


HAZARDS: Final = (QuestionKey("a", "q1"), QuestionKey("a", "q2"))


@given(
    told=some.lists(some.tuples(some.integers(0, 90), some.integers(0, 1), some.integers(0, 3)), max_size=12),
    first=some.integers(0, 60),
)
@settings(max_examples=examples(60))
def test_safe_is_the_first_day_on_which_every_question_about_a_hazard_is(
    told: list[tuple[int, int, int]], first: int
) -> None:
    """Against a look at every day, by what had been answered until then. Three of four answers are right."""
    zone, begun = ZoneInfo("Europe/London"), date(2026, 1, 1)
    reviews = [
        review(f"{begun + timedelta(days=day)}T09:{number:02}", right > 0, key=HAZARDS[which])
        for number, (day, which, right) in enumerate(told)
    ]

    def safe(day: date) -> bool:
        known = cards((one for one in reviews if one.day(zone) <= day), zone)
        return set(known) == set(HAZARDS) and all(one.is_safe(day) for one in known.values())

    days = (begun + timedelta(days=number) for number in range(first, 100))
    assert safe_on(reversed(reviews), HAZARDS, zone, begun + timedelta(days=first)) == next(filter(safe, days), None)


def test_where_nothing_is_asked_about_a_hazard_nothing_is_waited_for() -> None:
    assert safe_on([], set(), ZoneInfo("Europe/London"), TODAY) == TODAY


@pytest.mark.parametrize(
    ("competency", "answered", "since"),
    [
        (K, (*CALM.keys, *DANGER.keys), 5),  # the last question was passed after the rule was met
        (K, DANGER.keys, None),
        (S, DANGER.keys, 5),
        (S, CALM.keys, None),
        (B, (), 10),  # no question about a hazard is about it: the rule alone
    ],
)
def test_shown_is_when_the_rule_is_met_and_the_questions_are_passed(
    competency: Competency, answered: tuple[QuestionKey, ...], since: int | None
) -> None:
    lessons, zone = [CALM, DANGER], ZoneInfo("UTC")
    reviews = [review(f"{TODAY - timedelta(days=5)}T09:00", key=key, review_id=str(key)) for key in answered]
    asked = asked_about(lessons)[competency.competency]
    found = one(competency, lessons, Known(cards(reviews, zone), TODAY), "validated")
    day = None if since is None else TODAY - timedelta(days=since)
    assert shown_since(found, asked, reviews, zone) == day
    early = [review("2026-01-05T09:00", key=key, review_id=str(key)) for key in answered]
    assert shown_since(found, asked, early, zone) == (day and TODAY - timedelta(days=10)), "the later of the two"
    begun = one(competency, lessons, Known(cards(reviews, zone), TODAY), "in_progress")
    assert shown_since(begun, asked, reviews, zone) is None
    told = TODAY - timedelta(days=99)
    assert shown_since(begun, asked, [], zone, told) == told, "who has shown it has shown it"


KEYS: Final = [*CALM.keys, *DANGER.keys]


@settings(max_examples=examples(150), deadline=None)
@given(
    some.lists(some.tuples(some.sampled_from(KEYS), some.booleans(), some.integers(0, 200)), max_size=25),
    some.randoms(use_true_random=False),
    some.sampled_from(["not_started", "in_progress", "validated", "expired"]),
)
def test_no_history_and_no_rating_makes_up_for_a_hazard(
    answers: list[tuple[QuestionKey, bool, int]], chance: Random, status: Status
) -> None:
    reviews = [
        review(f"{TODAY - timedelta(days=days)}T12:00", right, key=key, review_id=f"{n}", hazard=key in DANGER.keys)
        for n, (key, right, days) in enumerate(answers)
    ]
    arrived = [*reviews, *reviews]
    chance.shuffle(arrived)
    learned = cards(arrived, ZoneInfo("UTC"))
    rows = {name: row(name, status) for name in ("K2", "S1", "B1")}
    found = masteries([K, S, B], [CALM, DANGER], rows, Known(learned, TODAY))
    assert found == masteries([K, S, B], [CALM, DANGER], rows, Known(cards(reviews, ZoneInfo("UTC")), TODAY))
    sure = all(
        key in learned and learned[key].last_right and learned[key].recall_on(TODAY) >= RECALLED for key in DANGER.keys
    )
    for mine in found[:2]:
        assert (mine.attained != "not_safe") == mine.safe == sure
        assert 0 <= mine.lacks <= 1


def test_days_are_told_as_people_say_them() -> None:
    lessons = [lesson("calm", competencies=("K2",), questions=4)]
    gateway = TODAY + timedelta(days=100)
    learned = Known({key: card(0) for key in lessons[0].keys}, TODAY, gateway)
    said = sentence(one(K, lessons, learned), gateway)
    assert f", on {gateway.day} {gateway:%b %Y} about" in said
    assert gateway.isoformat() not in said
