"""The lexical analyst: what it finds in a good call and in a bad one, and what can never happen."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysts.domain.rubric import CRITERIA, Competency, Criterion
from shared.analysts.lexical.analysis import Analysis
from shared.analysts.lexical.analyst import HIGHEST_CONFIDENCE, LEXICAL_VERSION, analyse, call_analysis
from shared.analysts.lexical.explanation import explain
from shared.conversations.domain.conversation import (
    Conversation,
    MeasuredSpan,
    Quote,
    Turn,
    UnknownSpeaker,
    stands,
)
from tests.analysts.measured import scored, scores, talk
from tests.harness.lent import lent
from tests.harness.transcripts import only_conversation

ROOT = Path(__file__).parents[2]
PHONE_CALL = "samples/transcripts/harper_valley_004860b1ab2e4c88.json"


def demonstration(name: str) -> Conversation:
    return only_conversation((ROOT / f"infra/demonstration/transcripts/{name}.json").read_bytes())


NO_GAIN = "no statement of a gain for the customer (save, reduce, faster, return …)"
DISCOVERY_CALL = demonstration("discovery_call")
SLIDE_TOUR = demonstration("slide_tour")


def measured(analysis: Analysis, competency: Competency) -> dict[str, int]:
    (score,) = (one for one in analysis.scores if one.competency is competency)
    return {one.criterion.name: one.measured for one in score.components}


def points(analysis: Analysis, competency: Competency) -> dict[str, int]:
    (score,) = (one for one in analysis.scores if one.competency is competency)
    return {one.criterion.name: one.points for one in score.components}


class TestGoodAndBadCall:
    """The same kind of meeting twice: one seller asks, takes up and agrees; one tours the slides."""

    def test_golden_scores(self) -> None:
        assert scores(scored(DISCOVERY_CALL)) == {
            "discovery": 100,
            "objection_handling": 100,
            "value_articulation": 87,
            "closing": 90,
            "listening": 91,
            "technical_architecture": 71,
        }
        assert scores(scored(SLIDE_TOUR)) == {
            "discovery": 24,
            "objection_handling": 35,
            "closing": 30,
            "listening": 3,
        }

    def test_golden_measurements(self) -> None:
        good = scored(DISCOVERY_CALL).features
        assert (good.talk.ratio, good.talk.median_gap_ms, good.words, len(good.talk.interruptions)) == (
            594,
            625,
            446,
            0,
        )
        assert (len(good.asking.open_questions), len(good.asking.closed_questions), len(good.asking.courtesies)) == (
            8,
            3,
            0,
        )
        assert good.asking.topics == ("current state", "impact", "decision", "timeline", "success")
        bad = scored(SLIDE_TOUR).features
        assert (bad.talk.ratio, len(bad.talk.interruptions), len(bad.asking.open_questions)) == (811, 3, 0)
        assert [one.text for one in bad.asking.closed_questions] == [
            "Do you have a budget for this year?",
            "Are you the decision maker?",
            "Is there a deadline?",
        ]

    def test_the_quotes_say_why(self) -> None:
        first = {one.competency: one.evidence[0] for one in scored(DISCOVERY_CALL).scores}
        assert str(first[Competency.DISCOVERY]) == "“What does the board check that the pipeline could not?” (turn 4)"
        assert str(first[Competency.CLOSING]).startswith("“I'll send the comparison by Thursday, and let's schedule")
        assert "payback came in seven months" in str(first[Competency.OBJECTION_HANDLING])
        bad = {one.competency: one.evidence[0] for one in scored(SLIDE_TOUR).scores}
        assert str(bad[Competency.OBJECTION_HANDLING]) == "“No, it isn't expensive at all.” (turn 6)"
        assert str(bad[Competency.LISTENING]).startswith("talk ratio 81.1 %")

    def test_what_was_not_shown_has_a_reason_and_no_number(self) -> None:
        missing = {one.competency: one.reason for one in scored(SLIDE_TOUR).not_observed}
        assert missing == {
            Competency.VALUE_ARTICULATION: NO_GAIN,
            Competency.PRODUCT_KNOWLEDGE: (
                "not observable by counting: words do not show whether what is said of the product is right"
            ),
            Competency.TECHNICAL_ARCHITECTURE: "1 architecture terms, 3 aspects, 0 sentences of two terms; "
            "3, 3 and one are the least to judge by",
        }

    def test_the_buyers_side_of_the_good_call_is_not_scored_like_the_seller(self) -> None:
        buyer = analyse(DISCOVERY_CALL, "6650014477312098123")
        assert "discovery" not in scores(buyer)


class TestExplanation:
    def test_every_score_with_its_sum_and_its_quote(self) -> None:
        analysis = scored(DISCOVERY_CALL)
        lines = explain(analysis)
        assert any(LEXICAL_VERSION in line for line in lines)
        for score in analysis.scores:
            assert f"  {score.competency} {score.score} (confidence {score.confidence:.2f})" in lines
            assert f"    {score.evidence[0]}" in lines
            assert sum(one.points for one in score.components) == score.score

    def test_what_was_not_observed(self) -> None:
        lines = explain(scored(SLIDE_TOUR))
        assert f"  value_articulation not observed: {NO_GAIN}" in lines
        assert all("\n" not in line for line in lines)


class TestCommonShape:
    def test_says_the_same_as_the_analysis(self) -> None:
        analysis = scored(SLIDE_TOUR)
        common = call_analysis(analysis)
        assert common.scorer.scorer_id.startswith(f"lexical:{LEXICAL_VERSION}:")
        assert [(one.competency, one.score, one.evidence) for one in common.scores] == [
            (one.competency.value, one.score, one.evidence) for one in analysis.scores
        ]
        assert {one.competency for one in common.scores + common.unobserved} == set(Competency)
        assert all(one.confidence < 0.6 for one in common.scores)

    def test_the_reason_is_the_sum_and_no_word_of_the_call(self) -> None:
        reasons = {one.competency: one.reason for one in call_analysis(scored(SLIDE_TOUR)).scores}
        assert reasons["closing"] == (
            "committed 30 of 30, dated 0 of 20, agreed 0 of 20, their part 0 of 10, recapped 0 of 10, "
            "decision asked 0 of 10."
        )


def test_mail_is_not_scored_by_counting() -> None:
    hour = 3_600_000
    messages = (
        ("s", 0, "What do you use for the audit today? How often does it fail? Who decides about a change?"),
        ("b", 5 * hour, "A spreadsheet, and it fails every month. I'm worried about the price of anything else."),
        ("s", 29 * hour, "That's fair. What would the audit cost you if it failed? I'll send a page by Friday."),
        ("b", 30 * hour, "Friday works."),
    )
    turns = tuple(Turn(who, at, at, text) for who, at, text in messages)
    analysis = analyse(replace(talk(), turns=turns, duration_ms=30 * hour, medium="email"), "s")
    assert (analysis.scores, dict(analysis.counted), analysis.measured) == ((), {}, None)
    assert {one.reason for one in analysis.not_observed} == {"mail is not observable by counting"}
    assert {one.competency for one in analysis.not_observed} == set(Competency)
    assert any("mail is not observable by counting" in line for line in explain(analysis))


def test_who_says_nothing_cannot_be_scored() -> None:
    with pytest.raises(UnknownSpeaker, match="these speak: s"):
        analyse(talk(("s", "Hello.")), "b")


def test_who_only_makes_noise_shows_nothing() -> None:
    analysis = analyse(talk(("s", "[noise]"), ("b", "Is anyone there?")), "s")
    assert analysis.scores == ()
    assert len(analysis.not_observed) == len(Competency)


class TestRubric:
    @pytest.mark.parametrize("competency", Competency)
    def test_maxima_sum_to_a_hundred(self, competency: Competency) -> None:
        assert sum(one.maximum for one in CRITERIA[competency]) == 100
        assert all(one.reason for one in CRITERIA[competency])

    def test_points_are_linear_between_the_bounds_and_round_half_up(self) -> None:
        rising, falling = Criterion("r", 40, 0, 8, "", ""), Criterion("f", 35, 800, 500, "", "")
        assert [rising.points(n) for n in (-1, 0, 1, 4, 8, 99)] == [0, 0, 5, 20, 40, 40]
        assert [falling.points(n) for n in (900, 800, 650, 500, 0)] == [0, 0, 18, 35, 35]


OPEN_QUESTIONS = [
    "What do you use today?",
    "how do you decide that",
    "Why is that a problem?",
    "tell me about the audit",
    "What would success look like?",
]
SENTENCES = [
    *OPEN_QUESTIONS,
    "We already have a scanner and it is too expensive.",
    "I understand. One of our customers saved forty hours a month.",
    "The scanner checks every image because the registry calls the api.",
    "do you have a budget",
    "You mentioned the audit. It takes three people.",
    "I'll send the notes by Friday.",
    "yeah sounds good",
    "mm hmm",
    "[noise]",
    "okay",
    "the cluster has one database and every region keeps a cache of it",
    "it takes us most of the week and then the release waits for the board",
]
TURNS = st.builds(
    lambda speaker, start, length, text: Turn(speaker, start, start + length, text),
    st.sampled_from(["s", "b", "b", "c", None]),
    st.integers(0, 120_000),
    st.integers(0, 20_000),
    st.sampled_from(SENTENCES),
)
SPREADSHEET_AT_MS = (9_000, 30_000, 60_000)
"""Three turns and fifteen seconds of the buyer, one after the other: every call has enough to listen to. The seller
takes part as well."""
CALLS = st.lists(TURNS, max_size=14).map(
    lambda turns: replace(
        talk(),
        turns=(
            *turns,
            Turn("s", 1_000, 3_000, "What do you use for the audit?"),
            *(
                Turn("b", at, at + 5_000, "we use a spreadsheet for the audit of our releases")
                for at in SPREADSHEET_AT_MS
            ),
            *(Turn("s", at, at + 5_000, "and that is how it goes with most of us " * 3) for at in (200_000, 220_000)),
        ),
    )
)


@given(CALLS, st.integers(0, 2**32))
def test_any_order_of_the_turns_gives_the_same_analysis(call: Conversation, seed: int) -> None:
    shuffled = list(call.turns)
    random.Random(seed).shuffle(shuffled)
    assert analyse(replace(call, turns=tuple(shuffled)), "s") == analyse(call, "s")


@given(CALLS)
def test_quote_or_no_score(call: Conversation) -> None:
    analysis = analyse(call, "s")
    observed = [one.competency for one in analysis.scores]
    assert sorted(observed + [one.competency for one in analysis.not_observed]) == sorted(Competency)
    for score in analysis.scores:
        assert 0 <= score.score <= 100
        assert 0.10 <= score.confidence <= HIGHEST_CONFIDENCE < 0.6
        assert score.evidence
        for piece in score.evidence:
            if isinstance(piece, Quote):
                assert stands(call, "s", piece)
            else:
                assert isinstance(piece, MeasuredSpan)
                assert score.competency is Competency.LISTENING
                assert piece.start_ms <= piece.end_ms


@given(CALLS, st.sampled_from(OPEN_QUESTIONS), st.integers(0, 150_000), st.integers(0, 5_000))
def test_one_more_open_question_never_lowers_discovery(
    call: Conversation, question: str, start: int, length: int
) -> None:
    asked = replace(call, turns=(*call.turns, Turn("s", start, start + length, question)))
    assert scores(analyse(asked, "s")).get("discovery", 0) >= scores(analyse(call, "s")).get("discovery", 0)


@given(CALLS, st.data(), st.sampled_from([one for one in SENTENCES if len(one.split()) > 2]))
def test_one_more_interruption_never_raises_listening(call: Conversation, data: st.DataObject, text: str) -> None:
    before = analyse(call, "s")
    holders = [turn for turn in call.turns if turn.speaker_id == "b" and turn.duration_ms > 600 and len(turn.text) > 12]
    holder = data.draw(st.sampled_from(holders))
    start = data.draw(st.integers(holder.start_ms + 1, holder.end_ms - 500))
    cut_in = Turn("s", start, start + data.draw(st.integers(0, 9_000)), text)
    after = analyse(replace(call, turns=(*call.turns, cut_in)), "s")
    assert len(after.features.talk.interruptions) == len(before.features.talk.interruptions) + 1
    # Of each criterion, not only of their sum: a better talk ratio must not hide behind the interruption's price.
    earned = points(before, Competency.LISTENING)
    assert all(now <= earned[name] for name, now in points(after, Competency.LISTENING).items())


@given(st.lists(st.builds(Turn, st.sampled_from(["s", "b"]), st.just(0), st.integers(0, 9), st.text(max_size=60))))
def test_any_words_give_an_analysis(turns: list[Turn]) -> None:
    call = replace(talk(), turns=(*turns, Turn("s", 0, 1, "hello")))
    begun = [line.split()[0] for line in explain(analyse(call, "s"))]
    assert all(begun.count(competency) == 1 for competency in Competency)


@pytest.mark.lent(PHONE_CALL)
class TestRealPhoneCall:
    """Eighteen turns of a bank's agent and a caller: noise, overlaps, no punctuation."""

    def analysis(self) -> Analysis:
        (file,) = lent(PHONE_CALL)
        return scored(only_conversation(file.read_bytes()))

    def test_measured(self) -> None:
        features = self.analysis().features
        assert (features.talk.own_ms, features.talk.others_ms, features.talk.ratio) == (19_290, 5_430, 780)
        assert [one.text for one in features.asking.closed_questions] == ["which card would you like to replace"]
        assert [one.text for one in features.asking.courtesies] == [
            "how can i help you today",
            "is there anything else i can help you with",
        ]
        assert (features.talk.interruptions, features.asking.open_questions, features.punctuated) == ((), (), False)

    def test_only_what_is_shown_is_scored(self) -> None:
        analysis = self.analysis()
        assert scores(analysis) == {"closing": 50, "listening": 33}
        assert "three to five business days" in str(analysis.scores[0].evidence[0])
        assert points(analysis, Competency.CLOSING) == {
            "committed": 30,
            "dated": 20,
            "agreed": 0,
            "their_part": 0,
            "recapped": 0,
            "decision_asked": 0,
        }
        assert all(one.confidence < 0.3 for one in analysis.scores)
