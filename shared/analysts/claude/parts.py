"""Joins parts of one conversation that were read apart: each weighs as much as the scored speaker says in it.

score       Σ words · score / Σ words, over the parts in which the score stands, rounded half up, in exact integers
confidence  the same mean, to two decimals
evidence    from the heaviest part first, three pieces at most; the reason is the heaviest part's
deal        one value from the heaviest part that has one; lists together
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.analysts.claude.answer import MOST_EVIDENCE, PartRead
from shared.conversations.domain.call_analysis import Evidence, JudgedScore, ObservedDeal, Unobserved
from shared.observations.wire.context_fields import spellings


def combined_scores(
    answers: Sequence[PartRead], weights: Sequence[int], competencies: Sequence[str]
) -> tuple[list[JudgedScore], list[Unobserved]]:
    """Combines scores: each competency is in one of the two lists, in the order of `competencies`. weights: from 1."""
    scores: list[JudgedScore] = []
    unobserved: list[Unobserved] = []
    for name in competencies:
        given = [(weight, one.scores[name]) for one, weight in zip(answers, weights, strict=True) if name in one.scores]
        if not given:
            reasons = dict.fromkeys(one.unobserved[name] for one in answers)
            unobserved.append(Unobserved(name, "; ".join(reasons)))
            continue
        given.sort(key=lambda pair: -pair[0])
        total = sum(weight for weight, _ in given)
        points = sum(weight * score.score for weight, score in given)
        evidence: dict[Evidence, None] = {}
        for _, score in given:
            evidence |= dict.fromkeys(score.evidence)
        scores.append(
            JudgedScore(
                competency=name,
                score=(2 * points + total) // (2 * total),
                confidence=round(sum(weight * score.confidence for weight, score in given) / total, 2),
                evidence=tuple(evidence)[:MOST_EVIDENCE],
                reason=given[0][1].reason,
            )
        )
    return scores, unobserved


def combined_deal(answers: Sequence[PartRead], weights: Sequence[int]) -> ObservedDeal:
    """Returns one value from the heaviest part that has one; lists together."""
    heaviest = [one.deal for _, one in sorted(zip(weights, answers, strict=True), key=lambda pair: -pair[0])]
    combined: dict[str, tuple[str, ...]] = {}
    for one in spellings(dict.fromkeys(dimension for deal in heaviest for dimension in deal)):
        read = [deal[one.dimension] for deal in heaviest if one.dimension in deal]
        combined[one.dimension] = (
            tuple(dict.fromkeys(word for words in read for word in words)) if one.several else read[0]
        )
    return combined
