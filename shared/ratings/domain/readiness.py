"""Answers "are we ready to sell?": one person's readiness, and a team's.

The headline is how many are likely ready: the sum over people of the probability that every core level is at or above
its bar (see `likely_ready`). A person of whom one core competency has no current rating is not yet known. Beside it
stand how many hold every validation, which is another question (several noisy bars call half of a fully ready team not
ready), and the mean readiness of those who are known: a person's is the mean of the general ratings of the core.
Each has an 80 % interval. What is stale counts nowhere here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from shared.frameworks.domain.framework import Framework, Rule
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.context import decode_skill
from shared.kernel.rounding import half_up, whole
from shared.kernel.statistics import wilson
from shared.ratings.domain.head import Head
from shared.ratings.domain.likely_ready import MILLION, CoreLevel, LikelyReady, of_chances, of_person, together
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import (
    NEARLY_READY,
    READY,
    TEAM_NEARLY,
    TEAM_PARTLY,
    TEAM_READY,
    Z_EIGHTY,
)

Tier = Literal["high", "medium", "low"]
Interval = tuple[float, float]


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


def overall_interval(rows: Iterable[SkillRating], framework: Framework, likeness: float) -> Interval | None:
    """Returns where the mean of a person's core levels lies with 80 % probability, in points; None where one is not
    known. likeness: correlation between the skills of one person (`Factor`)"""
    levels, sums = core_levels(rows, framework), LevelSums()
    if not levels:
        return None
    sums.add(levels, likeness)
    return sums.interval(len(levels))


def bar_of(rule: Rule | None) -> int:
    """Returns the level in the field from which on somebody is ready, in hundredths: the rule's bar, else 80."""
    return READY if rule is None or rule.min_field_score is None else rule.minimums[1]


def core_levels(rows: Iterable[SkillRating], framework: Framework) -> list[CoreLevel]:
    """Returns where a person stands in every core competency; nothing while one of them has no current rating."""
    core = [row for row in rows if row.context == "" and row.competency in framework.core]
    found = [one for one in (_core_level(row, framework) for row in core) if one is not None]
    return found if len(found) == len(framework.core) else []


def _core_level(row: SkillRating, framework: Framework) -> CoreLevel | None:
    """Returns where a person stands in a skill; None without a current rating."""
    if row.stale or row.level is None or row.deviation is None:
        return None
    rule = framework.rule_for(row.competency, decode_skill(row.context))
    return CoreLevel(row.level, row.deviation, row.shared or 0, bar_of(rule))


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

    @property
    def share_interval(self) -> Interval:
        """Returns the 80 % Wilson interval of that fraction, to four decimals."""
        low, high = wilson(self.validated, self.people, Z_EIGHTY)
        return round(low, 4), round(high, 4)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map: the mean current rating in a context of those who have one.

    mean: points; None when nobody has one, or when suppressed. people: how many have one.
    interval: where the mean of their levels in the field lies, 80 %, points
    """

    competency: str
    value: str
    mean: float | None
    interval: Interval | None
    people: int
    suppressed: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class TeamReadiness:
    """A team's answer to "are we ready to sell?".

    likely: how many are likely ready, of those who are known (`likely.people`); None where too few are to show it
    share, low, high: of people with every core competency validated, with its 80 % Wilson interval, as fractions
    rated: how many have an overall readiness; mean, mean_interval: theirs, in points, None when nobody has, or too few
    to show
    All None when the group is too small to show.
    """

    people: int
    likely: LikelyReady | None
    ready: int | None
    share: float | None
    low: float | None
    high: float | None
    rated: int | None
    mean: float | None
    mean_interval: Interval | None
    suppressed: bool
    coverage: tuple[Coverage, ...]

    @property
    def sentence(self) -> str:
        """Returns the headline in words."""
        if self.suppressed:
            return f"Fewer than {SMALLEST_GROUP} people: too few to show without pointing at one of them."
        if self.ready is None:
            return "There is nobody to be ready yet: import people first."
        if self.likely is None:
            known = "nobody is" if not self.rated else f"fewer than {SMALLEST_GROUP} are"
            return (
                f"Not known yet: of {self.people:,} {known} known in every core competency. "
                f"{self.ready:,} hold every validation."
            )
        low, share = self.likely.interval[0], self.likely.number / self.people
        said = [f"{whole(one):,}" for one in self.likely.said]
        verdict = (
            "Yes"
            if low / self.people >= TEAM_READY
            else "Nearly"
            if share >= TEAM_NEARLY
            else "Partly"
            if share >= TEAM_PARTLY
            else "Not yet"
        )
        unknown = self.people - self.likely.people
        return (
            f"{verdict}: {said[0]} of {self.people:,} are likely ready (80 % interval {said[1]} to {said[2]}). "
            f"{self.ready:,} hold every validation"
            + (f"; {unknown:,} {'is' if unknown == 1 else 'are'} not yet known." if unknown else ".")
        )


def likely_among(people: Iterable[Head], framework: Framework, likeness: float) -> LikelyReady:
    """Returns how many of some people are likely ready, of those who are known."""
    return together(
        likely_of(head, levels, likeness) for head in people if (levels := core_levels(head.general, framework))
    )


def likely_of(head: Head, levels: Sequence[CoreLevel], likeness: float) -> LikelyReady:
    """Returns one person's part of how many are likely ready. levels: in every core competency"""
    return of_person(levels, likeness) if head.chances is None else of_chances(head.chances)


@dataclass(slots=True)
class LevelSums:
    """Adds up where people's levels lie, in whole numbers, so that parts add up to the whole exactly, in any order.

    people: how many; level, shared: hundredths of a point, over each one's competencies
    own:    the variance of that which is the person's own, in millionths of a hundredth squared
    """

    people: int = 0
    level: int = 0
    own: int = 0
    shared: int = 0

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Returns them in the order of the fields."""
        return self.people, self.level, self.own, self.shared

    def add(self, levels: Sequence[CoreLevel], likeness: float) -> None:
        """Adds a person's levels, which go together as `likely_ready` says."""
        variances = sum(one.own**2 for one in levels)
        together = sum(one.own for one in levels) ** 2
        self.people += 1
        self.level += round(sum(one.level for one in levels))
        self.own += round(MILLION * ((1 - likeness) * variances + likeness * together))
        self.shared += round(sum(one.shared for one in levels))

    def add_one(self, level: int, deviation: int, shared: int) -> None:
        """Adds a person's level in one skill, which has none to be like."""
        self.people += 1
        self.level += level
        self.own += MILLION * max(deviation**2 - shared**2, 1)
        self.shared += shared

    def merge(self, other: LevelSums) -> None:
        """Adds other people's."""
        self.people += other.people
        self.level += other.level
        self.own += other.own
        self.shared += other.shared

    def interval(self, competencies: int) -> Interval:
        """Returns where the mean level lies with 80 % probability, in points to a tenth; what scorers share does not
        shrink with people. competencies: how many levels were added of each"""
        half = Z_EIGHTY * sqrt(self.own / MILLION + self.shared**2)
        low, high = ((self.level + sign * half) / competencies / self.people / 100 for sign in (-1, 1))
        return round(max(0.0, low), 1), round(min(100.0, high), 1)


def place(row: SkillRating) -> str:
    """Returns where a person is counted: by status, unless the evidence of one that would count is stale."""
    return "stale" if row.stale and row.status in ("validated", "in_progress") else row.status
