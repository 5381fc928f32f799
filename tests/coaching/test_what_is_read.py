"""What the coach reads out of a written message: an option, a time, what a lesson says; and what it says itself."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.coaching import shipped
from infra.coaching.shipped import shipped_replies
from infra.frameworks.shipped import framework_file
from shared.coaching.domain.answer_text import chosen_option
from shared.coaching.domain.hours_text import MOST_MINUTES, hours_and_minutes, minutes_in
from shared.coaching.domain.intents import understood
from shared.coaching.domain.lesson_search import Passage, found, titled
from shared.coaching.domain.outbound import BUTTON

OPTIONS = ("Test the tester first", "Cut it", "Ring the control room", "Go home")


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("a", 1),
        ("A.", 1),
        ("(c)", 3),
        ("option d", 4),
        ("Answer: B", 2),
        ("2", 2),
        ("no. 3", 3),
        ("3rd", 3),
        ("the third one", 3),
        ("i'd go for the second", 2),
        ("last one", 4),
        ("TEST THE TESTER FIRST!", 1),
        ("control room", 3),
        ("go home, mate", 4),
        ("5", None),
        ("e", None),
        ("a or b", None),
        ("go home or ring the control room", None),
        ("it", None),
        ("", None),
        ("\x00", None),
        ("the blue thing", None),
    ],
)
def test_an_option_is_known_however_it_is_written(text: str, option: int | None) -> None:
    assert chosen_option(text, OPTIONS) == option


def test_a_letter_beyond_the_options_is_none_of_them() -> None:
    assert chosen_option("c", OPTIONS[:2]) is None


@given(st.text(max_size=500), st.lists(st.text(max_size=60), max_size=4))
def test_whatever_is_written_is_an_option_or_none(text: str, options: list[str]) -> None:
    assert chosen_option(text, options) in (None, *range(1, len(options) + 1))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("log 3 hours", 180),
        ("3h", 180),
        ("2.5 hrs", 150),
        ("2,5 hours", 150),
        ("2h 30", 150),
        ("2 hours and 15 mins", 135),
        ("1:45 on the simulator", 105),
        ("90 min", 90),
        ("half an hour", 30),
        ("an hour", 60),
        ("an hour and a half", 90),
        ("three hours at college", 180),
        ("log hours", None),
        ("300 hours", None),
        ("17 hours", None),
        ("0 hours", None),
        ("3", None),
        ("on the 11kv", None),
        ("", None),
    ],
)
def test_a_time_is_read(text: str, minutes: int | None) -> None:
    assert minutes_in(text) == minutes


def test_a_number_alone_is_a_time_where_one_was_asked_for() -> None:
    assert [minutes_in(text, asked=True) for text in ("3", "2.5", " 2,25 ", "99", "three")] == [
        180,
        150,
        135,
        None,
        180,
    ]


@given(st.text(max_size=300))
def test_a_time_is_one_that_somebody_can_have_learned_in_a_day(text: str) -> None:
    minutes = minutes_in(text, asked=True)
    assert minutes is None or 0 < minutes <= MOST_MINUTES


@pytest.mark.parametrize(("minutes", "words"), [(180, "3 h"), (150, "2 h 30 min"), (45, "45 min")])
def test_a_time_is_said_as_people_read_it(minutes: int, words: str) -> None:
    assert hours_and_minutes(minutes) == words


PASSAGES = (
    Passage("one", "The pressure of oil", ("Oil is under pressure.", "A gauge shows the pressure.", "Read it twice.")),
    Passage("two", "Reading a drawing", ("A drawing names the owner.", "Read the date of the drawing.")),
)


def test_the_lesson_with_most_of_what_is_asked_answers_with_its_sentences() -> None:
    best = found("what does the gauge show?", PASSAGES)
    assert best is not None
    assert (best.lesson_id, best.sentences) == ("one", ("A gauge shows the pressure.",))
    drawing = found("explain drawings", PASSAGES)
    assert drawing is not None
    assert drawing.lesson_id == "two"


@pytest.mark.parametrize("text", ["the price of gold in Peru", "what is it?", "", "why"])
def test_what_no_lesson_has_half_of_is_not_found(text: str) -> None:
    assert found(text, PASSAGES) is None


@given(st.text(max_size=200))
def test_what_is_found_stands_in_the_lesson(text: str) -> None:
    best = found(text, PASSAGES)
    by_id = {one.lesson_id: one for one in PASSAGES}
    assert best is None or set(best.sentences) <= set(by_id[best.lesson_id].sentences)


def test_what_the_coach_says_fits_and_what_it_offers_has_a_title() -> None:
    words = yaml.safe_load((shipped._HERE / "words.yaml").read_text("utf-8"))
    replies = shipped_replies()
    for name in replies.names:
        values = dict.fromkeys(replies.values_of(name), "x")
        assert len(replies.text(name, **values)) < 500, name
    assert all(0 < len(title) <= BUTTON for title in words["buttons"].values())
    assert len({*words["buttons"].values()}) == len(words["buttons"])
    assert {*words["pressed"].values()} <= words["buttons"].keys()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("explain stress control", "explain"),
        ("whats a stress cone for", "explain"),
        ("what is low voltage", "explain"),
        ("why do i get a low reading", "explain"),
        ("quiz me on stress control", "quiz_me"),
        ("photo of my first stress cone", "log_evidence"),
    ],
)
def test_words_of_the_work_are_no_mood(text: str, intent: str) -> None:
    what = understood(text, shipped.shipped_intents(), shipped.shipped_weigher())
    assert (what.intent, what.to_mentor, what.refusal) == (intent, False, None)


@pytest.mark.parametrize("text", ["feeling low", "dead stressed with it all", "im stressed about my stress cones"])
def test_a_mood_is_heard_beside_the_words_of_the_work(text: str) -> None:
    assert understood(text, shipped.shipped_intents(), shipped.shipped_weigher()).to_mentor


def test_no_competency_of_the_demonstration_is_taken_for_a_mood() -> None:
    framework = yaml.safe_load(framework_file("cable_jointing_demo").read_text("utf-8"))
    names = [one["name"].removesuffix(" (synthetic)") for one in framework["competencies"]]
    asked = {f"explain {name}": shipped.shipped_intents().first(f"explain {name}") for name in names}
    assert len(asked) == 12
    assert [
        text for text, rule in asked.items() if rule is None or rule.outcome in ("hand_over", "talk_to_mentor")
    ] == []


def test_the_longer_of_two_titles_counts_and_only_a_whole_one() -> None:
    titles = {"a": "Dead", "b": "Dead means proved dead", "c": "?"}
    assert titled("what is “Dead means proved dead”?", titles) == ("b", "what is")
    assert titled("explain dead.", titles) == ("a", "explain")
    assert titled("explain deadlines", titles) is None
