"""The feed: safety, then reviews, then gaps, then what is new; a pure function of what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.learning.domain.feed import REASONS, FeedItem, finished, order
from shared.learning.domain.lesson import TOPICS, Lesson, never_begun, newest
from shared.learning.domain.recall import Card
from shared.learning.domain.review import QuestionKey
from tests.learning.examples import TODAY, card, lesson


def known(**found: Card) -> dict[QuestionKey, Card]:
    """Cards of both questions of each lesson named."""
    return {QuestionKey(name, f"q{n}"): one for name, one in found.items() for n in (1, 2)}


def feed(
    lessons: list[Lesson], cards: dict[QuestionKey, Card] | None = None, gaps: dict[str, float] | None = None
) -> list[FeedItem]:
    cards = cards or {}
    return order(lessons, cards, gaps or {}, finished(lessons, cards), TODAY)


def told(items: list[FeedItem]) -> list[tuple[str, str]]:
    return [(one.lesson.lesson_id, one.reason) for one in items]


def test_safety_comes_before_reviews_before_gaps_before_what_is_new() -> None:
    lessons = [
        lesson("new"),
        lesson("gap", competencies=("K3", "K4")),
        lesson("wide_gap", competencies=("K4",)),
        lesson("due"),
        lesson("long_due"),
        lesson("not_due"),
        lesson("hazard_unseen", hazard=True),
        lesson("hazard_due", hazard=True),
        lesson("hazard_wrong", hazard=True),
        lesson("hazard_known", hazard=True),
    ]
    cards = known(
        due=card(0),
        long_due=card(-30),
        not_due=card(1),
        hazard_due=card(-1),
        hazard_wrong=card(5, right=False),
        hazard_known=card(5),
    )
    found = feed(lessons, cards, {"K3": 0.2, "K4": 0.5})
    assert told(found) == [
        ("hazard_wrong", "safety"),
        ("hazard_due", "safety"),
        ("hazard_unseen", "safety"),
        ("long_due", "review"),
        ("due", "review"),
        ("gap", "gap"),
        ("wide_gap", "gap"),
        ("new", "new"),
    ]
    assert {one.lesson.lesson_id: one.why for one in found} == {
        "hazard_wrong": "Safety: 2 questions answered wrong last time.",
        "hazard_due": "Safety: 2 questions due since 29 November 2026.",
        "hazard_unseen": "Safety: not finished yet.",
        "long_due": "Review: 2 questions due since 31 October 2026.",
        "due": "Review: 2 questions due since 30 November 2026.",
        "gap": "Next for K4.",
        "wide_gap": "Next for K4.",
        "new": "New.",
    }


def test_one_hazard_that_was_answered_wrong_is_not_averaged_away_by_what_is_known() -> None:
    dangerous = lesson("prove_dead_first", hazard=True, questions=4)
    others = [lesson(f"due_{n}") for n in range(9)]
    cards = known(**{one.lesson_id: card(-60, right=False) for one in others})
    cards |= {key: card(300, stability=400) for key in dangerous.keys[:3]}
    cards[dangerous.keys[3]] = card(1, right=False, stability=1)
    first = feed([*others, dangerous], cards)[0]
    assert (first.lesson, first.reason, first.asked) == (dangerous, "safety", dangerous.keys[3:])
    assert first.why == "Safety: 1 question answered wrong last time."


def test_a_review_asks_only_what_is_due_and_a_hazard_what_is_not_safe_as_well() -> None:
    cards = {QuestionKey("a", "q1"): card(-2), QuestionKey("a", "q2"): card(2, right=False)}
    assert feed([lesson("a")], cards)[0].asked == (QuestionKey("a", "q1"),)
    assert feed([lesson("a", hazard=True)], cards)[0].asked == lesson("a").keys


def test_a_lesson_waits_for_all_its_prerequisites() -> None:
    lessons = [lesson("a"), lesson("b"), lesson("c", after=("a", "b")), lesson("d", after=("c",))]
    assert told(feed(lessons)) == [("a", "new"), ("b", "new")]
    assert told(feed(lessons, known(a=card(5)))) == [("b", "new")]
    assert told(feed(lessons, known(a=card(5), b=card(5)))) == [("c", "new")]
    half = {QuestionKey("c", "q1"): card(5)}
    assert told(feed(lessons, known(a=card(5), b=card(5)) | half)) == [("c", "new")], "half a check finishes nothing"


def test_what_leads_to_a_hazard_comes_as_early_as_the_hazard() -> None:
    lessons = [
        lesson("basics"),
        lesson("more", after=("basics",)),
        lesson("danger", hazard=True, after=("more",)),
        lesson("wide", competencies=("K4",)),
    ]
    found = feed(lessons, gaps={"K4": 1.0})
    assert told(found) == [("basics", "safety"), ("wide", "gap")]
    assert found[0].why == "Safety: comes before “Danger”."


def test_a_hazard_that_is_half_done_and_wrong_is_first_and_asks_everything() -> None:
    half = {QuestionKey("b", "q2"): card(1, right=False, stability=1)}
    found = feed([lesson("a", hazard=True), lesson("b", hazard=True)], half)
    assert [(one.lesson.lesson_id, len(one.asked)) for one in found] == [("b", 2), ("a", 2)]


def test_of_two_versions_the_newer_is_offered() -> None:
    old, new = lesson("a", version=2), lesson("a", version=10, questions=3)
    assert feed([old, new]) == feed([new, old]) == feed([new])
    assert told(feed([old, new], known(a=card(90)))) == [("a", "new")], "the third question was never asked"


def test_lessons_that_nobody_could_begin_are_named() -> None:
    lessons = newest(
        [lesson("a", after=("b",)), lesson("b", after=("a",)), lesson("c", after=("gone",)), lesson("d", after=("c",))]
    )
    assert never_begun(lessons) == ["a", "b", "c", "d"]
    assert never_begun(newest([lesson("a"), lesson("b", after=("a",))])) == []


NAMES = "abcdefgh"


@some.composite
def worlds(draw: some.DrawFn) -> tuple[list[Lesson], dict[QuestionKey, Card], dict[str, float]]:
    """Lessons whose prerequisites stand before them, some of them answered, and gaps."""
    lessons = [
        lesson(
            name,
            hazard=draw(some.booleans()),
            competencies=tuple(draw(some.lists(some.sampled_from(["K1", "K2", "K3"]), min_size=1, unique=True))),
            after=tuple(draw(some.lists(some.sampled_from(NAMES[:n]), unique=True, max_size=2))) if n else (),
            topic=draw(some.sampled_from(TOPICS)),
        )
        for n, name in enumerate(NAMES)
    ]
    cards = {
        key: card(draw(some.integers(-40, 40)), right=draw(some.booleans()), stability=draw(some.integers(1, 60)))
        for one in lessons
        for key in one.keys
        if draw(some.booleans())
    }
    gaps = {name: draw(some.sampled_from([0.0, 0.25, 0.5, 1.0])) for name in ("K1", "K2")}
    return lessons, cards, gaps


@settings(max_examples=200, deadline=None)
@given(worlds(), some.randoms(use_true_random=False))
def test_the_same_inputs_give_the_same_bytes_in_whatever_order_they_come(
    world: tuple[list[Lesson], dict[QuestionKey, Card], dict[str, float]], chance: Random
) -> None:
    lessons, cards, gaps = world
    others, dealt = [*lessons, *lessons], list(cards.items())
    chance.shuffle(others)
    chance.shuffle(dealt)
    assert repr(feed(others, dict(dealt), dict(reversed(gaps.items())))) == repr(feed(lessons, cards, gaps))


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_reasons_follow_each_other_and_nothing_comes_before_what_it_needs(
    world: tuple[list[Lesson], dict[QuestionKey, Card], dict[str, float]],
) -> None:
    lessons, cards, gaps = world
    found = feed(lessons, cards, gaps)
    ranks = [REASONS.index(one.reason) for one in found]
    assert ranks == sorted(ranks)
    assert len({one.lesson.lesson_id for one in found}) == len(found)
    done = finished(lessons, cards)
    for item in found:
        assert item.asked
        assert item.why
        if item.lesson.lesson_id not in done:
            assert done.issuperset(item.lesson.prerequisites)
    offered = {one.lesson.lesson_id for one in found}
    for one in lessons:
        if one.lesson_id not in done and done.issuperset(one.prerequisites):
            assert one.lesson_id in offered, "what can be begun is offered"


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_every_hazard_that_is_not_safe_comes_before_everything_else(
    world: tuple[list[Lesson], dict[QuestionKey, Card], dict[str, float]],
) -> None:
    lessons, cards, gaps = world
    safety = {one.lesson.lesson_id: one for one in feed(lessons, cards, gaps) if one.reason == "safety"}
    done = finished(lessons, cards)
    for one in (one for one in lessons if one.hazard and one.lesson_id in done):
        unsafe = {key for key in one.keys if not cards[key].is_safe(TODAY)}
        assert not unsafe or unsafe <= set(safety[one.lesson_id].asked)


def test_the_day_alone_decides_what_is_due() -> None:
    cards = known(a=card(3))
    lessons = [replace(lesson("a"), hazard=hazard) for hazard in (False, True)]
    for one in lessons:
        due = [bool(order([one], cards, {}, {"a"}, TODAY + timedelta(days=n))) for n in range(5)]
        assert due == [False, False, False, True, True]


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_told_in_words(reason: str) -> None:
    cases = {
        "safety": [lesson("a", hazard=True)],
        "review": [lesson("b")],
        "gap": [lesson("a", competencies=("K4",))],
        "new": [lesson("a")],
    }
    (found,) = feed(cases[reason], known(b=card(-1)), {"K4": 0.3})
    assert found.reason == reason
    assert found.why.endswith(".")
