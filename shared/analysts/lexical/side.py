"""Reads a conversation from the side of one speaker: who says what, in sentences that can be quoted.

Noise and hesitations are no talk, acknowledgements take no floor. Words and times only: no emotion, no tone, no
sentiment is inferred from anything.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.questions import Question, QuestionKind, questions
from shared.analysts.lexical.speech import (
    Kind,
    Utterance,
    content_words,
    punctuated,
    read,
    singular,
    words_between,
    words_of,
)
from shared.conversations.domain.conversation import Affiliation, Conversation, Quote, quote

RECENT_MS = 30_000
"""A question takes up what was said when the words were said within half a minute."""

REACH_TURNS = 60
"""How many turns before or after are looked at: more than anyone takes in half a minute, and it keeps the time linear
where a recording has thousands of turns at one moment."""

EXPLANATION_WORDS = 8
LONGEST_QUOTE_WORDS = 40
QUOTE_WINDOW_WORDS = 14

FIGURE_WRITTEN = re.compile(r"[$€£]?\d[\d.,]*\s?%?")

Statement = tuple[Utterance, int, int]
"""A sentence that is no question: where it begins and ends in its turn."""


class Side:
    """A conversation read from the side of one speaker.

    mine: the speaker's talk. others: the talk of every other known speaker. customers: those of them who are not
    marked Internal. All in the order of time. colleagues: who is marked Internal
    asked: the questions of each of the speaker's turns
    """

    def __init__(self, conversation: Conversation, speaker_id: str) -> None:
        self.conversation = conversation
        self.speaker_id = speaker_id
        self.utterances = [read(index, turn) for index, turn in enumerate(conversation.turns)]
        self.talk = [one for one in self.utterances if one.kind is Kind.TALK]
        self.mine = [one for one in self.talk if one.turn.speaker_id == speaker_id]
        self.others = [one for one in self.talk if one.turn.speaker_id not in {speaker_id, None}]
        self.colleagues = {
            party.speaker_id for party in conversation.parties if party.affiliation is Affiliation.INTERNAL
        }
        self.customers = [one for one in self.others if one.turn.speaker_id not in self.colleagues]
        self.content = {one.turn_index: content_words(one.words) for one in self.others}
        self.others_from = [one.turn.start_ms for one in self.others]
        self.asked = {one.turn_index: questions(one) for one in self.mine}

    @cached_property
    def statements(self) -> list[Statement]:
        """Returns the speaker's sentences that are no questions."""
        return [span for one in self.mine for span in _statements(one, self.asked[one.turn_index])]

    def asking(self, kind: QuestionKind) -> tuple[Quote, ...]:
        """Returns the speaker's questions of a kind."""
        return tuple(
            self.question_quote(one, question)
            for one in self.mine
            for question in self.asked[one.turn_index]
            if question.kind is kind
        )

    def question_quote(self, one: Utterance, question: Question) -> Quote:
        """Returns a question's words."""
        return quote(self.conversation, one.turn_index, question.start, question.end)

    def recently_heard(self, one: Utterance) -> frozenset[str]:
        """Returns the subject words of the others' last half minute before a turn."""
        begun = bisect_left(self.others_from, one.turn.start_ms)
        heard: set[str] = set()
        for other in self.others[max(0, begun - REACH_TURNS) : begun]:
            if other.turn.end_ms >= one.turn.start_ms - RECENT_MS:
                heard |= self.content[other.turn_index]
        return frozenset(heard)

    def answer_to(self, one: Utterance) -> Utterance | None:
        """Returns what a customer says next."""
        after = self.utterances[one.turn_index + 1 : one.turn_index + 1 + REACH_TURNS]
        known = (other for other in after if other.kind is not Kind.NOISE and other.turn.speaker_id is not None)
        return next((other for other in known if self.is_customers(other)), None)

    def is_customers(self, one: Utterance) -> bool:
        """Tells whether somebody else, who is none of ours, says something."""
        return one.turn.speaker_id != self.speaker_id and one.turn.speaker_id not in self.colleagues

    def second_half(self) -> list[Utterance]:
        """Returns the speaker's turns of the second half."""
        half = max((one.turn.end_ms for one in self.talk), default=0) // 2
        return [one for one in self.mine if one.turn.end_ms >= half]

    def sentences_with(
        self,
        *patterns: re.Pattern[str],
        at_least_words: int = 1,
    ) -> tuple[Quote, ...]:
        """Returns the statements in which every pattern is found."""
        found = []
        for one, start, end in self.statements:
            matches = [pattern.search(one.text, start, end) for pattern in patterns]
            if all(matches) and len(words_of(one.text[start:end])) >= at_least_words:
                found.append(self.sentence(one, start, end, matches[0]))
        return tuple(found)

    def sentence(self, one: Utterance, start: int, end: int, match: re.Match[str] | None) -> Quote:
        """Returns the sentence, or, where it has no end since speech has no punctuation, the words around the match."""
        words = words_between(one, start, end)
        if len(words) > LONGEST_QUOTE_WORDS:
            at = match.start() if match else start
            middle = next((i for i, word in enumerate(words) if word.end > at), 0)
            start = words[max(0, middle - QUOTE_WINDOW_WORDS)].start
            end = words[min(len(words) - 1, middle + QUOTE_WINDOW_WORDS)].end
        return quote(self.conversation, one.turn_index, start, end)


def _statements(one: Utterance, asked: tuple[Question, ...]) -> list[tuple[Utterance, int, int]]:
    """Returns the sentences that are no questions; all where the transcript marks none, since it may hold both."""
    asking = {question.end for question in asked} if punctuated(one.text) else set()
    return [(one, start, end) for start, end in one.sentences if end not in asking]


def terms_of(utterances: Iterable[Utterance], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Returns the terms that are said, each once."""
    return tuple(sorted({term(match) for one in utterances for match in pattern.finditer(one.text)}))


def term(match: re.Match[str]) -> str:
    """Returns a term in its singular."""
    return singular(" ".join(match.group().lower().split()))


def numbered(text: str) -> bool:
    """Tells whether a text has a number in it, in figures or words."""
    return bool(FIGURE_WRITTEN.search(text) or lexicon.NUMBER_WORD.search(text))
