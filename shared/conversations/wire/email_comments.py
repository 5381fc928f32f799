"""Tells comments apart that a help desk or a tracker lists in one message: each below a heading of who and when.

The author's own is the one whose heading has the author's name and the message's own time. Once that is found, lines of
the same form head other people's comments. Nothing here knows a language or a system: zones are tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.conversations.wire.email_evidence import mark
from shared.conversations.wire.email_people import CLOCK, EMAIL, People, tokens

LONGEST_HEADING = 120
MOST_WORDS_BESIDE = 8
MOST_WORDS_OF_A_STRANGER = 5
FEWEST_SHARED = 3
EARLY, LATE = timedelta(minutes=1), timedelta(minutes=5)
"""How far a heading's time may be before, and a message's behind the other."""

_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:h](\d{2})(?!\d)|時(\d{1,2})?)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?![\d.])")
_ZONE = re.compile(r"(?:GMT|UTC) ?([+-]\d{1,2})?:?(\d\d)?|(?<=\d\d) ?([+-]\d\d):?(\d\d)\b")
_NUMBER = re.compile(r"\d{1,6}")
_ENDS = (".", "?", "!", "。", "？", "！")
_OF_CLOCKS = frozenset({"am", "pm", "a", "p", "m", "h", "t", "z", "uhr", "gmt", "utc", "kl"})
_HALF_DAY = timedelta(hours=12)
_ZONES = [timedelta(hours=hour) for hour in range(-12, 15)]
_ZONES += [timedelta(minutes=15 * quarters) for quarters in (-14, 14, 18, 22, 23, 26, 38)]


@dataclass(frozen=True, slots=True)
class Heading:
    """end: the line below it. own: of the author's comment. said: its words"""

    end: int
    own: bool
    said: str


def comments(lines: Sequence[str], people: People) -> Mapping[int, Heading]:
    """Returns the headings of a message's comments by their line; none where nothing shows the author's own."""
    sent = people.sent
    if sent is None or not people.author_names.words | people.author_names.solid:
        return {}
    candidates = [one for at in range(len(lines)) for one in _candidates(lines, at)]
    mine = [one for one in candidates if _is_own(one[2], people, sent)]
    if len({said for _, _, said in mine}) != 1:
        return {}  # none, or comments of nearly the same time: nobody can tell which of them is new
    at, end, said = min(mine, key=lambda one: one[1] - one[0])
    found = {at: Heading(end, own=True, said=said)}
    form, height = _form(said, people), end - at
    for begin, below, words in candidates:
        if begin not in found and _is_anothers(words, people, form if below - begin == height else None):
            found[begin] = Heading(below, own=False, said=words)
    return found


def tells_who_wrote(line: str, below: str, people: People) -> bool:
    """Tells whether a program says above an author's words whose they are: `Joe Reilly commented on AUG-12:`."""
    names, words = people.author_names, tokens(line)
    return (
        line.rstrip().endswith((":", "："))
        and not tokens(below)
        and 2 < len(names.left(line)) + 2 <= MOST_WORDS_BESIDE
        and (names.hits(" ".join(words[:2])) == 2 or line.startswith(tuple(names.solid)))
        and not people.others_names.hits(line)
    )


def _candidates(lines: Sequence[str], at: int) -> Iterator[tuple[int, int, str]]:
    """Yields what may be a heading that begins at a line: the line, or it and the next, which may stand apart."""
    said = lines[at].strip()
    if len(said) > LONGEST_HEADING or not tokens(said) or mark(lines[at]) is not None or said.endswith(_ENDS):
        return
    if at and lines[at - 1].strip() and tokens(lines[at - 1]):
        return
    if CLOCK.search(said):
        yield at, at + 1, said
        return
    end = next((one for one in range(at + 1, min(at + 3, len(lines))) if lines[one].strip()), at)
    below = lines[end].strip()
    if end > at and len(below) <= LONGEST_HEADING and not below.endswith(_ENDS) and CLOCK.search(below):
        yield at, end + 1, f"{said} {below}"


def _is_own(said: str, people: People, sent: datetime) -> bool:
    return (
        people.author_names.hits(said) > 0
        and not people.others_names.hits(said)
        and len(_left(said, people)) <= MOST_WORDS_BESIDE
        and _is_of(said, sent)
    )


def _is_anothers(said: str, people: People, form: frozenset[str] | None) -> bool:
    """Tells whether a heading is of somebody else's comment, or of an older one of the author's."""
    left = _left(said, people)
    if people.names.hits(said) or people.holds_anothers_address(said):
        return len(left) <= MOST_WORDS_BESIDE
    if form is None:
        return False
    strange = [one for one in left if one.casefold() not in form]
    shared = len(form & {one.casefold() for one in left})
    named = len(strange) <= MOST_WORDS_OF_A_STRANGER and not any(map(str.islower, strange))
    formed = named and (shared > 0 or not form)
    return bool(strange) and (formed or (shared >= FEWEST_SHARED and len(strange) <= MOST_WORDS_BESIDE))


def _form(said: str, people: People) -> frozenset[str]:
    return frozenset(one.casefold() for one in _left(said, people))


def _left(said: str, people: People) -> list[str]:
    """Returns the words of a heading that are neither a name nor of a time."""
    words = people.names.left(EMAIL.sub(" ", said))
    return [one for one in words if not one[0].isdigit() and one.casefold() not in _OF_CLOCKS]


def _is_of(said: str, sent: datetime) -> bool:
    """Tells whether a heading's time is that of the message, in its own zone or in some zone."""
    numbers = {int(one) for one in _NUMBER.findall(said)}
    years = {one for one in numbers if 1900 <= one < 2200}
    if years and not years & {sent.year, (sent + _HALF_DAY).year, (sent - _HALF_DAY).year}:
        return False
    times = [(int(one[0]), int(one[1] or one[2] or 0)) for one in _TIME.findall(said)]
    times = times or [(int(hour), int(minute)) for hour, minute in _DOTTED.findall(said)]
    return any(
        (sent + zone).day in numbers and _is_near(sent + zone, hour, minute)
        for zone in _zones(said)
        for hour, minute in times
        if hour < 24 and minute < 60
    )


def _zones(said: str) -> Sequence[timedelta]:
    found = _ZONE.search(said)
    if found is None:
        return _ZONES
    hours, minutes = int(found[1] or found[3] or 0), int(found[2] or found[4] or 0)
    return [timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)]


def _is_near(local: datetime, hour: int, minute: int) -> bool:
    """Tells whether a clock of twelve or twenty-four hours shows a time."""
    shown = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    behind = (local - shown) % _HALF_DAY if hour <= 12 else (local - shown) % (2 * _HALF_DAY)
    return behind <= LATE or (_HALF_DAY if hour <= 12 else 2 * _HALF_DAY) - behind <= EARLY
