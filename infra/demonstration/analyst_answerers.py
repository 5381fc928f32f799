"""Answers in a model's place where there is none: from the labels of the demonstration's conversations, or by rule.

    LabelledAnswerer   knows the labelled conversations and answers as a reader of them who errs a little would
    LexicalAnswerer    scores by the lexical analyst, for conversations that nobody labelled

None of them reads as a model does, and none pretends to be one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

from infra.demonstration.corpus import Label, Script
from infra.demonstration.corpus_files import calls, on_one_line
from infra.demonstration.corpus_threads import threads
from infra.demonstration.dice import Dice
from infra.demonstration.messages_interface import Answerer
from infra.demonstration.messages_payloads import MessageRequest, Schema
from shared.analysts.claude.transcript_parts import one_line
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Affiliation, Conversation, MeasuredSpan, Party, Quote, Turn
from shared.kernel.json_values import JsonObject

SCORED: Final = "S1"
FEWEST_KNOWN_SENTENCES: Final = 3
_LINE = re.compile(r"^\[(\d+)\] (S\d+|S\?)(?: \((ours|theirs|side unknown)\))?(?: \(continued\))?: (.*)$", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
_PLACEHOLDER = re.compile(r"\\\{\w+\\\.\w+\\\}|\{\w+\.\w+\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the answerers read it. turns: (number, label, side, words). whole: not one of several parts."""

    turns: tuple[tuple[int, str, str, str], ...]
    competencies: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    lists: frozenset[str]
    whole: bool

    @property
    def own(self) -> list[tuple[int, str]]:
        """Returns the scored speaker's turns."""
        return [(number, words) for number, label, _, words in self.turns if label == SCORED]


def asked(request: MessageRequest) -> Asked:
    """Reads what a request asks: the turns of its record, and what its schema lets be answered."""
    form = request["output_config"]["format"]
    user = request["messages"][0]["content"]
    if form is None or not isinstance(user, str):
        raise ValueError("the answerers read what the analyst asks: one text, and the form of an answer")
    forms = form["schema"]["$defs"]
    deal = forms["DealAnswer"]["properties"]
    turns = tuple(
        (int(number), label, side or "ours", words)
        for number, label, side, words in _LINE.findall(user)
        if not words.startswith("(withheld: ")
    )
    return Asked(
        turns=turns,
        competencies=tuple(map(str, forms["ScoreAnswer"]["properties"]["competency"]["enum"])),
        values={name: _values(form) for name, form in deal.items()},
        lists=frozenset(name for name, form in deal.items() if form.get("type") == "array"),
        whole=not re.search(r"(?m)^part \d+ of \d+ of one conversation", user),
    )


def _values(form: Schema) -> tuple[str, ...]:
    """Returns the values that one field of the deal may be answered with."""
    one = form["items"] if form.get("type") == "array" else form["anyOf"][0]
    return tuple(map(str, one.get("enum", ())))


@dataclass(frozen=True, slots=True)
class Scored:
    """One competency's score, as an entry of an answer. quotes: each with the number of its turn"""

    competency: str
    score: int
    confidence: float
    quotes: Sequence[tuple[int, str]]
    measured: str
    reason: str

    def entry(self) -> JsonObject:
        """Returns the score in the form that is asked for."""
        return {**asdict(self), "quotes": [{"turn": number, "words": words} for number, words in self.quotes]}


class LabelledAnswerer:
    """Answers for a labelled conversation with its labels and quotes, each score off by an error that never changes.

    noise: the standard deviation of a score's error, in points. The confidence falls with the error, by 0.04 a point
    from 0.92, as a reader's would who knows where the reading was hard.
    otherwise: answers for conversations that nobody labelled.
    """

    def __init__(self, *, noise: float = 4.0, name: str = "demonstration", otherwise: Answerer | None = None) -> None:
        self._noise = noise
        self._name = name
        self._otherwise = otherwise or LexicalAnswerer()

    def __call__(self, request: MessageRequest) -> JsonObject:
        question = asked(request)
        found = recognised(question)
        if found is None:
            return self._otherwise(request)
        script, key = found
        scores = []
        for label in script.labels.get(key, ()):
            entry = self._entry(script, key, label, question)
            if entry is not None and label.competency in question.competencies:
                scores.append(entry)
        return answer_of(question, scores, _deal(script, question))

    def _entry(self, script: Script, key: str, label: Label, question: Asked) -> Scored | None:
        """Turns the label into an entry; None where its quote is in another part of the conversation."""
        error = round(Dice(self._name, script.slug, key, label.competency).normal(0, self._noise))
        score = min(100, max(0, label.score + error))
        confidence = round(max(0.3, 0.92 - 0.04 * abs(error)), 2)
        quotes: list[tuple[int, str]] = []
        if label.quote is not None:
            pattern = _pattern(label.quote)
            quotes = [(number, match.group()) for number, words in question.own if (match := pattern.search(words))]
            if not quotes:
                return None
        return Scored(label.competency, score, confidence, quotes[:1], label.measured or "none", label.because)


class LexicalAnswerer:
    """Answers with the lexical analyst's scores. The record has no times, so three words a second stand for them."""

    def __call__(self, request: MessageRequest) -> JsonObject:
        question = asked(request)
        conversation, numbers = _rebuilt(question)
        if not question.own:
            return answer_of(question, [], {})
        scores = []
        for one in analyse(conversation, SCORED).scores:
            quotes = [(numbers[item.turn_index], item.text) for item in one.evidence if isinstance(item, Quote)]
            quotes = [(number, words) for number, words in quotes if len(words.split()) >= 3][:3]
            spans = [item.name for item in one.evidence if isinstance(item, MeasuredSpan)]
            measured = next((name for name in spans if name in ("talk ratio", "longest monologue")), "none")
            if str(one.competency) in question.competencies and (quotes or measured != "none"):
                reason = "; ".join(f"{part.criterion.name} {part.measured}" for part in one.components)
                scores.append(Scored(str(one.competency), one.score, one.confidence, quotes, measured, reason))
        return answer_of(question, scores, {})


def recognised(question: Asked) -> tuple[Script, str] | None:
    """Finds the labelled conversation that the turns belong to, and the key by which the scored speaker speaks in it.

    None when fewer than three sentences, or fewer than a third of them, are known from any.
    """
    known = _known()
    said = [(label, sentence) for _, label, _, words in question.turns for sentence in _SENTENCE_END.split(words)]
    votes: Counter[str] = Counter(slug for _, sentence in said for slug in known.get(sentence, {}))
    if not votes:
        return None
    (slug, count), *_ = votes.most_common(1)
    if count < FEWEST_KNOWN_SENTENCES or 3 * count < len(said):
        return None
    keys = Counter(known[words][slug] for label, words in said if label == SCORED and slug in known.get(words, {}))
    return (_scripts()[slug], keys.most_common(1)[0][0]) if keys else None


@cache
def _scripts() -> dict[str, Script]:
    return {script.slug: script for script in (*calls(), *(thread.script for thread in threads()))}


@cache
def _known() -> dict[str, dict[str, str]]:
    """Maps a sentence as a record holds it to the conversations that have it, and under which key; none with a name
    that is cast later."""
    found: dict[str, dict[str, str]] = {}
    for script in _scripts().values():
        for line in script.lines:
            for sentence in _SENTENCE_END.split(one_line(line.text)):
                if line.key is not None and not _PLACEHOLDER.search(sentence):
                    found.setdefault(sentence, {})[script.slug] = line.key
    return found


@cache
def _pattern(quoted: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in one_line(on_one_line(quoted)).split())
    return re.compile(_PLACEHOLDER.sub(r"\\S+(?: \\S+)?", words))


def _rebuilt(question: Asked) -> tuple[Conversation, list[int]]:
    """Rebuilds a conversation from the record's turns, with each one's number in the record."""
    sides = {"ours": Affiliation.INTERNAL, "theirs": Affiliation.EXTERNAL}
    parties: dict[str, Party] = {}
    turns, numbers, at = [], [], 0
    for number, label, side, words in question.turns:
        end = at + 333 * max(1, len(words.split()))
        turns.append(Turn(None if label == "S?" else label, at, end, words))
        numbers.append(number)
        parties.setdefault(label, Party(label, affiliation=sides.get(side, Affiliation.UNKNOWN)))
        at = end + 1
    return Conversation("record", None, at, tuple(parties.values()), tuple(turns)), numbers


def _deal(script: Script, question: Asked) -> JsonObject:
    about = {
        "industry": (script.deal.industry,),
        "deal_size": (script.deal.deal_size,),
        "buyer_personas": script.deal.personas,
        "products": script.deal.products,
    }
    return _answered(question, about)


def _answered(question: Asked, about: Mapping[str, tuple[str, ...]]) -> JsonObject:
    """Gives the deal in the form that is asked for. about: what is known of it"""
    known = {name: [word for word in about.get(name, ()) if word in values] for name, values in question.values.items()}
    return {name: words if name in question.lists else next(iter(words), None) for name, words in known.items()}


def answer_of(question: Asked, scores: Sequence[Scored], deal: JsonObject) -> JsonObject:
    named = {one.competency for one in scores}
    where = "conversation" if question.whole else "part of the conversation"
    return {
        "scores": [one.entry() for one in scores],
        "not_observed": [
            {"competency": name, "reason": f"This {where} gives no occasion for it."}
            for name in question.competencies
            if name not in named
        ],
        "deal": {**_answered(question, {}), **deal},
    }
