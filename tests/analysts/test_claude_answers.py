"""What a model answers is believed only as far as the call shows it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.sqlite_documents import SqliteDocuments
from shared.analysts.claude.answer import Unreadable, parse
from shared.analysts.claude.request import (
    AnalystRefused,
    AnalystTruncated,
    AnalystUnreadable,
    read,
    scorer_of,
)
from shared.analysts.claude.scoring import ClaudeAnalyst
from shared.analysts.lexical.analyst import analyse
from shared.analysts.ports.language_model import Completion, Prompt, PromptRefused
from shared.analysts.records import Scorers
from shared.analysts.usecases.analyst import NotAnalysed
from shared.conversations.domain.call_analysis import JudgedScore
from shared.conversations.domain.conversation import MeasuredSpan, Quote, stands
from shared.conversations.domain.cost import Usage
from shared.conversations.wire.stored_conversation import decode_analysis, encode_analysis
from tests.analysts.answered import SETTINGS, analysed, of
from tests.analysts.sales_call import BUYER, COST, SELLER, STEP, answer, call, completion, framework, score


class TestQuoteOrNoScore:
    def test_a_score_stands_on_the_speakers_words_with_their_place(self) -> None:
        conversation = call()
        one = of(analysed(answer(score("discovery", 82, COST))), "discovery")
        assert isinstance(one, JudgedScore)
        (evidence,) = one.evidence
        assert isinstance(evidence, Quote)
        assert stands(conversation, SELLER, evidence)
        assert (evidence.turn_index, evidence.text) == (
            2,
            "Who feels that first, and what does one of those days cost you?",
        )
        assert (one.score, one.confidence, one.reason) == (82, 0.8, "Asks what it costs.")

    @pytest.mark.parametrize(
        "quoted",
        [
            (2, "WHAT does  one of\nthose days cost you?"),
            (2, "“what does one of those days cost you”"),
            (2, "Two hours. Who feels that first"),
            (4, "you'd have that release back"),
            (9, "what does one of those days cost you"),
            (-3, "what does one of those days cost you"),
            (400, "what does one of those days cost you"),
        ],
    )
    def test_white_space_case_apostrophes_and_a_wrong_turn_number_do_not_matter(self, quoted: tuple[int, str]) -> None:
        assert isinstance(of(analysed(answer(score("discovery", 82, quoted))), "discovery"), JudgedScore)

    @pytest.mark.parametrize(
        ("quoted", "reason"),
        [
            ((2, "what does one of these days cost you"), "does not say"),
            ((1, "Builds wait two hours in the queue"), "does not say"),
            ((2, "ho feels that firs"), "does not say"),
            ((2, "Who feels that first … cost you"), "does not say"),
            ((2, "Two hours."), "fewer than 3 words"),
            ((2, "..."), "fewer than 3 words"),
        ],
    )
    def test_other_words_other_peoples_words_and_fragments_do_not_count(self, quoted: Any, reason: str) -> None:
        why = of(analysed(answer(score("discovery", 82, quoted))), "discovery")
        assert isinstance(why, str)
        assert why.startswith("a score of 82 without evidence: a quote")
        assert reason in why

    def test_one_quote_that_counts_is_enough(self) -> None:
        one = of(analysed(answer(score("discovery", 82, (2, "made up by the reader"), COST, COST))), "discovery")
        assert isinstance(one, JudgedScore)
        assert len(one.evidence) == 1

    def test_no_quote_no_score(self) -> None:
        assert of(analysed(answer(score("discovery", 82))), "discovery") == "a score of 82 without evidence: no quote"

    def test_listening_may_stand_on_what_was_measured(self) -> None:
        one = of(analysed(answer(score("listening", 70, measured="talk ratio"))), "listening")
        assert isinstance(one, JudgedScore)
        (span,) = one.evidence
        assert isinstance(span, MeasuredSpan)
        assert re.fullmatch(r"talk ratio \d\d\.\d % of the talk \(.*\)", str(span))

    def test_nothing_else_may_and_a_message_has_nothing_measured(self) -> None:
        assert "only listening" in str(of(analysed(answer(score("closing", 70, measured="talk ratio"))), "closing"))
        email = analysed(answer(score("listening", 70, measured="talk ratio")), conversation=call(medium="email"))
        assert "was not measured" in str(of(email, "listening"))

    def test_every_competency_is_accounted_for(self) -> None:
        analysis = analysed(
            answer(score("discovery", 82, COST), not_observed=[{"competency": "closing", "reason": "Nothing agreed."}])
        )
        names = [one.competency for one in analysis.scores] + [one.competency for one in analysis.unobserved]
        assert sorted(names) == sorted(one.competency for one in framework().competencies)
        assert of(analysis, "closing") == "Nothing agreed."
        assert of(analysis, "listening") == "the analyst does not mention it"


class TestWhatCannotBeBelieved:
    @pytest.mark.parametrize(
        "entry",
        [
            score("discovery", 101, COST),
            score("discovery", -1, COST),
            score("discovery", 82.5, COST),
            score("discovery", "82", COST),
            score("discovery", True, COST),
            score("discovery", 82, COST, confidence=1.2),
            score("discovery", 82, COST, confidence="high"),
            score("discovery", 82, COST, measured="pulse"),
            {**score("discovery", 82, COST), "extra": 1},
            {"competency": "discovery", "score": 82},
        ],
    )
    def test_an_entry_out_of_its_form_costs_that_score_only(self, entry: dict[str, Any]) -> None:
        analysis = analysed(answer(entry, score("closing", 77, STEP)))
        assert str(of(analysis, "discovery")).startswith("its score cannot be read: ")
        assert [one.competency for one in analysis.scores] == ["closing"]

    def test_contradictions_are_no_scores(self) -> None:
        twice = analysed(answer(score("discovery", 82, COST), score("discovery", 30, COST)))
        assert of(twice, "discovery") == "the analyst scores it twice"
        absent = [{"competency": "discovery", "reason": "No questions."}]
        both = analysed(answer(score("discovery", 82, COST), not_observed=absent))
        assert of(both, "discovery") == "the analyst both scores it and calls it not observed"

    def test_what_the_framework_does_not_have_is_left_out_and_noted(self) -> None:
        analysis = analysed(answer(score("charisma", 99, COST), score("closing", 77, STEP)))
        assert [one.competency for one in analysis.scores] == ["closing"]
        assert any("does not have" in note for note in analysis.notes)

    def test_an_alias_is_the_competency(self) -> None:
        assert isinstance(
            of(analysed(answer(score("objections", 70, (6, "What exactly did they turn down")))), "objection_handling"),
            JudgedScore,
        )

    def test_prose_around_one_object_is_noted(self) -> None:
        analysis = analysed(f"Here it is:\n```json\n{answer(score('discovery', 82, COST))}\n```")
        assert isinstance(of(analysis, "discovery"), JudgedScore)
        assert "the analyst wrote around its answer; only the answer was read" in analysis.notes

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "I would rather not.",
            '{"scores": [',
            "{}",
            '{"scores": {}, "not_observed": [], "deal": {}}',
            answer() + answer(),
            '{"scores": [], "scores": [], "not_observed": [], "deal": {}}',
            "[" * 100_000,
            '{"scores":' + "[" * 100_000,
        ],
    )
    def test_what_is_no_answer_is_unreadable(self, text: str) -> None:
        with pytest.raises(AnalystUnreadable):
            analysed(text)

    @pytest.mark.parametrize(
        ("reason", "error"),
        [
            ("refusal", AnalystRefused),
            ("max_tokens", AnalystTruncated),
            ("model_context_window_exceeded", AnalystTruncated),
            ("pause_turn", AnalystUnreadable),
        ],
    )
    def test_how_an_answer_ended_decides_before_its_text(self, reason: str, error: type[Exception]) -> None:
        one = completion(answer(score("discovery", 82, COST)), reason)
        with pytest.raises(error) as caught:
            read(call(), SELLER, [one], framework(), SETTINGS, scorer_of(framework(), SETTINGS))
        assert caught.value.usages == (one.usage,)  # type: ignore[attr-defined]

    def test_a_request_that_the_service_finds_wrong_ends_the_call_and_is_not_tried_for_ever(
        self, tmp_path: Path
    ) -> None:
        class Refusing:
            def complete(self, prompt: Prompt) -> Completion:
                raise PromptRefused("413")

        analyst = ClaudeAnalyst(
            Refusing(), Scorers(SqliteDocuments(tmp_path / "register.sqlite", durable=False)), SETTINGS
        )
        paid: list[Usage] = []
        with pytest.raises(NotAnalysed) as caught:
            analyst.analyse(call(), SELLER, framework(), {}, paid.append)
        assert (caught.value.reason, paid) == ("request_refused", [])

    def test_completions_of_another_conversation_are_a_defect(self) -> None:
        with pytest.raises(ValueError, match="1 prompts and 2 completions"):
            analysed(answer(), answer())

    def test_the_deal_is_told_in_the_frameworks_values_only(self) -> None:
        deal = {"industry": "banking", "deal_size": "gigantic", "buyer_personas": ["ciso", "me"], "products": ["x"]}
        seen = analysed(answer(score("discovery", 82, COST), deal=deal)).deal
        assert seen == {"industry": ("fintech",), "buyer_persona": ("technical",)}

    def test_the_same_number_everywhere_waits_for_a_person(self) -> None:
        names = ("discovery", "closing", "listening", "product_knowledge", "value_articulation")
        analysis = analysed(answer(*(score(name, 95, COST, confidence=0.99) for name in names)))
        assert {one.confidence for one in analysis.scores} == {0.5}
        assert "all 5 scores are the same: every score waits for a person" in analysis.notes

    def test_flawless_everywhere_waits_for_a_person(self) -> None:
        names = {
            "discovery": (90, COST),
            "closing": (95, STEP),
            "product_knowledge": (100, (4, "So if the queue went down")),
        }
        every = "all 3 scores are 90 or more: every score waits for a person"
        analysis = analysed(answer(*(score(name, points, quoted) for name, (points, quoted) in names.items())))
        assert {one.confidence for one in analysis.scores} == {0.5}
        assert every in analysis.notes
        lower = analysed(answer(*(score(name, points - 1, quoted) for name, (points, quoted) in names.items())))
        assert every not in lower.notes
        assert {one.confidence for one in lower.scores if one.competency == "closing"} == {0.8}

    def test_a_score_on_words_whose_author_is_in_doubt_waits_for_a_person(self) -> None:
        turns = tuple(replace(turn, in_doubt=index == COST[0]) for index, turn in enumerate(call().turns))
        doubtful = replace(call(), turns=turns)
        text = answer(score("discovery", 60, COST), score("closing", 50, STEP))
        analysis = analysed(text, conversation=doubtful)
        discovery, closing = of(analysis, "discovery"), of(analysis, "closing")
        assert isinstance(discovery, JudgedScore)
        assert isinstance(closing, JudgedScore)
        assert discovery.confidence < 0.6 <= closing.confidence
        assert any("who wrote the quoted words is in doubt" in note for note in analysis.notes)

    def test_a_score_far_above_what_can_be_counted_waits_for_a_person(self) -> None:
        said = [
            (SELLER, "We have a dashboard, we have reports. What do you use? Is it Git?"),
            (BUYER, "Git, yes. I worry about the price though, it sounds expensive to me."),
            (SELLER, "Is it on-prem?"),
            (BUYER, "Yes it is."),
        ]
        conversation = call(said)
        (counted,) = (one.score for one in analyse(conversation, SELLER).scores if one.competency == "discovery")
        confidences = []
        for points in (counted + 40, counted + 41):
            one = of(
                analysed(answer(score("discovery", points, (0, "What do you use?"))), conversation=conversation),
                "discovery",
            )
            assert isinstance(one, JudgedScore)
            confidences.append((one.score, one.confidence))
        assert confidences == [(counted + 40, 0.8), (counted + 41, 0.5)]

    @given(st.text() | st.text(alphabet='{}[]":,0scoredal\\u '))
    def test_any_text_is_an_answer_or_unreadable(self, text: str) -> None:
        try:
            said = parse(text)
        except Unreadable:
            return
        assert isinstance(said.scores, list)
        assert isinstance(said.not_observed, list)
        assert isinstance(said.deal, dict)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["competency", "score", "quotes", "turn", "words", "confidence"]), inner, max_size=4
                )
            ),
            max_leaves=12,
        )
    )
    def test_any_entry_is_read_or_costs_its_score(self, entry: Any) -> None:
        raw = {"scores": [entry, score("closing", 77, STEP)], "not_observed": [entry], "deal": {"industry": entry}}
        analysis = analysed(json.dumps(raw))
        assert all(0 <= one.score <= 100 and one.evidence for one in analysis.scores)
        assert decode_analysis(encode_analysis(analysis)) == analysis
