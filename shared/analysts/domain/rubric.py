"""Says what the lexical analyst counts for each competency, and how many points it is worth.

A score is the sum of its criteria's points; each competency's maxima sum to 100. Points run linearly from `none_at`
to `full_at` and are rounded half up, so that a reader can add them up.

The targets are judgements, with their reasons beside them. Where a vendor publishes a finding we name it as the
vendor's claim: such findings are correlations in one vendor's customers' calls, nobody outside can check them, and
they do not show that the habit causes the sale. That is one reason why a lexical score is never trusted above 0.55
and waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

RUBRIC_VERSION = "criteria-3"
"""Names the criteria below: a new one with every change of a maximum, a target or a criterion."""


class Competency(StrEnum):
    DISCOVERY = "discovery"
    OBJECTION_HANDLING = "objection_handling"
    VALUE_ARTICULATION = "value_articulation"
    PRODUCT_KNOWLEDGE = "product_knowledge"
    CLOSING = "closing"
    LISTENING = "listening"
    TECHNICAL_ARCHITECTURE = "technical_architecture"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is counted or measured.

    none_at, full_at: the measurements that earn nothing and `maximum`; falling when none_at > full_at.
    """

    name: str
    maximum: int
    none_at: int
    full_at: int
    unit: str
    reason: str

    def points(self, measured: int) -> int:
        """Returns 0 to maximum, linear between none_at and full_at, rounded half up, in exact integers."""
        span = abs(self.full_at - self.none_at)
        reached = measured - self.none_at if self.full_at > self.none_at else self.none_at - measured
        reached = min(max(reached, 0), span)
        return (2 * self.maximum * reached + span) // (2 * span)


CRITERIA: dict[Competency, tuple[Criterion, ...]] = {
    Competency.DISCOVERY: (
        Criterion(
            "open_questions",
            35,
            0,
            7,
            "questions",
            "Open questions let the customer tell the story, where the customer answers them: two a turn. Gong claims "
            "11 to 14 questions of any kind on winning discovery calls; seven open ones among them is our reading.",
        ),
        Criterion(
            "topics_asked_about",
            35,
            0,
            5,
            "topics",
            "Of current state, problem, impact, decision, timeline, budget and success: five of seven, since "
            "hardly a call needs all.",
        ),
        Criterion(
            "follow_up_questions",
            20,
            0,
            4,
            "questions",
            "A question that takes up the customer's words of the last 30 s shows that the answer was heard.",
        ),
        Criterion(
            "questions_answered_at_length",
            10,
            0,
            4,
            "answers",
            "An answer of eight words or more: the question opened something.",
        ),
    ),
    Competency.OBJECTION_HANDLING: (
        Criterion("responded", 35, 0, 1000, "‰ of objections", "An objection left standing costs the most."),
        Criterion(
            "argued",
            10,
            500,
            0,
            "‰ of objections",
            "An answer that begins with no, but or every vendor is an argument; so is one that waves the worry away.",
        ),
        Criterion("acknowledged", 15, 0, 1000, "‰ of objections", "Acknowledge, ask, answer, check: the usual model."),
        Criterion("asked_back", 20, 0, 1000, "‰ of objections", "What is meant is asked before it is answered."),
        Criterion(
            "answered_with_evidence",
            15,
            0,
            1000,
            "‰ of objections",
            "A number that is no discount, a trial or another customer's case.",
        ),
        Criterion("checked", 5, 0, 500, "‰ of objections", "Whether the answer did is asked."),
    ),
    Competency.VALUE_ARTICULATION: (
        Criterion(
            "value_statements",
            45,
            0,
            1,
            "statements",
            "A gain for the customer or of the product is named, and not denied.",
        ),
        Criterion(
            "linked_to_the_customer", 20, 0, 1, "statements", "It uses two subject words that the customer used."
        ),
        Criterion("quantified_statements", 10, 0, 2, "statements", "A gain with a number can be checked."),
        Criterion(
            "customer_figures", 20, 0, 3, "statements", "A figure that the customer has said before: theirs, not ours."
        ),
        Criterion("proof", 5, 0, 1, "references", "Another customer's case or a trial."),
    ),
    Competency.PRODUCT_KNOWLEDGE: (
        Criterion("product_terms", 20, 0, 10, "terms", "Breadth: different terms of the vocabulary."),
        Criterion(
            "explanations", 25, 0, 4, "sentences", "A term with its because, if, unless, so that or for example."
        ),
        Criterion("answers", 25, 0, 4, "answers", "A customer's question answered in product terms."),
        Criterion("limits_named", 20, 0, 4, "sentences", "Who knows a product knows what it does not do."),
        Criterion("specifics", 10, 0, 2, "sentences", "A term with a figure: how many, how long, how large."),
    ),
    Competency.CLOSING: (
        Criterion("committed", 30, 0, 1, "next steps", "Someone does something after the call."),
        Criterion("dated", 20, 0, 1, "next steps", "A day or a delay is named in the same sentence."),
        Criterion(
            "agreed",
            20,
            0,
            1,
            "next steps",
            "The customer says yes to it next, or says the day back; what they turn down is no next step.",
        ),
        Criterion(
            "their_part", 10, 0, 1, "next steps", "The customer does something until then: owners on both sides."
        ),
        Criterion("recapped", 10, 0, 1, "recaps", "What was agreed is summed up."),
        Criterion("decision_asked", 10, 0, 2, "sentences", "The decision, or what counts as done, is spoken about."),
    ),
    Competency.LISTENING: (
        Criterion(
            "talk_ratio",
            15,
            800,
            550,
            "‰ of talk",
            "Gong claims 43 % on calls that were won and fewer wins above 65 %: a vendor's correlation, and "
            "demonstrations differ from discovery, hence a wide band and few points: full up to 55 %, none from 80 %.",
        ),
        Criterion(
            "interruptions",
            30,
            6,
            0,
            "per 10 min of others' talk",
            "Starting while another speaks, 500 ms or more before they end. Overlaps at changes of turn are "
            "normal and mostly far shorter (gaps are of the order of 200 ms: Levinson and Torreira 2015, "
            "doi:10.3389/fpsyg.2015.00731), so half a second is no accident of timing.",
        ),
        Criterion(
            "patience",
            5,
            0,
            200,
            "ms, median gap",
            "From the other's last word to the answer: 200 ms is the usual gap (same source). Longer earns no "
            "more: a slow line is no virtue.",
        ),
        Criterion(
            "longest_monologue",
            5,
            300,
            150,
            "s",
            "Gong's coaching advice is to stay within two and a half minutes: a vendor's claim; none from five.",
        ),
        Criterion(
            "taken_up",
            45,
            0,
            8,
            "turns",
            "A follow-up question, a paraphrase or an echo in the customer's words: what shows that somebody was "
            "heard, hence the largest share. Acknowledgements (mm hmm, right) are reported but "
            "earn nothing: transcribers drop most of them, so their absence says nothing.",
        ),
    ),
    Competency.TECHNICAL_ARCHITECTURE: (
        Criterion("architecture_terms", 20, 0, 8, "terms", "Breadth: different terms of the vocabulary."),
        Criterion(
            "architecture_aspects",
            45,
            0,
            6,
            "aspects",
            "Of identity, data flow, residency, failure, scale, operation and alternatives: what has to be settled "
            "before somebody can build.",
        ),
        Criterion("mechanisms", 20, 0, 3, "sentences", "Two terms related to each other, in eight words or more."),
        Criterion("architecture_questions", 15, 0, 2, "questions", "The customer's own architecture is asked for."),
    ),
}
