"""Whether "how many are likely ready" holds the true number, in worlds whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.proofs.numbers.calibration import calibrated, skills_of
from tests.proofs.numbers.interval_coverage import series_of
from tests.proofs.numbers.level import Scorers, levels
from tests.proofs.numbers.likely_ready import outlook, ready
from tests.proofs.numbers.worlds import DAYS, World, live

PEOPLE, SKILLS, BAR = 40, 5, 75.0
WINDOW = 90
CORRELATION = 0.3
"""Of two skills' levels of one person on the first day."""
LEARNT_TO = 2.0
"""Standard error of the scorer's lean, as blind reviews have it."""
CALLS = 8.0

BEGINNINGS: Sequence[tuple[float, float]] = ((82.0, 3.0), (80.0, 6.0), (75.0, 8.0))


@dataclass(frozen=True)
class Headline:
    """What is said of a world, and what is true in it: how many of its people are ready."""

    true: int
    likely: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return round(self.low) <= self.true <= round(self.high)


def headline(begin: tuple[float, float], lean: float, chance: np.random.Generator, drift: float = 0.35) -> Headline:
    """Lets 40 people live and says how many are ready. lean: standard deviation of the one scorer's lean"""
    world = World("", calls=CALLS, scorer=0.0, drift=drift, begin=(0.0, 1.0))
    scorer = float(chance.normal(0, lean)) if lean else 0.0
    known = scorer + float(chance.normal(0, LEARNT_TO)) if lean else 0.0
    scorers = Scorers(np.array([known]), np.array([LEARNT_TO if lean else 0.0]))
    factor = chance.normal(0, 1, PEOPLE)
    means, deviations, shared, truth = [], [], [], np.ones(PEOPLE, np.bool_)
    for _ in range(SKILLS):
        own = chance.normal(0, 1, PEOPLE)
        start = begin[0] + begin[1] * (np.sqrt(CORRELATION) * factor + np.sqrt(1 - CORRELATION) * own)
        lives = live(replace(world, begin=(0.0, 0.0)), PEOPLE, chance, start=start, lean=scorer)
        noise = calibrated(series_of(lives, 0), scorers, 0)
        # Who has no call in the window is as the population is: a series needs a score, so they are put back below.
        found = levels(series := series_of(lives, DAYS - WINDOW), skills_of(noise, len(series.start)), scorers,
                       DAYS - WINDOW, DAYS)  # fmt: skip
        seen = [person for person, days in enumerate(lives.days) if (days >= DAYS - WINDOW).any()]
        mean, deviation, part = np.full(PEOPLE, noise.mean), np.full(PEOPLE, noise.spread), np.zeros(PEOPLE)
        mean[seen], deviation[seen], part[seen] = found.mean, found.deviation, found.shared
        means.append(mean)
        deviations.append(deviation)
        shared.append(part)
        truth &= lives.levels[:, DAYS] >= BAR
    said = outlook(ready(np.array(means).T, np.array(deviations).T, np.array(shared).T, np.full(SKILLS, BAR)))
    return Headline(int(truth.sum()), said.likely(), *said.interval())
