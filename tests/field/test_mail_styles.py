"""Shows whose words a mail is, over styles of quoting in twelve languages, alone and with its thread.

A small part of what `./scripts/prove mail` runs: no word of another message is credited to the author, and of the
author's own words nearly all are, without a person.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from tests.field.mail_held_out import CREDITED_IN_THEIR_THREAD, HELD_OUT
from tests.field.mail_held_out_b import HELD_OUT_B
from tests.field.mail_held_out_later import HELD_OUT_LATER
from tests.field.mail_known_of_b import KNOWN_OF_B
from tests.field.mail_languages import Language
from tests.field.mail_styles import LANGUAGES, NEEDS_THE_THREAD, STYLES, Style, example
from tests.field.mail_styles_c import SET_C
from tests.field.mail_tally import LEAST_CREDITED, PROGRAMS_CREDITED, Tally, of_style, tallied
from tests.harness.speed import SPEED

ONE_LANGUAGE_IN = 4
"""Each style takes some languages, and each language some styles."""
INTRODUCTIONS = 15 if SPEED == "whole" else 6


@pytest.mark.parametrize(
    "styles",
    [STYLES, HELD_OUT, HELD_OUT_LATER, HELD_OUT_B, KNOWN_OF_B, SET_C],
    ids=["tuned", "held out", "held out later", "set B", "known of set B", "set C"],
)
def test_whose_words_over_all_styles(styles: Mapping[str, Style]) -> None:
    whole = Tally()
    for at, name in enumerate(styles):
        languages = LANGUAGES[at % ONE_LANGUAGE_IN :: ONE_LANGUAGE_IN]
        for thread, tally in zip((True, False), of_style(name, range(1), languages), strict=True):
            assert name in PROGRAMS_CREDITED or tally.of_programs == []
            assert not thread or tally.share("credited") >= LEAST_CREDITED, name
            if thread or name not in NEEDS_THE_THREAD | CREDITED_IN_THEIR_THREAD:
                whole.add_all(tally)
            elif name in CREDITED_IN_THEIR_THREAD:
                whole.wrong += tally.wrong
    assert whole.wrong == []
    assert whole.share("credited") >= LEAST_CREDITED


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_whatever_stands_before_it_what_is_in_the_thread_is_not_credited(language: Language) -> None:
    chance = random.Random(language.code)
    letters = "abcdefghijklmnopqrstuvwxyzäéøßжиた日 ,.:;-_*#<>@()[]|/0123456789\n"
    tally = tallied(
        example(
            "no_quotation",
            STYLES["no_quotation"],
            language,
            seed,
            thread=True,
            introduction="".join(chance.choices(letters, k=chance.randrange(90))),
        )
        for seed in range(INTRODUCTIONS)
    )
    assert tally.wrong == []
    assert tally.share("credited") + tally.share("waiting") >= LEAST_CREDITED


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_whatever_words_tell_who_wrote_when_a_lone_quotation_is_not_credited(language: Language) -> None:
    chance = random.Random(language.code)

    def introduction() -> str:
        other, local = language.names[1]
        words = ["".join(chance.choices("abdeiklmnorstuжит", k=chance.randint(1, 9))) for _ in range(6)]
        parts = [f"{other} <{local}@orchard.example>", language.date, "13:53", *words[: chance.randrange(7)]]
        chance.shuffle(parts)
        return chance.choice((" ", ", ", "\n")).join(parts) + ":"

    tally = tallied(
        example(
            "no_quotation",
            STYLES["no_quotation"],
            language,
            seed,
            thread=False,
            introduction=introduction(),
        )
        for seed in range(INTRODUCTIONS)
    )
    assert tally.wrong == []
    assert tally.share("credited") + tally.share("waiting") >= LEAST_CREDITED
