"""Questions in English speech, with or without question marks.

open     what, how and why (and "tell me about", "walk me through"): the answer is a story
closed   yes or no, or one fact (which, who, when, where, how many, what time)
courtesy "how are you", "how can I help you", "is there anything else": asked of everyone, finds out nothing

Where the transcript has no punctuation a question is told by its word order: an interrogative followed by an
auxiliary and its subject ("what are you using"), or an auxiliary before its subject ("do you use"). "What we do is"
has no such inversion and is none. This is grammar by pattern: it misses questions that only the voice marks, and it
takes some embedded ones for direct.
"""

# ruff: noqa: SIM905 - a list of words reads better as words
from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from shared.analysts.lexical.speech import Utterance, Word, phrases, punctuated, words_between

LONGEST_QUOTE_WORDS = 40


class QuestionKind(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    COURTESY = "courtesy"


class Question(NamedTuple):
    """A question and its place in the turn's text."""

    kind: QuestionKind
    start: int
    end: int


_LEAD_IN = frozenset(
    "okay ok so and but well yeah yes right now then great alright just also actually perfect cool sure thanks "
    "basically or oh good hi hello".split()
)
_STORY = frozenset("what how why what's how's why's whats".split())
_FACT = frozenset("which who when where whose who's where's when's".split())
_AUXILIARY = frozenset(
    "do does did is are was were can could would will should have has had don't doesn't didn't isn't aren't can't "
    "couldn't wouldn't won't".split()
)
_SUBJECT = frozenset(
    "i you we they he she it this that these those my your our their the there any anyone anybody everyone".split()
)
_PERSON = frozenset("i you we they he she it".split())
_HAPPENING = frozenset(
    "happens happened makes made brings brought caused causes drives drove prevents stops keeps led prompted "
    "triggered changed changes matters".split()
)
_DOING = frozenset("do does did would could can will should".split())
_REPORTING = frozenset("that's is know see about of exactly is was knows wonder show".split())
_AMOUNT = {
    "how": frozenset("many much long often old far big large soon fast frequently".split()),
    "what": frozenset("time date day year number version percentage percent".split()),
}
_COURTESY = phrases(
    "how are you | how is everyone | how is it going | how's it going | how can i help | how may i "
    "help | can you hear me | can you see my screen | can everyone see | anything else | what can i "
    "do for you"
)
_INVITATION = re.compile(
    r"(?:(?:can|could|would|will) you (?:please |maybe |just |also |perhaps )?)?"
    r"(?:tell (?:me|us) (?!that|you)|walk (?:me|us) through|talk (?:me|us) through|help (?:me|us) understand"
    r"|describe |explain (?:how|why|what|to)|share with (?:me|us)|say more)"
    r"|i(?:'d| would) love to (?:hear|understand|learn) (?:how|what|why|more|about)"
    r"|i(?:'m| am) curious (?:how|what|why|about)"
)
_ASIDE = re.compile(r"[,;:—–]\s*$|\s-\s*$")


def questions(utterance: Utterance) -> tuple[Question, ...]:
    """Returns the questions of a turn, in order."""
    by_word_order_only = not punctuated(utterance.text)
    found: list[Question] = []
    for start, end in utterance.sentences:
        words = words_between(utterance, start, end)
        if not words:
            continue
        if utterance.text[start:end].endswith("?"):
            found.append(_marked(utterance.text, words, start, end))
        elif by_word_order_only:
            found.extend(_unmarked(words))
        else:
            first = _after_lead_in(words)
            kind = _kind(words, first, marked=False)
            if kind is not None:
                found.append(Question(kind, _beginning(words, first, start), end))
    return tuple(found)


def _marked(text: str, words: Sequence[Word], start: int, end: int) -> Question:
    """Classifies a sentence with a question mark: open when one of its clauses is."""
    clauses = [_after_lead_in(words)]
    clauses += [i for i in range(1, len(words)) if _ASIDE.search(text[words[i - 1].end : words[i].start])]
    kinds = [(i, _kind(words, i, marked=True)) for i in clauses]
    kinds += [(i, _inside(words, i)) for i in range(len(words))]
    for wanted in (QuestionKind.COURTESY, QuestionKind.OPEN, QuestionKind.CLOSED):
        for i, kind in kinds:
            if kind is wanted:
                return Question(kind, _beginning(words, i, start), end)
    return Question(QuestionKind.CLOSED, _beginning(words, len(words) - 1, start), end)


def _unmarked(words: Sequence[Word]) -> list[Question]:
    """Returns the questions of a stretch of speech without punctuation: at its start, and wherever one is plain."""
    starts: list[tuple[int, QuestionKind]] = []
    first = _after_lead_in(words)
    for i in range(len(words)):
        kind = _kind(words, i, marked=False) if i == first else _inside(words, i)
        # The auxiliary of the question before is no question of its own ("which card would you like").
        if kind is not None and (not starts or i - starts[-1][0] >= 5):
            starts.append((i, kind))
    found = []
    for position, (i, kind) in enumerate(starts):
        stop = starts[position + 1][0] if position + 1 < len(starts) else len(words)
        last = words[min(stop, i + LONGEST_QUOTE_WORDS) - 1]
        found.append(Question(kind, words[i].start, last.end))
    return found


def _beginning(words: Sequence[Word], i: int, start: int) -> int:
    """Tells where a quote begins: with its sentence, unless that is long."""
    return start if len(words) <= LONGEST_QUOTE_WORDS else words[max(0, i - 3)].start


def _after_lead_in(words: Sequence[Word]) -> int:
    for i, word in enumerate(words):
        if word.text not in _LEAD_IN:
            return i
    return len(words) - 1


def _kind(words: Sequence[Word], i: int, *, marked: bool) -> QuestionKind | None:
    """Returns what kind of question begins at word i, if any. marked: a question mark already says that it is one."""
    ahead = [word.text for word in words[i : i + 12]]
    said = " ".join(ahead)
    if _COURTESY.match(said) or (ahead[0] in {"is", "was"} and " anything else" in said):
        return QuestionKind.COURTESY
    if _INVITATION.match(said + " "):
        return QuestionKind.OPEN
    if ahead[0] in _STORY or ahead[0] in _FACT:
        return _interrogative(ahead, marked=marked)
    conditional = ahead[0] in {"should", "had", "were"} and not marked
    if ahead[0] in _AUXILIARY and len(ahead) > 1 and ahead[1] in _SUBJECT and not conditional:
        return QuestionKind.CLOSED
    return None


def _interrogative(ahead: list[str], *, marked: bool) -> QuestionKind | None:
    word, rest = ahead[0], ahead[1:]
    if not rest:
        return (QuestionKind.OPEN if word in _STORY else QuestionKind.CLOSED) if marked else None
    fact = word in _FACT or rest[0] in _AMOUNT.get(word, ())
    kind = QuestionKind.CLOSED if fact else QuestionKind.OPEN
    if marked or (word in {"what", "how"} and rest[0] == "about") or rest[0] in {"if", "come", "not"}:
        return kind
    # "What matters is", "what's nice is": the question word begins a statement.
    statement = "is" in rest[1:5] or "was" in rest[1:5]
    if "'s" in word or word == "whats":
        return None if statement else kind
    if rest[0] in _HAPPENING and word in {"what", "who"}:
        return None if statement else kind
    if rest[0] in _AUXILIARY:
        return None if statement and rest[0] in {"is", "was"} else kind
    if rest[0] in _SUBJECT or word in {"when", "where", "who", "why"}:
        return None
    for j in range(1, min(4, len(rest) - 1)):
        if rest[j] in _SUBJECT:
            return None
        if rest[j] in _AUXILIARY:
            return kind if rest[j + 1] in _SUBJECT else None
    return None


def _inside(words: Sequence[Word], i: int) -> QuestionKind | None:
    """Returns what kind of question plainly begins amid other words."""
    ahead = [word.text for word in words[i : i + 12]]
    before = words[i - 1].text if i else ""
    if len(ahead) < 3:
        return None
    if before in _REPORTING:
        return None
    inverted = ahead[1] in _AUXILIARY and (ahead[2] in _SUBJECT or ahead[1] in _DOING)
    if ahead[0] in _STORY | _FACT and (inverted or ahead[:2] in (["what", "happens"], ["what", "happened"])):
        return _kind(words, i, marked=False)
    if before in _PERSON | _AUXILIARY | _STORY | _FACT or before in {"to", "not", "what", "how"}:
        return None
    if _INVITATION.match(" ".join(ahead) + " ") and ahead[0] not in {"describe", "explain"}:
        return QuestionKind.OPEN
    asks_you = ahead[0] in _AUXILIARY - {"should", "had", "were"} and ahead[1] == "you"
    asks_there = ahead[0] in {"is", "are"} and ahead[1] == "there"
    if asks_you or asks_there:
        return _kind(words, i, marked=False)
    return None
