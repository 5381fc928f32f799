"""Answers "are we ready to sell?": one person's readiness, and a team's.

A person's overall readiness is the mean of the general ratings of the framework's core competencies, and not known
while one of them is. The headline is the share of active people whose core competencies are all validated, with the
80 % Wilson interval, beside the mean readiness of those whose readiness is known. What is stale counts nowhere here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.frameworks.domain.framework import Framework
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.context import decode_skill
from shared.kernel.rounding import half_up, percent
from shared.kernel.statistics import wilson
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import (
    HEAT_LEVELS,
    NEARLY_READY,
    READY,
    TEAM_NEARLY,
    TEAM_PARTLY,
    TEAM_READY,
    Z_EIGHTY,
)

Tier = Literal["high", "medium", "low"]


def tier(hundredths: int | None) -> Tier | None:
    """Returns high from 80, medium from 60, low below; None without a rating."""
    if hundredths is None:
        return None
    return "high" if hundredths >= READY else "medium" if hundredths >= NEARLY_READY else "low"


def current(row: SkillRating) -> int | None:
    """Returns a row's rating as of now; None without one, and for a stale one."""
    return None if row.stale else row.rating


def holds(row: SkillRating) -> bool:
    """Tells whether a skill is validated on evidence that is not stale."""
    return row.status == "validated" and not row.stale


def core_ratings(rows: Iterable[SkillRating], framework: Framework) -> list[int]:
    """Returns the current general ratings of the core competencies that have one."""
    general = [row for row in rows if row.context == "" and row.competency in framework.core]
    return [rating for rating in map(current, general) if rating is not None]


def overall(rows: Iterable[SkillRating], framework: Framework) -> int | None:
    """Returns a person's overall readiness in hundredths of a point; None while a core competency is not known."""
    ratings = core_ratings(rows, framework)
    return half_up(sum(ratings), len(ratings)) if ratings and len(ratings) == len(framework.core) else None


def core_count(rows: Iterable[SkillRating], framework: Framework) -> int:
    """Returns how many core competencies are validated, in general and on evidence that is not stale."""
    held = {row.competency for row in rows if row.context == "" and holds(row)}
    return len(held.intersection(framework.core))


def core_validated(rows: Iterable[SkillRating], framework: Framework) -> bool:
    """Tells whether every core competency is."""
    return bool(framework.core) and core_count(rows, framework) == len(framework.core)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people stand where in one competency, in general.

    stale:       validated or in progress on evidence that is: counted there alone
    mean_rating: points, over those who have a current rating; None when nobody has, or too few to show
    """

    competency: str
    name: str
    core: bool
    validated: int
    in_progress: int
    expired: int
    not_started: int
    stale: int
    mean_rating: float | None

    @property
    def people(self) -> int:
        """Counts all of them."""
        return self.validated + self.in_progress + self.expired + self.not_started + self.stale

    @property
    def share_validated(self) -> float:
        """Returns the validated as a fraction of all, to four decimals."""
        people = self.people
        return round(self.validated / people if people else 0.0, 4)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map: the mean current rating in a context of those who have one.

    mean: points; None when nobody has one, or when suppressed. people: how many have one.
    """

    competency: str
    value: str
    mean: float | None
    people: int
    suppressed: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class TeamReadiness:
    """A team's answer to "are we ready to sell?".

    share, low, high: of people with every core competency validated, with its 80 % Wilson interval, as fractions
    rated: how many have an overall readiness; mean: theirs, in points, None when nobody has, or too few to show
    All None when the group is too small to show.
    """

    people: int
    ready: int | None
    share: float | None
    low: float | None
    high: float | None
    rated: int | None
    mean: float | None
    suppressed: bool
    coverage: tuple[Coverage, ...]

    @property
    def sentence(self) -> str:
        """Returns the headline in words."""
        if self.suppressed:
            return f"Fewer than {SMALLEST_GROUP} people: too few to show without pointing at one of them."
        if self.share is None or self.ready is None or self.low is None or self.high is None:
            return "There is nobody to be ready yet: import people first."
        verdict = (
            "Yes"
            if self.low >= TEAM_READY
            else "Nearly"
            if self.share >= TEAM_NEARLY
            else "Partly"
            if self.share >= TEAM_PARTLY
            else "Not yet"
        )
        return (
            f"{verdict}: {self.ready} of {self.people} are validated in every core competency "
            f"({percent(self.share)} %; 80 % interval {percent(self.low)} to {percent(self.high)} %)."
        )


def team(
    profiles: Mapping[str, Sequence[SkillRating]], framework: Framework, *, own_team: bool = False
) -> TeamReadiness:
    """Returns the readiness of a group of active people: employee id → rows (an empty sequence for someone never seen).

    own_team: a manager's view of the own direct reports, the one exception from suppression.
    """
    people = len(profiles)
    suppressed = 0 < people < SMALLEST_GROUP and not own_team
    if people == 0 or suppressed:
        return TeamReadiness(people, None, None, None, None, None, None, suppressed, ())
    ready = sum(core_validated(rows, framework) for rows in profiles.values())
    low, high = wilson(ready, people, Z_EIGHTY)
    known = [one for one in (overall(rows, framework) for rows in profiles.values()) if one is not None]
    coverage = tuple(_coverage(profiles, competency, framework, own_team) for competency in framework.by_competency)
    mean = _mean(known, own_team)
    return TeamReadiness(people, ready, ready / people, low, high, len(known), mean, False, coverage)


def _mean(hundredths: Sequence[int], own_team: bool) -> float | None:
    """Returns a mean in points, to a tenth; None of nothing, and of so few that it would say something about one."""
    if not hundredths or (len(hundredths) < SMALLEST_GROUP and not own_team):
        return None
    return half_up(sum(hundredths), 10 * len(hundredths)) / 10


def _coverage(
    profiles: Mapping[str, Sequence[SkillRating]], competency: str, framework: Framework, own_team: bool
) -> Coverage:
    counts = {"validated": 0, "in_progress": 0, "expired": 0, "not_started": 0, "stale": 0}
    ratings: list[int] = []
    for rows in profiles.values():
        row = next((row for row in rows if row.context == "" and row.competency == competency), None)
        counts[_place(row) if row else "not_started"] += 1
        rating = current(row) if row else None
        if rating is not None:
            ratings.append(rating)
    return Coverage(
        competency,
        framework.by_competency[competency].name,
        competency in framework.core,
        counts["validated"],
        counts["in_progress"],
        counts["expired"],
        counts["not_started"],
        counts["stale"],
        _mean(ratings, own_team),
    )


def _place(row: SkillRating) -> str:
    """Returns where a person is counted: by status, unless the evidence of one that would count is stale."""
    return "stale" if row.stale and row.status in ("validated", "in_progress") else row.status


def heat_map(
    profiles: Mapping[str, Sequence[SkillRating]],
    framework: Framework,
    dimension: str,
    *,
    own_team: bool = False,
) -> list[list[Cell]]:
    """Returns one row of cells per core competency, one cell per value of the dimension.

    Values are the framework's: free words of calls are nobody's column. A cell over fewer than 5 people is suppressed.
    """
    values = framework.by_dimension[dimension].values if dimension in framework.by_dimension else ()
    ratings: dict[tuple[str, str], list[int]] = {}
    for rows in profiles.values():
        for row in rows:
            rating = current(row)
            if rating is None or "=" not in row.context or "&" in row.context:
                continue
            ((seen, value),) = decode_skill(row.context)
            if seen == dimension:
                ratings.setdefault((row.competency, value), []).append(rating)
    table: list[list[Cell]] = []
    for competency in framework.core:
        line = []
        for value in values:
            of_cell = ratings.get((competency, value), [])
            hidden = 0 < len(of_cell) < SMALLEST_GROUP and not own_team
            mean = _mean(of_cell, own_team)
            line.append(
                Cell(competency, value, mean, len(of_cell), hidden, mean is not None and mean * 100 < HEAT_LEVELS[0])
            )
        table.append(line)
    return table
