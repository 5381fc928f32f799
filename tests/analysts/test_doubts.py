"""What a language model claims waits for a person where it is in doubt, in calls and mail, of every competency."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from infra.demonstration.analyst_answerers import LabelledAnswerer
from scripts.commands.labelled_set import CALLS, labelled_set
from shared.analysts.claude.request import AnalystSettings, prompts_about, read_about, scorer_of
from shared.analysts.claude.view import View
from shared.analysts.lexical.opposite import says_the_opposite
from shared.analysts.ports.language_model import Completion
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.cost import Usage
from shared.observations.domain.waiting import LEAST_CONFIDENCE
from tests.analysts.answered import analysed
from tests.analysts.sales_call import BUYER, COST, SELLER, STEP, answer, call, framework, score

UNCOUNTED = "negotiation_support"


def waiting(analysis: CallAnalysis) -> list[str]:
    return [one.competency for one in analysis.scores if one.confidence < LEAST_CONFIDENCE]


def claimed(*scores: tuple[str, int, tuple[int, str]], **more: Any) -> CallAnalysis:
    return analysed(answer(*(score(name, points, quoted) for name, points, quoted in scores)), **more)


def conversation_of(*said: str) -> Conversation:
    """Each of the seller's turns, answered by the buyer."""
    turns = [line for words in said for line in ((SELLER, words), (BUYER, "We see it much the same way over here."))]
    return call(turns)


def test_what_stands_on_words_of_its_own_and_near_what_is_counted_counts() -> None:
    analysis = claimed(("discovery", 60, COST), ("closing", 70, STEP))
    assert (waiting(analysis), analysis.notes) == ([], ())


class TestOneQuote:
    def test_under_two_competencies_makes_both_wait(self) -> None:
        analysis = claimed(("discovery", 60, COST), ("value_articulation", 50, COST), ("closing", 70, STEP))
        assert waiting(analysis) == ["discovery", "value_articulation"]
        assert (
            "one quote under several competencies, waits for a person: discovery, value_articulation" in analysis.notes
        )

    def test_cut_in_two_is_one_sentence_still(self) -> None:
        analysis = claimed(("discovery", 60, COST), ("objection_handling", 50, (2, "Who feels that first")))
        assert waiting(analysis) == ["discovery", "objection_handling"]

    def test_twice_under_one_competency_is_its_own(self) -> None:
        twice = answer(score("discovery", 60, COST, (2, "Who feels that first")))
        assert waiting(analysed(twice)) == []


class TestFarAboveTheCounted:
    @pytest.mark.parametrize(("points", "waits"), [(40, False), (41, True)])
    def test_where_nothing_is_found_of_what_can_be_counted(self, points: int, waits: bool) -> None:
        said = conversation_of("Good to see the whole team here today.", "That is how it goes with most of us here.")
        analysis = claimed(("discovery", points, (0, "see the whole team")), conversation=said)
        assert bool(waiting(analysis)) == waits

    def test_a_certificate_of_blind_reviews_lets_count_what_nothing_can_be_compared_with(self) -> None:
        claims = ((UNCOUNTED, 88, COST),)
        assert waiting(claimed(*claims)) == [UNCOUNTED]
        assert waiting(claimed(*claims, certified=["closing"])) == [UNCOUNTED]
        assert waiting(claimed(*claims, certified=[UNCOUNTED])) == []

    def test_mail_has_no_counts_so_that_all_of_it_waits_until_then(self) -> None:
        claims = (("discovery", 60, COST), ("closing", 70, STEP))
        mail = call(medium="email")
        assert waiting(claimed(*claims, conversation=mail)) == ["discovery", "closing"]
        assert waiting(claimed(*claims, conversation=mail, certified=["closing"])) == ["discovery"]

    def test_nor_has_a_call_in_another_language(self) -> None:
        said = conversation_of("Wie läuft das heute genau ab, und wer ist davon am meisten betroffen?")
        assert waiting(claimed(("discovery", 60, (0, "wer ist davon am meisten betroffen")), conversation=said))


class TestTheSentenceSaysTheOpposite:
    @pytest.mark.parametrize(
        ("competency", "sentence", "quoted"),
        [
            ("value_articulation", "Honestly you will not save two days a week with it.", "save two days a week"),
            ("closing", "I don't think that I will send you the contract on Monday.", "I will send you the contract"),
            (UNCOUNTED, "We never offer a longer term instead of a discount.", "offer a longer term"),
            ("value_articulation", "With it you will not save anything.", "you will not save anything"),
            ("value_articulation", "It increases your latency and your cost.", "increases your latency and your cost"),
            ("objection_handling", "You should not worry, that is silly.", "You should not worry, that is silly"),
            ("discovery", "I do not want to hear what it costs you.", "do not want to hear what it costs you"),
            ("value_articulation", "I doubt it would save you a day.", "it would save you a day"),
            ("closing", "I cannot send you the contract on Monday.", "send you the contract on Monday"),
            ("closing", "Let's not meet on Tuesday then.", "meet on Tuesday"),
            ("closing", "We never agreed on a next step.", "agreed on a next step"),
            ("listening", "Sorry, I missed all of that just now.", "missed all of that"),
        ],
    )
    def test_so_the_score_waits(self, competency: str, sentence: str, quoted: str) -> None:
        said = conversation_of("Tell me how you do that today.", f"Right then. {sentence}")
        analysis = claimed((competency, 55, (2, quoted)), conversation=said, certified=[competency])
        assert waiting(analysis) == [competency]
        assert f"the quote's sentence says the opposite, waits for a person: {competency}" in analysis.notes

    @pytest.mark.parametrize(
        "sentence",
        [
            "No problem, I can't wait to see it.",
            "That is not only faster, it is cheaper for you.",
            "Why not save a day?",
        ],
    )
    def test_not_every_not_denies(self, sentence: str) -> None:
        said = conversation_of("Tell me how you do that today.", sentence)
        analysis = claimed((UNCOUNTED, 55, (2, sentence)), conversation=said, certified=[UNCOUNTED])
        assert waiting(analysis) == []

    @pytest.mark.parametrize(
        ("competency", "sentence"),
        [
            ("objection_handling", "There is nothing to worry about, your fear is nonsense."),
            ("objection_handling", "I could not care less what your security team thinks."),
            ("objection_handling", "Your concern about price is ridiculous, frankly."),
            ("objection_handling", "Those doubts of your board are just imaginary."),
            ("closing", "I will be in touch."),
            ("closing", "Okay, great, we'll circle back soon."),
            ("closing", "There is no need to schedule a next step."),
            ("closing", "I would rather not agree on a date today."),
            ("closing", "Nobody here will send you a proposal."),
            ("discovery", "I don't need to know anything about your process."),
            ("discovery", "There is no point in asking you about your budget."),
            ("discovery", "I have no questions for you."),
            ("discovery", "I'm not interested in how your team works today."),
            ("listening", "I didn't get a word of what you said."),
            ("listening", "I wasn't paying attention to what you said."),
            ("listening", "Sorry, I lost track of it."),
            ("value_articulation", "You would lose money with it."),
            ("value_articulation", "Your team will waste two days on it."),
            ("product_knowledge", "I have no idea how the index works."),
            ("product_knowledge", "I don't know how it handles your repository."),
            ("technical_architecture", "I can't explain the architecture to you."),
        ],
    )
    def test_a_whole_sentence_that_denies_the_skill(self, competency: str, sentence: str) -> None:
        assert says_the_opposite(competency, sentence)

    @pytest.mark.parametrize(
        ("competency", "sentence"),
        [
            (
                "objection_handling",
                "I hear you, your concern about price is reasonable, so let us look at it.",
            ),
            ("objection_handling", "You asked whether it is safe, and that is a fair question."),
            ("closing", "I will be in touch on Tuesday with the contract."),
            ("closing", "I'll send you the plan, and then we'll see each other on Friday."),
            ("discovery", "I don't know your process yet, so how does it run today?"),
            ("discovery", "What happens if nobody looks at it for a week?"),
            ("listening", "If I heard you right, nobody was listening to your team before."),
            ("value_articulation", "Today you lose two days a week, and with it you save them."),
            (
                "product_knowledge",
                "There is no need to switch anything off, it runs beside your tool.",
            ),
            ("product_knowledge", "There's no ready connector, and I don't know if there could be."),
            ("technical_architecture", "I can't tell you today how large the nodes must be, I haven't seen your code."),
            ("closing", "It changes something whose effect nobody can see, so I will send you the list on Monday."),
            ("technical_architecture", "The index does not leave your network, and I can explain why."),
        ],
    )
    def test_a_sentence_that_shows_the_skill(self, competency: str, sentence: str) -> None:
        assert not says_the_opposite(competency, sentence)


def answered(requests: Sequence[Any], answerer: LabelledAnswerer, model: str) -> list[Completion]:
    bodies = [
        {"output_config": {"format": {"schema": one.schema}}, "messages": [{"content": one.user}]} for one in requests
    ]
    return [Completion(json.dumps(answerer(body)), "end_turn", model, Usage()) for body in bodies]  # type: ignore[arg-type]


def test_of_the_demonstrations_calls_less_than_a_quarter_waits() -> None:
    """Scored as the demonstration's model scores them, by a scorer that nobody has certified."""
    settings, answerer, used = AnalystSettings(), LabelledAnswerer(), framework()
    scores, held = 0, 0
    for one in labelled_set(CALLS):
        view = View.of(one.conversation, one.speaker_id, settings)
        completions = answered(prompts_about(view, used, one.context, settings), answerer, settings.model)
        analysis = read_about(view, completions, used, scorer_of(used, settings))
        scores += len(analysis.scores)
        held += len(waiting(analysis))
    print(f"{held} of {scores} scores wait ({100 * held / scores:.1f} %)")
    assert scores > 150
    assert held < scores / 4
