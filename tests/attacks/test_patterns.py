"""No regular expression takes more time than its text is worth, whatever the text.

Each pattern of the code base is applied as the code applies it, to every text of `seeds`: short ones first, under a
watchdog, so that a bad pattern fails in milliseconds; then the texts that were slowest for their length, at 100 KB.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from time import thread_time
from types import FrameType
from typing import Any, Final

import pytest

from tests.attacks.patterns import SEARCHING, Found, every_pattern
from tests.attacks.seeds import AnyPattern, Seed, seeds

TINY, SHORT, MIDDLE, LONG = 48, 1_000, 25_000, 100_000
WATCHDOG_SECONDS: Final = 1.0
"""Of processor time."""
SECONDS_PER_CHARACTER: Final = 4e-6
"""At the most: 100 KB take less than half a second. Of a short text three times as much, since clocks have steps."""
PER_QUARTER: Final = 8
"""How many times longer 100 KB may take than 25 KB: four if it is linear, sixteen if it is quadratic."""
QUICK: Final = 1e-7 * LONG
"""Seconds for 100 KB that are nobody's trouble, and too few to compare."""
TRIES: Final = 3
"""Comparisons before a pattern is too slow."""
SLOWEST: Final = 1
"""Texts of each pattern that are tried at full length."""


class TooSlow(Exception):
    """A pattern took more time than its text is worth."""


@contextmanager
def _watchdog() -> Iterator[None]:
    def bark(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"over {WATCHDOG_SECONDS} s")

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, WATCHDOG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _seconds(pattern: AnyPattern, method: str, seed: Seed, size: int) -> float:
    """Returns the processor time for a text; raises TooSlow where it is too much for any text of this length."""
    text: Any = seed.text(size)
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    began = thread_time()
    if method == "search":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)
    seconds = thread_time() - began
    if seconds > SECONDS_PER_CHARACTER * size * (1 if size >= MIDDLE else 3) + 1e-3:
        raise TooSlow(f"{seconds:.3f} s for {size} characters like {seed}")
    return seconds


def _slower_than_its_length(found: Found, slowest: int | None = SLOWEST) -> str | None:
    """Says on which text a pattern is too slow; None if on none. slowest: how many texts are tried at full length"""
    for method in sorted({"search" if one in SEARCHING else one for one in found.methods}):
        texts = seeds(found.pattern)
        try:
            with _watchdog():
                for seed in texts:
                    _seconds(found.pattern, method, seed, TINY)
                ranked = [(_seconds(found.pattern, method, seed, SHORT), seed) for seed in texts]
            for _, seed in sorted(ranked, key=itemgetter(0), reverse=True)[:slowest]:
                _compare(found.pattern, method, seed)
        except TooSlow as slow:
            return f"{found.where} {found.pattern.pattern[:60]!r} ({method}): {slow}"
    return None


def _compare(pattern: AnyPattern, method: str, seed: Seed) -> None:
    _seconds(pattern, method, seed, SHORT * 4)
    for left in reversed(range(TRIES)):  # others share the machine: once in proportion is enough
        middle = _seconds(pattern, method, seed, MIDDLE)
        long = _seconds(pattern, method, seed, LONG)
        if long <= QUICK or long <= PER_QUARTER * middle:
            return
        if not left:
            raise TooSlow(f"{middle:.3f} s for {MIDDLE} and {long:.3f} s for {LONG} characters like {seed}")


def test_every_pattern_is_found() -> None:
    where = {found.where.rpartition(":")[0] or found.where.rpartition(".")[0] for found in every_pattern()}
    assert {
        "shared.conversations.wire.email_html",  # a global
        "shared.analysts.lexical.lexicon",  # made by a function at import
        "shared.privacy.domain.anonymise",  # within a tuple
        "shared/privacy/domain/anonymise.py",  # within a function
        "shared/frameworks/contract.py",  # a constraint of a model
    } <= where


def test_every_pattern_takes_time_in_proportion_to_its_text() -> None:
    assert list(filter(None, map(_slower_than_its_length, every_pattern()))) == []


@pytest.mark.long
def test_every_pattern_takes_time_in_proportion_to_every_text() -> None:
    assert list(filter(None, (_slower_than_its_length(found, None) for found in every_pattern()))) == []


@pytest.mark.parametrize("pattern", [r"(?:a+)+b", r"a+b", r"\s+$", r"(?:a|a)*b", r"x\s*\s*y", r"[a-z]+\d*=\w+;"])
def test_a_pattern_that_goes_back_is_too_slow(pattern: str) -> None:
    assert _slower_than_its_length(Found("here", re.compile(pattern), SEARCHING))


@pytest.mark.parametrize("pattern", [r"(?<!\w)\w++=", r"[a-z]{1,8}b", r"(?<=[.?!])\s", r"\d+"])
def test_a_pattern_that_goes_on_is_not(pattern: str) -> None:
    assert _slower_than_its_length(Found("here", re.compile(pattern), SEARCHING)) is None
