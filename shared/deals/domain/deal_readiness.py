"""Says how ready one person is for one deal: what each skill counts for, and where the gaps are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, Literal, get_args

from shared.deals.domain.deal import DealContext
from shared.kernel.context import Context, encode_skill
from shared.kernel.rounding import half_up
from shared.ratings.domain.projection import Projection, rate_together
from shared.ratings.domain.readiness import Tier, current, tier
from shared.ratings.domain.skill_rating import Confidence, SkillRating
from shared.ratings.domain.weights import FULL_SCORE, LARGE_GAP, MEDIUM_GAP, READY

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

STAND_IN: Final = 1500
"""Points (hundredths) that a rating from a wider context loses when it stands in for a narrower one."""
NOTHING_KNOWN: Final = 4000
"""What a skill counts for that nothing was ever seen of."""
CRITICAL_GAP: Final = 5000
"""Below, a gap is high, and critical when there is no time."""
TIGHT_DAYS: Final = 3
"""With fewer days until the meeting there is no time to close a gap."""


@dataclass(frozen=True, slots=True)
class SkillForDeal:
    """One competency in a deal's context. Hundredths of a point.

    context:       of the deal, in which it is rated
    rated_in:      the context whose rating counts; None: there is none
    counts:        what it counts for: the rating, a wider context's less 15 points, or 40 where nothing is known
    low, high:     the 80 % interval of the level behind it, lowered likewise; 0 to 100 where nothing is known
    """

    competency: str
    context: Context
    rated_in: Context | None
    counts: int
    low: int
    high: int
    confidence: Confidence

    @property
    def context_match(self) -> bool:
        return self.rated_in == self.context


@dataclass(frozen=True, slots=True)
class DealGap:
    """A skill that the deal asks for and that is not where it should be."""

    skill: SkillForDeal
    severity: Severity


@dataclass(frozen=True, slots=True)
class DealReadiness:
    """Says how ready a person is for a deal. score, low, high: hundredths; the mean over what the deal asks for

    general: the person's general ratings of what the deal asks for, in hundredths, where there is one
    unseen:  pairs (dimension, value) of the deal in which nothing was seen of any of it
    """

    skills: tuple[SkillForDeal, ...]
    gaps: tuple[DealGap, ...]
    score: int
    low: int
    high: int
    general: tuple[tuple[str, int], ...]
    unseen: tuple[tuple[str, str], ...]
    days_left: int | None

    @property
    def tier(self) -> Tier:
        found = tier(self.score)
        assert found is not None
        return found


def readiness_for(deal: DealContext, projection: Projection, days_left: int | None) -> DealReadiness:
    """Returns how ready a person is. days_left: whole days until the meeting; None without one."""
    framework = projection.framework
    wider = {encode_skill(one) for skill in deal.skills for one in _ancestors(skill)}
    single = {encode_skill(((dimension, value),)) for dimension, values in deal.context for value in values}
    asked = {(name, one) for name in deal.competencies for one in wider}
    rate_together([(projection, asked | {(name, one) for name in framework.by_competency for one in single})])
    skills = tuple(_weakest(name, deal.skills, projection) for name in deal.competencies)
    gaps = [
        DealGap(skill, severity)
        for skill in skills
        if (severity := _severity(skill, deal.first_dimension, days_left)) is not None
    ]
    gaps.sort(key=lambda gap: (SEVERITIES.index(gap.severity), gap.skill.counts))
    general = ((name, current(projection.row(name, ""))) for name in deal.competencies)
    return DealReadiness(
        skills=skills,
        gaps=tuple(gaps),
        score=_mean(skill.counts for skill in skills),
        low=_mean(skill.low for skill in skills),
        high=_mean(skill.high for skill in skills),
        general=tuple((name, rating) for name, rating in general if rating is not None),
        unseen=tuple(_unseen(deal, projection)),
        days_left=days_left,
    )


def days_between(today: date, meeting: date) -> int:
    """Returns the whole days from today until a meeting's day; 0 for what is past."""
    return max(0, (meeting - today).days)


def _ancestors(skill: Context) -> Iterable[Context]:
    """Yields a context and all wider ones, the nearest first, the general one last."""
    for size in range(len(skill), -1, -1):
        yield from combinations(skill, size)


def _weakest(competency: str, contexts: Sequence[Context], projection: Projection) -> SkillForDeal:
    """Returns a competency where it is weakest: everybody in the room counts."""
    found = [_counted(competency, context, projection) for context in contexts]
    return min(found, key=lambda one: (one.counts, one.context))


def _counted(competency: str, context: Context, projection: Projection) -> SkillForDeal:
    rows = [(one, projection.row(competency, encode_skill(one))) for one in _ancestors(context)]
    rated = [(one, row) for one, row in rows if current(row) is not None]
    if not rated:
        return SkillForDeal(competency, context, None, NOTHING_KNOWN, 0, FULL_SCORE, "unknown")
    rated_in, row = min(rated, key=lambda one: (-len(one[0]), -one[1].observations, one[0]))
    less = 0 if rated_in == context else STAND_IN
    return SkillForDeal(
        competency,
        context,
        rated_in,
        max(0, (row.rating or 0) - less),
        max(0, (row.low or 0) - less),
        max(0, (FULL_SCORE if row.high is None else row.high) - less),
        row.confidence,
    )


def _severity(skill: SkillForDeal, first: str | None, days_left: int | None) -> Severity | None:
    if skill.context_match and skill.counts >= READY:
        return None
    if _is_unknown(skill, first) or skill.counts < CRITICAL_GAP:
        return "critical" if days_left is not None and days_left < TIGHT_DAYS else "high"
    if skill.counts < LARGE_GAP:
        return "high"
    if skill.counts < MEDIUM_GAP:
        return "medium"
    return "low" if skill.counts < READY else None


def _is_unknown(skill: SkillForDeal, first: str | None) -> bool:
    """Tells whether nothing near was seen: what stands in is of another value of the first dimension."""
    if skill.rated_in is None:
        return True
    wanted = dict(skill.context).get(first or "")
    return wanted is not None and dict(skill.rated_in).get(first or "") != wanted


def _unseen(deal: DealContext, projection: Projection) -> Iterable[tuple[str, str]]:
    order = list(projection.framework.by_dimension)
    for dimension, values in sorted(deal.context, key=lambda one: order.index(one[0])):
        for value in values:
            one = encode_skill(((dimension, value),))
            rows = (projection.row(name, one) for name in projection.framework.by_competency)
            if not any(_seen(row) for row in rows):
                yield dimension, value


def _seen(row: SkillRating) -> bool:
    return row.field + row.validation > 0 or row.stale


def _mean(values: Iterable[int]) -> int:
    several = list(values)
    return half_up(sum(several), len(several))
