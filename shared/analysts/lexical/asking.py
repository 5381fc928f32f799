"""Counts how one speaker asks and takes up what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.questions import Question, QuestionKind, questions
from shared.analysts.lexical.side import Side
from shared.analysts.lexical.speech import Kind, Utterance, content_words, words_of
from shared.conversations.domain.conversation import Quote

ECHO_WORDS = 6
"""A turn this short that says nothing but the other's words gives them back."""

ANSWER_AT_LENGTH_WORDS = 8
QUESTIONS_A_TURN = 2


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions by kind, the topics of discovery among them, and what takes up the other's words.

    open_questions, closed_questions, topics: of those that a customer answers, two a turn: what is asked in one breath
    with more is not asked to hear the answer
    answered_at_length: how many of the speaker's asking turns are
    """

    open_questions: tuple[Quote, ...]
    closed_questions: tuple[Quote, ...]
    courtesies: tuple[Quote, ...]
    topics: tuple[str, ...]
    follow_ups: tuple[Quote, ...]
    paraphrases: tuple[Quote, ...]
    answered_at_length: int


def asking_of(side: Side, interrupting: frozenset[int | None]) -> Asking:
    """Counts a speaker's asking. interrupting: turns that cut in, and take nothing up"""
    answered = _answered(side)
    return Asking(
        open_questions=_of_kind(side, answered, QuestionKind.OPEN),
        closed_questions=_of_kind(side, answered, QuestionKind.CLOSED),
        courtesies=side.asking(QuestionKind.COURTESY),
        topics=_topics(side, answered),
        follow_ups=_follow_ups(side, interrupting),
        paraphrases=_paraphrases(side, interrupting),
        answered_at_length=_answered_at_length(side),
    )


def _follow_ups(side: Side, interrupting: frozenset[int | None]) -> tuple[Quote, ...]:
    """Returns the first question of each turn that takes up a subject word of the others' last half minute."""
    found = []
    for one in side.mine:
        if one.turn_index in interrupting:
            continue
        heard = side.recently_heard(one)
        for question in side.asked[one.turn_index]:
            said = content_words(words_of(one.text[question.start : question.end]))
            if question.kind is not QuestionKind.COURTESY and said & heard:
                found.append(side.question_quote(one, question))
                break
    return tuple(found)


def _paraphrases(side: Side, interrupting: frozenset[int | None]) -> tuple[Quote, ...]:
    """Finds sentences that say back what was heard, in its words; the first of each turn."""
    found = []
    for one in side.mine:
        if one.turn_index in interrupting:
            continue
        said = content_words(one.words)
        if len(one.words) <= ECHO_WORDS and said and said <= side.recently_heard(one):
            found.append(side.sentence(one, one.words[0].start, one.words[-1].end, None))
            continue
        for position, (start, end) in enumerate(one.sentences):
            # "Let me make sure I understand." The words taken up follow in the next sentence.
            through = one.sentences[min(position + 1, len(one.sentences) - 1)][1]
            match = lexicon.PARAPHRASE.search(one.text, start, end)
            if match and content_words(words_of(one.text[start:through])) & side.recently_heard(one):
                found.append(side.sentence(one, start, through, match))
                break
    return tuple(found)


def _answered_at_length(side: Side) -> int:
    """Tells how many of the speaker's asking turns are followed by a customer's answer of some length."""
    answered = set()
    latest: Utterance | None = None
    customers = {one.turn_index for one in side.customers}
    for one in side.talk:
        if one.turn.speaker_id == side.speaker_id:
            latest = one
        elif latest is None or one.turn_index not in customers or len(one.words) < ANSWER_AT_LENGTH_WORDS:
            continue
        elif any(question.kind is not QuestionKind.COURTESY for question in side.asked[latest.turn_index]):
            answered.add(latest.turn_index)
    return len(answered)


def _topics(side: Side, answered: Sequence[tuple[Utterance, Question]]) -> tuple[str, ...]:
    found = set()
    for one, question in answered:
        for topic, pattern in lexicon.DISCOVERY_TOPICS.items():
            if pattern.search(one.text, question.start, question.end):
                found.add(topic)
    return tuple(topic for topic in lexicon.DISCOVERY_TOPICS if topic in found)


def _of_kind(side: Side, answered: Sequence[tuple[Utterance, Question]], kind: QuestionKind) -> tuple[Quote, ...]:
    return tuple(side.question_quote(one, question) for one, question in answered if question.kind is kind)


def _answered(side: Side) -> list[tuple[Utterance, Question]]:
    """Returns the questions that a customer answers, the first two of each turn; one that the speaker answers alone, or
    that the customer meets with a question only, is not."""
    found: list[tuple[Utterance, Question]] = []
    asking: list[tuple[Utterance, Question]] = []
    ours = {side.speaker_id, None, *side.colleagues}
    for one in side.utterances:
        if one.turn.speaker_id == side.speaker_id and one.kind is Kind.TALK:
            own = [each for each in side.asked[one.turn_index] if each.kind is not QuestionKind.COURTESY]
            asking = [(one, each) for each in own[:QUESTIONS_A_TURN]] or asking
        elif one.turn.speaker_id not in ours and one.kind is not Kind.NOISE:
            if asking and not _only_asks(one):
                found.extend(asking)
            asking = []
    return found


def _only_asks(one: Utterance) -> bool:
    """Tells whether a turn is nothing but a question back."""
    asked = {question.end for question in questions(one)}
    return bool(asked) and all(end in asked for _, end in one.sentences)
