"""Answers "are we ready to sell?": one person's readiness, and a team's.

A person's overall readiness is the mean of the general ratings of the framework's core competencies, an unknown one
counting 40. The headline is the share of active people whose core competencies are all validated, with a Wilson
interval, beside the mean readiness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import decode_skill
from shared.kernel.rounding import half_up
from shared.kernel.statistics import wilson
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import (
    HEAT_LEVELS,
    NEARLY_READY,
    READY,
    TEAM_NEARLY,
    TEAM_PARTLY,
    TEAM_READY,
    UNKNOWN_COUNTS,
)

Tier = Literal["high", "medium", "low"]

SMALLEST_GROUP = 5
"""Aggregates over fewer people are suppressed: they would say something about one of them."""


def tier(hundredths: int | None) -> Tier | None:
    """Returns high from 80, medium from 60, low below; None without a rating."""
    if hundredths is None:
        return None
    return "high" if hundredths >= READY else "medium" if hundredths >= NEARLY_READY else "low"


def overall(rows: Iterable[SkillRating], framework: Framework) -> int:
    """Returns a person's overall readiness in hundredths of a point."""
    general = {row.competency: row.rating for row in rows if row.context == ""}
    core = framework.core
    if not core:
        return UNKNOWN_COUNTS
    ratings = [general.get(competency) for competency in core]
    return half_up(sum(UNKNOWN_COUNTS if rating is None else rating for rating in ratings), len(core))


def core_validated(rows: Iterable[SkillRating], framework: Framework) -> bool:
    """Tells whether every core competency is validated, in general."""
    validated = {row.competency for row in rows if row.context == "" and row.status == "validated"}
    return bool(framework.core) and validated.issuperset(framework.core)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people stand where in one competency, in general.

    mean_rating: points, over those who have a rating; None when nobody has, or too few to show
    """

    competency: str
    name: str
    core: bool
    validated: int
    in_progress: int
    expired: int
    not_started: int
    mean_rating: float | None

    @property
    def share_validated(self) -> float:
        """Returns the validated as a fraction of all, to four decimals."""
        people = self.validated + self.in_progress + self.expired + self.not_started
        return round(self.validated / people if people else 0.0, 4)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map: the mean rating in a context of those who have one.

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

    share, low, high: of people with every core competency validated, with its 95 % Wilson interval, as fractions;
    mean: mean overall readiness in points. All None when the group is too small to show.
    """

    people: int
    ready: int | None
    share: float | None
    low: float | None
    high: float | None
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
            f"({self.share:.0%}, between {self.low:.0%} and {self.high:.0%})."
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
        return TeamReadiness(people, None, None, None, None, None, suppressed, ())
    ready = sum(core_validated(rows, framework) for rows in profiles.values())
    low, high = wilson(ready, people)
    mean = sum(overall(rows, framework) for rows in profiles.values()) / people / 100
    coverage = tuple(_coverage(profiles, competency, framework, own_team) for competency in framework.by_competency)
    return TeamReadiness(people, ready, ready / people, low, high, round(mean, 1), False, coverage)


def _coverage(
    profiles: Mapping[str, Sequence[SkillRating]], competency: str, framework: Framework, own_team: bool
) -> Coverage:
    counts = {"validated": 0, "in_progress": 0, "expired": 0, "not_started": 0}
    ratings: list[int] = []
    for rows in profiles.values():
        row = next((row for row in rows if row.context == "" and row.competency == competency), None)
        counts[row.status if row else "not_started"] += 1
        if row and row.rating is not None:
            ratings.append(row.rating)
    # In a large group a mean over few ratings would still say something about one person.
    shown = bool(ratings) and (own_team or len(ratings) >= SMALLEST_GROUP)
    mean = round(sum(ratings) / len(ratings) / 100, 1) if shown else None
    return Coverage(
        competency,
        framework.by_competency[competency].name,
        competency in framework.core,
        counts["validated"],
        counts["in_progress"],
        counts["expired"],
        counts["not_started"],
        mean,
    )


def heat_map(
    profiles: Mapping[str, Sequence[SkillRating]],
    framework: Framework,
    dimension: str,
    *,
    own_team: bool = False,
) -> list[list[Cell]]:
    """Returns one row of cells per core competency, one cell per value of the dimension.

    Values are the framework's, then those seen that it does not know. A cell over fewer than 5 people is suppressed.
    """
    known = list(framework.by_dimension[dimension].values) if dimension in framework.by_dimension else []
    ratings: dict[tuple[str, str], list[int]] = {}
    for rows in profiles.values():
        for row in rows:
            if row.rating is None or row.stale or "=" not in row.context or "&" in row.context:
                continue
            ((seen, value),) = decode_skill(row.context)
            if seen == dimension:
                ratings.setdefault((row.competency, value), []).append(row.rating)
    values = [*known, *sorted({value for _, value in ratings} - set(known))]
    table: list[list[Cell]] = []
    for competency in framework.core:
        line = []
        for value in values:
            of_cell = ratings.get((competency, value), [])
            hidden = 0 < len(of_cell) < SMALLEST_GROUP and not own_team
            mean = None if hidden or not of_cell else round(sum(of_cell) / len(of_cell) / 100, 1)
            line.append(
                Cell(competency, value, mean, len(of_cell), hidden, mean is not None and mean * 100 < HEAT_LEVELS[0])
            )
        table.append(line)
    return table
