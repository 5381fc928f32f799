"""Finds what one speaker knows of the product, and of the architecture that it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.questions import QuestionKind, questions
from shared.analysts.lexical.side import EXPLANATION_WORDS, Side, term, terms_of
from shared.analysts.lexical.speech import Utterance, content_words, words_of
from shared.analysts.lexical.spoken_figures import figures_said
from shared.conversations.domain.conversation import Quote

ANSWER_WORDS = 10


@dataclass(frozen=True, slots=True)
class Product:
    """Terms of the product, and sentences that explain, answer, are specific or name a limit."""

    terms: tuple[str, ...]
    explanations: tuple[Quote, ...]
    answers: tuple[Quote, ...]
    specifics: tuple[Quote, ...]
    limits_named: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Architecture:
    """Terms and aspects of the architecture, and the sentences about it. mechanisms: relate two terms"""

    terms: tuple[str, ...]
    mentions: tuple[Quote, ...]
    mechanisms: tuple[Quote, ...]
    questions: tuple[Quote, ...]
    aspects: tuple[str, ...]


def product_of(side: Side, product: re.Pattern[str]) -> Product:
    """Finds what a speaker says of the product. product: its words"""
    mentions = side.sentences_with(product, at_least_words=EXPLANATION_WORDS)
    return Product(
        terms=terms_of(side.mine, product),
        explanations=side.sentences_with(product, lexicon.EXPLANATION),
        answers=_answers(side, product),
        specifics=tuple(one for one in mentions if figures_said(one.text)),
        limits_named=side.sentences_with(lexicon.LIMIT),
    )


def architecture_of(side: Side, architecture: re.Pattern[str], product: re.Pattern[str]) -> Architecture:
    """Finds what a speaker says of the architecture, beside the product's own words or the customer's.

    architecture: its words
    """
    beside = [one for one in side.mine if _beside(side, one, architecture, product)]
    turns = {one.turn_index for one in beside}
    return Architecture(
        terms=terms_of(beside, architecture),
        mentions=tuple(one for one in side.sentences_with(architecture) if one.turn_index in turns),
        mechanisms=tuple(one for one in _mechanisms(side, architecture) if one.turn_index in turns),
        questions=tuple(
            side.question_quote(one, question)
            for one in beside
            for question in side.asked[one.turn_index]
            if question.kind is not QuestionKind.COURTESY
            and architecture.search(one.text, question.start, question.end)
        ),
        aspects=tuple(
            aspect
            for aspect, pattern in lexicon.ARCHITECTURE_ASPECTS.items()
            if any(pattern.search(one.text) for one in beside)
        ),
    )


def _beside(side: Side, one: Utterance, architecture: re.Pattern[str], product: re.Pattern[str]) -> bool:
    """Tells whether a turn takes up the customer's words, or names the product's own beside an architecture's."""
    if side.recently_heard(one) & content_words(one.words):
        return True
    terms = {term(match) for match in architecture.finditer(one.text)}
    return any(term(match) not in terms for match in product.finditer(one.text))


def _answers(side: Side, product: re.Pattern[str]) -> tuple[Quote, ...]:
    """Finds the speaker's turn after a customer's question, when it has product terms and the question's words, a
    figure or an explanation."""
    found: dict[int, Quote] = {}
    customers = {one.turn_index for one in side.customers}
    pending: Utterance | None = None
    for one in side.talk:
        if one.turn_index in customers:
            asks = any(question.kind is not QuestionKind.COURTESY for question in questions(one))
            pending = one if asks else None
        elif one.turn.speaker_id == side.speaker_id and pending is not None:
            taken_up = content_words(one.words) & side.content[pending.turn_index]
            pending = None
            match = product.search(one.text)
            told = taken_up or figures_said(one.text) or lexicon.EXPLANATION.search(one.text)
            if match and told and len(one.words) >= ANSWER_WORDS:
                start, end = next(span for span in one.sentences if span[0] <= match.start() < span[1])
                found[one.turn_index] = side.sentence(one, start, end, match)
    return tuple(found.values())


def _mechanisms(side: Side, architecture: re.Pattern[str]) -> tuple[Quote, ...]:
    """Finds sentences of some length that relate two architecture terms."""
    found = []
    for one, start, end in side.statements:
        terms = {term(match) for match in architecture.finditer(one.text, start, end)}
        match = architecture.search(one.text, start, end)
        if match and len(terms) >= 2 and len(words_of(one.text[start:end])) >= EXPLANATION_WORDS:
            found.append(side.sentence(one, start, end, match))
    return tuple(found)
