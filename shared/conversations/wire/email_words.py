"""Tells what the author of a message wrote from what the message quotes, without a list of languages or programs.

    divided(text, people)    text → lines of the author's, lines in doubt, and what is quoted with whoever wrote that
    own_words(text, people)  the author's words, one line per paragraph

A quotation is told by its marks (`>`), by an introduction (a line that holds a person of the thread and a date, and
ends in a colon or stands before marks), or by a run of headers (`word: value` lines that hold an address, a date or the
subject). Below either everything is quoted, but for unmarked lines between marked ones, which are answers. What has a
weaker sign (a rule with words, `Ada said:`, a greeting of the author, somebody else's name as a signature, more words
below the author's own) is in doubt: nobody's until a person has looked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from shared.conversations.wire.email_answers import answers_in_colour, find_answers, perhaps_answered
from shared.conversations.wire.email_comments import Heading, comments, tells_who_wrote
from shared.conversations.wire.email_evidence import (
    Begun,
    Strength,
    compares,
    headers,
    introduction,
    mark,
    runs_on,
    without_named_marks,
)
from shared.conversations.wire.email_html import COLOURED, FOLDED
from shared.conversations.wire.email_labelled import labelled
from shared.conversations.wire.email_others import heads, introduces, introduces_a_stranger, speaks
from shared.conversations.wire.email_people import NOBODY, People, tokens
from shared.conversations.wire.email_reading import LIST_ITEM, Divided, Quoted, Reading, Whose
from shared.conversations.wire.email_set_apart import set_apart

LONGEST_LEAD_IN = 40
LONGEST_SIGNATURE_LINES = 8
LONGEST_SIGNATURE_LINE = 80

_POSTSCRIPT = re.compile(r"\W{0,2}(?:p\.?\s?-?s|p\.?\s?d|n\.?b|з\.?ы|追伸)\b", re.IGNORECASE)
_DEVICE = re.compile(
    r"\b(?:sent (?:from|with|via|using) |iPhone|iPad|Android|BlackBerry|Galaxy|Outlook for )", re.IGNORECASE
)
_NOTICE = re.compile(
    r"(?:this|the) (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|intended (?:only|solely))"
    r"|(?:diese (?:e-?mail|nachricht)|ce (?:message|courriel)|este (?:mensaje|correo|e-?mail)|esta mensagem"
    r"|questo messaggio|dit bericht|detta meddelande|denne (?:besked|e-?mail)|ta wiadomość|это сообщение)\b.{0,80}"
    r"\b(?:vertraulich|confiden|riservat|vertrouwelijk|konfidenti|fortrolig|poufn|конфиденциальн)"
    r"|\[?(?:caution|external|warning|achtung|attention)\b.{0,80}\b(?:outside|external|extern|externe|extérieur)",
    re.IGNORECASE,
)
_DELIMITERS = ("--", "—")
_LINK = re.compile(r"[\s<(\[]{0,20}https?://\S{1,2000}[\s>)\]]{0,20}")


def own_words(text: str, people: People = NOBODY) -> str:
    """Returns the author's words, one line per paragraph or list item."""
    return in_paragraphs(divided(text, people).own)


def in_paragraphs(text: str) -> str:
    """Returns the text with one line per paragraph or list item."""
    found: list[str] = []
    fresh = True
    for line in (" ".join(one.split()) for one in text.split("\n")):
        if not line:
            fresh = True
        elif fresh or LIST_ITEM.match(line):
            found.append(line)
            fresh = False
        else:
            # A line break within a paragraph is the program's, not the writer's.
            found[-1] += " " + line
    return "\n".join(found)


def divided(text: str, people: People = NOBODY) -> Divided:
    """Returns what is the author's own, what is in doubt, and what is quoted."""
    written = text.split("\n")
    coloured = frozenset(at for at, line in enumerate(written) if COLOURED in line)
    folded = {at for at, line in enumerate(written) if FOLDED in line}
    plain = [line.replace(COLOURED, "").replace(FOLDED, "") for line in written]
    lines = without_named_marks(plain, people)
    reading = Reading(lines, people, coloured, comments(lines, people))
    while (position := len(reading.whose)) < len(reading.lines):
        _by_quotation(reading, position)
    for start, end in _stretches(reading.whose, Whose.OWN):
        _by_signature(reading, start, end)
    if people.alone or not people.all_is_known:
        own = dict(reading.all_of(Whose.OWN))
        for at in set_apart(lines, own, people) | labelled(lines, own, people) | (folded & own.keys()):
            reading.whose[at] = Whose.DOUBT
    find_answers(reading)
    if not answers_in_colour(reading):
        perhaps_answered(reading)
    quoted = reading.text_of(Whose.QUOTED)
    marked = all(mark(line) is not None for _, line in reading.all_of(Whose.QUOTED))
    about = reading.about[0] if reading.about else None
    return Divided(
        reading.text_of(Whose.OWN),
        reading.text_of(Whose.DOUBT),
        Quoted(quoted, about, marked) if quoted.strip() else None,
    )


def _by_quotation(reading: Reading, position: int) -> None:
    """Judges the line at this position, and those that go with it, by marks, introductions and headers."""
    lines, people = reading.lines, reading.people
    heading = reading.comments.get(position)
    if heading is not None and (reading.silent or not heading.own):
        _begin_comment(reading, position, heading)
    elif reading.blank(position):
        reading.take(1, reading.state)
    elif not reading.unmarked(position):
        if position and compares(lines[position - 1], lines[position], "".join(lines[position + 1 : position + 2])):
            reading.take(1, Whose.OWN if people.all_is_known else Whose.DOUBT)
            return
        if (position == 0 or reading.whose[-1] is not Whose.QUOTED) and _forwards(reading, position):
            _without_lead_in(reading)
        reading.take(1, Whose.QUOTED)
    elif reading.state is Whose.QUOTED:
        reading.take(1, Whose.QUOTED)
    elif position and mark(lines[position - 1]) is not None and runs_on(lines[position - 1]):
        # The program has wrapped a marked line, and the rest of it has lost its mark.
        rest = takewhile(reading.unmarked, range(position, len(lines)))
        reading.take(sum(1 for _ in rest), Whose.DOUBT)
    else:
        reading.first = position if reading.first < 0 else reading.first
        first = position == reading.first
        begun = headers(lines, position, people) or introduction(lines, position, people, first=first)
        if begun is not None:
            _begin(reading, position, begun)
        else:
            _by_itself(reading, position)


def _by_itself(reading: Reading, position: int) -> None:
    """Judges a line that begins no quotation, and the rule below a program's line of who wrote."""
    line, *below = reading.lines[position : position + 2]
    if tells_who_wrote(line, "".join(below), reading.people):
        reading.take(1 + bool("".join(below).strip()), Whose.NONE)
    elif _LINK.fullmatch(line):
        reading.take(1, Whose.NONE)
    elif _introduces(reading, position):
        reading.state = Whose.DOUBT
        reading.take(1, Whose.DOUBT)
    else:
        reading.take(1, Whose.DOUBT if reading.people.holds_anothers_address(line) else reading.state)
        reading.silent = reading.silent and not (reading.whose[-1] is Whose.OWN and tokens(line))


def _introduces(reading: Reading, position: int) -> bool:
    """Tells whether a line without a colon seems to introduce another's words, and no thread can show whose they
    are."""
    if reading.people.all_is_known and not reading.people.alone:
        return False
    before = reading.lines[position - 1] if position else ""
    line, *below = reading.lines[position : position + 2]
    return introduces(before, line, "".join(below), reading.people)


def _begin_comment(reading: Reading, position: int, heading: Heading) -> None:
    _without_lead_in(reading)
    within = reading.state is Whose.QUOTED and not heading.own
    reading.take(heading.end - position, Whose.QUOTED if within else Whose.NONE)
    if not heading.own and not within:
        reading.about.append(heading.said)
    reading.state = Whose.OWN if heading.own else Whose.QUOTED


def _begin(reading: Reading, position: int, begun: Begun) -> None:
    if begun.strength is Strength.NONE:
        reading.take(begun.end - position, reading.state)
        return
    _without_lead_in(reading)
    reading.take(begun.end - position, Whose.NONE)
    if reading.silent and reading.people.heads_own_words(" ".join(reading.lines[position : begun.end])):
        # A ticket system's heading of the author's comment; where the thread is not known, it may be an older one.
        reading.state = Whose.OWN if reading.people.all_is_known else Whose.DOUBT
        return
    if begun.strength is Strength.CERTAIN:
        reading.about.append(" ".join(reading.lines[position : begun.end]))
    if not begun.before_marks:
        reading.state = Whose.QUOTED if begun.strength is Strength.CERTAIN else Whose.DOUBT


def _forwards(reading: Reading, position: int) -> bool:
    """Tells whether the marked lines from here on begin with headers."""
    inner = [mark(line) or "" for line in reading.lines[position : position + 4]]
    begun = headers(inner, 0, reading.people)
    return begun is not None and begun.strength is not Strength.NONE


def _without_lead_in(reading: Reading) -> None:
    """Takes a program's few words above an introduction (`Begin forwarded message:`, a rule) from the author."""
    for position in range(len(reading.whose) - 1, max(-1, len(reading.whose) - 4), -1):
        line = reading.lines[position].strip()
        says = bool(tokens(line))
        if not says or (len(line) <= LONGEST_LEAD_IN and len(line.split()) <= 4 and line.endswith((":", "："))):
            reading.whose[position] = Whose.NONE
        else:
            return


def _stretches(whose: Sequence[Whose], wanted: Whose) -> list[tuple[int, int]]:
    """Returns where lines of one kind begin and end."""
    found: list[tuple[int, int]] = []
    for position, one in enumerate(whose):
        if one is not wanted:
            continue
        if found and found[-1][1] == position:
            found[-1] = (found[-1][0], position + 1)
        else:
            found.append((position, position + 1))
    return found


def _by_signature(reading: Reading, start: int, end: int) -> None:
    """Judges the author's lines between two quotations by names that stand alone: who greets, and who signs."""
    first = next((one for one in range(start, end) if not reading.blank(one)), end)
    state, signed = Whose.OWN, -1
    paragraph: Whose | None = None  # what holds until the next blank line
    for position in range(first, end):
        line = reading.lines[position].strip()
        if not line:
            paragraph = None
            continue
        paragraph = paragraph or _of_paragraph(reading, line, state)
        if paragraph is None and state is Whose.OWN:
            if _another_begins(reading, position):
                state = Whose.DOUBT
            elif position > first and reading.people.is_another(line):
                # Somebody else signs: what stands above, up to the author's own signature, is theirs.
                reading.whose[max(first, signed + 1) : position] = [Whose.DOUBT] * (position - max(first, signed + 1))
                state = Whose.DOUBT
            elif signed < 0 and (line in _DELIMITERS or reading.people.signs_for_author(line)):
                signed = position
            elif signed >= 0 and _POSTSCRIPT.match(line):
                signed = -1
            elif signed >= 0 and not _is_signature(reading, signed, position):
                state = Whose.DOUBT
        below = (signed >= 0 and position > signed) or line in _DELIMITERS
        reading.whose[position] = paragraph or (Whose.NONE if below and state is Whose.OWN else state)
    _without_device(reading, start, end)


def _of_paragraph(reading: Reading, line: str, state: Whose) -> Whose | None:
    """Returns whose the rest of a paragraph is, where this line of it says so."""
    if _NOTICE.match(line):
        return Whose.NONE
    return Whose.DOUBT if state is Whose.OWN and speaks(line, reading.people) else None


def _another_begins(reading: Reading, position: int) -> bool:
    """Tells whether a line greets the author, or names somebody else above what they have said."""
    line, *below = (one.strip() for one in reading.lines[position : position + 2])
    known = reading.people.all_is_known and not reading.people.alone
    if known and not any(one.strip() for one in reading.lines[:position]) and reading.people.greets_another(line):
        return False
    if reading.people.greets_author(line) or heads(line, "".join(below), reading.people):
        return True
    following = next((one for one in reading.lines[position + 1 : position + 4] if one.strip()), "")
    return introduces_a_stranger(line, following, reading.people) and not LIST_ITEM.match(following.lstrip())


def _is_signature(reading: Reading, signed: int, position: int) -> bool:
    """Tells whether a line below the author's name is of the signature: a title, a number, a firm."""
    line = reading.lines[position].strip()
    near = position - signed <= LONGEST_SIGNATURE_LINES and len(line) <= LONGEST_SIGNATURE_LINE
    return near and (reading.lines[signed].strip() in _DELIMITERS or not line.endswith((".", "?", "!", "。", "？")))


def _without_device(reading: Reading, start: int, end: int) -> None:
    last = next((one for one in range(end - 1, start, -1) if not reading.blank(one)), start)
    line = reading.lines[last].strip()
    if len(line) <= LONGEST_LEAD_IN and not line.endswith((".", "?", "!")) and _DEVICE.search(line):
        reading.whose[last] = Whose.NONE
