"""Finds gaps, and what to do about them: real scenarios of the framework, the nearest in context first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from shared.frameworks.domain.framework import Framework, Scenario
from shared.frameworks.domain.framework_index import index_of
from shared.kernel.context import Context, decode_skill, label
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Progress, SkillRating
from shared.ratings.domain.weights import LARGE_GAP, MEDIUM_GAP, READY

Severity = Literal["high", "medium", "low"]

_ORDER: dict[Severity, int] = {"high": 0, "medium": 1, "low": 2}
MOST_NEXT = 3
"""Activities that are recommended at a time."""


class Gap(NamedTuple):
    """A skill below what a deal wants. rating in hundredths, None when unknown."""

    competency: str
    context: Context
    severity: Severity
    rating: int | None
    recommendation: str
    scenario: Scenario | None


class Recommendation(NamedTuple):
    """A next activity: a real scenario and why it is the next one."""

    competency: str
    context: Context
    scenario: Scenario
    reason: str


def severity(rating: int | None) -> Severity | None:
    """Says how bad a rating (hundredths) is: unknown or < 65 high, < 75 medium, < 80 low, else None."""
    if rating is None or rating < LARGE_GAP:
        return "high"
    if rating < MEDIUM_GAP:
        return "medium"
    return "low" if rating < READY else None


def scenario_for(
    framework: Framework, competency: str, context: Context, activity_type: str | None = None
) -> Scenario | None:
    """Finds the scenario nearest to a skill: it trains the competency; of the contexts that it sets most agree with
    the skill's and the fewest go beyond it; one that sets another value of a dimension is no match. Ties by length,
    then by id, so that the same gap always gets the same scenario."""
    return index_of(framework).scenario_for(competency, context, activity_type)


def gaps(rows: Iterable[SkillRating], framework: Framework, *, most: int = 12) -> list[Gap]:
    """Returns a profile's gaps, the worst first: core competencies in general, and every single context that was
    seen or that a rule names."""
    found: list[Gap] = []
    for row in rows:
        context = decode_skill(row.context)
        general_core = not context and row.competency in framework.core
        named = any(rule.context == context for rule in framework.rules_of.get(row.competency, ()))
        if not (general_core or len(context) == 1 or (context and named)):
            continue
        rating = None if row.stale else row.rating
        how_bad = severity(rating)
        if how_bad is None:
            continue
        scenario = scenario_for(framework, row.competency, context)
        name = framework.by_competency[row.competency].name
        words = f"{label(context)} {name.lower()}" if context else name.lower()
        if scenario is not None:
            kind = scenario.activity_type.replace("_", "-")
            recommendation = f"Complete the {words} {kind} “{scenario.title}”"
        else:
            recommendation = f"Have a {words} conversation observed"
        found.append(Gap(row.competency, context, how_bad, rating, recommendation, scenario))
    core = {competency: index for index, competency in enumerate(framework.core)}
    found.sort(
        key=lambda gap: (
            _ORDER[gap.severity],
            len(gap.context),
            core.get(gap.competency, len(core)),
            -1 if gap.rating is None else gap.rating,
            gap.competency,
            gap.context,
        )
    )
    return found[:most]


def reason(progress: Progress, context: Context, activity_type: str) -> str:
    """Says why an activity is next: what the rule still misses, in one sentence."""
    words = "" if not context else f"{label(context)} "
    if progress.rule.requires_recertification and activity_type == "certification_exam":
        return "Pass the certification exam to validate, or to renew, this skill"
    if progress.validation_missing:
        number = progress.validation_missing
        return f"Complete {number} more {words}scenario{'s' if number > 1 else ''} for validation"
    bar = progress.rule.min_validation_score
    if bar is not None and progress.validation_mean is not None and progress.validation_mean < bar:
        return f"Practice averages {progress.validation_mean:g}; validation asks for {bar:g}"
    if progress.field_missing:
        number = progress.field_missing
        return f"Prepare {number} more observed {words}conversation{'s' if number > 1 else ''} for validation"
    return f"Practise {words or 'this skill '}again: the average is below the bar".replace("  ", " ")


def recommendations(
    projection: Projection, skills: Sequence[SkillRating], *, but_not: str | None = None
) -> list[Recommendation]:
    """Returns the next activities for skills that are not validated yet, the lowest rated first.

    but_not: the scenario just played; another one is preferred when there is one.
    """
    framework = projection.framework
    open_skills = sorted(
        (row for row in skills if row.status != "validated"),
        key=lambda row: (row.rating is not None, row.rating or 0, -len(row.context), row.competency, row.context),
    )
    chosen: dict[str, Recommendation] = {}
    for row in open_skills:
        rule = projection.rule(row.competency, row.context)
        if rule is None:
            continue
        context = decode_skill(row.context)
        scenario = (
            scenario_for(framework, row.competency, context, "certification_exam")
            if rule.requires_recertification
            else None
        ) or scenario_for(framework, row.competency, context)
        if scenario is None or scenario.scenario_id in chosen:
            continue
        progress = projection.progress(row.competency, row.context)
        assert progress is not None  # there is a rule
        chosen[scenario.scenario_id] = Recommendation(
            row.competency, context, scenario, reason(progress, context, scenario.activity_type)
        )
    ordered = sorted(chosen.values(), key=lambda item: item.scenario.scenario_id == but_not)
    return ordered[:MOST_NEXT]
