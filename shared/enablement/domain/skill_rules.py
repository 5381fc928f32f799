"""Finds what somebody could do about a skill without a deal: five rules, each with one formula and one text.

What a gap is, and which activity is for it, is the profile's (`ratings.domain.gaps`); practice and field apart is the
profile's as well. Nothing here reads or writes anything: the same ratings and the same assignments give the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.enablement.domain.assignment_state import Trigger
from shared.enablement.domain.content import ContentItem, from_scenario, nearest
from shared.enablement.domain.preparation import Priority
from shared.kernel.context import Context, decode_skill, encode_skill, label
from shared.kernel.days import EPOCH
from shared.kernel.rounding import half_up
from shared.ratings.domain.contexts import Expected
from shared.ratings.domain.discrepancy import direction_of
from shared.ratings.domain.early_warning import practice_falls
from shared.ratings.domain.gaps import Cause, Gap, gaps, scenario_for
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import READY

BACK: Final = timedelta(days=30)
"""How far back a decline is told from."""


@dataclass(frozen=True, slots=True)
class SkillRule:
    """A reason to assign something. about: in words; workdays: what somebody has for it"""

    trigger: Trigger
    about: str
    workdays: int


RULES: Final[tuple[SkillRule, ...]] = (
    SkillRule("declining", "A skill is below the bar and falls", 5),
    SkillRule("not_in_the_field", "What practice promises does not hold in the field", 5),
    SkillRule("expiring", "A validation ends soon, or has ended", 10),
    SkillRule("practice_falls", "Practice falls before the field does", 5),
    SkillRule("gap", "A skill is below the bar", 10),
)
"""The most pressing first: what a person can take on at a time is used up in this order."""

_BY_CAUSE: Final[Mapping[Cause, Trigger]] = {
    "declining": "declining",
    "expired": "expiring",
    "expiring": "expiring",
    "below": "gap",
}
"""What was never seen, or not lately, is arranged and observed, not assigned."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A skill for which a rule has something to assign. why: from what to what, in a sentence"""

    rule: SkillRule
    competency: str
    context: Context
    why: str
    priority: Priority
    item: ContentItem


def shown_in_field(row: SkillRating) -> bool:
    """Tells whether the field shows a skill at the bar: there is nothing to assign for it."""
    return row.basis == "field" and not row.stale and row.rating is not None and row.rating >= READY


def findings(projection: Projection, expected: Expected, more: Sequence[ContentItem]) -> list[Finding]:
    """Returns what the rules find, the most pressing first. more: items besides the framework's scenarios

    What an open deal asks for is the deal's own preparation, and no rule's.
    """
    rows = projection.rows()
    found = [*_from_gaps(projection, rows, expected), *_from_practice(projection, rows, expected, more)]
    order = {rule.trigger: place for place, rule in enumerate(RULES)}
    return sorted(found, key=lambda one: order[one.rule.trigger])


def _from_gaps(projection: Projection, rows: Sequence[SkillRating], expected: Expected) -> Iterator[Finding]:
    known = {row.key: row for row in rows}
    for gap in gaps(rows, projection.framework, expected, projection.as_of):
        trigger, row = _BY_CAUSE.get(gap.cause), known.get((gap.competency, encode_skill(gap.context)))
        if trigger is None or row is None or gap.scenario is None or gap.context in expected.deals:
            continue
        rule = projection.framework.rule_for(gap.competency, gap.context)
        if shown_in_field(row) and not (rule is not None and rule.requires_recertification):
            continue
        item = from_scenario(gap.scenario)
        yield Finding(rule_of(trigger), gap.competency, gap.context, _why(projection, gap, row), gap.severity, item)


def _from_practice(
    projection: Projection, rows: Iterable[SkillRating], expected: Expected, more: Sequence[ContentItem]
) -> Iterator[Finding]:
    framework = projection.framework
    for row in rows:
        context = decode_skill(row.context)
        if context in expected.deals:
            continue
        named = _named(projection, row.competency, context)
        if direction_of(row) == "practice_ahead" and not shown_in_field(row):
            item = nearest(more, row.competency, context)
            if item is not None:
                rule = rule_of("not_in_the_field")
                yield Finding(rule, row.competency, context, f"{named}: {_apart(row)}", "high", item)
            continue
        falling = practice_falls(projection, row)
        scenario = scenario_for(framework, row.competency, context) if falling else None
        if falling is not None and scenario is not None:
            went = f"{_points(falling.before)} → {_points(falling.after)} over {falling.sessions} sessions"
            why = f"{named}: practice {went} since {_day(falling.since)}, while the field stands at {_level(row)}"
            item = from_scenario(scenario)
            yield Finding(rule_of("practice_falls"), row.competency, context, why, "medium", item)


def rule_of(trigger: Trigger) -> SkillRule:
    """Returns a rule by what it is called. Raises KeyError for what is none."""
    return {rule.trigger: rule for rule in RULES}[trigger]


def _why(projection: Projection, gap: Gap, row: SkillRating) -> str:
    named = _named(projection, gap.competency, gap.context)
    if gap.cause in ("expired", "expiring") and row.validated_on is not None and row.expires_on is not None:
        ends = "ended" if gap.cause == "expired" else "ends"
        return f"{named}: validated on {_day(row.validated_on)} → {ends} on {_day(row.expires_on)}"
    if gap.cause == "declining":
        then = projection.on(projection.as_of - BACK.days).row(row.competency, row.context)
        before = "no rating" if then.rating is None else _level(then)
        return f"{named}: {before} on {_day(projection.as_of - BACK.days)} → {_level(row)} now, and falling"
    return f"{named}: {_level(row)} → {_points(READY)} is the bar"


def _apart(row: SkillRating) -> str:
    if row.practice_rating is not None and row.field_rating is not None:
        return f"practice {_points(row.practice_rating)} → the field {_points(row.field_rating)}"
    return f"practice meets the rule's bar → the field misses it, rated {_level(row)}"


def _named(projection: Projection, competency: str, context: Context) -> str:
    name = projection.framework.by_competency[competency].name
    return f"{name} in {label(context)}" if context else name


def _level(row: SkillRating) -> str:
    """Returns a rating with the 80 % interval of its level: `71 (66–76)`."""
    if row.rating is None:
        return "no rating"
    between = "" if row.low is None or row.high is None else f" ({_points(row.low)}–{_points(row.high)})"
    return f"{_points(row.rating)}{between}"


def _points(hundredths: int) -> str:
    return str(half_up(hundredths, 100))


def _day(day: int) -> str:
    return f"{EPOCH + timedelta(days=day):%-d %B %Y}"
