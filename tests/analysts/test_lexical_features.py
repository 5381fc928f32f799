"""What is counted in the words of a call, and how it is arranged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical.analyst import analyse
from shared.analysts.lexical.lexicon import Vocabulary
from shared.analysts.lexical.objections import Objection
from shared.conversations.domain.conversation import (
    Turn,
)
from tests.analysts.measured import scored, scores, talk


class TestFeatures:
    def test_noise_hesitations_and_acknowledgements_are_no_talk(self) -> None:
        said = [("s", "What do you use today?"), ("b", "We use a shared server for all of our builds.")]
        with_sounds = [*said, ("s", "[noise]"), ("s", "uh um"), ("s", "mm hmm"), ("s", "right")]
        quiet, noisy = scored(talk(*said)).features, scored(talk(*with_sounds)).features
        assert (noisy.talk.own_ms, noisy.words, noisy.talk.ratio) == (quiet.talk.own_ms, quiet.words, quiet.talk.ratio)
        assert noisy.talk.acknowledgements == 2

    def test_overlap_at_a_change_of_turn_is_no_interruption(self) -> None:
        def overlapping(ms: int, text: str = "let me stop you there") -> int:
            buyer = Turn("b", 0, 10_000, "we have a process that has a lot of steps in it")
            turns = (buyer, Turn("s", 10_000 - ms, 12_000, text))
            return len(analyse(replace(talk(), turns=turns), "s").features.talk.interruptions)

        assert (overlapping(499), overlapping(500), overlapping(5_000)) == (0, 1, 1)
        assert overlapping(5_000, "mm hmm") == overlapping(5_000, "[laughter]") == 0

    def test_a_monologue_goes_on_through_acknowledgements_and_ends_with_silence(self) -> None:
        long = "this is one part of a long explanation of the product " * 3
        through = talk(("s", long), ("b", "mm hmm"), ("s", long)).turns
        spans = [analyse(replace(talk(), turns=through), "s").features.talk.longest_monologue]
        spans.append(scored(talk(("s", long), ("s", long), pause_ms=4_001)).features.talk.longest_monologue)
        assert [span.end_ms - span.start_ms for span in spans if span] == [through[2].end_ms, 333 * 33]

    def test_patience_is_the_gap_before_answers(self) -> None:
        said = [("b", "we ship every week"), ("s", "that is good to know"), ("b", "it could be more often")]
        assert scored(talk(*said, ("s", "say more"), pause_ms=700)).features.talk.median_gap_ms == 700

    def test_an_objection_and_its_response(self) -> None:
        call = talk(
            ("b", "Honestly this is too expensive for us."),
            ("s", "I understand. What are you comparing it with?"),
            ("b", "With the free tool."),
            ("s", "One of our customers saved forty hours a month. Does that help?"),
            ("b", "Yes."),
            ("s", "And here is the mobile app."),
        )
        (objection,) = scored(call).features.objections
        assert objection.raised.text == "Honestly this is too expensive for us."
        assert objection.response is not None
        assert objection.response.text == "One of our customers saved forty hours a month."
        assert (objection.acknowledged, objection.asked_back, objection.with_evidence, objection.checked) == (
            True,
            True,
            True,
            True,
        )

    def test_an_objection_that_nobody_answers_is_no_score(self) -> None:
        call = talk(("s", "That is the price of it."), ("b", "That is too expensive."))
        analysis = scored(call)
        assert "objection_handling" not in scores(analysis)
        assert any("no word of this speaker after" in one.reason for one in analysis.not_observed)

    @pytest.mark.parametrize(
        ("promise", "reply", "dated", "agreed"),
        [
            ("I'll send the notes by Friday.", "Sounds good.", True, True),
            ("I'll send the notes.", "Sounds good.", False, True),
            ("I'll send the notes by Friday.", "Maybe, let me think about it.", True, False),
            ("let's schedule a call for the 14th", "yeah", True, True),
        ],
    )
    def test_a_next_step(self, promise: str, reply: str, dated: bool, agreed: bool) -> None:
        call = talk(("s", "Hello."), ("b", "Hello there, good to see you."), ("s", promise), ("b", reply))
        (step,) = scored(call).features.closing.next_steps
        assert (step.dated, step.agreed) == (dated, agreed)

    def test_a_no_to_anything_else_turns_no_step_down(self) -> None:
        asks = ("s", "Is there anything else I can help you with?")
        for step in ([("s", "I'll send the notes by Friday."), asks], [("s", "I'll send them by Friday. " + asks[1])]):
            call = talk(*TALK_BEFORE, *step, ("b", "No, that was it."))
            (found,) = scored(call).features.closing.next_steps
            assert (found.dated, found.agreed) == (True, False)

    def test_the_agenda_at_the_start_is_no_next_step(self) -> None:
        rest = [("b", "We ship every other week from one shared server."), ("s", "That is good to know, thank you.")]
        assert scored(talk(("s", "I'll send the agenda tomorrow."), *rest, *rest)).features.closing.next_steps == ()

    def test_a_framework_may_bring_its_own_vocabulary(self) -> None:
        call = talk(("s", "The ferrule sits on the sheath because the earth bond must be continuous."))
        own = Vocabulary(product=("ferrule*", "sheath", "bond", "must be"), architecture=("earth bond",))
        assert analyse(call, "s").features.product.terms == ()
        assert analyse(call, "s", own).features.product.terms == ("bond", "ferrule", "must be", "sheath")
        assert analyse(call, "s").counted.get(Competency.PRODUCT_KNOWLEDGE) is None
        assert analyse(call, "s", own).counted[Competency.PRODUCT_KNOWLEDGE] > 0


TALK_BEFORE = [("b", "We ship every other week from one shared server."), ("s", "That is good to know, thank you.")] * 3
"""What an arrangement at the end of a call comes after."""


class TestArrangements:
    @pytest.mark.parametrize(
        ("said", "answered", "dated", "agreed", "theirs"),
        [
            ("I send you the paper by Thursday.", "Thursday works.", True, True, False),
            ("So Thursday the twelfth at three, would that work?", "It would.", True, True, False),
            ("We meet next week, and you bring the review times.", "Friday is better for me.", True, True, True),
        ],
    )
    def test_a_day_with_an_arrangement_is_a_next_step(
        self, said: str, answered: str, dated: bool, agreed: bool, theirs: bool
    ) -> None:
        steps = scored(talk(*TALK_BEFORE, ("s", said), ("b", answered))).features.closing.next_steps
        assert [(step.dated, step.agreed, step.theirs) for step in steps] == [(dated, agreed, theirs)]

    def test_a_day_by_itself_is_none_nor_is_one_that_nobody_agrees_to(self) -> None:
        declined = talk(*TALK_BEFORE, ("s", "I'd suggest the 9th, same time."), ("b", "No, I can't say yet."))
        assert scored(declined).features.closing.next_steps == ()
        assert (
            scored(talk(*TALK_BEFORE, ("s", "It rained on Thursday."), ("b", "Yes."))).features.closing.next_steps == ()
        )

    @pytest.mark.parametrize(
        ("said", "answered"),
        [
            ("Let's stay in touch then.", "Bye!"),
            ("I will be in touch.", "Okay, good."),
            ("I'll circle back to you.", "Sure."),
            ("I'll send the notes by Friday.", "No, that's not needed."),
            ("I will send you the offer on Tuesday, and we meet.", "Please do not. We have decided for somebody else."),
            ("Can we schedule a call for Tuesday?", "Yeah, no, we can't do that."),
            ("We can't schedule anything on Tuesday.", "Okay."),
            ("I'll send the notes by Friday.", "We'll pass on that."),
            ("I'll send the notes by Friday.", "Thanks, but we're going with someone else."),
            ("I'll send the notes by Friday.", "Please cancel it."),
        ],
    )
    def test_what_nobody_can_wait_for_and_what_is_turned_down_is_no_step(self, said: str, answered: str) -> None:
        assert scored(talk(*TALK_BEFORE, ("s", said), ("b", answered))).features.closing.next_steps == ()

    @pytest.mark.parametrize(
        "answered", ["No problem.", "Not a problem, Friday works.", "Yes, I can't wait.", "No worries."]
    )
    def test_not_every_no_turns_down(self, answered: str) -> None:
        said = ("s", "I'll send the notes by Friday.")
        assert len(scored(talk(*TALK_BEFORE, said, ("b", answered))).features.closing.next_steps) == 1

    def test_a_turn_of_three_steps_sums_up(self) -> None:
        said = "I send the drawing by Monday. You send the list by Friday. We meet on the tenth."
        features = scored(talk(*TALK_BEFORE, ("s", said), ("b", "Agreed."))).features
        assert (len(features.closing.next_steps), [one.text for one in features.closing.recaps]) == (
            3,
            ["I send the drawing by Monday."],
        )


class TestTakingUp:
    def test_an_echo_and_a_so_give_back_what_was_said(self) -> None:
        call = talk(
            ("b", "Every release waits for the approval board, and the board sleeps."),
            ("s", "The approval board."),
            ("b", "Yes, and then the testers wait for the results of the nightly run."),
            ("s", "So the testers lose a night."),
            ("b", "Exactly that happens."),
            ("s", "So we have twelve offices in Europe."),
        )
        assert [one.text for one in scored(call).features.asking.paraphrases] == [
            "The approval board",
            "So the testers lose a night.",
        ]

    def test_a_figure_of_the_customers_is_theirs_once(self) -> None:
        call = talk(
            ("b", "It took forty-six days and three people."),
            ("s", "Forty-six days. And with us it would be thirty."),
            ("s", "Those forty-six days cost money."),
        )
        assert [one.text for one in scored(call).features.value.customer_figures] == ["Forty-six days."]

    def test_an_answer_that_begins_with_a_contradiction_argues(self) -> None:
        def argued(answer: str) -> list[bool]:
            call = talk(("b", "I'm worried about the training."), ("s", answer))
            return [one.argued for one in scored(call).features.objections]

        assert argued("No but you don't need to train anyone.") == [True]
        assert argued("Every vendor has that.") == [True]
        assert argued("That's fair, what worries you most?") == [False]


class TestObjections:
    def raised(self, said: str) -> list[str]:
        return [
            one.raised.text for one in scored(talk(("b", said), ("s", "Let me come to that now."))).features.objections
        ]

    @pytest.mark.parametrize(
        "said",
        [
            "I am not worried about the price.",
            "There is no concern about security on our side.",
            "It isn't expensive at all.",
            "It was too expensive back when we were small.",
            "We don't think it is too complicated.",
        ],
    )
    def test_a_worry_that_is_denied_or_gone_is_none(self, said: str) -> None:
        assert self.raised(said) == []

    @pytest.mark.parametrize(
        "said", ["I'm not sure.", "No, it is too expensive.", "It is fine, but I am worried about the keys."]
    )
    def test_one_that_holds_is(self, said: str) -> None:
        assert self.raised(said) == [said]

    def answer(self, *said: str) -> Objection:
        (one,) = scored(
            talk(("b", "I am worried about our keys."), *(("s", each) for each in said))
        ).features.objections
        return one

    @pytest.mark.parametrize(
        "said",
        [
            "You should not worry about that, that is silly.",
            "I understand. That is nonsense, next slide please.",
            "I don't understand.",
            "I hear you, but you are overreacting.",
            "It would be, for somebody who does not understand the market.",
        ],
    )
    def test_a_polite_word_beside_a_dismissal_acknowledges_nothing(self, said: str) -> None:
        assert not self.answer(said).acknowledged

    def test_who_asks_whether_it_is_nonsense_waves_nothing_away(self) -> None:
        assert not self.answer("I understand, let me sketch it, and you say if it's nonsense.").argued

    def test_a_lower_price_is_no_evidence(self) -> None:
        assert not self.answer("I can do 50 percent off right now for you.").with_evidence
        assert not self.answer("There is no pilot for that one.").with_evidence
        assert self.answer("A bank like you measured three hours a week.").with_evidence

    def test_going_on_with_the_sale_asks_nothing_back(self) -> None:
        assert not self.answer("Okay. Can we sign this week?").asked_back
        assert self.answer("Okay. What happened to the keys?").asked_back

    @pytest.mark.parametrize("said", ["{vocalsound}", "[laughter]", "(laughs)", "Hmm. Yeah, well.", "*laughs*"])
    def test_a_sound_is_no_answer_and_no_quote(self, said: str) -> None:
        assert self.answer(said).response is None


class TestValue:
    @pytest.mark.parametrize(
        "said",
        [
            "I cut the grass and saved a hedgehog.",
            "The new bike reduces my commute by twenty minutes.",
            "It increases your latency and raises your cost.",
            "With it you will not save anything.",
            "You save nothing with it.",
            "I saved a seat for you.",
        ],
    )
    def test_what_is_nobodys_gain_here_is_none(self, said: str) -> None:
        assert scored(talk(("b", "How was your weekend?"), ("s", said))).features.value.statements == ()

    @pytest.mark.parametrize(
        "said", ["You would save two days a week.", "The releases would be faster.", "The index saves time."]
    )
    def test_what_is_the_customers_or_the_products_is(self, said: str) -> None:
        assert len(scored(talk(("b", "Our releases wait."), ("s", said))).features.value.statements) == 1


class TestQuestions:
    def test_those_of_one_breath_and_those_met_with_a_question_are_not_asked(self) -> None:
        many = "What is your budget? Why? How do you decide? What is the problem? What is success?"
        wow = talk(("s", many), ("b", "Wow, which one do you want me to answer first?"), ("s", "Tell me about it."))
        assert scored(wow).features.asking.open_questions == ()
        answered = scored(talk(("s", many), ("b", "The budget is what it was last year."))).features.asking
        assert len(answered.open_questions) + len(answered.closed_questions) == 2
