"""Counts whose words mails are taken for: every style of quoting in every language, lone and in its thread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.conversations.wire.email_thread import parse_thread
from tests.field.mail_held_out import CREDITED_IN_THEIR_THREAD, HELD_OUT
from tests.field.mail_held_out_b import HELD_OUT_B
from tests.field.mail_held_out_later import HELD_OUT_LATER
from tests.field.mail_known_of_b import KNOWN_OF_B
from tests.field.mail_languages import LANGUAGES, Language
from tests.field.mail_styles import NEEDS_THE_THREAD, STYLES, Example, Style, example
from tests.field.mail_styles_c import SET_C

LEAST_CREDITED = 0.97
EVERY_STYLE: dict[str, Style] = {**STYLES, **HELD_OUT, **HELD_OUT_LATER, **HELD_OUT_B, **KNOWN_OF_B, **SET_C}
PROGRAMS_CREDITED = frozenset(
    {
        "ticket_plain_line",
        "salesforce",
        "disclaimers",
        "outlook_ios",
        "emclient_without_colons",
        "salesforce_case",
        "foxmail_wide_colons",
        "gmail_hungarian",
        "windows_phone_bold",
        "norwegian_telephone",
        "code_host_comment",
    }
)
"""The styles in which words that a mail program wrote are taken for the author's."""
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W\u3040-\u30ff\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _grams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def _export(one: Example) -> bytes:
    return b"".join(b"From x Tue Nov 10 12:53:00 2026\n" + mail + b"\n" for mail in one.messages)


@dataclass
class Tally:
    """Counts the author's words, and keeps what was credited wrongly."""

    words: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    of_programs: list[str] = field(default_factory=list)

    def add(self, one: Example) -> None:
        mine = [turn for turn in parse_thread(_export(one)).turns if turn.speaker_id == one.author]
        credited = [word for turn in mine if not turn.in_doubt for word in tokens(turn.text)]
        waiting = [word for turn in mine if turn.in_doubt for word in tokens(turn.text)]
        own = [word for text in one.own for word in tokens(text)]
        size = 2 if one.language == "ja" else 1
        known = _grams(own, size)
        programs = _grams(tokens(one.programs), size) - known
        given = _grams(credited, size)
        for found, kept in (
            (given & (_grams(tokens(one.foreign), size) - known - programs), self.wrong),
            (given & programs, self.of_programs),
        ):
            if found:
                kept.append(f"{one.style} {one.language} {len(one.messages)}: {sorted(found)[:8]}")
        left, later = Counter(credited), Counter(waiting)
        for word, count in Counter(own).items():
            now = min(count, left[word])
            self.words.update(credited=now, waiting=min(count - now, later[word]), own=count)

    def add_all(self, other: Tally) -> None:
        self.words.update(other.words)
        self.wrong += other.wrong
        self.of_programs += other.of_programs

    def share(self, kind: str) -> float:
        return self.words[kind] / self.words["own"]


def tallied(examples: Iterable[Example]) -> Tally:
    tally = Tally()
    for one in examples:
        tally.add(one)
    return tally


def of_style(name: str, seeds: Iterable[int], languages: Iterable[Language] = LANGUAGES) -> tuple[Tally, Tally]:
    """Returns what becomes of a style's mails in their threads, and of lone ones."""
    asked = [(language, seed) for language in languages for seed in seeds]
    made = EVERY_STYLE[name]
    together = tallied(example(name, made, language, seed, thread=True) for language, seed in asked)
    return together, tallied(example(name, made, language, seed, thread=False) for language, seed in asked)


def passes(name: str, together: Tally, alone: Tally) -> bool:
    needs = name in NEEDS_THE_THREAD | CREDITED_IN_THEIR_THREAD
    wrong = together.wrong or (alone.wrong and name not in NEEDS_THE_THREAD)
    least = together.share("credited") if needs else min(one.share("credited") for one in (together, alone))
    return not wrong and least >= LEAST_CREDITED
