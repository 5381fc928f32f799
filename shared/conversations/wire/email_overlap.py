"""Finds the passages of a text that stand in other messages, whatever marks, line breaks and spaces are between.

Words are compared, without punctuation, case, accents and forms of one letter (`ｹ` and `ケ`), in runs of at least five
that are at least twenty characters long. A word that has been changed between two such runs belongs to the passage;
whole lines between two are an answer, and do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from unicodedata import combining, normalize

from shared.conversations.wire.email_people import TOKEN

FEWEST_WORDS = 5
FEWEST_CHARACTERS = 20
LONGEST_CHANGE = 12
"""Words between two passages within their lines that count as changed."""
FEWEST_WORDS_OF_A_LINE = 4
FEWEST_WORDS_OF_A_SENTENCE = 2
"""A whole line is known by fewer words than a run; a closing (`Kind regards`) belongs to everybody."""
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")
OMITTED = "[…]"


@dataclass(frozen=True, slots=True)
class Word:
    """line: its line's number. start, end: characters of that line"""

    text: str
    line: int
    start: int
    end: int


@dataclass(slots=True)
class Passages:
    """Knows what stands in texts that have been read, and whose they are where one is known to have written it."""

    _runs: dict[int, str | None] = field(default_factory=dict)
    _lines: dict[int, str | None] = field(default_factory=dict)

    def add(self, text: str, writer: str | None = None) -> None:
        """Takes a text in."""
        words = _words(text)
        for _, _, run in _runs(words):
            self._runs[run] = writer if self._runs.get(run, writer) == writer else None
        for _, line in _whole_lines(words, text.split("\n")):
            self._lines[line] = writer if self._lines.get(line, writer) == writer else None

    def apart(self, text: str, author: str, common: Collection[int] = ()) -> tuple[str, str]:
        """Returns the lines that hold nothing of anybody but the author, and those that do; the others are blank."""
        lines = text.split("\n")
        left = self.without(text, common, author)[0].split("\n")
        kept = [line if line == one else "" for line, one in zip(lines, left, strict=True)]
        return "\n".join(kept), "\n".join("" if one else line for line, one in zip(lines, kept, strict=True))

    def without(self, text: str, common: Collection[int] = (), author: str | None = None) -> tuple[str, float]:
        """Returns the text without what stands in the others, and the share of its words that does.

        common: numbers of lines that anybody may write in the same words. author: whose own passages stay
        """
        words = _words(text)
        lines = text.split("\n")
        stands = self._known(words, lines, common, author)
        gone: dict[int, list[tuple[int, int]]] = {}
        left = dict.fromkeys(range(len(lines)), 0)
        for word, known in zip(words, stands, strict=True):
            if known:
                gone.setdefault(word.line, []).append((word.start, word.end))
            else:
                left[word.line] += 1
        for at, spans in gone.items():
            lines[at] = _cut(lines[at], spans) if left[at] else ""
        return "\n".join(lines), sum(stands) / len(stands) if stands else 0.0

    def _known(self, words: list[Word], lines: list[str], common: Collection[int], author: str | None) -> list[bool]:
        def others(found: dict[int, str | None], passage: int) -> bool:
            return passage in found and (author is None or found[passage] != author)

        known = [(start, end) for start, end, run in _runs(words) if others(self._runs, run)]
        known += [
            (span.start, span.stop)
            for span, line in _whole_lines(words, lines)
            if others(self._lines, line) and words[span.start].line not in common
        ]
        changes = [0] * (len(words) + 1)
        for start, end in known:
            changes[start] += 1
            changes[end] -= 1
        found = [depth > 0 for depth in accumulate(changes[:-1])]
        _fill(words, found)
        return found


def _words(text: str) -> list[Word]:
    return [word for number, line in enumerate(text.split("\n")) for word in _words_of(line, number)]


def _words_of(line: str, number: int) -> Iterator[Word]:
    if line.isascii():
        for match in TOKEN.finditer(line):
            yield Word(match.group().casefold(), number, match.start(), match.end())
        return
    plain = [(one, at) for at, char in enumerate(line) for one in _plain(char)]
    for match in TOKEN.finditer("".join(one for one, _ in plain)):
        yield Word(match.group(), number, plain[match.start()][1], plain[match.end() - 1][1] + 1)


@lru_cache(maxsize=10_000)
def _plain(char: str) -> str:
    """Returns a character as it is compared: mail programs change its case and form, and some lose accents."""
    if "\uac00" <= char <= "\ud7a3":
        return char  # it is a word of its own, as TOKEN has it, and its parts would not be
    apart = normalize("NFKD", normalize("NFKD", char).casefold())
    return "".join(one for one in apart if not combining(one))


def _runs(words: list[Word]) -> Iterator[tuple[int, int, int]]:
    """Yields the shortest run that is long enough from each word on, and up to each: its start, end and hash."""
    lengths = [len(word.text) for word in words]
    spans = list(_spans(lengths))
    spans += [(len(words) - end, len(words) - start) for start, end in _spans(lengths[::-1])]
    for start, end in spans:
        yield start, end, hash(" ".join(word.text for word in words[start:end]))


def _spans(lengths: list[int]) -> Iterator[tuple[int, int]]:
    end = length = 0
    for start, gone in enumerate(lengths):
        while end < len(lengths) and (end - start < FEWEST_WORDS or length < FEWEST_CHARACTERS):
            length += lengths[end]
            end += 1
        if end - start < FEWEST_WORDS or length < FEWEST_CHARACTERS:
            return
        yield start, end
        length -= gone


def _whole_lines(words: list[Word], lines: list[str]) -> Iterator[tuple[range, int]]:
    """Yields the lines that say enough to be known: where their words are, and their hash."""
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or words[end].line != words[start].line:
            sentence = lines[words[start].line].rstrip().endswith(_SENTENCE_ENDS)
            if end - start >= (FEWEST_WORDS_OF_A_SENTENCE if sentence else FEWEST_WORDS_OF_A_LINE):
                yield range(start, end), hash(" ".join(one.text for one in words[start:end]))
            start = end


def _fill(words: list[Word], found: list[bool]) -> None:
    """Takes in short gaps between two passages that do not consist of whole lines."""
    last = None
    for position, known in enumerate(found):
        if not known:
            continue
        if last is not None and 1 < position - last <= LONGEST_CHANGE + 1:
            inner = words[last + 1].line == words[last].line or words[position - 1].line == words[position].line
            if inner:
                found[last + 1 : position] = [True] * (position - last - 1)
        last = position


def _cut(line: str, spans: list[tuple[int, int]]) -> str:
    kept: list[str] = []
    position = 0
    for start, end in spans:
        between = line[position:start]
        if TOKEN.search(between) or not kept:
            kept += [between.rstrip(), OMITTED] if between.strip() else [OMITTED]
        position = end
    return " ".join([*(one for one in kept if one), line[position:].strip()]).strip()
