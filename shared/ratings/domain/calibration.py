"""Learns from many people's scores how noisy scores are, how far levels wander, and how far each scorer leans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import stdev
from typing import Final

from shared.frameworks.domain.parameters import Lean, Parameters
from shared.kernel.columns import Flags, Fractions, Numbers

LEAST_PAIRS: Final = 10
"""Blind pairs from which on their own spread is taken."""
REVIEW_DEVIATION: Final = 10.0
"""Points by which a scorer and a person differ about one conversation, beside the lean; until enough pairs exist."""


@dataclass(frozen=True, slots=True)
class CompetencyScores:
    """Scores of one competency's general skill, in any order.

    person:   by score, a number that stands for whose it is
    day:      whole days since 1970
    score:    points, 0-100
    practice: whether it was given in practice
    scorer:   by score, its place in `scorers`
    scorers:  the sources that entries name
    """

    person: Numbers
    day: Numbers
    score: Fractions
    practice: Flags
    scorer: Numbers
    scorers: tuple[str, ...]


def calibrated(
    scores: Mapping[str, CompetencyScores], differences: Mapping[str, Sequence[float]], before: Parameters
) -> Parameters:
    """Returns the parameters learnt anew; their version, and which scorers are untrusted, stay those of `before`.

    scores: by competency. differences: by scorer, (its score - a person's blind score) of each blind pair, in points
    """
    leans = {scorer: lean_of(found) for scorer, found in differences.items() if found}
    return replace(before, competencies={}, scorers=leans)


def lean_of(differences: Sequence[float]) -> Lean:
    """Returns how far a scorer leans, from (its score - a person's blind score) of each pair.

    The mean of a normal variable under a normal prior around no lean (Gelman et al., Bayesian Data Analysis, 2013,
    ch. 2.5).
    """
    pairs, default = len(differences), Lean()
    if not pairs:
        return default
    deviation = stdev(differences) if pairs >= LEAST_PAIRS else REVIEW_DEVIATION
    noise = max(deviation, 1.0) ** 2
    variance = 1.0 / (1.0 / default.error**2 + pairs / noise)
    return Lean(variance * sum(differences) / noise, sqrt(variance), pairs)
