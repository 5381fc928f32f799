"""Finds passages that a lone message sets apart from the author's words without saying whose they are.

Indented sentences, what a rule parts from the words that greet and sign, lines with a mark of their own before each,
what stands below a line that ends in a colon: perhaps quotations, which only their thread could show. Until a person
has looked nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise

from shared.conversations.wire.email_evidence import SHORTEST_WRAPPED_LINE
from shared.conversations.wire.email_people import People, tokens

LEAST_INDENTATION = 2
FEWEST_WORDS_OF_A_SENTENCE = 5
FEWEST_LINES = 2
MOST_RULES = 20
MOST_LINES_ABOVE = 20

RULE = re.compile(r"([-_=*~`—–─━═#])(?:[ \t]?\1){2,}")
_ITEM = re.compile(r"(?:[-*•·▪◦–]|o(?= )|\(?(?:\d{1,2}|[A-Za-z])[.)])\s")
_LABEL = re.compile(r"[^\s:：]{1,20}(?: [^\s:：]{1,20})?[:：]\s")
_UNUSUAL = re.compile(r"([:;}\])%=~!¦&]|\*{2,5}|\+{2,5})(?:\s|$)")
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")
_OF_CODE = frozenset("{}=;<>[]|\\")


def set_apart(lines: Sequence[str], own: Collection[int], people: People) -> set[int]:
    """Returns the numbers of the author's lines that are perhaps quoted. own: all that are the author's so far."""
    return _parted(lines, own, people) | _indented(lines, own) | _marked(lines, own) | _introduced(lines, own, people)


def _runs(lines: Sequence[str], wanted: Collection[int]) -> Iterator[range]:
    """Yields where lines that follow each other without a blank one begin and end."""
    start: int | None = None
    for at in range(len(lines) + 1):
        takes = at < len(lines) and at in wanted and bool(lines[at].strip())
        if takes and start is None:
            start = at
        elif not takes and start is not None:
            yield range(start, at)
            start = None


def _says(text: str) -> bool:
    """Tells whether lines say something in words: a sentence, and no code."""
    text = text.rstrip(" \t\"'”»)")
    many = len(tokens(text)) >= FEWEST_WORDS_OF_A_SENTENCE
    return many and (text.endswith(_SENTENCE_ENDS) or not (_OF_CODE & set(text) or ": " in text))


def _text(lines: Sequence[str], run: range) -> str:
    return " ".join(lines[at].strip() for at in run)


def _parted(lines: Sequence[str], own: Collection[int], people: People) -> set[int]:
    """Returns what rules part from the words that greet another or that the author has signed; where nothing does
    either, what stands below the first rule."""
    rules = [at for at in own if _is_rule(lines, at)]
    if not rules:
        return set()
    if len(rules) > MOST_RULES:
        return set(own)
    ends = [-1, *rules, len(lines)]
    parts = [[at for at in own if above < at < below] for above, below in pairwise(ends)]
    saying = [part for part in parts if any(_says(_text(lines, run)) for run in _runs(lines, part))]
    authors = [part for part in parts if _is_the_authors(lines, part, people)]
    authors = authors or [part for part in parts if any(tokens(lines[at]) for at in part)][:1]
    if len(rules) == 2 and parts[0] in authors and _is_framed(lines, *rules):
        authors.append(parts[2])
    return {at for part in saying if part not in authors for at in part}


def _is_rule(lines: Sequence[str], at: int) -> bool:
    """Tells whether a line is a rule, and does not underline the heading above it."""
    line = lines[at].strip()
    if not RULE.fullmatch(line):
        return False
    above = lines[at - 1].strip() if at else ""
    return not above or above.endswith(_SENTENCE_ENDS) or abs(len(above) - len(line)) > 2


def _is_framed(lines: Sequence[str], above: int, below: int) -> bool:
    """Tells whether two rules stand close around what is between them."""
    return bool(lines[above + 1].strip()) and bool(lines[below - 1].strip())


def _is_the_authors(lines: Sequence[str], part: Sequence[int], people: People) -> bool:
    said = [lines[at].strip() for at in part if lines[at].strip()]
    return bool(said) and (people.greets_another(said[0]) or any(people.signs_for_author(one) for one in said))


def _indented(lines: Sequence[str], own: Collection[int]) -> set[int]:
    """Returns indented sentences with what is indented around them, where others are not."""
    depth = {at: len(one) - len(one.lstrip()) for at in own if (one := lines[at].expandtabs(4)).strip()}
    least = min(depth.values(), default=0)
    deep = {at for at, by in depth.items() if by >= least + LEAST_INDENTATION}
    flush = (_text(lines, run) for run in _runs(lines, depth.keys() - deep))
    if not deep or not any(_says(one) or one.endswith(_SENTENCE_ENDS) for one in flush):
        return set()
    found: set[int] = set()
    for block in _blocks(lines, deep):
        if any(_is_prose(lines, run) for run in block) and not _goes_on(lines, block[0].start):
            found |= {at for run in block for at in run}
    return found


def _blocks(lines: Sequence[str], deep: Collection[int]) -> list[list[range]]:
    """Returns the runs with only blank lines between them together."""
    found: list[list[range]] = []
    for run in _runs(lines, deep):
        if found and not any(lines[at].strip() for at in range(found[-1][-1].stop, run.start)):
            found[-1].append(run)
        else:
            found.append([run])
    return found


def _is_prose(lines: Sequence[str], run: range) -> bool:
    text = _text(lines, run)
    below = lines[run.stop].strip() if run.stop < len(lines) else ""
    begins_a_paragraph = bool(below) and not text.endswith(_SENTENCE_ENDS)
    return _says(text) and not _ITEM.match(text) and not begins_a_paragraph


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Tells whether an indented line goes on with a list's item, or with a sentence, above it."""
    above = next((one for one in range(at - 1, -1, -1) if lines[one].strip()), -1)
    if above < 0:
        return False
    if above < at - 1:
        return False
    first = above
    while first and at - first < MOST_LINES_ABOVE and lines[first - 1].strip():
        first -= 1
    listed = any(_ITEM.match(lines[one].lstrip()) for one in range(first, above + 1))
    return listed or not lines[above].rstrip().endswith((*_SENTENCE_ENDS, ":", "："))


def _marked(lines: Sequence[str], own: Collection[int]) -> set[int]:
    """Returns sentences with the same unusual sign before each of their lines."""
    found: set[int] = set()
    for run in _runs(lines, own):
        for sign, same in groupby(run, key=lambda at: _sign(lines[at])):
            marked = list(same)
            text = " ".join(lines[at].strip().removeprefix(sign or "").strip() for at in marked)
            if sign is not None and len(marked) >= FEWEST_LINES and _says(text):
                found |= set(marked)
    return found


def _sign(line: str) -> str | None:
    found = _UNUSUAL.match(line.lstrip())
    return found[1] if found else None


def _introduced(lines: Sequence[str], own: Collection[int], people: People) -> set[int]:
    """Returns the sentences below a line that announces something (`What you told me on the phone:`), up to the
    author's signature: lists and code are the author's, and so is what follows a greeting."""
    found: set[int] = set()
    above: range | None = None
    for run in _runs(lines, own):
        if above is not None and (found or _announces(lines, above, people)) and _is_told(lines, run, people):
            found |= set(run)
        elif (at := _announced_within(lines, run, people)) is not None:
            found |= set(range(at, run.stop))
        elif any(people.signs_for_author(lines[one].strip()) for one in run):
            break
        above = run
    return found


def _announces(lines: Sequence[str], run: range, people: People) -> bool:
    line = lines[run[-1]].strip()
    return _is_open(line) and not people.greets_another(line) and len(tokens(_text(lines, run))) > 1


def _is_open(line: str) -> bool:
    return line.endswith((":", "：", " -", "–", "—")) and bool(tokens(line)) and not _ITEM.match(line)


def _is_told(lines: Sequence[str], run: range, people: People) -> bool:
    text = _text(lines, run)
    signed = any(people.signs_for_author(lines[at].strip()) for at in run)
    return _says(text) and not _ITEM.match(text) and not _LABEL.match(text) and not signed


def _announced_within(lines: Sequence[str], run: range, people: People) -> int | None:
    """Returns the line below one that announces it in the same paragraph, where that one was not cut by its width."""
    for at in run[:-1]:
        line, below = lines[at].strip(), range(at + 1, run.stop)
        if len(line) < SHORTEST_WRAPPED_LINE and _is_open(line) and not people.greets_another(line):
            return below[0] if _is_told(lines, below, people) else None
    return None
