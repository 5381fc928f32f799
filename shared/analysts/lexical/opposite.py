"""Tells whether words that stand for a skill say its opposite."""

from __future__ import annotations

import re

from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical import lexicon
from shared.analysts.lexical.negation import only_denied
from shared.analysts.lexical.value import DOUBTED, gain

_UNWILLING = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:will not|won't|do not|don't|never|not|refuse to|can't be bothered to)"
    r"(?: want to| care to| going to| need to)? "
    r"(?:ask|listen|care|help|explain|answer|hear|discuss|talk about|wonder)\b"
    r"|\b(?:do not|don't) (?:need|want|care) to know\b"
    r"|\b(?:could(?: not|n't) care less|(?:no|not) interest(?:ed)? in"
    r"|no questions? (?:for|to|left for) you)\b"
    r"|\b(?:no|without any) (?:point|need|reason|sense|use) (?:in |to |for (?:me|us) to |of )"
    r"(?:ask|know|hear|listen|discuss|talk|explain|understand|schedul|meet|agree|book|send|set up)\w{0,4}\b",
    re.IGNORECASE,
)

_NO_STEP = re.compile(
    r"\b(?:(?:i|we)(?:'m| am|'re| are| have|'ve)? ?(?:can ?not|can't|could not|couldn't|will not|won't|did not|didn't"
    r"|not|never|do not|don't)|let(?:'s| us) not)(?: be| going to| want to| need to| have to)? "
    r"(?:send|sending|meet|meeting|agree|agreed|commit|schedule|call you|follow up|book|set)\b"
    r"|\b(?:would rather|'d rather|prefer to|had better|'d better) not (?:send|meet|agree|commit|schedule|book|set)\b"
    r"|\b(?:nobody|no one|none of us)(?: \w{1,20}){0,3} (?:will|is going to) "
    r"(?:send|meet|agree|commit|schedule|call|follow up|book|set|come back)\b",
    re.IGNORECASE,
)
_NO_DAY = re.compile(
    r"\W{0,3}(?:(?:so|okay|ok|well|alright|and|then|thanks|great)\W{1,3}){0,3}"
    r"(?:(?:i|we|you)(?:'ll| will|'re going to| are going to)|let's) (?:(?:be|keep|stay) in touch|touch base"
    r"|circle back|see|let you know|think about it)(?: (?:soon|then|again|some ?time|later|at some point|about it))?"
    r"\W{0,3}",
    re.IGNORECASE,
)
"""A promise that nobody can wait for, and nothing beside it."""
_UNHEARD = re.compile(
    r"\bi(?:'m not| (?:was not|wasn't|am not|did not|didn't|have not|haven't|could not|couldn't)) (?:really |quite )?"
    r"(?:listen(?:ing|ed)?|hear(?:ing)? you"
    r"|(?:catch|caught|hear|heard|get|got|follow|take in) (?:any|a word|a thing|much|half)"
    r"|pay(?:ing)? (?:\w{1,9} )?attention|attention|with you)\b"
    r"|\b(?:lost track of|zoned out|stopped listening|tuned out)\b"
    r"|\b(?:i|we) missed (?:all|most) of (?:that|it)\b",
    re.IGNORECASE,
)
_WAVED_AWAY = re.compile(
    r"\bnothing to (?:worry|fear|be afraid|be concerned)\b"
    r"|\b(?:concerns?|worry|worries|fears?|objections?|doubts?|questions?)(?: \w{1,20}){0,4} (?:is|are|sounds?|seems?)"
    r"(?: (?:just|really|simply|frankly|a bit|so|pure|complete|total)){0,2}"
    r" (?:ridiculous|nonsense|silly|stupid|unfounded|absurd|rubbish|irrelevant|exaggerated|imaginary|a joke)\b",
    re.IGNORECASE,
)
_LOSS = re.compile(
    r"\b(?:you|they|your \w{1,20})(?:'d| would|'ll| will) (?:\w{1,12} )?(?:lose|waste)(?: \w{1,20}){1,4} "
    r"(?:with|by|on|if you (?:buy|take|use|choose)) (?:it|us|this|that|our|ours|using|buying)\b",
    re.IGNORECASE,
)
_IGNORANT = re.compile(
    r"(?:^|[.?!,] )(?:(?:so|well|sorry|honestly|to be honest|frankly),? ){0,2}(?:i|we) (?:(?:really|honestly) )?"
    r"(?:have no (?:idea|clue)|(?:don't|do not) (?:really )?(?:know|understand)"
    r"|(?:can't|cannot|couldn't|could not) (?:really )?explain)"
    r" (?:how|why|the|our|anything about) ",
    re.IGNORECASE,
)
"""Not "whether" or "if": to say where one's knowledge ends is part of it."""


def says_the_opposite(competency: str, words: str) -> bool:
    """Tells whether a sentence denies what it would be evidence of."""
    if _UNWILLING.search(words):
        return True
    if competency == Competency.VALUE_ARTICULATION:
        if _LOSS.search(words):
            return True
        doubted = DOUBTED.search(words) is not None
        return lexicon.VALUE.search(words) is not None and (doubted or gain(words) is None)
    if competency == Competency.CLOSING:
        return bool(_NO_STEP.search(words) or _NO_DAY.fullmatch(words)) or only_denied(lexicon.COMMITMENT, words)
    if competency == Competency.LISTENING:
        return _UNHEARD.search(words) is not None
    if competency == Competency.OBJECTION_HANDLING:
        return bool(lexicon.DISMISSED.search(words) or _WAVED_AWAY.search(words)) or only_denied(
            lexicon.ACKNOWLEDGED, words
        )
    if competency in (Competency.PRODUCT_KNOWLEDGE, Competency.TECHNICAL_ARCHITECTURE):
        return _IGNORANT.search(words) is not None
    return False
