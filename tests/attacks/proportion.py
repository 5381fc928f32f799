"""Tells whether a regular expression takes more time than its text is worth, whatever the text.

A pattern is applied as the code applies it, to every text of `seeds`: short ones first, cut anywhere in what is
repeated and with every end, under a watchdog, so that a bad pattern fails in milliseconds; then, with the end at which
each took longest, eightfold. At 100 KB are tried the text that was slowest for its length, and those that took more
than eight times as long for eight times the length, unless the square of that is nobody's trouble. `./scripts/prove
patterns` tries every text at 100 KB.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from time import thread_time
from types import FrameType
from typing import Any, Final

from tests.attacks.patterns import SEARCHING, Found
from tests.attacks.seeds import AnyPattern, Seed, seeds

TINY, FIRST, SHORT, EIGHTFOLD, MIDDLE, LONG = 48, 250, 500, 4_000, 25_000, 100_000
WATCHDOG_SECONDS: Final = 1.0
"""Of processor time."""
SECONDS_PER_CHARACTER: Final = 4e-6
"""At the most: 100 KB take less than half a second. Of a short text three times as much, since clocks have steps."""
PER_QUARTER: Final = 8
"""How many times longer 100 KB may take than 25 KB: four if it is linear, sixteen if it is quadratic."""
PER_EIGHTH: Final = 9
"""How many times longer 4 KB may take than 500 characters: eight if it is linear. What has so little of a square that
it stays below is at the edge of PER_QUARTER."""
QUICK: Final = 1e-7 * LONG
"""Seconds for 100 KB that are nobody's trouble, and too few to compare."""
FAR_BEYOND: Final = 4
"""By so many times more than is allowed, once is enough."""
TRIES: Final = 3
"""Comparisons before a pattern is too slow."""


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
    seconds = 0.0
    for _ in range(TRIES):  # the interpreter may have looked for garbage meanwhile
        began = thread_time()
        if method == "search":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, method)(text)
        seconds = thread_time() - began
        allowed = SECONDS_PER_CHARACTER * size * (1 if size >= MIDDLE else 3) + 1e-3
        if seconds <= allowed:
            return seconds
        if seconds > FAR_BEYOND * allowed:
            break
    raise TooSlow(f"{seconds:.3f} s for {size} characters like {seed}")


def slower_than_its_length(found: Found, *, whole: bool, texts: Sequence[Seed] = ()) -> str | None:
    """Says on which text a pattern is too slow; None if on none.

    whole: every text is tried at full length. texts: those of `seeds` unless others are given
    """
    for method in sorted({"search" if one in SEARCHING else one for one in found.methods}):
        texts = texts or seeds(found.pattern)
        try:
            with _watchdog():
                for seed in (ending for one in texts for ending in one.ending()):
                    for cut_at in range(len(seed.repeated)):  # what goes back may hang on how a text ends
                        _seconds(found.pattern, method, seed, TINY + cut_at)
                ranked = [_slowest(found.pattern, method, seed) for seed in texts]
            ranked.sort(key=itemgetter(0), reverse=True)
            for place, (_, seed) in enumerate(ranked):
                if whole or place == 0 or _grows(found.pattern, method, seed):
                    _compare(found.pattern, method, seed)
        except TooSlow as slow:
            return f"{found.where} {found.pattern.pattern[:60]!r} ({method}): {slow}"
    return None


def _slowest(pattern: AnyPattern, method: str, seed: Seed) -> tuple[float, Seed]:
    """Returns the text with the end at which it takes longest, and how long."""
    return max(((_seconds(pattern, method, one, FIRST), one) for one in seed.ending()), key=itemgetter(0))


def _grows(pattern: AnyPattern, method: str, seed: Seed) -> bool:
    """Tells whether a text may take longer at full length than in proportion, by what it takes at five hundred
    characters and at four thousand."""
    eightfold = short = float("inf")
    for _ in range(TRIES):  # others share the machine: of each length the quickest counts
        eightfold = min(eightfold, _seconds(pattern, method, seed, EIGHTFOLD))
        if eightfold * (LONG / EIGHTFOLD) ** 2 <= QUICK:
            return False
        short = min(short, _seconds(pattern, method, seed, SHORT))
        if eightfold <= PER_EIGHTH * short:
            return False
    return True


def _compare(pattern: AnyPattern, method: str, seed: Seed) -> None:
    _seconds(pattern, method, seed, SHORT * 4)
    for left in reversed(range(TRIES)):  # others share the machine: once in proportion is enough
        middle = _seconds(pattern, method, seed, MIDDLE)
        long = _seconds(pattern, method, seed, LONG)
        if long <= QUICK or long <= PER_QUARTER * middle:
            return
        if not left:
            raise TooSlow(f"{middle:.3f} s for {MIDDLE} and {long:.3f} s for {LONG} characters like {seed}")
