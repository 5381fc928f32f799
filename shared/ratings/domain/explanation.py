"""Explains why a rating is what it is, and what would make it more certain: one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import decode_skill, label
from shared.kernel.rounding import half_up
from shared.ratings.domain.leaning import Leaning, is_beside
from shared.ratings.domain.skill_rating import Confidence, SkillRating, is_sure
from shared.ratings.domain.weights import (
    FIELD_ALONE,
    FIELD_HIGH,
    OLD_DAYS,
    SURE_POINTS,
    VALIDATION_ALONE,
    VALIDATION_MEDIUM,
)

LEAST_LEAN = 0.05
"""Points: a smaller lean is shown as 0."""
NOTHING: Mapping[str, int] = MappingProxyType({})


def interval_of(row: SkillRating) -> list[float | int] | None:
    """Returns the 80 % interval of a row's level in points, [low, high]; None without one."""
    low, high = points(row.low), points(row.high)
    return None if low is None or high is None else [low, high]


def points(hundredths: int | None) -> float | int | None:
    """Returns hundredths as points: 8250 → 82.5, 8200 → 82, None → None."""
    if hundredths is None:
        return None
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole


def explain(
    row: SkillRating,
    left_out: Mapping[str, int] = NOTHING,
    leaning: Leaning | None = None,
    named: Callable[[str], str] = str,
) -> str:
    """Says which branch applied, on how many observations of each kind, and whether the basis has just changed.

    left_out: how many scores do not count, by the scorer that is not trusted (`Projection.left_out`)
    leaning:  how far the scores behind it lean (`Projection.leaning`); named: from a scorer's id to how it is called
    """
    fields = counted(row.field, "field observation")
    practices = counted(row.validation, "validation event")
    if row.stale:
        sentence = _stale(row)
    else:
        sentence = {
            "field": f"Rated on {fields} of the last 90 days alone: the field is ground truth"
            + (f", so {practices} {'does' if row.validation == 1 else 'do'} not count." if row.validation else "."),
            "blend": f"Blends {fields} (70 %) with {practices} (30 %): fewer than {FIELD_ALONE} come from the field.",
            "field_few": f"Rated on {fields} alone; there is no practice in the last 90 days.",
            "validation": f"Rated on {practices}; nothing has been seen in the field in the last 90 days.",
            "preliminary": _preliminary(row),
            "none": _nothing(row),
        }[row.basis]
        if row.basis == "field" and row.field == FIELD_ALONE and row.validation:
            sentence += " With the third field observation practice stopped counting, so a step now says little."
    if row.status == "validated" and row.rating is None and not row.stale:
        sentence += " The rule is met, so it is validated; for a rating, and a confidence in it, there is too little."
    sentence += _beside(row, leaning, named)
    if row.discrepancy:
        sentence += _discrepancy(row)
    if row.under_doubt:
        sentence += " The latest conversation puts the validation under doubt: more like it would end it."
    if waiting := row.pending_review:
        sentence += f" {counted(waiting, 'observation')} wait{'s' if waiting == 1 else ''} for a person's review."
    return sentence + "".join(_left_out(named(scorer), number) for scorer, number in left_out.items())


def _left_out(scorer: str, number: int) -> str:
    verb = "does" if number == 1 else "do"
    return (
        f" {counted(number, 'score')} by {scorer} {verb} not count: it has agreed with people too little on this "
        "competency."
    )


def to_raise_confidence(row: SkillRating) -> str | None:
    """Says what would raise the confidence by a step; None at the top."""
    if row.confidence == "high":
        return None
    if row.stale or row.basis == "none":
        return "An observation in the field, or two practice sessions, would give a current rating."
    if row.basis == "preliminary":
        missing = VALIDATION_ALONE - row.validation
        return (
            f"{counted(missing, 'more validation event')} would give a rating ({row.validation} of {VALIDATION_ALONE})."
        )
    if row.confidence != _fresh_confidence(row):
        kind = "field observation" if row.basis in ("field", "field_few") else "observation"
        return f"A new {kind} would: the newest is over {OLD_DAYS} days old."
    if row.basis == "field_few":
        missing = FIELD_ALONE - row.field
        return f"{counted(missing, 'more field observation')}, or a validation event, would make it medium."
    if row.basis == "validation" and row.validation < VALIDATION_MEDIUM:
        missing = VALIDATION_MEDIUM - row.validation
        return f"{counted(missing, 'more validation event')}, or a field observation, would make it medium."
    if row.basis == "field" and row.field >= FIELD_HIGH:
        return f"More field observations would: its interval is wider than {SURE_POINTS:g} points to either side."
    return f"{counted(FIELD_HIGH - row.field, 'more field observation')} would make it high."


def _fresh_confidence(row: SkillRating) -> Confidence:
    """Returns the confidence that the row would have if its newest observation were recent."""
    if row.basis == "field":
        sure = row.deviation is not None and is_sure(row.deviation / 100)
        return "high" if row.field >= FIELD_HIGH and sure else "medium"
    if row.basis == "validation":
        return "medium" if row.validation >= VALIDATION_MEDIUM else "low"
    return "medium" if row.basis == "blend" else "low"


def title(row: SkillRating, framework: Framework) -> str:
    """Returns a skill's name as people read it: `Discovery (healthcare, enterprise)`."""
    name = framework.by_competency[row.competency].name if row.competency in framework.by_competency else row.competency
    return f"{name} ({label(decode_skill(row.context))})" if row.context else name


def _beside(row: SkillRating, leaning: Leaning | None, named: Callable[[str], str]) -> str:
    """Says where the level lies when the rating is outside its interval, and why."""
    if not is_beside(row):
        return ""
    low, high = (half_up(one or 0, 100) for one in (row.low, row.high))
    why = " and ".join(_causes(row, leaning, named))
    return f" The level in the field lies beside it, between {low} and {high} with 80 % probability: {why}."


def _causes(row: SkillRating, leaning: Leaning | None, named: Callable[[str], str]) -> list[str]:
    """Says what makes the rating lie beyond one end of the interval: scorers that lean that way, and the weighing if it
    lies beyond it without their lean as well."""
    usual = "scores are weighed against what is usual"
    rating, end = row.rating or 0, row.high or 0
    way = 1 if rating > end else -1
    if leaning is None or way * leaning.points < LEAST_LEAN:
        return [usual]
    found = [
        f"{named(scorer)} scores {half_up(round(abs(points) * 100), 10) / 10:g} points {'high' if way > 0 else 'low'}"
        for scorer, points in leaning.scorers.items()
        if way * points >= LEAST_LEAN
    ]
    end = end if way > 0 else row.low or 0
    return found if way * (rating - 100 * leaning.points - end) <= 0 else [*found, usual]


def _discrepancy(row: SkillRating) -> str:
    if row.apart:
        said = f" Practice {points(row.practice_rating)} and field {points(row.field_rating)} are apart."
    else:
        said = " Practice meets its bar and the field misses its own." if row.field_misses else ""
    return said + (" The field has ended a validation." if row.contradicted else "")


def _stale(row: SkillRating) -> str:
    counted = "nothing by field or validation was observed in the last 90 days"
    if row.rating is None:
        return f"A baseline of long ago and no rating: {counted}, and too little before."
    return f"Last known rating: {counted}, so it is stale and its confidence unknown."


def _nothing(row: SkillRating) -> str:
    if row.last_learning_at is None:
        return "Nothing has been observed yet."
    return "Learning was recorded, without a quiz of the last 90 days; nothing has been observed yet."


def _preliminary(row: SkillRating) -> str:
    if row.validation:
        return f"A baseline from a single validation event ({row.validation} of {VALIDATION_ALONE} for a rating)."
    return f"A baseline from a learning quiz alone (0 of {VALIDATION_ALONE} validation events for a rating)."


def counted(number: int, noun: str) -> str:
    """Returns a number with its noun: `1 day`, `2 days`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
