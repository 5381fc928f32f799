"""Scores by counted words and measured times, the same for everyone who counts again: the lexical analyst.

It is the analyst of an installation without a language model, and transparent rather than clever: the features are
in `features`, the words in `lexicon`, the points with their reasons in `rubric`. Two rules hold throughout.

Quote or no score: a score stands on the speaker's own words, verbatim, with their place and digest, or, for
listening, on a measured span. Without that the competency is not observed, with the reason.

Low trust by design: the confidence never passes 0.55, so that every score waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.analysts.domain.languages import spoken
from shared.analysts.domain.rubric import CRITERIA, RUBRIC_VERSION, Competency
from shared.analysts.lexical.analysis import Analysis, Component, NotObserved, Score
from shared.analysts.lexical.closing import NextStep
from shared.analysts.lexical.features import Features, measure
from shared.analysts.lexical.lexicon import VOCABULARY, Vocabulary
from shared.conversations.domain.analysis_version import LEXICAL_NUMBER
from shared.conversations.domain.call_analysis import CallAnalysis, Evidence, JudgedScore, Scorer, Unobserved
from shared.conversations.domain.conversation import Conversation, MeasuredSpan, UnknownSpeaker, speakers

LEXICAL_VERSION = "lexical-3"
"""Names the features, words and criteria together: any change to a number that comes out needs a new version."""

HIGHEST_CONFIDENCE = 0.55

READS = frozenset({"call"})
"""The media that can be scored by counting. What somebody writes is longer and plainer than talk: on labelled threads
the counts and the reader did not agree at all (kappa −0.21), so that they were noise for whoever reviews."""

UNOBSERVABLE = {
    Competency.PRODUCT_KNOWLEDGE: "not observable by counting: words do not show whether what is said of the product "
    "is right"
}
"""What is counted for these bounds what another analyst may claim, and is no score."""

FEWEST_OTHERS_TURNS = 3
SHORTEST_OTHERS_TALK_MS = 5_000
FEWEST_OWN_TURNS = 3
FEWEST_OWN_WORDS = 40
TAKEN_UP_IN_FULL = 2
"""Who does not cut in and lets others talk has listened only where something comes of it: that counts a third where
nothing is taken up, two thirds with one turn, and in full from two."""
FEWEST_QUESTIONS = 3
FEWEST_PRODUCT_TERMS = 4
FEWEST_ARCHITECTURE_TERMS = 3
FEWEST_ASPECTS = 3
RATE_BASIS_MS = 300_000
"""Interruptions are counted per ten minutes of others' talk, of which at least five minutes are assumed: one slip
in a short call is no habit."""

SCORER = Scorer(analyst="lexical", model=LEXICAL_VERSION, rubric=RUBRIC_VERSION, prompt="-", number=LEXICAL_NUMBER)
"""The lowest number of all: where a language model analyses the same conversation, its analysis stands."""


def analyse(conversation: Conversation, speaker_id: str, vocabulary: Vocabulary = VOCABULARY) -> Analysis:
    """Scores one speaker. Deterministic: the same turns, in whatever order they came, give the same analysis.

    Raises UnknownSpeaker when the speaker has no turn.
    """
    if all(one.speaker_id != speaker_id for one in speakers(conversation)):
        listed = "; ".join(str(one) for one in speakers(conversation)) or "nobody"
        raise UnknownSpeaker(f"Speaker {speaker_id} says nothing here; these speak: {listed}.", field="speaker_id")
    heard = spoken(conversation, speaker_id)
    if conversation.medium not in READS or heard.unreadable:
        reason = (
            f"the call is in {heard.named}" if conversation.medium in READS else "mail is not observable by counting"
        )
        return _nothing(conversation, speaker_id, reason)
    features = measure(heard.english(conversation), speaker_id, vocabulary)
    results = [judge(features) for judge in _JUDGES]
    judged = tuple(one for one in results if isinstance(one, Score))
    return Analysis(
        version=LEXICAL_VERSION,
        call_id=conversation.call_id,
        speaker_id=speaker_id,
        measured=features,
        counted={one.competency: one.score for one in judged},
        scores=tuple(one for one in judged if one.competency not in UNOBSERVABLE),
        not_observed=(
            *(one for one in results if isinstance(one, NotObserved) and one.competency not in UNOBSERVABLE),
            *(NotObserved(competency, reason) for competency, reason in UNOBSERVABLE.items()),
        ),
        notes=heard.notes,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """Says what another analyst's scores can be compared with. nothing: of what can be counted, what shows nothing"""

    scores: Mapping[str, int]
    nothing: frozenset[str]


def counted(conversation: Conversation, speaker_id: str, vocabulary: Vocabulary) -> Counted:
    """Returns what counting gives for one speaker, per competency; empty where nothing can be read."""
    analysis = analyse(conversation, speaker_id, vocabulary)
    scores = {competency.value: score for competency, score in analysis.counted.items()}
    readable = frozenset() if analysis.measured is None else frozenset(one.value for one in Competency)
    return Counted(scores, readable - scores.keys())


def _nothing(conversation: Conversation, speaker_id: str, reason: str) -> Analysis:
    return Analysis(
        version=LEXICAL_VERSION,
        call_id=conversation.call_id,
        speaker_id=speaker_id,
        measured=None,
        counted={},
        scores=(),
        not_observed=tuple(NotObserved(competency, reason) for competency in Competency),
    )


def call_analysis(analysis: Analysis) -> CallAnalysis:
    """Returns the analysis in the shape that every analyst gives. The reason of a score is its sum, without a word of
    the conversation; it says nothing about the deal, which counting cannot tell."""
    return CallAnalysis(
        scorer=SCORER,
        call_id=analysis.call_id,
        speaker_id=analysis.speaker_id,
        scores=tuple(
            JudgedScore(one.competency.value, one.score, one.confidence, one.evidence, _sum(one))
            for one in analysis.scores
        ),
        unobserved=tuple(Unobserved(one.competency.value, one.reason) for one in analysis.not_observed),
        notes=("Counted words and measured times only; every score waits for a person.", *analysis.notes),
    )


def _sum(score: Score) -> str:
    parts = (
        f"{one.criterion.name.replace('_', ' ')} {one.points} of {one.criterion.maximum}" for one in score.components
    )
    return f"{', '.join(parts)}."


def _discovery(features: Features) -> Score | NotObserved:
    asked = features.asking.open_questions + features.asking.closed_questions
    if len(asked) < FEWEST_QUESTIONS or not features.asking.topics:
        return NotObserved(
            Competency.DISCOVERY,
            f"{len(asked)} questions about {len(features.asking.topics)} topics; "
            f"{FEWEST_QUESTIONS} questions, one of them about a topic of discovery, show how someone asks",
        )
    measured = {
        "open_questions": len(features.asking.open_questions),
        "topics_asked_about": len(features.asking.topics),
        "follow_up_questions": len(features.asking.follow_ups),
        "questions_answered_at_length": features.asking.answered_at_length,
    }
    return _score(Competency.DISCOVERY, measured, features.asking.follow_ups + asked, features)


def _objection_handling(features: Features) -> Score | NotObserved:
    raised = features.objections
    if not raised:
        return NotObserved(Competency.OBJECTION_HANDLING, "no customer raised an objection")
    quotes = tuple(one.response for one in raised if one.response is not None)
    if not quotes:
        return NotObserved(
            Competency.OBJECTION_HANDLING, f"{len(raised)} objections, and no word of this speaker after them"
        )

    def share(count: int) -> int:
        return (2000 * count + len(raised)) // (2 * len(raised))

    measured = {
        "responded": share(len(quotes)),
        "argued": share(sum(one.argued for one in raised)),
        "acknowledged": share(sum(one.acknowledged for one in raised)),
        "asked_back": share(sum(one.asked_back for one in raised)),
        "answered_with_evidence": share(sum(one.with_evidence for one in raised)),
        "checked": share(sum(one.checked for one in raised)),
    }
    return _score(Competency.OBJECTION_HANDLING, measured, quotes, features)


def _value_articulation(features: Features) -> Score | NotObserved:
    stated = features.value.statements
    if not stated:
        return NotObserved(
            Competency.VALUE_ARTICULATION, "no statement of a gain for the customer (save, reduce, faster, return …)"
        )
    telling = sorted(stated, key=lambda one: (not (one.quantified and one.linked), not one.quantified))
    measured = {
        "quantified_statements": sum(one.quantified for one in stated),
        "value_statements": len(stated),
        "linked_to_the_customer": sum(one.linked for one in stated),
        "customer_figures": len(features.value.customer_figures),
        "proof": len(features.value.proofs),
    }
    quotes = tuple(one.said for one in telling) + features.value.customer_figures
    return _score(Competency.VALUE_ARTICULATION, measured, quotes, features)


def _product_knowledge(features: Features) -> Score | NotObserved:
    told = features.product.explanations + features.product.answers + features.product.specifics
    if len(features.product.terms) < FEWEST_PRODUCT_TERMS or not told:
        return NotObserved(
            Competency.PRODUCT_KNOWLEDGE,
            f"{len(features.product.terms)} product terms and {len(told)} explanations or answers; "
            f"{FEWEST_PRODUCT_TERMS} terms and one of those are the least to judge by",
        )
    measured = {
        "product_terms": len(features.product.terms),
        "explanations": len(features.product.explanations),
        "answers": len(features.product.answers),
        "limits_named": len(features.product.limits_named),
        "specifics": len(features.product.specifics),
    }
    return _score(Competency.PRODUCT_KNOWLEDGE, measured, told + features.product.limits_named, features)


def _closing(features: Features) -> Score | NotObserved:
    if not features.closing.next_steps:
        return NotObserved(Competency.CLOSING, "no next step in the second half that the customer lets stand")

    def strength(step: NextStep) -> tuple[int, int]:
        # Of equally strong steps the last one is what the call ended on.
        return (step.dated + step.agreed, step.said.turn_index)

    steps = sorted(features.closing.next_steps, key=strength, reverse=True)
    measured = {
        "committed": 1,
        "dated": int(steps[0].dated),
        "agreed": int(steps[0].agreed),
        "their_part": sum(step.theirs for step in steps),
        "recapped": len(features.closing.recaps),
        "decision_asked": len(features.closing.decisions_asked),
    }
    return _score(Competency.CLOSING, measured, tuple(one.said for one in steps), features)


def _listening(features: Features) -> Score | NotObserved:
    ratio = features.talk.ratio
    if features.talk.others_turns < FEWEST_OTHERS_TURNS or features.talk.others_ms < SHORTEST_OTHERS_TALK_MS:
        return NotObserved(
            Competency.LISTENING,
            f"others have {features.talk.others_turns} turns and {features.talk.others_ms / 1000:.1f} s; "
            f"{FEWEST_OTHERS_TURNS} turns and {SHORTEST_OTHERS_TALK_MS // 1000} s are the least to listen to",
        )
    monologue = features.talk.longest_monologue
    if ratio is None or monologue is None:
        return NotObserved(Competency.LISTENING, "this speaker does not talk")
    taken_up = len({one.turn_index for one in features.asking.follow_ups + features.asking.paraphrases})
    if not taken_up and (features.talk.own_turns < FEWEST_OWN_TURNS or features.words < FEWEST_OWN_WORDS):
        return NotObserved(
            Competency.LISTENING,
            f"this speaker takes nothing up in {features.talk.own_turns} turns and {features.words} words; "
            f"{FEWEST_OWN_TURNS} turns and {FEWEST_OWN_WORDS} words are the least to take part",
        )
    per_ten_minutes = -(-len(features.talk.interruptions) * 600_000 // max(features.talk.others_ms, RATE_BASIS_MS))
    measured = {
        "talk_ratio": ratio,
        "interruptions": per_ten_minutes,
        # Who never has to answer keeps nobody waiting; who only cuts in has negative gaps.
        "patience": 0 if features.talk.median_gap_ms is None else features.talk.median_gap_ms,
        "longest_monologue": (monologue.end_ms - monologue.start_ms + 500) // 1000,
        "taken_up": taken_up,
    }
    total = features.talk.own_ms + features.talk.others_ms
    talk = MeasuredSpan(
        "talk ratio",
        0,
        features.talk.end_ms,
        f"{ratio / 10:.1f} % ({features.talk.own_ms / 1000:.1f} of {total / 1000:.1f} s)",
    )
    score = _score(Competency.LISTENING, measured, (talk, *features.talk.interruptions, monologue), features)
    return _as_far_as_taken_up(score, taken_up)


def _as_far_as_taken_up(score: Score, taken_up: int) -> Score:
    """Returns a score in which the absence of faults counts as far as something was taken up."""
    weight = 1 + min(taken_up, TAKEN_UP_IN_FULL)
    whole = 1 + TAKEN_UP_IN_FULL
    components = tuple(
        one
        if one.criterion.name == "taken_up"
        else replace(one, points=(2 * one.points * weight + whole) // (2 * whole))
        for one in score.components
    )
    return replace(score, score=sum(one.points for one in components), components=components)


def _technical_architecture(features: Features) -> Score | NotObserved:
    quotes = features.architecture.mechanisms + features.architecture.questions + features.architecture.mentions
    terms, aspects = len(features.architecture.terms), len(features.architecture.aspects)
    mechanisms = len(features.architecture.mechanisms)
    if terms < FEWEST_ARCHITECTURE_TERMS or aspects < FEWEST_ASPECTS or not mechanisms:
        return NotObserved(
            Competency.TECHNICAL_ARCHITECTURE,
            f"{terms} architecture terms, {aspects} aspects, {mechanisms} sentences of two terms; "
            f"{FEWEST_ARCHITECTURE_TERMS}, {FEWEST_ASPECTS} and one are the least to judge by",
        )
    measured = {
        "architecture_terms": terms,
        "architecture_aspects": aspects,
        "mechanisms": mechanisms,
        "architecture_questions": len(features.architecture.questions),
    }
    return _score(Competency.TECHNICAL_ARCHITECTURE, measured, quotes, features)


_JUDGES = (
    _discovery,
    _objection_handling,
    _value_articulation,
    _product_knowledge,
    _closing,
    _listening,
    _technical_architecture,
)


def _score(
    competency: Competency, measured: dict[str, int], evidence: tuple[Evidence, ...], features: Features
) -> Score:
    components = tuple(
        Component(one, measured[one.name], one.points(measured[one.name])) for one in CRITERIA[competency]
    )
    distinct = tuple(dict.fromkeys(evidence))
    return Score(
        competency=competency,
        score=sum(one.points for one in components),
        confidence=_confidence(competency, len(distinct), features),
        components=components,
        evidence=distinct,
    )


def _confidence(competency: Competency, pieces: int, features: Features) -> float:
    """Returns 0.20, + 0.05 per piece of evidence up to four, + up to 0.15 for the amount of talk (full at 600 words, or
    for listening five minutes of others' talk), − 0.10 where words decide and the transcript has no punctuation.

    Our judgement of how far counting can be trusted, until agreement with people's confirmations measures it.
    """
    if competency is Competency.LISTENING:
        amount, pieces = features.talk.others_ms / 300_000, features.talk.others_turns // 5
    else:
        amount = features.words / 600
    blind = competency is not Competency.LISTENING and not features.punctuated
    confidence = 0.20 + 0.05 * min(pieces, 4) + 0.15 * min(amount, 1.0) - (0.10 if blind else 0.0)
    return round(min(max(confidence, 0.10), HIGHEST_CONFIDENCE), 2)
