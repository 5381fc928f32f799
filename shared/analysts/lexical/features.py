"""What can be counted and measured about one speaker in a conversation, without judging it.

Every count comes with the words it was counted from. Noise and hesitations are no talk, acknowledgements take no
floor. Words and times only: no emotion, no tone, no sentiment is inferred from anything.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.lexicon import Vocabulary
from shared.analysts.lexical.questions import Question, QuestionKind, questions
from shared.analysts.lexical.speech import (
    Kind,
    Utterance,
    content_words,
    hum,
    phrases,
    punctuated,
    read,
    singular,
    words_between,
    words_of,
)
from shared.analysts.lexical.spoken_figures import FIGURE, figures_said
from shared.conversations.domain.conversation import Affiliation, Conversation, MeasuredSpan, Quote, quote

INTERRUPTION_OVERLAP_MS = 500
"""Starting this long before the other ends is an interruption (reasons: rubric, listening)."""

INTERRUPTION_WORDS = 2
"""A single word over somebody's talk is an acknowledgement or a false start, not a bid for the floor."""

MONOLOGUE_BREAK_MS = 4_000
"""A silence this long offers the floor: usual gaps are of the order of 200 ms, and four seconds are twenty of them."""

RECENT_MS = 30_000
"""A question takes up what was said when the words were said within half a minute."""

REACH_TURNS = 60
"""How many turns before or after are looked at: more than anyone takes in half a minute, and it keeps the time linear
where a recording has thousands of turns at one moment."""

RECENT_MESSAGES = 3
"""In a thread half a minute means nothing: what was said is what the others' last three messages say."""

ECHO_WORDS = 6
"""A turn this short that says nothing but the other's words gives them back."""

RECAP_STEPS = 3
"""A turn that names three next steps sums up, whatever it begins with."""

ANSWER_AT_LENGTH_WORDS = 8
EXPLANATION_WORDS = 8
ANSWER_WORDS = 10
LONGEST_QUOTE_WORDS = 40
QUOTE_WINDOW_WORDS = 14

_FIGURE = re.compile(r"[$€£]?\d[\d.,]*\s?%?")
_CLOCK = re.compile(r"\b\d{1,2}(?:st|nd|rd|th|\s*(?:am|pm|a\.m\.|p\.m\.|o'clock))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Objection:
    """What a customer objected and what the speaker said next, up to the customer's next turn.

    argued: the answer begins with a contradiction.
    """

    raised: Quote
    response: Quote | None
    acknowledged: bool
    asked_back: bool
    with_evidence: bool
    checked: bool
    argued: bool


@dataclass(frozen=True, slots=True)
class ValueStatement:
    """A gain that the speaker names. linked: in the customer's own subject words."""

    said: Quote
    quantified: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that will happen after the call. theirs: the customer does it."""

    said: Quote
    dated: bool
    agreed: bool
    theirs: bool


@dataclass(frozen=True, slots=True)
class Features:
    """Counts and measurements of one speaker; times in milliseconds, ratio and share in thousandths.

    written: the words were written: there is no talk to measure, and everything about times is empty.
    end_ms: where the last talk ends.
    talk_ratio: the speaker's talking time over that of all known speakers; None when nobody talks.
    median_gap_ms: from the last word of others to the speaker's answer, negative for overlap; None without one.
    punctuated: whether the transcript marks sentences; without, questions are told by word order alone.
    """

    written: bool
    words: int
    end_ms: int
    talk_ms: int
    others_talk_ms: int
    others_turns: int
    talk_ratio: int | None
    longest_monologue: MeasuredSpan | None
    interruptions: tuple[MeasuredSpan, ...]
    median_gap_ms: int | None
    acknowledgements: int
    punctuated: bool
    open_questions: tuple[Quote, ...]
    closed_questions: tuple[Quote, ...]
    courtesies: tuple[Quote, ...]
    topics_asked_about: tuple[str, ...]
    follow_up_questions: tuple[Quote, ...]
    paraphrases: tuple[Quote, ...]
    questions_answered_at_length: int
    objections: tuple[Objection, ...]
    value_statements: tuple[ValueStatement, ...]
    customer_figures: tuple[Quote, ...]
    proofs: tuple[Quote, ...]
    product_terms: tuple[str, ...]
    product_mentions: tuple[Quote, ...]
    explanations: tuple[Quote, ...]
    answers: tuple[Quote, ...]
    specifics: tuple[Quote, ...]
    limits_named: tuple[Quote, ...]
    architecture_terms: tuple[str, ...]
    architecture_mentions: tuple[Quote, ...]
    mechanisms: tuple[Quote, ...]
    architecture_questions: tuple[Quote, ...]
    architecture_aspects: tuple[str, ...]
    next_steps: tuple[NextStep, ...]
    recaps: tuple[Quote, ...]
    decisions_asked: tuple[Quote, ...]


def measure(conversation: Conversation, speaker_id: str, vocabulary: Vocabulary) -> Features:
    """The features of a speaker who has at least one turn."""
    call = _Call(conversation, speaker_id)
    asked = {one.turn_index: questions(one) for one in call.mine}
    interruptions = () if call.written else call.interruptions()
    interrupting = {one.turn_index for one in interruptions}
    product = phrases(" | ".join(vocabulary.product))
    architecture = phrases(" | ".join(vocabulary.architecture))
    statements = [span for one in call.mine for span in _statements(one, asked[one.turn_index])]
    own_ms, others_ms = (0, 0) if call.written else (_covered(call.mine), _covered(call.others))
    next_steps = call.next_steps()
    return Features(
        written=call.written,
        words=sum(len(one.words) for one in call.mine),
        end_ms=max((one.turn.end_ms for one in call.talk), default=0),
        talk_ms=own_ms,
        others_talk_ms=others_ms,
        others_turns=len(call.others),
        talk_ratio=(2000 * own_ms + own_ms + others_ms) // (2 * (own_ms + others_ms)) if own_ms + others_ms else None,
        longest_monologue=None if call.written else call.longest_monologue(),
        interruptions=interruptions,
        median_gap_ms=None if call.written else call.median_gap(),
        acknowledgements=sum(
            one.kind is Kind.ACKNOWLEDGEMENT and one.turn.speaker_id == speaker_id for one in call.utterances
        ),
        punctuated=any(punctuated(one.text) for one in call.utterances),
        open_questions=call.asked(asked, QuestionKind.OPEN),
        closed_questions=call.asked(asked, QuestionKind.CLOSED),
        courtesies=call.asked(asked, QuestionKind.COURTESY),
        topics_asked_about=_topics(call, asked),
        follow_up_questions=call.follow_ups(asked, interrupting),
        paraphrases=call.paraphrases(interrupting),
        questions_answered_at_length=call.answered_at_length(asked),
        objections=call.objections(asked),
        value_statements=call.value_statements(statements),
        customer_figures=call.customer_figures(statements),
        proofs=call.sentences_with(statements, lexicon.PROOF),
        product_terms=_terms(call.mine, product),
        product_mentions=call.sentences_with(statements, product, at_least_words=EXPLANATION_WORDS),
        explanations=call.sentences_with(statements, product, lexicon.EXPLANATION),
        answers=call.answers(product),
        specifics=tuple(
            one
            for one in call.sentences_with(statements, product, at_least_words=EXPLANATION_WORDS)
            if figures_said(one.text)
        ),
        limits_named=call.sentences_with(statements, lexicon.LIMIT),
        architecture_terms=_terms(call.mine, architecture),
        architecture_mentions=call.sentences_with(statements, architecture),
        mechanisms=call.mechanisms(statements, architecture),
        architecture_questions=tuple(
            call.question_quote(one, question)
            for one in call.mine
            for question in asked[one.turn_index]
            if question.kind is not QuestionKind.COURTESY
            and architecture.search(one.text, question.start, question.end)
        ),
        architecture_aspects=tuple(
            aspect
            for aspect, pattern in lexicon.ARCHITECTURE_ASPECTS.items()
            if any(pattern.search(one.text) for one in call.mine)
        ),
        next_steps=next_steps,
        recaps=call.recaps(next_steps),
        decisions_asked=call.decisions_asked(),
    )


_Asked = dict[int, tuple[Question, ...]]


class _Call:
    """A conversation read from the side of one speaker.

    mine: the speaker's talk. others: the talk of every other known speaker. customers: those of them who are not
    marked Internal. All in the order of time.
    """

    def __init__(self, conversation: Conversation, speaker_id: str) -> None:
        self.conversation = conversation
        self.speaker_id = speaker_id
        self.written = conversation.medium == "email"
        self.utterances = [read(index, turn) for index, turn in enumerate(conversation.turns)]
        self.talk = [one for one in self.utterances if one.kind is Kind.TALK]
        self.mine = [one for one in self.talk if one.turn.speaker_id == speaker_id]
        self.others = [one for one in self.talk if one.turn.speaker_id not in {speaker_id, None}]
        colleagues = {party.speaker_id for party in conversation.parties if party.affiliation is Affiliation.INTERNAL}
        self.customers = [one for one in self.others if one.turn.speaker_id not in colleagues]
        self.content = {one.turn_index: content_words(one.words) for one in self.others}
        self._others_from = [one.turn.start_ms for one in self.others]

    def longest_monologue(self) -> MeasuredSpan | None:
        """The longest stretch in which nobody else takes the floor and no silence offers it."""
        longest: tuple[int, int] | None = None
        current: tuple[int, int] | None = None
        for one in self.talk:
            start, end = one.turn.start_ms, one.turn.end_ms
            if one.turn.speaker_id != self.speaker_id:
                current = None
                continue
            if current is not None and start - current[1] <= MONOLOGUE_BREAK_MS:
                current = (current[0], max(current[1], end))
            else:
                current = (start, end)
            if longest is None or current[1] - current[0] > longest[1] - longest[0]:
                longest = current
        if longest is None:
            return None
        return MeasuredSpan("longest monologue", *longest, f"{(longest[1] - longest[0] + 500) // 1000} s")

    def interruptions(self) -> tuple[MeasuredSpan, ...]:
        """Where the speaker starts while another has the floor and keeps it long enough."""
        reach: list[int] = []
        for one in self.others:
            reach.append(max(one.turn.end_ms, reach[-1] if reach else 0))
        found = []
        for one in self.mine:
            begun = bisect_left(self._others_from, one.turn.start_ms)
            until = reach[begun - 1] if begun else 0
            overlap = until - one.turn.start_ms
            if overlap >= INTERRUPTION_OVERLAP_MS and len(one.words) >= INTERRUPTION_WORDS:
                found.append(
                    MeasuredSpan("interruption", one.turn.start_ms, until, f"overlap {overlap} ms", one.turn_index)
                )
        return tuple(found)

    def median_gap(self) -> int | None:
        """Half of the answers come within this time after the last word of the others."""
        gaps = []
        floor_until: int | None = None
        answering = False
        for one in self.talk:
            if one.turn.speaker_id == self.speaker_id:
                if answering and floor_until is not None:
                    gaps.append(one.turn.start_ms - floor_until)
                answering = False
            elif one.turn.speaker_id is not None:
                floor_until = max(floor_until or 0, one.turn.end_ms)
                answering = True
        return int(median(gaps)) if gaps else None

    def asked(self, asked: _Asked, kind: QuestionKind) -> tuple[Quote, ...]:
        return tuple(
            self.question_quote(one, question)
            for one in self.mine
            for question in asked[one.turn_index]
            if question.kind is kind
        )

    def question_quote(self, one: Utterance, question: Question) -> Quote:
        return quote(self.conversation, one.turn_index, question.start, question.end)

    def follow_ups(self, asked: _Asked, interrupting: set[int | None]) -> tuple[Quote, ...]:
        """The first question of each turn that takes up a subject word of the others' last half minute."""
        found = []
        for one in self.mine:
            if one.turn_index in interrupting:
                continue
            heard = self._recently_heard(one)
            for question in asked[one.turn_index]:
                said = content_words(words_of(one.text[question.start : question.end]))
                if question.kind is not QuestionKind.COURTESY and said & heard:
                    found.append(self.question_quote(one, question))
                    break
        return tuple(found)

    def paraphrases(self, interrupting: set[int | None]) -> tuple[Quote, ...]:
        """Sentences that say back what was heard, in its words; the first of each turn."""
        found = []
        for one in self.mine:
            if one.turn_index in interrupting:
                continue
            said = content_words(one.words)
            if len(one.words) <= ECHO_WORDS and said and said <= self._recently_heard(one):
                found.append(self._sentence(one, one.words[0].start, one.words[-1].end, None))
                continue
            for position, (start, end) in enumerate(one.sentences):
                # "Let me make sure I understand." The words taken up follow in the next sentence.
                through = one.sentences[min(position + 1, len(one.sentences) - 1)][1]
                match = lexicon.PARAPHRASE.search(one.text, start, end)
                if match and content_words(words_of(one.text[start:through])) & self._recently_heard(one):
                    found.append(self._sentence(one, start, through, match))
                    break
        return tuple(found)

    def _recently_heard(self, one: Utterance) -> frozenset[str]:
        begun = bisect_left(self._others_from, one.turn.start_ms)
        heard: set[str] = set()
        reach = RECENT_MESSAGES if self.written else REACH_TURNS
        for other in self.others[max(0, begun - reach) : begun]:
            if self.written or other.turn.end_ms >= one.turn.start_ms - RECENT_MS:
                heard |= self.content[other.turn_index]
        return frozenset(heard)

    def answered_at_length(self, asked: _Asked) -> int:
        """How many of the speaker's asking turns are followed by a customer's answer of some length."""
        answered = set()
        latest: Utterance | None = None
        customers = {one.turn_index for one in self.customers}
        for one in self.talk:
            if one.turn.speaker_id == self.speaker_id:
                latest = one
            elif latest is None or one.turn_index not in customers or len(one.words) < ANSWER_AT_LENGTH_WORDS:
                continue
            elif any(question.kind is not QuestionKind.COURTESY for question in asked[latest.turn_index]):
                answered.add(latest.turn_index)
        return len(answered)

    def objections(self, asked: _Asked) -> tuple[Objection, ...]:
        """Customers' objections, one per turn, each with the speaker's turns up to the customer's next."""
        found = []
        for one in self.customers:
            raised = next(
                (
                    (start, end, match)
                    for start, end in one.sentences
                    if (match := lexicon.OBJECTION.search(one.text, start, end))
                ),
                None,
            )
            if raised is None:
                continue
            response = self._response(one, asked)
            said = [each.text for each in response]
            found.append(
                Objection(
                    raised=self._sentence(one, *raised),
                    response=self._best_response(response),
                    acknowledged=any(lexicon.ACKNOWLEDGED.search(text) for text in said),
                    asked_back=any(
                        question.kind is not QuestionKind.COURTESY
                        and not lexicon.CHECKED.search(each.text, question.start, question.end)
                        for each in response
                        for question in asked[each.turn_index]
                    ),
                    with_evidence=any(_numbered(text) or lexicon.PROOF.search(text) for text in said),
                    checked=any(lexicon.CHECKED.search(text) for text in said),
                    argued=bool(response) and bool(lexicon.ARGUED.match(response[0].text)),
                )
            )
        return tuple(found)

    def _response(self, objection: Utterance, asked: _Asked) -> list[Utterance]:
        """The speaker's turns from an objection to the customer's next turn, and, when they ask back, from the
        customer's answer to the turn after it. A hum in between takes no floor."""
        response: list[Utterance] = []
        follow = False
        answering = True
        for one in self.utterances[objection.turn_index + 1 : objection.turn_index + 1 + REACH_TURNS]:
            if one.turn.speaker_id == self.speaker_id:
                if one.kind is Kind.TALK:
                    answering = True
                    response.append(one)
            elif one.kind is Kind.TALK or (one.kind is Kind.ACKNOWLEDGEMENT and not hum(one)):
                if not response:
                    if not self.written and one.turn.start_ms - objection.turn.end_ms > RECENT_MS:
                        break
                    continue
                if answering and follow:
                    break
                if answering and not any(asked[each.turn_index] for each in response):
                    break
                follow = True
                answering = False
        return response

    def _best_response(self, response: list[Utterance]) -> Quote | None:
        """The sentence that answers with evidence, else the one that acknowledges, else the first."""
        for pattern in (lexicon.PROOF, lexicon.NUMBER_WORD, _FIGURE, lexicon.ACKNOWLEDGED):
            for one in response:
                for start, end in one.sentences:
                    match = pattern.search(one.text, start, end)
                    if match:
                        return self._sentence(one, start, end, match)
        for one in response:
            for start, end in one.sentences:
                return self._sentence(one, start, end, None)
        return None

    def value_statements(self, statements: list[tuple[Utterance, int, int]]) -> tuple[ValueStatement, ...]:
        found = []
        heard: set[str] = set()
        customers = iter(self.customers)
        next_customer = next(customers, None)
        for one, start, end in statements:
            while next_customer is not None and next_customer.turn_index < one.turn_index:
                heard |= self.content[next_customer.turn_index]
                next_customer = next(customers, None)
            match = lexicon.VALUE.search(one.text, start, end)
            if not match:
                continue
            said = self._sentence(one, start, end, match)
            shared_words = content_words(words_of(said.text)) & heard
            found.append(ValueStatement(said, _numbered(said.text), len(shared_words) >= 2))
        return tuple(found)

    def customer_figures(self, statements: list[tuple[Utterance, int, int]]) -> tuple[Quote, ...]:
        """Statements with a figure that a customer has said before; each figure once."""
        found = []
        heard: set[str] = set()
        used: set[str] = set()
        customers = iter(self.customers)
        next_customer = next(customers, None)
        for one, start, end in statements:
            while next_customer is not None and next_customer.turn_index < one.turn_index:
                heard |= figures_said(next_customer.text)
                next_customer = next(customers, None)
            theirs = (figures_said(one.text[start:end]) & heard) - used
            if theirs:
                used |= theirs
                found.append(self._sentence(one, start, end, FIGURE.search(one.text, start, end)))
        return tuple(found)

    def answers(self, product: re.Pattern[str]) -> tuple[Quote, ...]:
        """The speaker's next turn after a customer's question, when it has product terms and the question's words, a
        figure or an explanation."""
        found: dict[int, Quote] = {}
        customers = {one.turn_index for one in self.customers}
        pending: Utterance | None = None
        for one in self.talk:
            if one.turn_index in customers:
                asks = any(question.kind is not QuestionKind.COURTESY for question in questions(one))
                pending = one if asks else None
            elif one.turn.speaker_id == self.speaker_id and pending is not None:
                taken_up = content_words(one.words) & self.content[pending.turn_index]
                pending = None
                match = product.search(one.text)
                told = taken_up or figures_said(one.text) or lexicon.EXPLANATION.search(one.text)
                if match and told and len(one.words) >= ANSWER_WORDS:
                    start, end = next(span for span in one.sentences if span[0] <= match.start() < span[1])
                    found[one.turn_index] = self._sentence(one, start, end, match)
        return tuple(found.values())

    def mechanisms(
        self, statements: list[tuple[Utterance, int, int]], architecture: re.Pattern[str]
    ) -> tuple[Quote, ...]:
        """Sentences of some length that relate two architecture terms."""
        found = []
        for one, start, end in statements:
            terms = {_term(match) for match in architecture.finditer(one.text, start, end)}
            match = architecture.search(one.text, start, end)
            if match and len(terms) >= 2 and len(words_of(one.text[start:end])) >= EXPLANATION_WORDS:
                found.append(self._sentence(one, start, end, match))
        return tuple(found)

    def next_steps(self) -> tuple[NextStep, ...]:
        """Commitments and dated arrangements in the second half: what is promised before that is the agenda of the
        call. A bare day is a step only when the customer agrees to it. In a thread every message can hold a step."""
        found = []
        for one in self._second_half():
            for start, end in one.sentences:
                match = lexicon.COMMITMENT.search(one.text, start, end)
                said = self._sentence(one, start, end, match)
                dated = bool(lexicon.DATE.search(said.text) or _CLOCK.search(said.text))
                agreed = self._agreed(one)
                if match or (dated and (agreed or self.written) and lexicon.ARRANGED.search(one.text[start:end])):
                    theirs = bool(lexicon.THEIR_PART.search(one.text, start, end))
                    found.append(NextStep(said, dated, agreed, theirs))
        return tuple(found)

    def _second_half(self) -> list[Utterance]:
        if self.written:
            return self.mine
        half = max((one.turn.end_ms for one in self.talk), default=0) // 2
        return [one for one in self.mine if one.turn.end_ms >= half]

    def recaps(self, steps: tuple[NextStep, ...]) -> tuple[Quote, ...]:
        """Sentences that announce a summary in the second half, and turns that name three next steps or more."""
        found = []
        for one in self._second_half():
            in_turn = [step.said for step in steps if step.said.turn_index == one.turn_index]
            announced = next(
                (
                    self._sentence(one, start, end, match)
                    for start, end in one.sentences
                    if (match := lexicon.RECAP.search(one.text, start, end))
                ),
                None,
            )
            if announced is not None:
                found.append(announced)
            elif len(in_turn) >= RECAP_STEPS:
                found.append(in_turn[0])
        return tuple(found)

    def decisions_asked(self) -> tuple[Quote, ...]:
        """Sentences of the second half about the decision itself or what counts as done."""
        return tuple(
            self._sentence(one, start, end, match)
            for one in self._second_half()
            for start, end in one.sentences
            if (match := lexicon.DECISION_ASKED.search(one.text, start, end))
        )

    def _agreed(self, one: Utterance) -> bool:
        """Whether the next thing that a customer says begins with a yes, or names a day."""
        mine_again = 0
        for other in self.utterances[one.turn_index + 1 : one.turn_index + 1 + REACH_TURNS]:
            if other.kind is Kind.NOISE or other.turn.speaker_id is None:
                continue
            if other.turn.speaker_id == self.speaker_id:
                mine_again += other.kind is Kind.TALK
                if mine_again > 1:
                    return False
                continue
            opening = " ".join(word.text for word in other.words[:8])
            if lexicon.REFUSAL.search(opening):
                return False
            return bool(lexicon.AGREEMENT.search(opening) or lexicon.DATE.search(opening))
        return False

    def sentences_with(
        self,
        statements: list[tuple[Utterance, int, int]],
        *patterns: re.Pattern[str],
        at_least_words: int = 1,
    ) -> tuple[Quote, ...]:
        """The statements in which every pattern is found."""
        found = []
        for one, start, end in statements:
            matches = [pattern.search(one.text, start, end) for pattern in patterns]
            if all(matches) and len(words_of(one.text[start:end])) >= at_least_words:
                found.append(self._sentence(one, start, end, matches[0]))
        return tuple(found)

    def _sentence(self, one: Utterance, start: int, end: int, match: re.Match[str] | None) -> Quote:
        """The sentence, or, where speech has no punctuation and a sentence no end, the words around the match."""
        words = words_between(one, start, end)
        if len(words) > LONGEST_QUOTE_WORDS:
            at = match.start() if match else start
            middle = next((i for i, word in enumerate(words) if word.end > at), 0)
            start = words[max(0, middle - QUOTE_WINDOW_WORDS)].start
            end = words[min(len(words) - 1, middle + QUOTE_WINDOW_WORDS)].end
        return quote(self.conversation, one.turn_index, start, end)


def _statements(one: Utterance, asked: tuple[Question, ...]) -> list[tuple[Utterance, int, int]]:
    """The sentences that are no questions; every sentence where the transcript marks none, since it may hold both."""
    asking = {question.end for question in asked} if punctuated(one.text) else set()
    return [(one, start, end) for start, end in one.sentences if end not in asking]


def _topics(call: _Call, asked: _Asked) -> tuple[str, ...]:
    found = set()
    for one in call.mine:
        for question in asked[one.turn_index]:
            if question.kind is not QuestionKind.COURTESY:
                for topic, pattern in lexicon.DISCOVERY_TOPICS.items():
                    if pattern.search(one.text, question.start, question.end):
                        found.add(topic)
    return tuple(topic for topic in lexicon.DISCOVERY_TOPICS if topic in found)


def _terms(utterances: Iterable[Utterance], pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(sorted({_term(match) for one in utterances for match in pattern.finditer(one.text)}))


def _term(match: re.Match[str]) -> str:
    return singular(" ".join(match.group().lower().split()))


def _numbered(text: str) -> bool:
    return bool(_FIGURE.search(text) or lexicon.NUMBER_WORD.search(text))


def _covered(utterances: Iterable[Utterance]) -> int:
    """The time that the turns cover, overlaps counted once; in order of start."""
    total = 0
    until = 0
    for one in utterances:
        total += max(0, one.turn.end_ms - max(one.turn.start_ms, until))
        until = max(until, one.turn.end_ms)
    return total
