"""Whether "how many are likely ready" holds the true number, in worlds whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shared.ratings.domain.head import head_of
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.team_sums import team
from tests.proofs.numbers.product import blind_pairs, learnt, shown
from tests.proofs.numbers.worlds import DAYS, Lives, World, live
from tests.ratings.builders import GENERAL_DISCOVERY, framework

PEOPLE, BAR = 40, 75.0
SKILLS = ("discovery", "closing", "listening", "objections", "value")
SALES = framework(*(replace(GENERAL_DISCOVERY, competency=one) for one in SKILLS), competencies=SKILLS)
CORRELATION = 0.3
"""Of two skills' levels of one person on the first day."""
BLIND_CALLS, REVIEWER = 12, 8.0
"""A reviewer who is so many points off tells in so many calls to 2 points how far the scorer leans."""
KNOWN_WELL = 800
"""So many tell that a scorer does not lean."""
CALLS = 8.0

BEGINNINGS: Sequence[tuple[float, float]] = ((82.0, 3.0), (80.0, 6.0), (75.0, 8.0))


@dataclass(frozen=True)
class Headline:
    """What is said of a world, and what is true in it: how many of its people are ready, and hold every validation."""

    true: int
    likely: float
    low: float
    high: float
    validated: int

    @property
    def holds(self) -> bool:
        return round(self.low) <= self.true <= round(self.high)


def headline(
    begin: tuple[float, float],
    lean: float,
    chance: np.random.Generator,
    drift: float = 0.35,
    correlation: float = CORRELATION,
) -> Headline:
    """Lets 40 people live and says how many are ready. lean: standard deviation of the one scorer's lean"""
    world = World("", calls=CALLS, drift=drift, begin=begin)
    scorer = float(chance.normal(0, lean)) if lean else 0.0
    pairs = blind_pairs(scorer, chance, BLIND_CALLS if lean else KNOWN_WELL, REVIEWER)
    factor = chance.normal(0, 1, PEOPLE)
    profiles: dict[str, list[SkillRating]] = {str(person): [] for person in range(PEOPLE)}
    truth = np.ones(PEOPLE, np.bool_)
    every: list[Lives] = []
    for _ in SKILLS:
        own = chance.normal(0, 1, PEOPLE)
        start = begin[0] + begin[1] * (np.sqrt(correlation) * factor + np.sqrt(1 - correlation) * own)
        every.append(live(world, PEOPLE, chance, start=start, lean=scorer))
        truth &= every[-1].levels[:, DAYS] >= BAR
    parameters = learnt(every, pairs)
    for skill, lives, name in zip(SKILLS, every, parameters.competencies, strict=True):
        of_skill = replace(parameters, default=parameters.competencies[name], competencies={})
        for rows, row in zip(profiles.values(), shown(lives, of_skill, GENERAL_DISCOVERY), strict=True):
            rows.append(row._replace(competency=skill))
    heads = {person: head_of(profile) for person, profile in profiles.items()}
    answer = team(heads, SALES, likeness=parameters.factor.likeness)
    assert answer.likely is not None
    assert answer.ready is not None
    return Headline(int(truth.sum()), answer.likely.number, *answer.likely.interval, answer.ready)
