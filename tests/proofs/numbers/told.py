"""Whether those who are told a probability to be ready are as often above the bar, in a world whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.ratings.domain.skill_rating import probability_above
from tests.proofs.numbers.product import blind_pairs, learnt, shown
from tests.proofs.numbers.worlds import DAYS, Days, World, live

BAR = 75.0
PEOPLE = 40
LISTS = 30
"""Of 40 people each, who are rated by what one calibration has learnt."""
CALLS: Sequence[int] = (1, 3, 8, 20)
TOLD = (0.85, 0.95)
TOP = 0.1
"""A top list picks the tenth with the highest levels."""


@dataclass(frozen=True)
class Told:
    """Of some people who were told 0.85 to 0.95: how many they are, what they were told on average, how many are."""

    people: int
    told: float
    above: float


def told(calls: int, worlds: int, chance: np.random.Generator, lists: int = LISTS) -> tuple[Told, Told]:
    """Returns it of everybody, and of those whom a top list picks. calls: in the last 90 days"""
    every: list[tuple[float, bool, bool]] = []
    for _ in range(worlds):
        lives = live(World("", calls=12.0), PEOPLE, chance)
        parameters = learnt([lives], blind_pairs(0.0, chance))
        watched = live(World("", calls=12.0), PEOPLE * lists, chance, days_of=lambda: _last_days(calls, chance))
        rows = shown(watched, parameters)
        for start in range(0, len(rows), PEOPLE):
            listed = sorted(rows[start : start + PEOPLE], key=lambda row: -(row.level or 0))[: round(TOP * PEOPLE)]
            picked = {id(row) for row in listed}
            for row, level in zip(
                rows[start : start + PEOPLE], watched.levels[start : start + PEOPLE, DAYS].tolist(), strict=True
            ):
                said = probability_above(row, round(100 * BAR))
                assert said is not None
                every.append((said, level >= BAR, id(row) in picked))
    return _of(every), _of([one for one in every if one[2]])


def _last_days(calls: int, chance: np.random.Generator) -> Days:
    found: Days = np.sort(chance.integers(DAYS - 90, DAYS + 1, calls))
    return found


def _of(people: Sequence[tuple[float, bool, bool]]) -> Told:
    those = [(said, above) for said, above, _ in people if TOLD[0] <= said <= TOLD[1]]
    if not those:
        return Told(0, 0.0, 0.0)
    return Told(len(those), float(np.mean([one[0] for one in those])), float(np.mean([one[1] for one in those])))
