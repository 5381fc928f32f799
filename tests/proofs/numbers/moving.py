"""How often a trend is told of people who do not move and of people who do, and practice and field are called apart
that are not; in worlds whose truth is known, with noise that is learnt from their calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shared.frameworks.domain.parameters import Noise, Parameters
from tests.proofs.numbers.product import blind_pairs, learnt, shown
from tests.proofs.numbers.worlds import DAYS, Days, Fractions, Lives, World, live

WINDOW = 90
MOVED = 24.0
"""Points in 90 days."""
PEOPLE = 40


@dataclass(frozen=True)
class Trends:
    """Shares of people: told either way who do not move, told to improve who do; and of the best linear test."""

    improving: float
    declining: float
    found: float
    best: float


CALIBRATIONS = 30
"""What is learnt differs from one organisation to the next: shares are of people of several."""


def trends(sigma: float, likeness: float, people: int, chance: np.random.Generator, calls: int = 12) -> Trends:
    """Returns the shares among `people` with that many calls in 90 days, about 70."""
    return Trends(
        *np.mean(
            [
                _trends(_noise(sigma, likeness, chance), sigma, likeness, people // CALIBRATIONS, chance, calls)
                for _ in range(CALIBRATIONS)
            ],
            axis=0,
        ).tolist()
    )


def _trends(
    noise: Parameters, sigma: float, likeness: float, people: int, chance: np.random.Generator, calls: int
) -> tuple[float, float, float, float]:
    still, moving = (_steady(sigma, likeness, people, chance, calls, moved) for moved in (0.0, MOVED))
    said = [[row.trend for row in shown(lives, noise)] for lives in (still, moving)]
    improving, found = (one.count("improving") / people for one in said)
    unmoved, moved = (_best(lives, noise.default) for lives in (still, moving))
    best = float((moved >= np.quantile(unmoved, 1 - improving)).mean())
    return improving, said[0].count("declining") / people, found, best


def falsely_apart(sigma: float, likeness: float, people: int, chance: np.random.Generator, each: int) -> float:
    """Returns the share of people called apart whose practice is as good as their field. each: observations of both"""
    shares = []
    for _ in range(CALIBRATIONS):
        noise = _noise(sigma, likeness, chance)
        field = _steady(sigma, likeness, people // CALIBRATIONS, chance, each, 0.0)
        practice = _steady(noise.default.practice, 0.0, people // CALIBRATIONS, chance, each, 0.0)
        shares.append(np.mean([row.apart for row in shown(field, noise, practice=[practice])]))
    return float(np.mean(shares))


def _noise(sigma: float, likeness: float, chance: np.random.Generator) -> Parameters:
    world = World("", sigma=sigma, likeness=likeness, calls=12.0)
    return learnt([live(world, PEOPLE, chance)], blind_pairs(0.0, chance))


def _steady(sigma: float, likeness: float, people: int, chance: np.random.Generator, calls: int, moved: float) -> Lives:
    """People who are at 70 in the middle of the last 90 days and move evenly."""
    world = World("", sigma=sigma, likeness=likeness, drift=0.0)
    path = 70 + moved * (np.arange(DAYS + 1) - (DAYS - WINDOW / 2)) / WINDOW

    def of_one() -> Days:
        found: Days = np.sort(chance.integers(DAYS - WINDOW, DAYS + 1, calls))
        return found

    return live(world, people, chance, start=np.full(people, 70.0), days_of=of_one, path=path)


def _best(lives: Lives, noise: Noise) -> Fractions:
    """By person the statistic of the best linear test: the slope that is most likely, over its standard error."""
    found = []
    for days, scores in zip(lives.days, lives.scores, strict=True):
        place = np.arange(len(days))
        precision = np.linalg.inv(noise.sigma**2 * noise.likeness ** np.abs(place[:, None] - place))
        line = np.column_stack([np.ones(len(days)), days])
        known = np.linalg.inv(line.T @ precision @ line)
        found.append((known @ line.T @ precision @ scores)[1] / np.sqrt(known[1, 1]))
    return np.array(found)
