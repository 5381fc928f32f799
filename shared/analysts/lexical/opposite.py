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

_NO_STEP = re.compile(
    r"\b(?:(?:i|we)(?:'m| am|'re| are| have|'ve)? ?(?:can ?not|can't|could not|couldn't|will not|won't|did not|didn't"
    r"|not|never|do not|don't)|let(?:'s| us) not)(?: be| going to| want to| need to| have to)? "
    r"(?:send|sending|meet|meeting|agree|agreed|commit|schedule|call you|follow up|book|set)\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:i|we) (?:doubt|(?:do not|don't) (?:think|believe|see how)|(?:am|are) not sure)\b"
    r"|\bnot sure (?:it|this|that)\b",
    re.IGNORECASE,
)
_UNHEARD = re.compile(
    r"\bi (?:was not|wasn't|am not|did not|didn't) (?:really )?(?:listening|listen|hear(?:ing)? you|catch any)\b"
    r"|\b(?:i|we) missed (?:all|most) of (?:that|it)\b",
    re.IGNORECASE,
)


def says_the_opposite(competency: str, words: str) -> bool:
    """Tells whether a sentence denies what it would be evidence of."""
    if _UNWILLING.search(words):
        return True
    if competency == Competency.VALUE_ARTICULATION:
        doubted = _DOUBTED.search(words) is not None
        return lexicon.VALUE.search(words) is not None and (doubted or gain(words) is None)
    if competency == Competency.CLOSING:
        return _NO_STEP.search(words) is not None or only_denied(lexicon.COMMITMENT, words)
    if competency == Competency.LISTENING:
        return _UNHEARD.search(words) is not None
    if competency == Competency.OBJECTION_HANDLING:
        return lexicon.DISMISSED.search(words) is not None or only_denied(lexicon.ACKNOWLEDGED, words)
    return False
