"""Counts how often 80 % intervals hold the true level, where it is known: the product's, the reference's and those of
the formula that the product had before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from shared.frameworks.domain.parameters import Noise, Parameters
from tests.proofs.numbers.level import Scorers, Series, Skills, levels
from tests.proofs.numbers.product import blind_pairs, learnt, shown
from tests.proofs.numbers.worlds import DAYS, Days, Fractions, Lives, World, live

PEOPLE = 40
WINDOW = 90

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
        pairs = blind_pairs(lives.lean, chance)
        for true, reference, product, plain in _intervals(lives, pairs):
            intervals += 1
            held += reference[0] <= true <= reference[1]
            by_product += product[0] <= true <= product[1]
            before += plain[0] <= true <= plain[1]
    return Coverage(world.name, intervals, held, by_product, before)


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


def _intervals(lives: Lives, pairs: Fractions) -> Iterator[tuple[float, Bounds, Bounds, Bounds]]:
    """Yields each person's true level, and the three intervals, in points."""
    since = DAYS - WINDOW
    seen = [person for person, days in enumerate(lives.days) if (days >= since).any()]
    parameters = learnt([lives], pairs)
    reference = _by_reference(lives, parameters)
    rows = shown(lives, parameters)
    for place, person in enumerate(seen):
        recent = lives.days[person] >= since
        days, scores = lives.days[person][recent], lives.scores[person][recent]
        row = rows[person]
        assert row.low is not None
        assert row.high is not None
        product = row.low / 100, row.high / 100
        yield float(lives.levels[person, DAYS]), reference[place], product, _before(days, scores)


def _by_reference(lives: Lives, parameters: Parameters) -> list[Bounds]:
    (lean,) = parameters.scorers.values()
    series = series_of(lives, DAYS - WINDOW)
    skills = skills_of(parameters.default, len(series.start))
    scorers = Scorers(np.array([lean.bias]), np.array([lean.error]))
    low, high = levels(series, skills, scorers, DAYS - WINDOW, DAYS).interval()
    return list(zip(low.tolist(), high.tolist(), strict=True))


def skills_of(noise: Noise, size: int) -> Skills:
    """The reference's parameters of `size` skills of one competency."""
    columns = (noise.mean, noise.spread, noise.sigma, noise.likeness, noise.practice, noise.transfer, noise.drift)
    return Skills(*(np.full(size, value) for value in columns))


def _before(days: Days, scores: Fractions) -> Bounds:
    """Returns the interval of the former formula: around the weighted mean, with sigma 12, drift 0.35 and no error."""
    age = DAYS - days
    weight = 600 + np.round(400 * 2 ** (-age / 30))
    share = weight / weight.sum()
    mean = float(share @ scores)
    reach = 1.28 * sqrt(144 * float(share @ share) + 0.67 * 0.35**2 * float(share @ age))
    return mean - reach, mean + reach
