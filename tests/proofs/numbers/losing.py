"""Shows how long a validation lasts that the field does not bear out, of people whose true level is known.

Three role-plays at 80 validated them; then come 32 calls in a year, against a bar of 75. The bounds are those of the
decision: at 82 one in twenty may lose it at some time, at 78 three in ten; at 70 and 60 nearly all must.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shared.ratings.domain.skill_rating import SkillRating
from tests.proofs.numbers.worlds import Days, Fractions
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, History, rated_together

CALLS = 32
BOUNDS = {82.0: (0.0, 0.05), 78.0: (0.0, 0.30), 70.0: (0.95, 1.0), 60.0: (0.95, 1.0)}
"""By true level the least and the greatest share of people who may lose it; at 60 within 8 calls."""


def share_losing(level: float, people: int, chance: np.random.Generator, calls: int = CALLS) -> float:
    """Returns the share of people who lose their validation after one of their calls. level: points, does not move"""
    days = np.sort(chance.integers(TODAY - 364, TODAY + 1, (people, CALLS)), axis=1)
    scores = np.clip(chance.normal(level, 12.0, (people, CALLS)), 0, 100)
    lost = np.zeros(people, np.bool_)
    for seen in range(1, calls + 1):
        lost |= [row.contradicted for row in _after(days[:, :seen], scores[:, :seen])]
    return float(lost.mean())


def _after(days: Days, scores: Fractions) -> Iterator[SkillRating]:
    practised = [(TODAY - 380 + number, 8000) for number in range(3)]
    people: list[History] = [
        ([(int(day), round(100 * score)) for day, score in zip(*one, strict=True)], practised, [])
        for one in zip(days, scores, strict=True)
    ]
    yield from rated_together(people, GENERAL_DISCOVERY, as_of=[int(one[-1]) for one in days])
