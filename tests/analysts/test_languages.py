"""A call in another language is told as such, by the words that are said."""

from __future__ import annotations

import pytest

from shared.analysts.domain.languages import NAMES, Spoken, language, spoken
from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical.analyst import analyse
from tests.analysts.measured import talk

GERMAN = (
    "Guten Morgen, wir haben dreihundert Leute und suchen den ganzen Tag.",
    "Verstehe. Wer leidet darunter am meisten?",
)
SPANISH = ("Buenos días, nuestro equipo tarda una semana entera.", "Entiendo. ¿Quién decide sobre eso en su empresa?")
JAPANESE = (
    "おはようございます。三百人の開発者がいて、一週間かかります。",
    "ありがとうございます。誰が決めますか？教えてください。",
)
ENGLISH = ("Good morning, we have three hundred people and search all day.", "I see, and who suffers most from that?")


def heard(*pairs: tuple[str, str]) -> Spoken:
    return spoken(talk(*[line for buyer, seller in pairs for line in (("b", buyer), ("s", seller))]), "s")


@pytest.mark.parametrize(
    ("pairs", "named", "unreadable"),
    [
        ([GERMAN], "German", True),
        ([SPANISH], "Spanish", True),
        ([JAPANESE], "Japanese", True),
        ([ENGLISH], "English", False),
        ([ENGLISH, ENGLISH, GERMAN], "English and German", False),
        ([GERMAN, GERMAN, ENGLISH], "German and English", True),
    ],
)
def test_a_conversation(pairs: list[tuple[str, str]], named: str, unreadable: bool) -> None:
    found = heard(*pairs)
    assert (found.named, found.unreadable) == (named, unreadable)


@pytest.mark.parametrize("text", ["Okay.", "Hm.", "[noise]", "", "Danke.", "SSO", "42"])
def test_a_few_words_tell_nothing(text: str) -> None:
    assert language(text) is None


def test_nothing_is_claimed_about_a_call_that_cannot_be_read() -> None:
    analysis = analyse(talk(("b", GERMAN[0]), ("s", GERMAN[1])), "s")
    assert (analysis.scores, dict(analysis.counted)) == ((), {})
    assert [one.reason for one in analysis.not_observed] == ["the call is in German"] * len(Competency)


def test_of_a_mixed_call_the_other_turns_are_not_read_and_that_is_noted() -> None:
    said = [("b", ENGLISH[0]), ("s", ENGLISH[1]), ("b", GERMAN[0]), ("s", "What does one of those days cost you?")]
    analysis = analyse(talk(*said), "s")
    assert analysis.features.talk.others_turns == 1
    assert analysis.notes == ("the call is in English and German; turns that are not in English are not read: 2",)


def test_every_language_has_a_name() -> None:
    assert all(len(code) == 2 and name.istitle() for code, name in NAMES.items())
