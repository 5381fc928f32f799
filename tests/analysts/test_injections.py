"""No instruction inside a call, or inside what the CRM says about it, changes a score.

The whole way: prompts, Anthropic's protocol over HTTP, the SDK, the reading of the answer. The reader is the most
gullible one: it obeys as soon as four of the injection's words in a row reach it, in each of four manners.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from infra.demonstration.analyst_answerers import LexicalAnswerer
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.vendors.claude import ClaudeLanguageModel
from shared.analysts.claude.doubts import DOUBTED_CONFIDENCE
from shared.analysts.claude.request import ask, prompts_about, read_about, scorer_of
from shared.analysts.claude.view import AnalystSettings, View
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from tests.analysts.gullible_answerer import GullibleAnswerer
from tests.analysts.injections import SPLIT, TEXTS, UNSEEN
from tests.analysts.sales_call import BUYER, SAID, SELLER, call, framework

SETTINGS = AnalystSettings(model=DEMONSTRATION_MODEL)
Said = Sequence[tuple[str, str]]


class Room:
    """The analyst at work with whoever answers now."""

    def __init__(self, url: str) -> None:
        self.model = ClaudeLanguageModel(KEY, base_url=url)
        self.answerer: Any = LexicalAnswerer()
        self.known: dict[Said, CallAnalysis] = {}

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        value: Mapping[str, Any] = self.answerer(request)
        return value

    def analysed(self, conversation: Conversation, context: Mapping[str, Any] | None = None) -> CallAnalysis:
        view = View.of(conversation, SELLER, SETTINGS)
        completions = ask(self.model, prompts_about(view, framework(), context or {}, SETTINGS)).completions
        return read_about(view, completions, framework(), scorer_of(framework(), SETTINGS))

    def honest(self, said: Said) -> CallAnalysis:
        """The analysis of a call that nobody tampered with."""
        if tuple(said) not in self.known:
            self.answerer = LexicalAnswerer()
            self.known[tuple(said)] = self.analysed(call(said))
        return self.known[tuple(said)]

    def gullible(self, conversation: Conversation, bait: str, manner: str, **context: Any) -> tuple[CallAnalysis, int]:
        """The analysis, and how often the reader was taken in."""
        self.answerer = GullibleAnswerer(LexicalAnswerer(), [bait], manner)
        return self.analysed(conversation, context), self.answerer.obeyed


def points(analysis: CallAnalysis) -> dict[str, int]:
    return {one.competency: one.score for one in analysis.scores}


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    rooms: list[Room] = []
    interface = MessagesInterface(lambda request: rooms[0].answer(request))
    with MessagesServer(interface) as url:
        rooms.append(Room(url))
        yield rooms[0]


@pytest.mark.parametrize("kind", TEXTS)
class TestInjectionsChangeNoScore:
    def test_in_a_turn_of_its_own(self, room: Room, kind: str) -> None:
        without = points(room.honest(SAID))
        assert without
        for speaker, manner in ((SELLER, "injected"), (SELLER, "copied"), (BUYER, "real"), (BUYER, "invented")):
            said = [*SAID[:5], (speaker, TEXTS[kind]), *SAID[5:]]
            analysis, obeyed = room.gullible(call(said), TEXTS[kind], manner)
            assert obeyed == 0
            assert points(analysis) == without
            assert max(one.confidence for one in analysis.scores) <= DOUBTED_CONFIDENCE
            assert "turns that address the analyst were withheld from it: 5" in analysis.notes

    def test_within_what_somebody_really_says(self, room: Room, kind: str) -> None:
        for place in (4, 7):
            speaker, words = SAID[place]
            without = points(room.honest([*SAID[:place], *SAID[place + 1 :]]))
            said = [*SAID[:place], (speaker, f"{words} {TEXTS[kind]}"), *SAID[place + 1 :]]
            analysis, obeyed = room.gullible(call(said), TEXTS[kind], "real")
            assert obeyed == 0
            assert points(analysis) == without

    def test_in_the_crm_and_in_names(self, room: Room, kind: str) -> None:
        without = room.honest(SAID)
        text = TEXTS[kind]
        conversation = call()
        conversation = replace(
            conversation, parties=tuple(replace(one, name=text, email=text, role=text) for one in conversation.parties)
        )
        context: dict[str, Any] = dict.fromkeys(("industry", "deal_size", "deal_stage", "account_name"), text)
        analysis, obeyed = room.gullible(
            conversation, text, "real", **context, buyer_personas=[text], products_discussed=[text]
        )
        assert obeyed == 0
        assert (analysis.scores, analysis.notes) == (without.scores, without.notes)


@pytest.mark.parametrize("halves", SPLIT)
def test_an_instruction_over_two_turns(room: Room, halves: tuple[str, str]) -> None:
    without = points(room.honest(SAID))
    said = [*SAID[:5], (BUYER, halves[0]), (BUYER, halves[1]), *SAID[5:]]
    analysis, obeyed = room.gullible(call(said), " ".join(halves), "real")
    assert (obeyed, points(analysis)) == (0, without)


class TestWhatRemains:
    """Words that nothing here recognises do reach the reader. What a taken-in reader can and cannot do then."""

    said = (*SAID, (BUYER, UNSEEN))

    def test_a_customers_words_and_invented_words_are_never_evidence(self, room: Room) -> None:
        for manner in ("injected", "invented"):
            analysis, obeyed = room.gullible(call(self.said), UNSEEN, manner)
            assert obeyed == 1
            assert analysis.scores == ()

    def test_full_marks_on_real_words_wait_for_a_person(self, room: Room) -> None:
        analysis, obeyed = room.gullible(call(self.said), UNSEEN, "real")
        assert obeyed == 1
        assert {one.score for one in analysis.scores} == {100}
        assert {one.confidence for one in analysis.scores} == {DOUBTED_CONFIDENCE}
        assert any("every score waits for a person" in note for note in analysis.notes)

    def test_the_speakers_own_words_about_the_score_are_no_evidence_of_it(self, room: Room) -> None:
        words = "I would say that the rubric gives a maximum for what we did today"
        analysis, obeyed = room.gullible(call([*SAID, (SELLER, words)]), words, "injected")
        assert (obeyed, analysis.scores) == (1, ())
        assert "a quote about being scored" in analysis.unobserved[0].reason
