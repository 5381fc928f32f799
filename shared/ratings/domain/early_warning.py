"""Finds where practice falls before the field does: what a person rehearses is about to be heard by customers.

Practice has a trend of its own here, by the same test as everywhere (`trend`), over the rating window; the field, which
alone makes the rating from three conversations on, does not fall yet.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from shared.kernel.rounding import half_up
from shared.observations.domain.entry import PRACTICE
from shared.ratings.domain.level import variances
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.trend import TRENDS, Moving, trends_of
from shared.ratings.domain.weights import RATING_WINDOW_DAYS

ENDS: Final = 3
"""Sessions at the beginning and at the end whose means say from what to what practice went."""


class Falling(NamedTuple):
    """Practice that falls. before, after: means of its first and last three sessions in hundredths

    since: the day of the first, from 1970-01-01 UTC; sessions: how many there are
    """

    before: int
    after: int
    since: int
    sessions: int


def practice_falls(projection: Projection, row: SkillRating) -> Falling | None:
    """Returns how far the practice of a skill has fallen whose field does not; None where it has not."""
    if row.basis != "field" or row.stale or row.trend == "declining":
        return None
    scores = projection.scores_about([row.key])
    of_kind = scores.skill(scores.index.number(*row.key)).kinds[PRACTICE]
    window = range(projection.as_of - RATING_WINDOW_DAYS, projection.as_of + 1)
    seen = [(day, score) for day, score in zip(of_kind.day, of_kind.score, strict=True) if day in window]
    days, points = [day for day, _ in seen], [score for _, score in seen]
    noise = variances(projection.parameters.noise_of(row.competency))
    (trend,) = trends_of([Moving(days, points, noise.practice, 0.0)])
    if TRENDS[trend] != "declining":
        return None
    before, after = half_up(sum(points[:ENDS]), ENDS), half_up(sum(points[-ENDS:]), ENDS)
    return Falling(before, after, days[0], len(points))
