"""Collects what reviews and repeated analyses say about each scorer, and computes its figures from that.

Only blind decisions are evidence: the person gave own scores before the scorer's were shown to them, and these are
compared. Others are counted beside the figures, and a decision that arrived inside an observation is none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import asdict

from shared.analysts.domain.agreement import Agreement, Pair, Stability, certificate
from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.records import AgreementFigures, CompetencyFigures, FiguresByReason, Interval, StabilityFigures
from shared.kernel.ids import digest
from shared.reviews.records import Evidence, RerunRecords, ReviewRecords

METHOD = "blind reviews; bootstrap on Fisher's scale, deviation times the root of n/(n-1)"
"""Of the intervals, in the fingerprint: figures by another method are computed anew."""


@dataclass(slots=True)
class CompetencyEvidence:
    """Gathers evidence on one scorer in one competency.

    gone: scores for which the person had none, by whether they dropped the score or rejected all of the call
    not_blind: reviewed scores that certify nothing
    """

    pairs: list[Pair] = field(default_factory=list)
    reruns: list[tuple[float, float]] = field(default_factory=list)
    gone: Counter[str] = field(default_factory=Counter)
    not_blind: int = 0

    @property
    def fingerprint(self) -> str:
        """Tells whether the figures have to be computed again."""
        pairs = sorted((pair.scorer, pair.person, pair.reason) for pair in self.pairs)
        return digest(METHOD, json.dumps([pairs, sorted(self.reruns), sorted(self.gone.items()), self.not_blind]))

    def figures(self, scorer: str, competency: str) -> CompetencyFigures:
        """Returns the figures, whose verdict is of a scorer that counts so far."""
        found = certificate(scorer, competency, self.pairs, self.reruns)
        return CompetencyFigures(
            **asdict(_agreement(found.overall)),
            by_reason=tuple(
                FiguresByReason(reason=why, **asdict(_agreement(part))) for why, part in found.by_reason.items()
            ),
            stability=_stability(found.stability),
            dropped=self.gone["dropped"],
            rejected=self.gone["rejected"],
            not_blind=self.not_blind,
            fingerprint=self.fingerprint,
            verdict=found.overall.verdict,
        )


@dataclass(slots=True)
class ScorerEvidence:
    """Gathers the evidence on one scorer. numbers: those under which it has analysed"""

    numbers: set[int] = field(default_factory=set)
    competencies: dict[str, CompetencyEvidence] = field(default_factory=dict)

    def of(self, competency: str) -> CompetencyEvidence:
        """Returns the evidence of a competency, to add to."""
        return self.competencies.setdefault(competency, CompetencyEvidence())

    def decided(self, review: Evidence) -> None:
        """Adds what people decided about an analysis: the first blind decision, else that there was another."""
        decision = review.blind or review.decision
        for one in decision.pairs:
            known = self.of(one.competency)
            if not decision.blind:
                known.not_blind += 1
            elif one.own is not None:
                known.pairs.append(Pair(one.scorer, one.own, one.reason))
            else:
                known.gone["rejected" if decision.decision == "rejected" else "dropped"] += 1


def collected(reviews: ReviewRecords, reruns: RerunRecords) -> dict[str, ScorerEvidence]:
    """Returns the evidence about each scorer, by its name."""
    found: dict[str, ScorerEvidence] = {}
    for one in reviews.evidence():
        scorer = found.setdefault(one.scorer, ScorerEvidence())
        scorer.numbers.add(scorer_number(one.analysis))
        scorer.decided(one)
    for rerun in reruns.all():
        scorer = found.setdefault(rerun.scorer, ScorerEvidence())
        scorer.numbers.add(rerun.number)
        for competency, scores in sorted(rerun.scores.items()):
            scorer.of(competency).reruns.append(scores)
    return found


def _stability(found: Stability) -> StabilityFigures:
    return StabilityFigures(
        n=found.n,
        mean_difference=_rounded(found.mean_difference),
        within=_rounded(found.within),
        within_interval=_interval(found.within_interval),
    )


def _agreement(part: Agreement) -> AgreementFigures:
    return AgreementFigures(
        n=part.n,
        kappa=_rounded(part.kappa),
        kappa_interval=_interval(part.kappa_interval),
        within=_rounded(part.within),
        within_interval=_interval(part.within_interval),
        bias=_rounded(part.bias),
        mean_difference=_rounded(part.mean_difference),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _interval(bounds: Iterable[float] | None) -> Interval | None:
    if bounds is None:
        return None
    low, high = bounds
    return round(low, 4), round(high, 4)
