"""Judges the risk of a deal for which somebody is not ready: what speaks against it, what for it, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from shared.deals.domain.deal import DealContext
from shared.deals.domain.deal_readiness import TIGHT_DAYS, DealReadiness, Severity, SkillForDeal
from shared.frameworks.domain.framework import Framework
from shared.kernel.context import label
from shared.kernel.rounding import half_up
from shared.ratings.domain.readiness import Tier, tier
from shared.ratings.domain.weights import READY

Risk = Literal["high", "medium", "low"]
Weight = Severity | Literal["mitigating", "sufficient"]
"""How a factor weighs; mitigating and sufficient speak for the person."""
LEVELS: Final[tuple[Risk, ...]] = get_args(Risk)
"""The highest risk first."""

RISKS: Final[dict[Tier, Risk]] = {"high": "low", "medium": "medium", "low": "high"}
"""The risk by how ready the person is."""
LOWERED: Final[dict[Risk, Risk]] = {"low": "low", "medium": "low", "high": "medium"}
RAISED: Final[dict[Risk, Risk]] = {"low": "medium", "medium": "high", "high": "high"}
PREPARATION_MINUTES: Final = 30


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that makes a deal more or less risky, in a sentence."""

    factor: str
    severity: Weight


@dataclass(frozen=True, slots=True)
class RiskAssessment:
    """Says how risky a deal is in somebody's hands, why, and what to do about it.

    least, most: the risk were all skills at the upper, or at the lower end of their 80 % intervals; never above, or
                 below, `overall_risk`
    """

    overall_risk: Risk
    least: Risk
    most: Risk
    factors: tuple[Factor, ...]
    recommendations: tuple[str, ...]


def assess(readiness: DealReadiness, deal: DealContext, framework: Framework, name: str) -> RiskAssessment:
    """Returns the risk of a deal in somebody's hands. name: the person's, as colleagues say it

    What decides is what is known: a skill of which nothing was ever seen is told and weighs nothing, unless that is
    most of what the deal asks for. A gap that is critical, for which there is no time, raises the risk by a step; that
    little is at stake lowers it by one.
    """
    known = _known(readiness)
    no_time = any(gap.severity == "critical" and gap.skill in known for gap in readiness.gaps)
    stake = _little_at_stake(deal, framework)

    def risk_at(levels: Iterable[int]) -> Risk:
        found = RISKS[_tier(levels)]
        found = RAISED[found] if no_time else found
        return found if stake is None else LOWERED[found]

    risk = risk_at(skill.counts for skill in known)
    ends = [risk, risk_at(skill.high for skill in known), risk_at(skill.low for skill in known)]
    ends.sort(key=LEVELS.index)
    factors = (
        *_missing(readiness, deal),
        *_weak(readiness, framework),
        *_never_seen(readiness, framework),
        *_strong(readiness, framework),
        *_time(readiness),
        *([Factor(f"Little is at stake ({stake})", "mitigating")] if stake is not None else []),
    )
    return RiskAssessment(risk, ends[-1], ends[0], factors, tuple(_recommended(readiness, deal, risk, name)))


def _known(readiness: DealReadiness) -> tuple[SkillForDeal, ...]:
    """Returns what the risk is judged by: the skills of which anything was seen; all, where that is less than half."""
    seen = tuple(skill for skill in readiness.skills if skill.rated_in is not None)
    return seen if 2 * len(seen) >= len(readiness.skills) else readiness.skills


def _tier(levels: Iterable[int]) -> Tier:
    several = list(levels)
    found = tier(half_up(sum(several), len(several)))
    assert found is not None
    return found


def _little_at_stake(deal: DealContext, framework: Framework) -> str | None:
    """Returns the deal's value by which the framework says that little is at stake; None where it does not."""
    small, context = framework.little_at_stake, dict(deal.context)
    is_small = bool(small) and all(context.get(dimension) == (value,) for dimension, value in small)
    return label(small) if is_small else None


def _never_seen(readiness: DealReadiness, framework: Framework) -> Iterable[Factor]:
    for skill in readiness.skills:
        if skill.rated_in is None:
            yield Factor(f"{framework.by_competency[skill.competency].name} was never seen", "medium")


def _missing(readiness: DealReadiness, deal: DealContext) -> Iterable[Factor]:
    short = readiness.days_left is not None and readiness.days_left < TIGHT_DAYS
    for dimension, value in readiness.unseen:
        if dimension == deal.first_dimension:
            yield Factor(f"No {value} experience", "critical" if short else "high")
        else:
            yield Factor(f"No experience with {dimension.replace('_', ' ')} {value}", "medium")


def _weak(readiness: DealReadiness, framework: Framework) -> Iterable[Factor]:
    """Yields skills that were rated in the deal's context and are below the bar."""
    for gap in readiness.gaps:
        if gap.skill.context_match:
            named = framework.by_competency[gap.skill.competency].name
            points = half_up(gap.skill.counts, 100)
            yield Factor(f"{named} is at {points} in {label(gap.skill.context)}", gap.severity)


def _strong(readiness: DealReadiness, framework: Framework) -> Iterable[Factor]:
    for competency, rating in readiness.general:
        if rating >= READY:
            named = framework.by_competency[competency].name.lower()
            yield Factor(f"Strong general {named} skills ({half_up(rating, 100)})", "mitigating")


def _time(readiness: DealReadiness) -> Iterable[Factor]:
    days = readiness.days_left
    if days is None:
        return
    enough = days >= TIGHT_DAYS
    when = "No day" if days == 0 else "1 day" if days == 1 else f"{days} days"
    yield Factor(f"{when} to prepare", "sufficient" if enough else "high")


def _recommended(readiness: DealReadiness, deal: DealContext, risk: Risk, name: str) -> Iterable[str]:
    if risk == "low":
        return
    for dimension, value in readiness.unseen:
        if dimension == deal.first_dimension:
            yield f"Consider pairing {name} with {value}-experienced SE for first call"
    yield f"Schedule {PREPARATION_MINUTES}min prep session with manager"
