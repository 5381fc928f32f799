"""Finds gaps, and what to do about them: real scenarios of the framework, the nearest in context first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, get_args

from shared.frameworks.domain.framework import Framework, Scenario
from shared.frameworks.domain.framework_index import index_of
from shared.kernel.context import GENERAL, Context, decode_skill, encode_skill, label
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.rounding import half_up
from shared.ratings.domain.contexts import Expected, is_declared
from shared.ratings.domain.explanation import counted
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Progress, SkillRating
from shared.ratings.domain.weights import (
    EXPIRING_DAYS,
    LARGE_GAP,
    MEDIUM_GAP,
    OBSERVED_MINUTES,
    READY,
    VALIDATION_ALONE,
    WEEK_GAPS,
    WEEK_MINUTES,
)

EXAM: Final = "certification_exam"

Severity = Literal["high", "medium", "low"]
Kind = Literal["declining", "expiring", "weak", "no_evidence"]
"""Why something is a gap, the most pressing first.

declining:   below the bar and falling
expiring:    a validation that ends soon or has ended, or evidence that is stale
weak:        below the bar, or too little for a rating
no_evidence: nothing seen by the field or in practice, where something is expected
"""

Cause = Literal["declining", "expired", "not_lately", "expiring", "below", "unrated", "unseen"]
"""What makes something a gap of its kind: `expiring` is a validation that has ended, evidence that is stale, or a
validation that ends soon; `weak` is a rating below the bar, or too little for one."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
MOST_NEXT = 3
"""Activities that are recommended at a time."""


class Gap(NamedTuple):
    """A skill that is not where it is expected to be.

    rating: the skill's own in hundredths, a stale one as well; None without one
    reason: what was seen, in a sentence; recommendation: what to do, in a sentence
    """

    competency: str
    context: Context
    kind: Kind
    severity: Severity
    rating: int | None
    reason: str
    recommendation: str
    scenario: Scenario | None
    cause: Cause = "below"


class Recommendation(NamedTuple):
    """A next activity: a real scenario and why it is the next one."""

    competency: str
    context: Context
    scenario: Scenario
    reason: str


def severity(rating: int) -> Severity | None:
    """Says how bad a rating (hundredths) is: < 65 high, < 75 medium, < 80 low, else None."""
    if rating < LARGE_GAP:
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


def gaps(rows: Iterable[SkillRating], framework: Framework, expected: Expected, as_of: int) -> list[Gap]:
    """Returns a profile's gaps, the most pressing first: by kind, then by severity, then the core competencies.

    Core competencies are looked at in general and in all contexts that are expected; any competency in general and in
    the single declared contexts where it was seen, and in the contexts that its rules name.
    """
    known = {row.key: row for row in rows}
    core = {competency: index for index, competency in enumerate(framework.core)}
    wanted = [
        (competency, context) for context in (GENERAL, *expected.organisation, *expected.deals) for competency in core
    ]
    seen = [(row.competency, decode_skill(row.context)) for row in known.values() if _counts(row, framework)]
    found = []
    for competency, context in dict.fromkeys(wanted + seen):
        row = known.get((competency, encode_skill(context)))
        for_deal = competency in core and context in expected.deals
        judged = _judged(row, as_of, for_deal=for_deal)
        if judged is not None:
            found.append(_gap(competency, context, row, judged, framework, as_of, for_deal=for_deal))

    def order(gap: Gap) -> tuple[int | str | Context, ...]:
        return (
            KINDS.index(gap.kind),
            _SEVERITIES.index(gap.severity),
            len(gap.context),
            core.get(gap.competency, len(core)),
            -1 if gap.rating is None else gap.rating,
            gap.competency,
            gap.context,
        )

    return sorted(found, key=order)


def for_a_week(found: Sequence[Gap]) -> int:
    """Counts the first gaps that a person can do something about in a week; gaps with one activity in common share its
    time."""
    minutes, activities = 0, set[str]()
    for number, gap in enumerate(found):
        scenario = gap.scenario
        if scenario is None:
            minutes += OBSERVED_MINUTES
        elif scenario.scenario_id not in activities:
            activities.add(scenario.scenario_id)
            minutes += scenario.minutes
        if number == WEEK_GAPS or (number and minutes > WEEK_MINUTES):
            return number
    return len(found)


def _counts(row: SkillRating, framework: Framework) -> bool:
    context = decode_skill(row.context)
    if context and any(rule.context == context for rule in framework.rules_of.get(row.competency, ())):
        return True
    return _seen(row) and len(context) < 2 and is_declared(context, framework)


def _seen(row: SkillRating) -> bool:
    """Tells whether field or practice have shown anything: a lesson is no evidence."""
    return row.field + row.validation > 0 or row.stale or row.status in ("validated", "expired")


def _judged(row: SkillRating | None, as_of: int, *, for_deal: bool) -> tuple[Kind, Severity] | None:
    """Returns the kind of a skill's gap, and how bad it is; None without one."""
    if row is None or not _seen(row):
        return "no_evidence", "high" if for_deal else "medium"
    shown = row.preliminary if row.rating is None else row.rating
    below = None if shown is None else severity(shown)
    unknown: Severity = "high" if for_deal else "medium"
    if below and row.trend == "declining" and not row.stale:
        return "declining", below
    if row.stale or row.status == "expired":
        return "expiring", _worse(below, unknown)
    if row.status == "validated" and row.expires_on is not None and row.expires_on - as_of <= EXPIRING_DAYS:
        return "expiring", _worse(below, "low")
    if row.rating is None:
        return "weak", _worse(below, "high" if for_deal else "low")
    return ("weak", below) if below else None


def _worse(one: Severity | None, other: Severity) -> Severity:
    return other if one is None else min(one, other, key=_SEVERITIES.index)


def _gap(
    competency: str,
    context: Context,
    row: SkillRating | None,
    judged: tuple[Kind, Severity],
    framework: Framework,
    as_of: int,
    *,
    for_deal: bool,
) -> Gap:
    kind, how_bad = judged
    rule = framework.rule_for(competency, context)
    renewal = kind == "expiring" and rule is not None and rule.requires_recertification
    scenario = (scenario_for(framework, competency, context, EXAM) if renewal else None) or scenario_for(
        framework, competency, context
    )
    cause = _cause(row, kind)
    unseen = row is None or cause == "unseen"
    why = _unseen(row, context, for_deal=for_deal) if row is None or unseen else _why(row, cause, as_of)
    what = _what_to_do(framework.by_competency[competency].name, context, scenario)
    return Gap(competency, context, kind, how_bad, None if row is None else row.rating, why, what, scenario, cause)


def _unseen(row: SkillRating | None, context: Context, *, for_deal: bool) -> str:
    where = f"in {label(context)} yet" if context else "yet"
    because = ", and an open deal is there" if for_deal else ", where the organisation works" if context else ""
    waiting = f"; {counted(row.pending_review, 'observation')} to be reviewed" if row and row.pending_review else ""
    return f"Not seen {where}{because}{waiting}"


def _cause(row: SkillRating | None, kind: Kind) -> Cause:
    if row is None or kind == "no_evidence":
        return "unseen"
    if kind == "declining":
        return "declining"
    if kind == "weak":
        return "unrated" if row.rating is None else "below"
    if row.status == "expired" and row.expires_on is not None:
        return "expired"
    return "not_lately" if row.stale else "expiring"


def _why(row: SkillRating, cause: Cause, as_of: int) -> str:
    rated = "No rating yet" if row.rating is None else f"Rated {half_up(row.rating, 100)}"
    if cause == "declining" and row.rating is not None:
        return f"Rated {_beside(row.rating / 100, READY / 100)} and falling"
    if cause == "unrated":
        baseline = half_up(row.preliminary or 0, 100)
        return f"A baseline of {baseline} from one practice; a rating asks for {VALIDATION_ALONE}"
    if cause == "below":
        return f"Rated {_beside((row.rating or 0) / 100, READY / 100)}, below {half_up(READY, 100)}"
    if cause == "expired":
        return f"{rated}; the validation ended {counted(as_of - (row.expires_on or as_of), 'day')} ago"
    if cause == "not_lately":
        last = max(row.last_field_at or 0, row.last_validation_at or 0) // SECONDS_PER_DAY
        rated = "Too little for a rating" if row.rating is None else rated
        return f"{rated} when last seen, {counted(as_of - last, 'day')} ago"
    return f"{rated}; the validation ends in {counted((row.expires_on or as_of) - as_of, 'day')}"


def _what_to_do(name: str, context: Context, scenario: Scenario | None) -> str:
    words = f"{label(context)} {name.lower()}" if context else name.lower()
    if scenario is None:
        return f"Have a {words} conversation observed"
    return f"Complete the {words} {scenario.activity_type.replace('_', '-')} “{scenario.title}”"


def reason(progress: Progress, context: Context, activity_type: str) -> str:
    """Says why an activity is next: what the rule still misses, in one sentence."""
    words = "" if not context else f"{label(context)} "
    if progress.rule.requires_recertification and activity_type == EXAM:
        return "Pass the certification exam to validate, or to renew, this skill"
    if progress.validation_missing:
        number = progress.validation_missing
        return f"Complete {number} more {words}scenario{'s' if number > 1 else ''} for validation"
    bar = progress.rule.min_validation_score
    if bar is not None and progress.validation_mean is not None and progress.validation_mean < bar:
        return f"Practice averages {_beside(progress.validation_mean, bar)}; validation asks for {bar:g}"
    if progress.field_missing:
        number = progress.field_missing
        return f"Prepare {number} more observed {words}conversation{'s' if number > 1 else ''} for validation"
    return f"Practise {words or 'this skill '}again: the average is below the bar".replace("  ", " ")


def _beside(mean: float, bar: float) -> str:
    """Returns a mean in whole points, unless rounding would lift it to the bar that it misses: then as it is."""
    whole = half_up(round(mean * 100), 100)
    return f"{mean:g}" if mean < bar <= whole else str(whole)


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
            scenario_for(framework, row.competency, context, EXAM) if rule.requires_recertification else None
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
