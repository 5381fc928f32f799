"""Finds what an author has copied of somebody else's words without any sign of a mail program: from a chat, from
minutes, or between quotation marks. Whose they are is in doubt, until a person has looked.
"""

from __future__ import annotations

import re

from shared.conversations.wire.email_evidence import clock, date
from shared.conversations.wire.email_html import CELL
from shared.conversations.wire.email_people import EMAIL, People, tokens

LONGEST_HEADING = 80
MOST_WORDS_BESIDE_THE_NAME = 6
MOST_WORDS_OF_AN_INTRODUCTION = 6
LONGEST_OPEN_LINE = 60
"""Characters from which on a line without an end is perhaps wrapped."""
LONGEST_LABEL = 60
MOST_WORDS_OF_A_LABEL = 2
FEWEST_WORDS_CITED, FEWEST_CHARACTERS_CITED = 8, 40
"""Shorter ones are terms, titles and sayings."""

_OF_CLOCKS = frozenset({"am", "pm", "a", "p", "m", "h", "uhr"})
_SENTENCE_ENDS = (".", "?", "!", ":", ",", "…", "。", "？", "！", "：", "，")
_LABELLED = re.compile(r"[:：](?:\s|$)")
_CITED = re.compile(
    r"\"([^\"]{40,5000})\"|[“„«»]([^“”„«»]{40,5000})[”“»«]|「([^「」]{40,5000})」|『([^『』]{40,5000})』"
    r"|[‹›]([^‹›]{40,5000})[›‹]|(?<![\w'’])['‘‚](?=\w)((?:[^'‘’‚]|(?<=\w)['’](?=\w)){40,5000})['’‘](?!\w)"
)
"""A single mark between two letters is an apostrophe."""
_SAYS = re.compile(
    r"\b(?:wrote|writes|sa(?:id|ys)|asked|asks|replied|answered|commented|noted"
    r"|schrieb|schreibt|meint(?:e|)|sagt(?:e|)|fragt(?:e|)|antwortet(?:e|)|écri(?:t|vait|vit)|dit|disait|demand(?:e|ait)"
    r"|escrib(?:e|ió|ía)|di(?:ce|jo)|decía|coment(?:a|ó)|pregunt(?:a|ó)|scri(?:ve|sse|tto)|diceva|detto|disse|chiede"
    r"|schr(?:eef|ijft)|zei|zegt|vroeg|skr(?:ev|iver)|sade|säger|sagde|siger|pis(?:ze|ał|ała)|napisał[ao]?|mówi|powiedział[a]?"
    r"|(?:на)?писал[аи]?|пишет|говорит|сказал[аи]?|escreve(?:u|)|di(?:z|sse|zia)|napsal[a]?|kirjoitti|yazdı|írta)\b"
    r"|発言|書きました|書いています|言いました|より|写道|说道|썼습니다",
    re.IGNORECASE,
)
"""Verbs of saying: a help where nobody of the mail is named, not what anything rests on."""
_NAME_FIRST = re.compile(
    r"(?:[A-ZÀ-ÞА-ЯΑ-Ω][\w'’-]{1,20} ){1,2}[A-ZÀ-ÞА-ЯΑ-Ω][\w'’-]{1,20}(?: [^\W\d_A-ZÀ-ÞА-ЯΑ-Ω]\w{1,20}){0,2}\s?[:：]"
)
_MOST_WORDS_OF_A_SAYING = 8
OMITTED = "[…]"


def speaks(line: str, people: People) -> bool:
    """Tells whether a line begins with somebody else's name as whoever speaks: `Ada: …`, `[12:40] Ada Brook: …`."""
    for found in _LABELLED.finditer(line, 0, LONGEST_LABEL):
        label = line[: found.start()]
        if people.is_another(label.strip(" -*•\t")) or _names_another(label, people, most=int(clock(label))):
            return bool(tokens(line[found.end() :]))
    return False


def heads(line: str, below: str, people: People) -> bool:
    """Tells whether a line, or it and the next, name somebody else and a time, or call somebody else the author, above
    what was said: `Ada Brook  10:42`, `From: Ada Brook`."""
    if len(line) > LONGEST_HEADING:
        return False
    if not line.endswith(_SENTENCE_ENDS) and clock(line):
        return _names_another(line, people, most=MOST_WORDS_BESIDE_THE_NAME)
    if people.is_another(line):
        return len(below) <= LONGEST_HEADING and clock(below) and _is_a_time(below)
    label, colon, value = line.partition(CELL if CELL in line else ": ")
    return bool(colon) and 0 < len(tokens(label)) <= MOST_WORDS_OF_A_LABEL and people.is_another(value.strip())


def introduces_a_stranger(line: str, following: str, people: People) -> bool:
    """Tells whether a line is perhaps all that introduces the words below it, of somebody who is not of the mail:
    `Peter Novak wrote:`, `Peter Novak:`."""
    if len(line) > LONGEST_HEADING or not line.endswith((":", "：")) or not following:
        return False
    words = people.author_names.hits(line) == 0 and len(tokens(line)) <= _MOST_WORDS_OF_A_SAYING
    return words and bool(_SAYS.search(line) or _NAME_FIRST.fullmatch(line))


def introduces(before: str, line: str, below: str, people: People) -> bool:
    """Tells whether a line that stands for itself says that somebody else of the mail has said something, or when, and
    no more, though no colon ends it: `On Tuesday Ada wrote`, `Ada Brook (ada@orchard.example) wrote on 10 Feb 2026`."""
    line, below = line.strip(), below.strip()
    if before.strip() or len(line) > LONGEST_HEADING or line.endswith(_SENTENCE_ENDS):
        return False
    if below and (len(line) >= LONGEST_OPEN_LINE or below[0].islower()):
        return False  # a sentence that goes on
    said = EMAIL.sub(" ", line)
    says, dated = _SAYS.search(said), date(said)
    who = people.others_names.hits(said) or people.holds_anothers_address(line) or (says and dated)
    told = says or clock(said) or dated
    left = [one for one in people.names.left(said) if not one.isdigit()]
    most = MOST_WORDS_OF_AN_INTRODUCTION * (2 if clock(said) else 1)
    return bool(who and told) and not people.author_names.hits(said) and len(left) <= most


def apart_from_cited(words: str) -> tuple[str, str]:
    """Returns an author's words, one line per paragraph, without long passages between quotation marks, and these."""
    cited: list[str] = []

    def take(found: re.Match[str]) -> str:
        said = next(one for one in found.groups() if one is not None)
        if len(tokens(said)) < FEWEST_WORDS_CITED:
            return found[0]
        cited.append(said.strip())
        return OMITTED

    return _CITED.sub(take, words), "\n".join(cited)


def _names_another(said: str, people: People, *, most: int) -> bool:
    """Tells whether words hold somebody else's name, not the author's, and hardly anything but when."""
    if not people.others_names.hits(said) or people.author_names.hits(said):
        return False
    left = [one for one in people.names.left(said) if not one.isdigit() and one.casefold() not in _OF_CLOCKS]
    return len(left) <= most


def _is_a_time(line: str) -> bool:
    words = [one for one in tokens(line) if not one.isdigit() and one.casefold() not in _OF_CLOCKS]
    return len(words) <= (2 if date(line) else 1)
