"""Reads a language model's answer about one part of a conversation: quote or no score.

What can be wrong with an answer, and what comes of it:

    prose around one JSON object       the object is read, and a note says so
    no object, several, duplicate keys, a part missing     the answer is unreadable
    an entry that breaks its form or a range               no score for that competency, with the reason
    a competency that the framework does not have          left out, and a note says so
    a competency twice, or both scored and not observed    no score: the analyst contradicts itself
    a quote that this speaker does not say                 it does not count; without another one, no score
    a quote from a withheld turn, about being scored, or of fewer than three words      likewise

A quote is widened to its sentence before it is judged and shown; where that brings in a "not" that was left out, the
score waits for a person (`doubts`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from shared.analysts.claude.answer_form import NotObservedAnswer, ScoreAnswer
from shared.analysts.domain.addressed_to_the_analyst import speaks_of_scoring
from shared.analysts.lexical.negation import negations
from shared.conversations.domain.call_analysis import Evidence, JudgedScore, ObservedDeal
from shared.conversations.domain.conversation import Conversation, MeasuredSpan, Quote, quote
from shared.conversations.domain.sentences import sentence_around
from shared.conversations.domain.verbatim import find, plain
from shared.frameworks.domain.framework import Framework
from shared.kernel.json_values import Json, JsonObject
from shared.observations.wire.context_fields import spellings

FEWEST_QUOTED_WORDS = 3
MOST_EVIDENCE = 3
MEASURABLE_COMPETENCY = "listening"


class Unreadable(ValueError):
    """The text is not an answer; the message says why."""


@dataclass(frozen=True, slots=True)
class Widened:
    """Holds the sentence of a quote. cut_off: a "not" of it had been left out"""

    quote: Quote
    cut_off: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """Says what evidence can stand on.

    withheld: turns that nobody's score may stand on. measured: spans by the name under which an answer names them.
    """

    conversation: Conversation
    speaker_id: str
    withheld: frozenset[int]
    measured: Mapping[str, tuple[MeasuredSpan, ...]]

    def quoted(self, turn: int, words: str) -> Widened | str:
        """Returns the quote's sentence, from the named turn or else from another of the speaker's; or why the quote
        does not count."""
        if len(plain(words).text.split()) < FEWEST_QUOTED_WORDS:
            return f"a quote of fewer than {FEWEST_QUOTED_WORDS} words"
        turns = self.conversation.turns
        named = [turn] if 0 <= turn < len(turns) else []
        about_scoring = False
        for index in (*named, *(other for other in range(len(turns)) if other != turn)):
            if turns[index].speaker_id != self.speaker_id or index in self.withheld:
                continue
            span = find(turns[index].text, words)
            if span is None:
                continue
            start, end = sentence_around(turns[index].text, *span, wrapped=self.conversation.medium == "email")
            if speaks_of_scoring(turns[index].text[start:end]):
                about_scoring = True
                continue
            cut_off = bool(negations(turns[index].text, start, span[0]) or negations(turns[index].text, span[1], end))
            return Widened(quote(self.conversation, index, start, end), cut_off)
        return "a quote about being scored" if about_scoring else "a quote that this speaker does not say"


@dataclass(slots=True)
class PartRead:
    """One part's answer, read: each competency of the framework is in one of the two.

    cut_off: quotes from which a "not" of their sentence had been left out
    """

    scores: dict[str, JudgedScore] = field(default_factory=dict)
    unobserved: dict[str, str] = field(default_factory=dict)
    deal: ObservedDeal = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cut_off: set[Quote] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Said:
    """Holds an answer's three parts, unread. prose: there was some around them"""

    scores: Sequence[Json]
    not_observed: Sequence[Json]
    deal: JsonObject
    prose: bool


def parse(text: str) -> Said:
    """Returns the parts of the one JSON object in the text. Raises Unreadable."""
    try:
        start = text.index("{")
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON object can be read ({type(error).__name__})") from None
    if "{" in text[end:]:
        raise Unreadable("there is more than one object")
    for name, kind in (("scores", list), ("not_observed", list), ("deal", dict)):
        if not isinstance(value.get(name), kind):
            raise Unreadable(f"`{name}` is missing or of another kind")
    prose = bool(text[:start].strip() or text[end:].strip())
    return Said(value["scores"], value["not_observed"], value["deal"], prose)


def read_part(text: str, ground: Ground, framework: Framework, competencies: Sequence[str]) -> PartRead:
    """Returns what one answer says that can be believed. competencies: those that were asked for. Raises Unreadable."""
    said = parse(text)
    part = PartRead(deal=_deal(said.deal, framework))
    if said.prose:
        part.notes.append("the analyst wrote around its answer; only the answer was read")
    claims: dict[str, list[ScoreAnswer | str]] = {}
    for entry in said.scores:
        name = _competency(entry, framework, competencies)
        if name is None:
            part.notes.append("the analyst scored something that the framework does not have; it was left out")
            continue
        try:
            claims.setdefault(name, []).append(ScoreAnswer.model_validate(entry))
        except ValidationError as error:
            claims.setdefault(name, []).append(_trouble(error))
    absent: dict[str, str] = {}
    for entry in said.not_observed:
        name = _competency(entry, framework, competencies)
        if name is not None:
            try:
                absent[name] = NotObservedAnswer.model_validate(entry).reason or "the analyst gives no reason"
            except ValidationError:
                absent[name] = "the analyst's reason cannot be read"
    for name in competencies:
        _settle(name, claims.get(name, []), absent.get(name), ground, part)
    return part


def _settle(name: str, claims: list[ScoreAnswer | str], absent: str | None, ground: Ground, part: PartRead) -> None:
    if not claims:
        part.unobserved[name] = absent or "the analyst does not mention it"
    elif len(claims) > 1:
        part.unobserved[name] = "the analyst scores it twice"
    elif absent is not None:
        part.unobserved[name] = "the analyst both scores it and calls it not observed"
    elif isinstance(claims[0], str):
        part.unobserved[name] = claims[0]
    else:
        claim = claims[0]
        evidence, reasons = _evidence(name, claim, ground, part)
        if evidence:
            part.scores[name] = JudgedScore(name, claim.score, claim.confidence, evidence, claim.reason.strip())
        else:
            part.unobserved[name] = f"a score of {claim.score} without evidence: {'; '.join(reasons) or 'no quote'}"


def _evidence(name: str, claim: ScoreAnswer, ground: Ground, part: PartRead) -> tuple[tuple[Evidence, ...], list[str]]:
    found: list[Evidence] = []
    reasons: list[str] = []
    for one in claim.quotes:
        quoted = ground.quoted(one.turn, one.words)
        if isinstance(quoted, str):
            reasons.append(quoted)
            continue
        if quoted.cut_off:
            part.cut_off.add(quoted.quote)
        if quoted.quote not in found:
            found.append(quoted.quote)
    if claim.measured != "none":
        spans = ground.measured.get(claim.measured, ())
        if name != MEASURABLE_COMPETENCY:
            reasons.append(f"only {MEASURABLE_COMPETENCY} may stand on something measured")
        elif not spans:
            reasons.append(f"{claim.measured} was not measured here")
        found.extend(spans if name == MEASURABLE_COMPETENCY else ())
    return tuple(found[:MOST_EVIDENCE]), reasons


def _competency(entry: Json, framework: Framework, competencies: Sequence[str]) -> str | None:
    word = entry.get("competency") if isinstance(entry, Mapping) else None
    name = framework.competency_named(word) if isinstance(word, str) else None
    return name if name in competencies else None


def _trouble(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "the entry"
    return f"its score cannot be read: {where}: {first['msg'].lower()}"


def _deal(value: JsonObject, framework: Framework) -> ObservedDeal:
    """Keeps values that the framework knows; anything else, whoever said it, is left out."""
    read: dict[str, tuple[str, ...]] = {}
    for one in spellings(framework.by_dimension):
        given = value.get(one.short)
        words = given if one.several and isinstance(given, list) else [given] if not one.several else []
        mapped = [framework.by_dimension[one.dimension].map(word) for word in words if isinstance(word, str)]
        known = tuple(dict.fromkeys(word for word, is_known in mapped if is_known and word))
        if known:
            read[one.dimension] = known
    return read


def _without_duplicates(pairs: list[tuple[str, Json]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates)

__all__ = ["Ground", "PartRead", "Unreadable", "parse", "read_part"]
