"""Puts a projected person into the contract's ProfileAnswer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.unknown_values import unknown_values
from shared.kernel.context import decode_skill, observed
from shared.kernel.days import EPOCH, date_of, moment_of
from shared.kernel.errors import Rejected
from shared.ratings.contract import GapView, ProfileAnswer, SkillView
from shared.ratings.domain import discrepancy, gaps, readiness
from shared.ratings.domain.explanation import explain, interval_of, points, to_raise_confidence
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating, probability_above, says_something
from shared.ratings.usecases.project_person import ProjectedPerson
from shared.ratings.usecases.wanted_skills import EVERYTHING, Place, Wanted, of_fields, page_of_rows


def profile_answer(
    person: ProjectedPerson, wanted: Wanted = EVERYTHING, named: Callable[[str], str] = str
) -> tuple[ProfileAnswer, Place | None]:
    """Returns a profile with what is wanted of it, and where its rows go on; None where they end. The overall readiness
    stays that of the person. named: from a scorer's id to how explanations call it. Raises Rejected for a competency
    that the framework does not know."""
    projection = person.projection
    framework = projection.framework
    only = None if wanted.competency is None else _named(wanted.competency, framework)
    rows = projection.rows()
    overall = readiness.overall(rows, framework)
    found = [one for one in gaps_of(person) if only in (None, one.competency)]
    kinds = Counter(one.kind for one in found)
    page, following = page_of_rows(
        [row for row in rows if only in (None, row.competency) and worth_showing(row)], person, wanted
    )
    answer = ProfileAnswer(
        employee_id=person.employee_id,
        as_of=date_of(projection.as_of) or EPOCH,
        framework_id=framework.framework_id,
        framework_version=framework.version,
        overall_readiness=points(overall),
        overall_readiness_interval=readiness.overall_interval(rows, framework, projection.parameters.factor.likeness),
        readiness_tier=readiness.tier(overall),
        core_competencies=len(framework.core),
        core_seen=len(readiness.core_ratings(rows, framework)),
        skills=[of_fields(skill_view(row, projection, named), wanted.fields) for row in page],
        gaps_identified=[gap_view(gap) for gap in found[: wanted.gaps]],
        gaps_by_kind={kind: kinds[kind] for kind in gaps.KINDS},
        gaps_for_this_week=gaps.for_a_week(found),
        scorer_certificates=[one for one in person.certificates if only in (None, one.competency)],
        scores_open_at=person.scores_open_at,
        notices=unknown_values([observed(dict(person.asked or ()))], framework),
        next_cursor=None,
    )
    return answer, following


def gaps_of(person: ProjectedPerson) -> list[gaps.Gap]:
    """Returns a person's gaps, the most pressing first."""
    projection = person.projection
    return gaps.gaps(projection.rows(), projection.framework, person.expected, projection.as_of)


def _named(competency: str, framework: Framework) -> str:
    """Returns the competency that a word means; raises Rejected."""
    name = framework.competency_named(competency)
    if name is None:
        known = ", ".join(framework.by_competency)
        raise Rejected(f"competency: {competency[:60]!r} is none of {known}", field="competency")
    return name


def worth_showing(row: SkillRating) -> bool:
    """Tells whether a skill says something: anything observed, pending, or general."""
    return row.context == "" or says_something(row)


def day_from_text(given: str) -> date:
    """Reads the day of a profile; raises Rejected."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Rejected(f"as_of: {given[:40]!r} is no date, e.g. 2026-02-10", field="as_of") from None
    if day.year < 2000:
        raise Rejected(f"as_of: {given[:40]} is before 2000", field="as_of")
    return day


def skill_view(row: SkillRating, projection: Projection, named: Callable[[str], str] = str) -> SkillView:
    """Returns a projected row as the contract has it."""
    framework = projection.framework
    rule = framework.rule_for(row.competency, decode_skill(row.context))
    return SkillView(
        competency=row.competency,
        name=framework.by_competency[row.competency].name,
        context=dict(decode_skill(row.context)) or None,
        current_rating=points(row.rating),
        preliminary_rating=points(row.preliminary),
        decayed_rating=points(row.decayed),
        interval=interval_of(row),
        confidence=row.confidence,
        stale=row.stale,
        basis=row.basis,
        trend=row.trend,
        trend_of=row.trend_of,
        status=row.status,
        observations_count=row.observations,
        field_observations=row.field,
        validation_events=row.validation,
        held_observations=row.pending_review,
        practice_rating=points(row.practice_rating),
        field_rating=points(row.field_rating),
        discrepancy=row.discrepancy,
        discrepancy_reasons=discrepancy.reasons(row),
        under_doubt=row.under_doubt,
        discrepancy_since=date_of(discrepancy.since(projection, row)),
        likely_ready=_likely_ready(row, rule),
        last_field_observation_date=moment_of(row.last_field_at),
        last_validation_date=moment_of(row.last_validation_at),
        last_updated=moment_of(row.last_at),
        validated_on=date_of(row.validated_on),
        expires_at=date_of(row.expires_on),
        requires_recertification=bool(rule and rule.requires_recertification),
        rule_version=row.rule_version,
        explanation=explain(row, projection.left_out(*row.key), projection.leaning(row), named),
        to_raise_confidence=to_raise_confidence(row),
    )


def _likely_ready(row: SkillRating, rule: Rule | None) -> float | None:
    """Returns the probability that the level in the field is at the rule's field bar, else at 80; None without one."""
    ready = probability_above(row, readiness.bar_of(rule))
    return None if ready is None else round(ready, 3)


def gap_view(gap: gaps.Gap) -> GapView:
    """Returns a gap as the contract has it."""
    return GapView(
        competency=gap.competency,
        context=dict(gap.context) or None,
        severity=gap.severity,
        kind=gap.kind,
        current_rating=points(gap.rating),
        reason=gap.reason,
        recommendation=gap.recommendation,
        scenario_id=gap.scenario.scenario_id if gap.scenario else None,
    )
