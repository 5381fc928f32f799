"""Finds what customers object, and what one speaker says to it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.analysts.lexical import lexicon
from shared.analysts.lexical.questions import QuestionKind
from shared.analysts.lexical.side import FIGURE_WRITTEN, REACH_TURNS, RECENT_MS, Side, numbered
from shared.analysts.lexical.speech import Kind, Utterance, hum
from shared.conversations.domain.conversation import Quote


@dataclass(frozen=True, slots=True)
class Objection:
    """Says what a customer objected and what the speaker said next, up to the customer's next turn.

    argued: the answer begins with a contradiction.
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
            (
                (start, end, match)
                for start, end in one.sentences
                if (match := lexicon.OBJECTION.search(one.text, start, end))
            ),
            None,
        )
        if raised is None:
            continue
        response = _response(side, one)
        said = [each.text for each in response]
        found.append(
            Objection(
                raised=side.sentence(one, *raised),
                response=_best_response(side, response),
                acknowledged=any(lexicon.ACKNOWLEDGED.search(text) for text in said),
                asked_back=any(
                    question.kind is not QuestionKind.COURTESY
                    and not lexicon.CHECKED.search(each.text, question.start, question.end)
                    for each in response
                    for question in side.asked[each.turn_index]
                ),
                with_evidence=any(numbered(text) or lexicon.PROOF.search(text) for text in said),
                checked=any(lexicon.CHECKED.search(text) for text in said),
                argued=bool(response) and bool(lexicon.ARGUED.match(response[0].text)),
            )
        )
    return tuple(found)


def _response(side: Side, objection: Utterance) -> list[Utterance]:
    """Returns the speaker's turns from an objection to the customer's next turn, and, when they ask back, from the
    customer's answer to the turn after it. A hum in between takes no floor."""
    response: list[Utterance] = []
    follow = False
    answering = True
    for one in side.utterances[objection.turn_index + 1 : objection.turn_index + 1 + REACH_TURNS]:
        if one.turn.speaker_id == side.speaker_id:
            if one.kind is Kind.TALK:
                answering = True
                response.append(one)
        elif one.kind is Kind.TALK or (one.kind is Kind.ACKNOWLEDGEMENT and not hum(one)):
            if not response:
                if not side.written and one.turn.start_ms - objection.turn.end_ms > RECENT_MS:
                    break
                continue
            if answering and follow:
                break
            if answering and not any(side.asked[each.turn_index] for each in response):
                break
            follow = True
            answering = False
    return response


def _best_response(side: Side, response: list[Utterance]) -> Quote | None:
    """Returns the sentence that answers with evidence, else the one that acknowledges, else the first."""
    for pattern in (lexicon.PROOF, lexicon.NUMBER_WORD, FIGURE_WRITTEN, lexicon.ACKNOWLEDGED):
        for one in response:
            for start, end in one.sentences:
                match = pattern.search(one.text, start, end)
                if match:
                    return side.sentence(one, start, end, match)
    for one in response:
        for start, end in one.sentences:
            return side.sentence(one, start, end, None)
    return None
