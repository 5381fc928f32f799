"""Tells whether words that stand for a skill say its opposite."""

from __future__ import annotations

import re

from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical import lexicon
from shared.analysts.lexical.negation import only_denied
from shared.analysts.lexical.value import gain

_UNWILLING = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:will not|won't|do not|don't|never|not|refuse to|can't be bothered to)"
    r"(?: want to| care to| going to| need to)? "
    r"(?:ask|listen|care|help|explain|answer|hear|discuss|talk about|wonder)\b",
    re.IGNORECASE,
)


def says_the_opposite(competency: str, words: str) -> bool:
    """Tells whether a sentence denies what it would be evidence of."""
    if _UNWILLING.search(words):
        return True
    if competency == Competency.VALUE_ARTICULATION:
        return lexicon.VALUE.search(words) is not None and gain(words) is None
    if competency == Competency.CLOSING:
        return only_denied(lexicon.COMMITMENT, words)
    if competency == Competency.OBJECTION_HANDLING:
        return lexicon.DISMISSED.search(words) is not None or only_denied(lexicon.ACKNOWLEDGED, words)
    return False
