"""Finds the gains that one speaker names, in the customer's own figures, and what proves them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.negation import denied, only_denied
from shared.analysts.lexical.refusals import CONTRADICTED
from shared.analysts.lexical.side import Side, numbered
from shared.analysts.lexical.speech import Utterance, content_words, words_of
from shared.analysts.lexical.spoken_figures import FIGURE, figures_said
from shared.conversations.domain.conversation import Quote

DOUBTED = re.compile(
    r"\b(?:i|we) (?:doubt|(?:do not|don't) (?:think|believe|see how)|(?:am|are) not sure)\b"
    r"|\bnot sure (?:it|this|that)\b|\bas if (?:it|the|this|we|our)\b",
    re.IGNORECASE,
)
"""The speaker does not believe in what would be a gain."""


@dataclass(frozen=True, slots=True)
class ValueStatement:
    """A gain that the speaker names. linked: in the customer's own subject words."""

    said: Quote
    quantified: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class Value:
    """Holds what a speaker says of a gain. customer_figures: statements that take up a figure of the customer's"""

    statements: tuple[ValueStatement, ...]
    customer_figures: tuple[Quote, ...]
    proofs: tuple[Quote, ...]


def value_of(side: Side, product: re.Pattern[str]) -> Value:
    """Finds what a speaker says of a gain. product: the product's words"""
    return Value(
        statements=_value_statements(side, product),
        customer_figures=_customer_figures(side),
        proofs=tuple(one for one in side.sentences_with(lexicon.PROOF) if not only_denied(lexicon.PROOF, one.text)),
    )


def gain(text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """Returns the word of a gain that nothing denies, that is nobody's own, and no loss in the words of a gain."""
    stop = len(text) if end is None else end
    if lexicon.HARM.search(text, start, stop):
        return None
    return next(
        (match for match in lexicon.VALUE.finditer(text, start, stop) if _holds(match, text, start, stop)), None
    )


def _holds(match: re.Match[str], text: str, start: int, end: int) -> bool:
    return not (
        denied(text, match.start(), start)
        or lexicon.NO_GAIN.match(text, match.end(), end)
        or lexicon.MINE.search(text, max(start, match.start() - 10), match.start())
    )


def _value_statements(side: Side, product: re.Pattern[str]) -> tuple[ValueStatement, ...]:
    """Finds gains that are the customer's: named to them, in their words, or of the product. What somebody's new bike
    saves them is none."""
    found = []
    heard: set[str] = set()
    customers = iter(side.customers)
    next_customer = next(customers, None)
    for one, start, end in side.statements:
        while next_customer is not None and next_customer.turn_index < one.turn_index:
            heard |= side.content[next_customer.turn_index]
            next_customer = next(customers, None)
        match = gain(one.text, start, end)
        if not match or DOUBTED.search(one.text, start, end) or _is_contradicted(side, one):
            continue
        said = side.sentence(one, start, end, match)
        shared_words = content_words(words_of(said.text)) & heard
        theirs = lexicon.TO_THE_CUSTOMER.search(one.text, start, end) or product.search(one.text, start, end)
        if shared_words or theirs:
            found.append(ValueStatement(said, numbered(said.text), len(shared_words) >= 2))
    return tuple(found)


def _is_contradicted(side: Side, one: Utterance) -> bool:
    """Tells whether the customer says no to what was stated, and to no question."""
    answer = None if side.asked[one.turn_index] else side.answer_to(one)
    return answer is not None and CONTRADICTED.match(answer.text) is not None


def _customer_figures(side: Side) -> tuple[Quote, ...]:
    """Finds statements with a figure that a customer has said before; each figure once."""
    found = []
    heard: set[str] = set()
    used: set[str] = set()
    customers = iter(side.customers)
    next_customer = next(customers, None)
    for one, start, end in side.statements:
        while next_customer is not None and next_customer.turn_index < one.turn_index:
            heard |= figures_said(next_customer.text)
            next_customer = next(customers, None)
        theirs = (figures_said(one.text[start:end]) & heard) - used
        if theirs:
            used |= theirs
            found.append(side.sentence(one, start, end, FIGURE.search(one.text, start, end)))
    return tuple(found)
