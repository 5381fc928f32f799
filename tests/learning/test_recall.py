"""Recall: FSRS folded over the set of reviews, on the learner's calendar days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.learning.domain.recall import RECALLED, Card, answered, cards
from shared.learning.domain.review import QuestionKey, Review, in_order
from tests.harness.lent import lent
from tests.learning.examples import review

LONDON = ZoneInfo("Europe/London")
OUT_OF_ORDER = [review("2026-02-01T09:00"), review("2026-02-04T09:00"), review("2026-02-02T09:00")]
"""As they arrived: the last one from a phone that was offline."""


def only(reviews: list[Review], zone: str = "Europe/London") -> Card:
    (found,) = cards(reviews, ZoneInfo(zone)).values()
    return found


def by_the_library(days: list[date], good: list[bool]) -> fsrs.Card:
    """The package's own fold, in order, at noon."""
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    found = fsrs.Card(1)
    for day, right in zip(days, good, strict=True):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        found, _ = scheduler.review_card(found, fsrs.Rating.Good if right else fsrs.Rating.Again, noon)
    return found


def by_moments(reviews: list[Review]) -> float | None:
    """The stability that the package gives the moments themselves."""
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    found = fsrs.Card(1)
    for one in reviews:
        found, _ = scheduler.review_card(found, fsrs.Rating.Good, one.answered_at)
    return found.stability


def test_l14_any_order_of_arrival_gives_the_same_card() -> None:
    found = {json.dumps([str(cards(list(one), LONDON))]) for one in permutations(OUT_OF_ORDER)}
    assert len(found) == 1
    expected = by_the_library([date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 4)], [True] * 3)
    mine = only(OUT_OF_ORDER)
    assert (mine.stability, mine.difficulty) == (expected.stability, expected.difficulty)
    assert (mine.last_day, mine.due_day) == (date(2026, 2, 4), expected.due.date())
    assert mine.due_day > date(2026, 2, 16), "where the fold as it arrives would have gone back to"


def test_l14_a_review_that_is_sent_again_counts_once() -> None:
    assert only([*OUT_OF_ORDER, *OUT_OF_ORDER, OUT_OF_ORDER[1]]) == only(OUT_OF_ORDER)


def test_l14_two_things_said_under_one_id_are_the_one_that_came_first() -> None:
    first = review("2026-02-01T09:00", True, review_id="a", received="2026-02-01T09:00")
    later = review("2026-02-01T09:00", False, review_id="a", received="2026-02-03T09:00")
    assert cards([first, later], LONDON) == cards([later, first], LONDON) == cards([first], LONDON)


def test_l14_an_evening_a_minute_earlier_is_the_next_day_all_the_same() -> None:
    """23 h 59 min and 24 h 01 min lie a calendar day apart, where FSRS by itself sees one day, or none."""
    begun = review("2026-02-01T20:00")
    sooner, later = review("2026-02-02T19:59"), review("2026-02-02T20:01")
    assert only([begun, sooner]) == only([begun, later])
    assert by_moments([begun, sooner]) != by_moments([begun, later])
    assert only([begun, later]).stability == by_moments([begun, later])


def test_l14_minutes_on_both_sides_of_midnight_are_two_days_and_hours_of_one_day_are_one() -> None:
    apart = only([review("2026-02-01T23:59"), review("2026-02-02T00:01")])
    assert apart == only([review("2026-02-01T09:00"), review("2026-02-02T21:00")])
    assert apart != only([review("2026-02-01T00:01"), review("2026-02-01T23:59")])


@pytest.mark.parametrize("offset", ["+00:00", "+01:00", "-08:00", "+05:45"])
def test_l14_a_moment_counts_the_same_in_whatever_offset_it_is_written(offset: str) -> None:
    zone = datetime.fromisoformat(f"2026-01-01T00:00{offset}").tzinfo
    written = [review(one.answered_at.astimezone(zone), review_id=one.review_id) for one in OUT_OF_ORDER]
    assert only(written) == only(OUT_OF_ORDER)


def test_l14_the_day_is_the_learners() -> None:
    late = [review("2026-06-01T22:30"), review("2026-06-02T12:00")]
    assert only(late, "Europe/London").last_day == only(late, "America/Los_Angeles").last_day == date(2026, 6, 2)
    assert only(late, "UTC") != only(late, "Asia/Tokyo"), "in Tokyo both are of the second of June"
    assert only(late, "Asia/Tokyo") == only([review("2026-06-02T01:00"), review("2026-06-02T02:00")], "Asia/Tokyo")


@pytest.mark.parametrize(
    ("zone", "first", "second", "days"),
    [
        ("Europe/London", "2026-03-28T20:00", "2026-03-29T19:00", 1),  # clocks go forward: 23 hours
        ("Europe/London", "2026-10-24T19:00", "2026-10-25T20:00", 1),  # and back: 25 hours
        ("Europe/London", "2026-10-24T23:30", "2026-10-25T00:30", 0),  # 00:30 and 01:30 of one day
        ("Asia/Beirut", "2026-10-24T20:30", "2026-10-24T21:30", 0),  # 23:30, then 23:30 again
    ],
)
def test_l14_days_are_calendar_days_where_clocks_change(zone: str, first: str, second: str, days: int) -> None:
    begun = answered(None, True, date(2026, 1, 1))
    found, expected = only([review(first), review(second)], zone), answered(begun, True, date(2026, 1, 1 + days))
    assert (found.stability, found.difficulty) == (expected.stability, expected.difficulty)


def test_a_day_that_begins_twice_turns_nothing_back() -> None:
    """In Beirut midnight comes, and then it is 23:00 of the day before once more."""
    found = only([review("2026-10-24T21:00"), review("2026-10-24T20:59")], "Asia/Beirut")
    back = answered(answered(None, True, date(2026, 10, 25)), True, date(2026, 10, 24))
    assert found.last_day == date(2026, 10, 24)
    assert back.last_day == date(2026, 10, 25)


@pytest.mark.lent("cases/learner/L14*.json")
def test_l14_is_as_the_lent_case_has_it() -> None:
    case = json.loads(lent("cases/learner/L14*.json")[0].read_text("utf-8"))
    assert [one[0][:16] for one in case["reviews"]] == [f"{r.answered_at:%Y-%m-%dT%H:%M}" for r in OUT_OF_ORDER]
    assert "any arrival order gives the same card" in case["expect"]


def test_a_clock_that_is_ahead_counts_as_received_and_keeps_what_it_claimed() -> None:
    ahead = review("2027-01-01T09:00", received="2026-02-02T09:00", review_id="b")
    begun = review("2026-02-01T09:00", review_id="a")
    assert only([begun, ahead]) == only([begun, review("2026-02-02T09:00", review_id="b")])
    assert ahead.answered_at.year == 2027


def test_an_answer_that_waited_on_the_phone_counts_when_it_was_given() -> None:
    waited = review("2026-02-02T09:00", received="2026-02-20T09:00")
    assert only([review("2026-02-01T09:00"), waited]).last_day == date(2026, 2, 2)


def test_a_wrong_answer_brings_a_question_back_on_the_next_day_and_not_in_minutes() -> None:
    found = only([review("2026-02-01T09:00", False)])
    assert (found.due_day, found.last_right, found.lapses) == (date(2026, 2, 2), False, 0)
    lapsed = only([review("2026-02-01T09:00"), review("2026-02-03T09:00", False)])
    assert (lapsed.lapses, lapsed.last_right) == (1, False)


def test_recall_falls_with_the_days_and_is_one_until_the_first() -> None:
    found = only([review("2026-02-01T09:00")])
    falling = [found.recall_on(found.last_day + timedelta(days=n)) for n in (-3, 0, 1, 2, 30, 365)]
    assert falling[:2] == [1.0, 1.0]
    assert falling[1:] == sorted(falling[1:], reverse=True)
    assert falling[-1] > 0
    assert found.recall_on(found.last_day + timedelta(days=2)) == pytest.approx(0.9, abs=0.02)


KEYS = [QuestionKey("a", "q1"), QuestionKey("a", "q2"), QuestionKey("b", "q1")]
moments = some.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@some.composite
def histories(draw: some.DrawFn) -> list[Review]:
    """Some reviews, with clocks ahead and behind, and ids that may meet."""
    return [
        review(
            draw(moments),
            draw(some.booleans()),
            key=draw(some.sampled_from(KEYS)),
            review_id=f"r{draw(some.integers(0, 12))}",
            received=draw(moments),
        )
        for _ in range(draw(some.integers(0, 12)))
    ]


zones = some.sampled_from(["UTC", "Europe/London", "Asia/Beirut", "Pacific/Apia", "America/St_Johns"]).map(ZoneInfo)


@settings(max_examples=150, deadline=None)
@given(histories(), some.randoms(use_true_random=False), zones)
def test_the_order_and_the_number_of_arrivals_change_nothing(
    reviews: list[Review], chance: Random, zone: ZoneInfo
) -> None:
    arrived = [*reviews, *reviews[::2]]
    chance.shuffle(arrived)
    assert repr(cards(arrived, zone)) == repr(cards(reviews, zone))


@settings(max_examples=150, deadline=None)
@given(histories(), zones)
def test_what_arrives_in_pieces_is_what_arrives_at_once(reviews: list[Review], zone: ZoneInfo) -> None:
    ordered = in_order(reviews)
    assert in_order(ordered) == ordered
    assert in_order([*ordered[3:], *ordered[:3]]) == ordered
    counted = [one.counted_at for one in ordered]
    assert counted == sorted(counted)
    assert all(one.counted_at <= one.received_at for one in ordered)
    assert set(cards(reviews, zone)) == {one.question for one in ordered}


@settings(max_examples=150, deadline=None)
@given(histories(), zones, some.integers(0, 400))
def test_what_was_answered_right_is_safe_until_it_is_due(reviews: list[Review], zone: ZoneInfo, after: int) -> None:
    for found in cards(reviews, zone).values():
        day = found.last_day + timedelta(days=after)
        assert 0 < found.recall_on(day) <= 1
        assert found.due_day > found.last_day
        if found.last_right and not found.is_due(day):
            assert found.recall_on(day) >= RECALLED
            assert found.is_safe(day)
        if not found.last_right:
            assert not found.is_safe(day)
