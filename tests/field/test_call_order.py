"""Of two calls the better one scores higher by counting, or the worse one shows nothing."""

from __future__ import annotations

import json

import pytest

from shared.analysts.domain.rubric import Competency
from shared.analysts.lexical.analysis import Analysis
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, choose_speaker
from shared.conversations.wire.gong import parse_conversations
from tests.analysts.measured import talk
from tests.harness.lent import lent

CASES = "cases/calls/*.json"
BEFORE = [
    ("b", "There are three hundred engineers in Graz and Cork on one shared code base."),
    ("s", "Thanks, that helps me to place it."),
] * 2
COSTS = ("b", "Frankly that is far too expensive for a team like mine.")

CALLS = {
    "objection answered": (
        *BEFORE,
        COSTS,
        ("s", "I hear you, it is a lot of money. What would it have to bring back for you?"),
        ("b", "An afternoon a week for each of us."),
        ("s", "One of our customers measured four hours a week in a six week pilot. Does that answer it?"),
        ("b", "It does, if we can measure it here."),
    ),
    "objection waved away": (*BEFORE, COSTS, ("s", "You should not worry about money, that is silly."), ("b", "Hm.")),
    "objection answered by a discount": (*BEFORE, COSTS, ("s", "I can do 50 percent off right now."), ("b", "Hm.")),
    "objection talked down": (*BEFORE, COSTS, ("s", "It would be, if you don't understand the market. Next slide.")),
    "objection laughed at": (*BEFORE, COSTS, ("s", "(laughs)"), ("b", "I mean it."), ("s", "{vocalsound}")),
    "worry denied": (*BEFORE, ("b", "I am not worried about the price."), ("s", "Great, then here is the chat.")),
    "a day agreed": (
        *BEFORE,
        ("s", "I've got Monday at 2pm or Friday at 9am next week."),
        ("b", "Friday at 9 works for the two of us."),
        ("s", "I'll send the invite. Could you send me a sample repository before that?"),
        ("b", "Sure, I'll do that."),
    ),
    "in touch": (*BEFORE, ("s", "I will be in touch."), ("b", "Okay.")),
    "a day refused": (*BEFORE, ("s", "I'll send the contract on Monday."), ("b", "Please don't. We went with others.")),
    "a day refused with a yes": (*BEFORE, ("s", "Can we meet on Monday?"), ("b", "Yeah, no, we can't do that.")),
    "asks and hears": (
        ("b", "Hello, we need help with our build."),
        ("s", "Thanks for your time. Walk me through how a change reaches production today."),
        ("b", "Somebody searches a day and a half for the right module, then waits nine days for a review."),
        ("s", "A day and a half of search. Which part of that search hurts most?"),
        ("b", "That nobody knows the invoice module any more since Ines left us."),
        ("s", "What did it do to your releases when Ines left?"),
        ("b", "We slipped the autumn release by five weeks and lost the Lindau contract over it."),
        ("s", "Who decides about a change like this, and by when would it have to be fixed?"),
        ("b", "Our CTO with the head of security, and before the budget closes in May."),
        (
            "s",
            "So you would save a day and a half of search per change, and keep contracts like Lindau. What did I miss?",
        ),
        ("b", "Nothing, that is the whole of it."),
    ),
    "asks from a list": (
        ("b", "Hello, we need help with our build."),
        ("s", "Right. Do you have a budget?"),
        ("b", "Not yet, the real trouble is that a change takes a month."),
        ("s", "Okay. Are you the decision maker?"),
        ("b", "No, that is the CTO."),
        ("s", "Okay. Do you like our chat?"),
        ("b", "It looks nice enough."),
    ),
    "asks all at once": (
        *BEFORE,
        (
            "s",
            "What is your budget? Why? How do you decide? What is the deadline? What is the problem? What costs most?",
        ),
        ("b", "Which of all these do you want me to answer?"),
        ("s", "Whatever. Tell me about it."),
    ),
    "talks alone": (
        ("b", "Tell us about the platform."),
        ("s", "The platform indexes your repository and keeps the index fresh on every push. " * 30),
        ("b", "Okay, thanks for that."),
        ("s", "Let me also show you the roadmap, there will be more integrations. " * 20),
        ("b", "Thank you, we will think about it."),
    ),
    "greets": (
        ("s", "Hello everybody, nice to see you all. How was the journey?"),
        ("b", "Fine, thanks, it took us two hours."),
        ("c", "So how do you review your code today?"),
        ("b", "By hand, every change, which takes most of a week."),
        ("c", "And who would decide about something else?"),
        ("b", "Our CTO would have to decide that."),
        ("s", "Thanks everybody, have a nice day."),
    ),
    "a hedgehog": (
        ("b", "How was your weekend?"),
        ("s", "I cut the hedge and saved a hedgehog. My new car is faster, which saves me ten minutes."),
        ("b", "Lovely. It rains in Graz."),
    ),
    "a loss": (
        *BEFORE,
        ("b", "What does it do on a big repository?"),
        ("s", "On a big repository it increases your latency and your cost, so you will not save anything."),
    ),
    "objection answered in vain": (
        *BEFORE,
        COSTS,
        ("s", "I hear you. What would it have to bring back? A bank measured four hours a week. Does that answer it?"),
        ("b", "No, not at all, that is not what I asked."),
    ),
    "objection pressed": (
        *BEFORE,
        COSTS,
        ("s", "I hear you. What would your boss say if a competitor buys it first?"),
        ("b", "I don't like this."),
        ("s", "Just saying, 80 percent of your rivals sign this week."),
    ),
    "objection assured away": (
        *BEFORE,
        ("b", "My concern is that our source code ends up in somebody's training set."),
        ("s", "Don't you worry, trust me, it is super safe, hundred percent."),
        ("b", "If you say so."),
    ),
    "objection everybody has": (*BEFORE, COSTS, ("s", "I understand, but everybody pays that."), ("b", "Fine.")),
    "a day taken back": (
        *BEFORE,
        ("s", "Shall we say Thursday at 2?"),
        ("b", "Thursday at 2 works."),
        ("s", "Great, I'll send the invite."),
        ("b", "Actually, on second thought, let's leave it. We are not going ahead."),
    ),
    "a gain doubted": (
        *BEFORE,
        ("s", "I doubt that it would save your team any time, and it does not reduce your costs either."),
        ("b", "Okay."),
    ),
    "a gain denied": (
        *BEFORE,
        ("s", "Our platform saves your developers three hours a week on reviews."),
        ("b", "No, it does not, we measured it and it cost us time."),
    ),
    "a gain in irony": (
        *BEFORE,
        ("s", "Yeah right, as if the platform would save your developers three hours a week."),
        ("b", "Hm."),
    ),
    "plain facts": (
        ("b", "How does it handle our repository?"),
        ("s", "The index reads the repository on every push, because completions need fresh files."),
        ("b", "Which editors does it support?"),
        ("s", "Two editors, with a plugin each."),
    ),
    "invented facts": (
        ("b", "How does it handle our repository?"),
        (
            "s",
            "The model reads the repository at once, because its context has ten billion tokens, so there is no index.",
        ),
        ("b", "Which editors does it support?"),
        (
            "s",
            "Every editor in the world, for example Word, because the agent needs no plugin, unless you want one.",
        ),
    ),
}

ORDER = [
    ("objection_handling", "objection waved away", "objection answered"),
    ("objection_handling", "objection answered by a discount", "objection answered"),
    ("objection_handling", "objection talked down", "objection answered"),
    ("objection_handling", "objection laughed at", "objection answered"),
    ("objection_handling", "objection answered in vain", "objection answered"),
    ("objection_handling", "objection pressed", "objection answered in vain"),
    ("objection_handling", "objection assured away", "objection answered in vain"),
    ("objection_handling", "objection everybody has", "objection answered in vain"),
    ("closing", "in touch", "a day agreed"),
    ("closing", "a day refused", "a day agreed"),
    ("closing", "a day refused with a yes", "a day agreed"),
    ("discovery", "asks from a list", "asks and hears"),
    ("discovery", "asks all at once", "asks and hears"),
    ("discovery", "talks alone", "asks and hears"),
    ("value_articulation", "a hedgehog", "asks and hears"),
    ("value_articulation", "a loss", "asks and hears"),
    ("listening", "greets", "asks and hears"),
    ("listening", "talks alone", "asks and hears"),
]
NOT_OBSERVED = [
    ("objection_handling", "worry denied"),
    ("objection_handling", "objection laughed at"),
    ("closing", "in touch"),
    ("closing", "a day refused"),
    ("closing", "a day taken back"),
    ("value_articulation", "a gain doubted"),
    ("value_articulation", "a gain denied"),
    ("value_articulation", "a gain in irony"),
    ("value_articulation", "a hedgehog"),
    ("value_articulation", "a loss"),
    ("listening", "greets"),
    ("product_knowledge", "plain facts"),
    ("product_knowledge", "invented facts"),
]


def own(name: str) -> Analysis:
    conversation = talk(*CALLS[name])
    colleague = Party("c", affiliation=Affiliation.INTERNAL)
    parties = (*conversation.parties, colleague)
    return analyse(Conversation(name, None, conversation.duration_ms, parties, conversation.turns), speaker_id="s")


def score(analysis: Analysis, competency: str) -> int | None:
    return next((one.score for one in analysis.scores if one.competency == competency), None)


@pytest.mark.parametrize(("competency", "worse", "better"), ORDER)
def test_order(competency: str, worse: str, better: str) -> None:
    high = score(own(better), competency)
    assert high is not None
    low = score(own(worse), competency)
    assert low is None or low < high


@pytest.mark.parametrize(("competency", "name"), NOT_OBSERVED)
def test_nothing_observed_gives_nothing(competency: str, name: str) -> None:
    assert score(own(name), competency) is None


def test_an_objection_that_a_colleague_answers_is_the_colleagues() -> None:
    said = (
        *BEFORE,
        COSTS,
        ("c", "I hear you. What do you compare it with? A bank got it back in two months."),
        ("b", "Okay, that does help me."),
        ("s", "Let me share my screen and show you the chat."),
    )
    conversation = talk(*said)
    parties = (*conversation.parties, Party("c", affiliation=Affiliation.INTERNAL))
    call = Conversation("c", None, conversation.duration_ms, parties, conversation.turns)
    assert score(analyse(call, "s"), "objection_handling") is None
    assert score(analyse(call, "c"), "objection_handling") is not None


def test_whether_facts_are_right_cannot_be_counted() -> None:
    (reason,) = {
        one.reason for one in own("plain facts").not_observed if one.competency is Competency.PRODUCT_KNOWLEDGE
    }
    assert reason.startswith("not observable by counting")


@pytest.mark.lent(CASES)
class TestReportedCases:
    def read(self, name: str) -> bytes:
        return next(file for file in lent(CASES) if file.stem == name).read_bytes()

    def analysed(self, name: str) -> Analysis:
        (conversation, *_) = parse_conversations(self.read(name))
        speaker = json.loads(self.read("pairs"))["speaker"].get(name)
        return analyse(conversation, speaker or choose_speaker(conversation).speaker_id)

    def test_order(self) -> None:
        pairs = json.loads(self.read("pairs"))
        for competency, worse, better in pairs["pairs"]:
            low, high = score(self.analysed(worse), competency), score(self.analysed(better), competency)
            assert low is None or (high is not None and low < high), (competency, worse, low, better, high)
        for competency, name, _ in pairs["not_observed"]:
            assert score(self.analysed(name), competency) is None, (competency, name)

    def test_languages(self) -> None:
        named = {
            "call_german": "German",
            "call_japanese": "Japanese",
            "call_spanish-english-mix": "Spanish and English",
        }
        for name, languages in named.items():
            analysis = self.analysed(name)
            assert analysis.scores == ()
            assert {one.reason for one in analysis.not_observed} == {f"the call is in {languages}"}
