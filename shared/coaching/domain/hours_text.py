"""Reads for how long somebody learned: "3 hours", "2h 30", "2.5 hrs", "90 min", "half an hour"."""

from __future__ import annotations

import re
from typing import Final

MOST_MINUTES: Final = 16 * 60
"""Of one day; who writes more is asked again."""
_READ: Final = 200
_HOURS: Final = re.compile(r"(?<![\d.,])(\d{1,2})(?:[.,](\d{1,2}))? ?(?:h|hr|hrs|hour|hours)(?![a-z])")
_AND_MINUTES: Final = re.compile(r"(?<![\d.,])(\d{1,2}) ?(?:h|hr|hrs|hour|hours) ?(?:and )?(\d{1,2})(?![\d.,h])")
_CLOCK: Final = re.compile(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])")
_MINUTES: Final = re.compile(r"(?<![\d.,])(\d{1,3}) ?(?:m|min|mins|minute|minutes)(?![a-z])")
_BARE: Final = re.compile(r" *(\d{1,2})(?:[.,](\d{1,2}))? *")
_NUMBERS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS: Final = {word: str(number) for number, word in enumerate(_NUMBERS, 1)} | {"an": "1", "a": "1"}
_SAID: Final = (
    ("an hour and a half", "90 min"),
    ("hour and a half", "90 min"),
    ("half an hour", "30 min"),
    ("half hour", "30 min"),
    ("quarter of an hour", "15 min"),
)


def minutes_in(text: str, *, asked: bool = False) -> int | None:
    """Returns the minutes that a text names; None where it names none, or no time that somebody can have learned.

    asked: somebody was asked for hours, so a number alone is one
    """
    plain = " ".join(text[:_READ].casefold().split())
    for said, meant in _SAID:
        plain = plain.replace(said, meant)
    plain = " ".join(_WORDS.get(word, word) for word in plain.split(" "))
    found = _found(plain, asked=asked)
    return found if found is not None and 0 < found <= MOST_MINUTES else None


def _found(plain: str, *, asked: bool) -> int | None:
    if both := _AND_MINUTES.search(plain):
        return int(both[1]) * 60 + int(both[2])
    if hours := _HOURS.search(plain):
        return _minutes(hours[1], hours[2])
    if clock := _CLOCK.search(plain):
        return int(clock[1]) * 60 + int(clock[2])
    if minutes := _MINUTES.search(plain):
        return int(minutes[1])
    bare = _BARE.fullmatch(plain) if asked else None
    return None if bare is None else _minutes(bare[1], bare[2])


def _minutes(hours: str, part: str | None) -> int:
    return int(hours) * 60 + (0 if part is None else round(60 * int(part) / 10 ** len(part)))


def hours_and_minutes(minutes: int) -> str:
    """Returns a time as it is read: "3 h", "2 h 30 min"."""
    hours, left = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{left} min" if left else "") if part)
