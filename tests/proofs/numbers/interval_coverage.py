"""Counts how often 80 % intervals hold the true level, where it is known: the product's, the reference's and those of
the formula that the product had before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from shared.frameworks.domain.parameters import Lean, Parameters
from shared.frameworks.domain.parameters import Noise as ProductNoise
from shared.ratings.domain.projection import project
from tests.proofs.numbers.calibration import Noise, calibrated, lean, skills_of
from tests.proofs.numbers.level import Scorers, Series, levels
from tests.proofs.numbers.worlds import DAYS, Days, Fractions, Lives, World, live
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, state

PEOPLE = 40
SALES = framework(GENERAL_DISCOVERY, competencies=("discovery",))
WINDOW = 90
DEFAULT_ERROR = 4.0
BLIND_CALLS = 40
REVIEWER = 6.0
"""How far a reviewer's own score of a call is from the truth about it, in points."""

WORLDS: Sequence[World] = tuple(
    replace(world, name=f"{world.name}, {calls} calls", calls=calls)
    for world in (
        World("σ 8", sigma=8),
        World("σ 12"),
        World("σ 18", sigma=18),
        World("ρ .5", likeness=0.5),
        World("scorer's lean sd 4", scorer=4),
        World("scorer's lean sd 6", scorer=6),
        World("drift doubled", drift=0.7),
        World("levels 85–99", begin=None),
        World("all together", sigma=18, likeness=0.5, scorer=6, drift=0.7, begin=None),
    )
    for calls in (12.0, 40.0)
)


@dataclass(frozen=True)
class Coverage:
    """Of how many intervals how many held: the reference's, the product's, the former formula's."""

    world: str
    intervals: int
    held: int
    held_by_product: int
    held_before: int

    @property
    def share(self) -> float:
        return self.held / self.intervals

    @property
    def product_share(self) -> float:
        return self.held_by_product / self.intervals

    @property
    def share_before(self) -> float:
        return self.held_before / self.intervals


def pooled(every: Sequence[Coverage]) -> Coverage:
    """Returns the sums over worlds."""
    parts = zip(*((one.intervals, one.held, one.held_by_product, one.held_before) for one in every), strict=True)
    return Coverage("pooled", *map(sum, parts))


def coverage(world: World, calibrations: int, chance: np.random.Generator) -> Coverage:
    """Counts in a world; each calibration sees other people, and rates the very people that it has seen."""
    intervals = held = by_product = before = 0
    for _ in range(calibrations):
        lives = live(world, PEOPLE, chance)
        scorers = _scorers(world, lives, chance)
        noise = calibrated(series_of(lives, 0), scorers, 0)
        for true, reference, shown, plain in _intervals(lives, noise, scorers):
            intervals += 1
            held += reference[0] <= true <= reference[1]
            by_product += shown[0] <= true <= shown[1]
            before += plain[0] <= true <= plain[1]
    return Coverage(world.name, intervals, held, by_product, before)


def _scorers(world: World, lives: Lives, chance: np.random.Generator) -> Scorers:
    """The one scorer, as far as blind reviews tell: of some calls a person says what they were worth."""
    differences = lives.lean + chance.normal(0, REVIEWER, BLIND_CALLS) if world.scorer else np.empty(0)
    known = lean(differences, DEFAULT_ERROR)
    error = known.error if world.scorer else 0.0
    return Scorers(np.array([known.bias]), np.array([error]))


def series_of(lives: Lives, since: int) -> Series:
    """Returns everybody's scores since a day; who has none is left out."""
    kept = [(days[days >= since], scores[days >= since]) for days, scores in zip(lives.days, lives.scores, strict=True)]
    kept = [(days, scores) for days, scores in kept if len(days)]
    count = np.array([len(days) for days, _ in kept], np.int64)
    size = int(count.sum())
    return Series(
        start=np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
        count=count,
        day=np.concatenate([days for days, _ in kept]).astype(np.int64),
        score=np.concatenate([scores for _, scores in kept]).astype(float),
        practice=np.zeros(size, np.bool_),
        scorer=np.zeros(size, np.int64),
    )


Bounds = tuple[float, float]


def _intervals(lives: Lives, noise: Noise, scorers: Scorers) -> Iterator[tuple[float, Bounds, Bounds, Bounds]]:
    """Yields each person's true level, and the three intervals, in points."""
    since = DAYS - WINDOW
    series = series_of(lives, since)
    low, high = levels(series, skills_of(noise, len(series.start)), scorers, since, DAYS).interval()
    seen = [person for person, days in enumerate(lives.days) if (days >= since).any()]
    learnt = _learnt(noise, scorers)
    for row, person in enumerate(seen):
        recent = lives.days[person] >= since
        days, scores = lives.days[person][recent], lives.scores[person][recent]
        reference = float(low[row]), float(high[row])
        yield float(lives.levels[person, DAYS]), reference, _product(days, scores, learnt), _before(days, scores)


def _learnt(noise: Noise, scorers: Scorers) -> Parameters:
    """Returns the product's parameters, as learnt from the world."""
    of_competency = ProductNoise(noise.sigma, noise.likeness, noise.drift, noise.mean, noise.spread)
    return Parameters(default=of_competency, scorers={"gong": Lean(float(scorers.bias[0]), float(scorers.error[0]))})


def _product(days: Days, scores: Fractions, learnt: Parameters) -> Bounds:
    """Returns the interval that the product shows, in points; everything where it shows none."""
    calls = [field(float(score), TODAY - DAYS + int(day)) for day, score in zip(days, scores, strict=True)]
    for row in project(state(*calls), SALES, learnt, TODAY):
        if row.key == ("discovery", "") and row.low is not None and row.high is not None:
            return row.low / 100, row.high / 100
    return 0.0, 100.0


def _before(days: Days, scores: Fractions) -> Bounds:
    """Returns the interval of the former formula: around the weighted mean, with sigma 12, drift 0.35 and no error."""
    age = DAYS - days
    weight = 600 + np.round(400 * 2 ** (-age / 30))
    share = weight / weight.sum()
    mean = float(share @ scores)
    reach = 1.28 * sqrt(144 * float(share @ share) + 0.67 * 0.35**2 * float(share @ age))
    return mean - reach, mean + reach
