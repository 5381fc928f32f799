"""Adds up how ready some people are, so that groups add up to their organisation exactly, in any order.

What is added are whole numbers: how many stand where, ratings in hundredths of a point, chances and variances in
millionths. A team's readiness, its coverage and its heat map are worked out of sums alone, so that a sum that was made
before, part by part, says what one of all people at once would.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from shared.frameworks.domain.framework import Framework
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.rounding import half_up
from shared.kernel.statistics import wilson
from shared.ratings.domain.head import Head, RatedCell
from shared.ratings.domain.likely_ready import LIKENESS, LikelyReady
from shared.ratings.domain.readiness import (
    Cell,
    Coverage,
    Interval,
    LevelSums,
    TeamReadiness,
    core_levels,
    core_validated,
    current,
    likely_of,
    overall,
    place,
)
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import HEAT_LEVELS, Z_EIGHTY

PLACES = ("validated", "in_progress", "expired", "not_started", "stale")


@dataclass(slots=True)
class SkillSums:
    """Adds up one skill of some people. people, rating: of those with a current rating, in hundredths of a point"""

    people: int = 0
    rating: int = 0
    levels: LevelSums = field(default_factory=LevelSums)

    def add(self, row: RatedCell | SkillRating) -> None:
        """Adds one person's; nothing without a rating."""
        if row.rating is None:
            return
        self.people += 1
        self.rating += row.rating
        if row.level is not None and row.deviation is not None:
            self.levels.add_one(row.level, row.deviation, row.shared or 0)

    def merge(self, other: SkillSums) -> None:
        """Adds other people's."""
        self.people += other.people
        self.rating += other.rating
        self.levels.merge(other.levels)

    def mean(self, own_team: bool) -> tuple[float | None, Interval | None]:
        """Returns the mean rating, in points to a tenth, and where the mean level lies with 80 % probability; None of
        nothing, and of so few that it would say something about one."""
        mean = _mean(self.rating, self.people, own_team)
        return mean, None if mean is None or not self.levels.people else self.levels.interval(1)


def mean_in_skill(
    rated: Iterable[RatedCell | SkillRating], *, own_team: bool = False
) -> tuple[float | None, Interval | None]:
    """Returns the mean of some people's current ratings in one skill, and its interval (see SkillSums.mean)."""
    sums = SkillSums()
    for one in rated:
        sums.add(one)
    return sums.mean(own_team)


@dataclass(slots=True)
class TeamSums:
    """Adds up active people who are rated by a framework.

    people, ready: how many they are, and of how many every core competency is validated
    rated, overall: of those with an overall readiness, in hundredths of a point
    likely:    of those who are known in every core competency; levels: where theirs lie
    standing:  by competency: how many in each of PLACES, then how many have a current rating, and its sum
    cells:     by dimension, competency and value: those of the framework
    """

    people: int = 0
    ready: int = 0
    rated: int = 0
    overall: int = 0
    likely: LikelyReady = field(default_factory=LikelyReady)
    levels: LevelSums = field(default_factory=LevelSums)
    standing: dict[str, list[int]] = field(default_factory=dict)
    cells: dict[str, dict[tuple[str, str], SkillSums]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, heads: Collection[Head], framework: Framework, likeness: float = LIKENESS, dimensions: Sequence[str] = ()
    ) -> Self:
        """Returns the sums of some people, an empty head for someone never seen. likeness: correlation between the
        skills of one person; dimensions: by which there are to be heat maps"""
        sums = cls()
        for head in heads:
            sums.add(head, framework, likeness)
        for dimension in dimensions:
            sums.cells[dimension] = _cells(heads, framework, dimension)
        return sums

    def add(self, head: Head, framework: Framework, likeness: float) -> None:
        """Adds one person, but for heat maps."""
        self.people += 1
        self.ready += core_validated(head.general, framework)
        readiness = overall(head.general, framework)
        if readiness is not None:
            self.rated += 1
            self.overall += readiness
        levels = core_levels(head.general, framework)
        if levels:
            self.levels.add(levels, likeness)
            self.likely += likely_of(head, levels, likeness)
        rows = {row.competency: row for row in head.general}
        for competency in framework.by_competency:
            row = rows.get(competency)
            counted = self.standing.setdefault(competency, [0] * (len(PLACES) + 2))
            counted[PLACES.index(place(row) if row else "not_started")] += 1
            rating = current(row) if row else None
            if rating is not None:
                counted[-2] += 1
                counted[-1] += rating

    def merge(self, other: TeamSums) -> None:
        """Adds other people, added up by the same framework and likeness."""
        self.people += other.people
        self.ready += other.ready
        self.rated += other.rated
        self.overall += other.overall
        self.likely += other.likely
        self.levels.merge(other.levels)
        for competency, counted in other.standing.items():
            mine = self.standing.get(competency) or [0] * len(counted)
            self.standing[competency] = [a + b for a, b in zip(mine, counted, strict=True)]
        for dimension, cells in other.cells.items():
            here = self.cells.setdefault(dimension, {})
            for skill, sums in cells.items():
                here.setdefault(skill, SkillSums()).merge(sums)

    def readiness(self, framework: Framework, *, own_team: bool = False) -> TeamReadiness:
        """Returns how ready they are. own_team: a manager's view of the own direct reports, the one exception from
        suppression."""
        if self.people == 0 or self._suppressed(own_team):
            few = self._suppressed(own_team)
            return TeamReadiness(self.people, None, None, None, None, None, None, None, None, few, ())
        low, high = wilson(self.ready, self.people, Z_EIGHTY)
        mean = _mean(self.overall, self.rated, own_team)
        known = mean is not None and self.levels.people
        return TeamReadiness(
            people=self.people,
            likely=self.likely if self.likely.people >= (1 if own_team else SMALLEST_GROUP) else None,
            ready=self.ready,
            share=self.ready / self.people,
            low=low,
            high=high,
            rated=self.rated,
            mean=mean,
            mean_interval=self.levels.interval(len(framework.core)) if known else None,
            suppressed=False,
            coverage=self.coverage(framework, own_team=own_team),
        )

    def coverage(self, framework: Framework, *, own_team: bool = False) -> tuple[Coverage, ...]:
        """Returns where they stand in each competency; nothing of a group too small to show."""
        if self.people == 0 or self._suppressed(own_team):
            return ()
        found = []
        for competency, described in framework.by_competency.items():
            *counts, rated, rating = self.standing.get(competency) or [0] * (len(PLACES) + 2)
            validated, in_progress, expired, not_started, stale = counts
            found.append(
                Coverage(
                    competency=competency,
                    name=described.name,
                    core=competency in framework.core,
                    validated=validated,
                    in_progress=in_progress,
                    expired=expired,
                    not_started=not_started,
                    stale=stale,
                    mean_rating=_mean(rating, rated, own_team),
                )
            )
        return tuple(found)

    def heat_map(self, framework: Framework, dimension: str, *, own_team: bool = False) -> list[list[Cell]]:
        """Returns one row of cells per core competency, one cell per value of a dimension that was added up.

        Values are the framework's: free words of calls are nobody's column. A cell over fewer than 5 people is
        suppressed.
        """
        values = framework.by_dimension[dimension].values if dimension in framework.by_dimension else ()
        cells = self.cells.get(dimension, {})
        return [
            [_cell(competency, value, cells.get((competency, value), SkillSums()), own_team) for value in values]
            for competency in framework.core
        ]

    def text(self) -> str:
        """Returns them as text, which from_text reads."""
        likely = [self.likely.people, self.likely.expected, self.likely.spread]
        cells = [
            [dimension, *skill, one.people, one.rating, *one.levels.numbers]
            for dimension, found in self.cells.items()
            for skill, one in found.items()
        ]
        numbers = [self.people, self.ready, self.rated, self.overall]
        whole = [numbers, likely, self.levels.numbers, self.standing, list(self.cells), cells]
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads what text returned."""
        (people, ready, rated, overall), likely, levels, standing, dimensions, cells = json.loads(text)
        found: dict[str, dict[tuple[str, str], SkillSums]] = {dimension: {} for dimension in dimensions}
        for dimension, competency, value, in_cell, rating, *of_levels in cells:
            found[dimension][competency, value] = SkillSums(in_cell, rating, LevelSums(*of_levels))
        known, expected, spread = likely
        return cls(
            people=people,
            ready=ready,
            rated=rated,
            overall=overall,
            likely=LikelyReady(known, tuple(expected), tuple(spread)),
            levels=LevelSums(*levels),
            standing=standing,
            cells=found,
        )

    def _suppressed(self, own_team: bool) -> bool:
        return 0 < self.people < SMALLEST_GROUP and not own_team


def team(
    heads: Mapping[str, Head], framework: Framework, *, own_team: bool = False, likeness: float = LIKENESS
) -> TeamReadiness:
    """Returns the readiness of a group of active people, by employee id (see TeamSums)."""
    return TeamSums.of(heads.values(), framework, likeness).readiness(framework, own_team=own_team)


def heat_map(
    heads: Mapping[str, Head], framework: Framework, dimension: str, *, own_team: bool = False
) -> list[list[Cell]]:
    """Returns the heat map of a group of active people, by employee id (see TeamSums)."""
    sums = TeamSums(cells={dimension: _cells(heads.values(), framework, dimension)})
    return sums.heat_map(framework, dimension, own_team=own_team)


def _cells(heads: Iterable[Head], framework: Framework, dimension: str) -> dict[tuple[str, str], SkillSums]:
    """Returns the sums of a dimension's values, of the core."""
    values = set(framework.by_dimension[dimension].values) if dimension in framework.by_dimension else set()
    found: dict[tuple[str, str], SkillSums] = {}
    for head in heads:
        for cell in head.in_dimension(dimension):
            if cell.value in values and cell.competency in framework.core:
                found.setdefault((cell.competency, cell.value), SkillSums()).add(cell)
    return found


def _cell(competency: str, value: str, sums: SkillSums, own_team: bool) -> Cell:
    hidden = 0 < sums.people < SMALLEST_GROUP and not own_team
    mean, interval = sums.mean(own_team)
    weak = mean is not None and mean * 100 < HEAT_LEVELS[0]
    return Cell(competency, value, mean, interval, sums.people, hidden, weak)


def _mean(hundredths: int, people: int, own_team: bool) -> float | None:
    """Returns a mean in points, to a tenth; None of nothing, and of so few that it would say something about one."""
    if not people or (people < SMALLEST_GROUP and not own_team):
        return None
    return half_up(hundredths, 10 * people) / 10
