"""Finds what scorers lean behind a rating: why the level may lie beside it.

The rating is the plain mean of the scores, which is not corrected for who gave them; the level's interval is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.frameworks.domain.parameters import Parameters
from shared.observations.domain.observation import KINDS
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.skill_scores import OfKind, SkillScores
from shared.ratings.domain.weights import FIELD_TENTHS, RATING_WINDOW_DAYS, VALIDATION_TENTHS, WEIGHTS


class Leaning(NamedTuple):
    """Says how far the scores behind a rating lean.

    scorers: by its source how many points each scores too high (below zero: too low), of those of whom it is learnt
    points:  by how much the rating is too high for it
    """

    scorers: Mapping[str, float]
    points: float


def is_beside(row: SkillRating) -> bool:
    """Tells whether the rating lies outside the interval of the level."""
    return row.rating is not None and not (row.low or 0) <= row.rating <= (row.high or 0)


def leaning_behind(row: SkillRating, scores: SkillScores, parameters: Parameters, as_of: int) -> Leaning | None:
    """Returns how far the scores that a rating counts lean; None where of no scorer of theirs it has been learnt."""
    learnt = {
        number: (source, lean.bias)
        for number, (source, lean) in enumerate(parameters.scorers.items(), 1)
        if lean.pairs > 0
    }
    of_kind = {name: scores.kinds[KINDS.index(name)] for name in ("field", "validation")}
    until = as_of
    if row.stale:  # as it was when it was last current
        until = max((day for one in of_kind.values() for day in one.day if day <= as_of), default=as_of)
    shares = {"field": 1}
    if row.basis == "blend":
        shares = {"field": FIELD_TENTHS, "validation": VALIDATION_TENTHS}
    elif row.basis == "validation":
        shares = {"validation": 1}
    found: dict[str, float] = {}
    total = 0.0
    for name, share in shares.items():
        total += share * _mean(of_kind[name], learnt, until, found)
    return Leaning(dict(sorted(found.items())), total / sum(shares.values())) if found else None


def _mean(of_kind: OfKind, learnt: Mapping[int, tuple[str, float]], until: int, found: dict[str, float]) -> float:
    """Returns the mean lean of the window's scores of one kind, by the weights of the rating; adds who leans."""
    weight = leaning = 0.0
    for day, _, _, _, scorer in of_kind.said:
        if 0 <= until - day <= RATING_WINDOW_DAYS:
            weight += WEIGHTS[until - day]
            if scorer in learnt:
                source, bias = learnt[scorer]
                found[source] = bias
                leaning += WEIGHTS[until - day] * bias
    return leaning / weight if weight else 0.0
