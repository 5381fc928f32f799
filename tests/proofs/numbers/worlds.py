"""Invented worlds whose truth is known: people whose level wanders, and scores of it that lean and hang together.

Nothing of the product is used here, and no seed of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Fractions = np.ndarray[Any, np.dtype[np.float64]]
Days = np.ndarray[Any, np.dtype[np.int64]]

DAYS = 180


@dataclass(frozen=True)
class World:
    """How people and their calls are, in points; drift in points per square root of a day.

    calls:    per 90 days, on average
    begin:    (mean, deviation) of the levels on the first day, or None for evenly between `between`
    likeness: correlation of neighbouring calls' scores around the level
    scorer:   standard deviation of the one scorer's lean
    """

    name: str
    sigma: float = 12.0
    likeness: float = 0.3
    scorer: float = 0.0
    drift: float = 0.35
    calls: float = 12.0
    begin: tuple[float, float] | None = (75.0, 8.0)
    between: tuple[float, float] = (85.0, 99.0)


@dataclass(frozen=True)
class Lives:
    """What happened to some people: per person the days and scores of their calls, and the true levels of every day."""

    days: list[Days]
    scores: list[Fractions]
    levels: Fractions
    lean: float


def live(
    world: World,
    people: int,
    chance: np.random.Generator,
    days: int = DAYS,
    *,
    start: Fractions | None = None,
    lean: float | None = None,
    days_of: Callable[[], Days] | None = None,
    path: Fractions | None = None,
) -> Lives:
    """Lets `people` live for some days; the true level stays between 0 and 100.

    start, lean: the levels of the first day and the scorer's lean, where the world does not draw them
    days_of: draws the days of one person's calls; path: everybody's level by day, instead of a walk
    """
    if start is not None:
        pass
    elif world.begin is None:
        start = chance.uniform(*world.between, people)
    else:
        start = chance.normal(*world.begin, people)
    levels = np.empty((people, days + 1))
    levels[:, 0] = np.clip(start, 0, 100)
    for day in range(days):
        levels[:, day + 1] = np.clip(levels[:, day] + chance.normal(0, world.drift, people), 0, 100)
    if path is not None:
        levels[:] = path
    if lean is None:
        lean = float(chance.normal(0, world.scorer)) if world.scorer else 0.0
    all_days: list[Days] = []
    all_scores: list[Fractions] = []
    for person in range(people):
        if days_of is None:
            called = np.sort(chance.integers(0, days + 1, chance.poisson(world.calls * days / 90))).astype(np.int64)
        else:
            called = days_of()
        noise = _alike(len(called), world.likeness, chance) * world.sigma
        all_days.append(called)
        all_scores.append(np.round(np.clip(levels[person, called] + noise + lean, 0, 100)))
    return Lives(all_days, all_scores, levels, lean)


def _alike(size: int, likeness: float, chance: np.random.Generator) -> Fractions:
    """Standard normal values, neighbours of which are correlated."""
    found = chance.normal(0, 1, size)
    for place in range(1, size):
        found[place] = likeness * found[place - 1] + np.sqrt(1 - likeness**2) * found[place]
    return found
