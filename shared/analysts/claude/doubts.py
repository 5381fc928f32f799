"""Says which of a language model's scores wait for a person, and why: in calls and mail, of every competency alike.

    everything that it says    all scores are the same; all are flawless
    one score                  its quote stands beside words that address the analyst, or under another competency
                               as well; its quote's sentence says the opposite; it is far above what can be counted;
                               it is in doubt who wrote the words; nothing can be counted to compare it with, and
                               people have not found yet that this scorer scores as they do

Waiting is done by confidence: it is held below the line at which a score counts without a person. The analysis's notes
say why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from shared.analysts.claude.view import View
from shared.analysts.lexical.analyst import Counted, counted
from shared.analysts.lexical.lexicon import Vocabulary
from shared.analysts.lexical.opposite import says_the_opposite
from shared.conversations.domain.call_analysis import JudgedScore
from shared.conversations.domain.conversation import Quote

DOUBTED_CONFIDENCE = 0.5
"""Below the 0.6 at which a score counts without a person (observations/domain/waiting.py)."""
UNIFORM_SCORES = 5
"""From so many scores on, all the same number is no judgement."""
FLAWLESS_SCORES, FLAWLESS = 3, 90
"""From so many scores on, all this high is rarer than a reader who was taken in: of 42 labelled people, none."""
ABOVE_THE_COUNTED = 40
"""So many points above what can be counted in the same words, a score waits for a person. It bounds what an instruction
that nobody recognises can do. Where nothing is found of what can be counted, a score up to here agrees with that."""


def doubted(
    view: View,
    speaker_id: str,
    scores: Sequence[JudgedScore],
    cut_off: Collection[Quote],
    certified: Collection[str],
    vocabulary: Vocabulary,
) -> tuple[list[JudgedScore], tuple[str, ...]]:
    """Returns the scores, less trusted where a person must look, and why one must.

    cut_off: quotes from which a "not" of their sentence had been left out. certified: the competencies that the scorer
    is certified for, on reviews of people who did not see its scores. vocabulary: of the framework that is scored by
    """
    doubts = list(_of_everything(scores))
    waiting = {one.competency for one in scores} if doubts else set()
    for why, applies in _of_one(view, scores, cut_off, counted(view.shown, speaker_id, vocabulary), certified):
        found = [one.competency for one in scores if applies(one)]
        if found:
            doubts.append(f"{why}, waits for a person: {', '.join(found)}")
            waiting.update(found)
    trusted = [
        replace(one, confidence=min(one.confidence, DOUBTED_CONFIDENCE)) if one.competency in waiting else one
        for one in scores
    ]
    return trusted, tuple(doubts)


def _of_everything(scores: Sequence[JudgedScore]) -> Iterator[str]:
    """Says why a person must look at all of it."""
    if len(scores) >= UNIFORM_SCORES and len({one.score for one in scores}) == 1:
        yield f"all {len(scores)} scores are the same: every score waits for a person"
    elif len(scores) >= FLAWLESS_SCORES and min(one.score for one in scores) >= FLAWLESS:
        yield f"all {len(scores)} scores are {FLAWLESS} or more: every score waits for a person"


def _of_one(
    view: View,
    scores: Sequence[JudgedScore],
    cut_off: Collection[Quote],
    count: Counted,
    certified: Collection[str],
) -> tuple[tuple[str, Callable[[JudgedScore], bool]], ...]:
    """Returns the doubts about single scores, in words and as a question to one."""
    shared = _shared_quotes(scores)

    def above(one: JudgedScore) -> bool:
        return one.score - count.scores.get(one.competency, 100) > ABOVE_THE_COUNTED

    def incomparable(one: JudgedScore) -> bool:
        if one.competency in count.nothing and one.score <= ABOVE_THE_COUNTED:
            return False
        return one.competency not in count.scores and one.competency not in certified

    return (
        ("quotes words beside some that address the analyst", lambda one: _stands_beside_withheld_words(view, one)),
        ("who wrote the quoted words is in doubt", lambda one: _stands_on_doubtful_words(view, one)),
        ("one quote under several competencies", lambda one: any(quoted in shared for quoted in _quotes(one))),
        ("the quote's sentence says the opposite", lambda one: _says_the_opposite(one, cut_off)),
        ("far above what can be counted", above),
        ("nothing to compare with can be counted, and no blind reviews certify this scorer", incomparable),
    )


def _quotes(score: JudgedScore) -> tuple[Quote, ...]:
    return tuple(piece for piece in score.evidence if isinstance(piece, Quote))


def _shared_quotes(scores: Sequence[JudgedScore]) -> frozenset[Quote]:
    """Returns the quotes that overlap one under another competency."""
    under = Counter(place for score in scores for place in {at for one in _quotes(score) for at in _places(one)})
    return frozenset(
        one for score in scores for one in _quotes(score) if any(under[place] > 1 for place in _places(one))
    )


def _places(quoted: Quote) -> Iterator[tuple[int, int]]:
    return ((quoted.turn_index, at) for at in range(quoted.start, quoted.end))


def _stands_on_doubtful_words(view: View, score: JudgedScore) -> bool:
    """Tells whether a quote stands in a turn of which it is in doubt who wrote it."""
    return any(view.conversation.turns[one.turn_index].in_doubt for one in _quotes(score))


def _stands_beside_withheld_words(view: View, score: JudgedScore) -> bool:
    """Tells whether a quote stands in a turn, or next to one, of which something is withheld: people of our trade speak
    of prompts and scores among themselves, and what they say elsewhere is not in doubt for it."""
    return any(abs(one.turn_index - at) <= 1 for one in _quotes(score) for at in view.touched)


def _says_the_opposite(score: JudgedScore, cut_off: Collection[Quote]) -> bool:
    return any(one in cut_off or says_the_opposite(score.competency, one.text) for one in _quotes(score))
