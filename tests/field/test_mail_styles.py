"""Proves whose words a mail is, over forty styles of quoting in twelve languages, alone and with its thread.

No word of the other's is credited to the author; of the author's own words nearly all are, without a person. A third of
the styles (`held_out`, by the hash of the name) was decided before the reader was written and not looked at until it
was done; what it then showed is written down in docs/decisions/2026-11-29-whose-words.md.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable

import pytest

from shared.conversations.wire.email_thread import parse_thread
from tests.field.mail_languages import Language
from tests.field.mail_styles import LANGUAGES, NEEDS_THE_THREAD, STYLES, Example, example, held_out
from tests.harness.speed import SPEED

SEEDS = range(3 if SPEED == "whole" else 1)
LEAST_CREDITED = 0.97
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W\u3040-\u30ff\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def grams(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def export(one: Example) -> bytes:
    return b"".join(b"From x Tue Nov 10 12:53:00 2026\n" + mail + b"\n" for mail in one.messages)


class Tally:
    """Counts words of the author's: credited at once, waiting for a person, lost; and what was credited wrongly."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.wrong: list[str] = []

    def add(self, one: Example) -> None:
        thread = parse_thread(export(one), home_domains=["augmentcode.com"])
        mine = [turn for turn in thread.turns if turn.speaker_id == one.author]
        credited = [word for turn in mine if not turn.in_doubt for word in tokens(turn.text)]
        waiting = [word for turn in mine if turn.in_doubt for word in tokens(turn.text)]
        own = [word for text in one.own for word in tokens(text)]
        size = 2 if one.language == "ja" else 1
        foreign = grams(tokens(one.foreign), size) - grams(own, size) - grams(tokens(one.noise), size)
        wrong = grams(credited, size) & foreign
        if wrong:
            self.wrong.append(f"{one.style} {one.language} {len(one.messages)}: {sorted(wrong)[:8]}")
        left, later = Counter(credited), Counter(waiting)
        for word, count in Counter(own).items():
            now = min(count, left[word])
            self.words["credited"] += now
            self.words["waiting"] += min(count - now, later[word])
            self.words["own"] += count

    def share(self, kind: str) -> float:
        return self.words[kind] / self.words["own"]


def tallied(examples: Iterable[Example]) -> Tally:
    tally = Tally()
    for one in examples:
        tally.add(one)
    return tally


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=f"{name}-{'held_out' if held_out(name) else 'tuned'}") for name in STYLES]
)
def test_whose_words_in_every_style(name: str) -> None:
    ways = (True,) if name in NEEDS_THE_THREAD else (True, False)
    tally = tallied(
        example(name, language, seed, thread=thread) for language in LANGUAGES for seed in SEEDS for thread in ways
    )
    print(f"{name:30} credited {tally.share('credited'):7.2%} waits {tally.share('waiting'):7.2%}")
    assert tally.wrong == [], tally.wrong
    assert tally.share("credited") >= LEAST_CREDITED


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_whatever_stands_before_it_what_is_in_the_thread_is_not_credited(language: Language) -> None:
    chance = random.Random(language.code)
    letters = "abcdefghijklmnopqrstuvwxyzäéøßжиた日 ,.:;-_*#<>@()[]|/0123456789\n"
    tally = tallied(
        example("no_quotation", language, seed, thread=True, introduction=introduction)
        for seed in range(15)
        for introduction in ["".join(chance.choices(letters, k=chance.randrange(90)))]
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
        example("no_quotation", language, seed, thread=False, introduction=introduction()) for seed in range(15)
    )
    assert tally.wrong == []
    assert tally.share("credited") + tally.share("waiting") >= LEAST_CREDITED
