"""Finds what customers object, and what one speaker says to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.negation import affirmed, denied
from shared.analysts.lexical.questions import QuestionKind
from shared.analysts.lexical.refusals import UNMOVED
from shared.analysts.lexical.side import FIGURE_WRITTEN, REACH_TURNS, RECENT_MS, Side, numbered
from shared.analysts.lexical.speech import Kind, Utterance, hum, says_something
from shared.conversations.domain.conversation import Quote


@dataclass(frozen=True, slots=True)
class Objection:
    """Says what a customer objected and what the speaker said next, up to the customer's next turn.

    argued: the answer begins with a contradiction, waves the worry away, or leaves the customer where they were, who
            says so.
    """

    raised: Quote
    response: Quote | None
    acknowledged: bool
    asked_back: bool
    with_evidence: bool
    checked: bool
    argued: bool


def objections_to(side: Side) -> tuple[Objection, ...]:
    """Finds customers' objections, one per turn, each with the speaker's turns up to the customer's next."""
    found = []
    for one in side.customers:
        raised = next(
            ((start, end, match) for start, end in one.sentences if (match := _objects(one.text, start, end))), None
        )
        response = None if raised is None else _response(side, one)
        if raised is not None and response is not None:
            found.append(_answered(side, side.sentence(one, *raised), response))
    return tuple(found)


def _objects(text: str, start: int, end: int) -> re.Match[str] | None:
    """Returns the word of an objection that nothing in its clause denies or puts into the past."""
    for match in lexicon.OBJECTION.finditer(text, start, end):
        if not denied(text, match.start(), start) and not lexicon.GONE_BY.search(
            text, *_clause(text, match, start, end)
        ):
            return match
    return None


def _clause(text: str, match: re.Match[str], start: int, end: int) -> tuple[int, int]:
    before = max((text.rfind(mark, start, match.start()) + 1 for mark in ",;:"), default=start)
    after = min((at for mark in ",;:" if (at := text.find(mark, match.end(), end)) >= 0), default=end)
    return max(before, start), after


def _answered(side: Side, raised: Quote, response: list[Utterance]) -> Objection:
    said = [each.text for each in response]
    dismissed = any(lexicon.DISMISSED.search(text) for text in said)
    stands = dismissed or _still_stands(side, response)
    return Objection(
        raised=raised,
        response=_best_response(side, response),
        acknowledged=not dismissed and any(affirmed(lexicon.ACKNOWLEDGED, text) for text in said),
        asked_back=not dismissed and any(_asks_back(side, each) for each in response),
        with_evidence=not stands
        and any(_evident(each, start, end) for each in response for start, end in each.sentences),
        checked=not stands and any(lexicon.CHECKED.search(text) for text in said),
        argued=stands or (bool(response) and bool(lexicon.ARGUED.match(response[0].text))),
    )


def _still_stands(side: Side, response: list[Utterance]) -> bool:
    """Tells whether the customer says no to what was answered. A no to a question that asks for something else is an
    answer like any other."""
    answer = side.answer_to(response[-1]) if response else None
    if answer is None:
        return False
    asked = side.asked[response[-1].turn_index]
    last = asked[-1] if asked else None
    open_question = last is not None and not lexicon.CHECKED.search(response[-1].text, last.start, last.end)
    refused = not open_question and lexicon.REFUSED.match(answer.text)
    return bool(refused or UNMOVED.search(answer.text))


def _asks_back(side: Side, one: Utterance) -> bool:
    return any(
        question.kind is not QuestionKind.COURTESY
        and not lexicon.CHECKED.search(one.text, question.start, question.end)
        and not lexicon.PUSHED.search(one.text, question.start, question.end)
        for question in side.asked[one.turn_index]
    )


def _evident(one: Utterance, start: int, end: int) -> bool:
    """Tells whether a sentence proves something: another customer's case, a trial, or a number that is no discount."""
    if lexicon.DISCOUNT.search(one.text, start, end):
        return False
    return bool(affirmed(lexicon.PROOF, one.text, start, end)) or numbered(one.text[start:end])


def _response(side: Side, objection: Utterance) -> list[Utterance] | None:
    """Returns the speaker's turns from an objection to the customer's next turn, and, when they ask back, from the
    customer's answer to the turn after it. A hum in between takes no floor. None where a colleague has answered when
    the customer goes on: the objection is the colleague's."""
    response: list[Utterance] = []
    follow, answering, colleague = False, True, False
    for one in side.utterances[objection.turn_index + 1 : objection.turn_index + 1 + REACH_TURNS]:
        if one.turn.speaker_id == side.speaker_id:
            if one.kind is Kind.TALK and says_something(one):
                answering = True
                response.append(one)
        elif one.turn.speaker_id in side.colleagues:
            colleague |= one.kind is Kind.TALK
        elif one.kind is Kind.TALK or (one.kind is Kind.ACKNOWLEDGEMENT and not hum(one)):
            if not response:
                if colleague:
                    return None
                if one.turn.start_ms - objection.turn.end_ms > RECENT_MS:
                    break
                continue
            if answering and (follow or not any(side.asked[each.turn_index] for each in response)):
                break
            follow, answering = True, False
    return response


def _best_response(side: Side, response: list[Utterance]) -> Quote | None:
    """Returns the sentence that answers with evidence, else the one that acknowledges, else the first."""
    for pattern in (lexicon.PROOF, lexicon.NUMBER_WORD, FIGURE_WRITTEN, lexicon.ACKNOWLEDGED):
        for one in response:
            for start, end in one.sentences:
                match = affirmed(pattern, one.text, start, end)
                if match and not lexicon.DISCOUNT.search(one.text, start, end):
                    return side.sentence(one, start, end, match)
    for one in response:
        for start, end in one.sentences:
            return side.sentence(one, start, end, None)
    return None
