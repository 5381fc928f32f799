"""Why a rating is what it is, and what would make it more certain: one sentence each."""

from __future__ import annotations

from shared.domain.context import label
from shared.domain.framework import Framework
from shared.domain.projection import SkillRating, decode_skill
from shared.domain.rating import FIELD_ALONE, FIELD_HIGH, VALIDATION_ALONE, VALIDATION_MEDIUM


def points(hundredths: int | None) -> float | int | None:
    """Hundredths as points: 8250 → 82.5, 8200 → 82, None → None."""
    if hundredths is None:
        return None
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole


def explain(row: SkillRating) -> str:
    """Which branch applied, on how many observations of each kind, and whether the basis has just changed."""
    fields = _count(row.field, "field observation")
    practices = _count(row.validation, "validation event")
    if row.stale:
        return "Last known rating: nothing was observed in the last 90 days, so it is stale and its confidence unknown."
    sentences = {
        "field": f"Rated on {fields} of the last 90 days alone: the field is ground truth"
        + (f", so {practices} do not count." if row.validation else "."),
        "blend": f"Blends {fields} (70 %) with {practices} (30 %): fewer than {FIELD_ALONE} come from the field.",
        "field_few": f"Rated on {fields} alone; there is no practice in the last 90 days.",
        "validation": f"Rated on {practices}; nothing has been seen in the field in the last 90 days.",
        "preliminary": _preliminary(row),
        "none": "Nothing has been observed yet.",
    }
    sentence = sentences[row.basis]
    if row.basis == "field" and row.field == FIELD_ALONE and row.validation:
        sentence += " With the third field observation practice stopped counting, so a step now says little."
    if row.discrepancy and row.practice_rating is not None and row.field_rating is not None:
        sentence += f" Practice {points(row.practice_rating)} and field {points(row.field_rating)} are apart."
    elif row.discrepancy:
        sentence += " The field contradicts what practice shows."
    if row.held:
        sentence += f" {_count(row.held, 'observation')} wait{'s' if row.held == 1 else ''} for a person's review."
    return sentence


def to_raise_confidence(row: SkillRating) -> str | None:
    """What would raise the confidence by a step; None at the top."""
    if row.confidence == "high":
        return None
    if row.stale or row.basis == "none":
        return "A customer conversation that is observed, or two practice sessions, would give a current rating."
    if row.basis == "preliminary":
        return f"One more validation event would give a rating ({row.validation} of {VALIDATION_ALONE})."
    if row.field >= FIELD_HIGH:
        return "A new observation would: the newest is over 60 days old."
    if row.basis == "field":
        return f"{_count(FIELD_HIGH - row.field, 'more field observation')} would make it high."
    if row.basis == "validation" and row.validation < VALIDATION_MEDIUM:
        return f"{_count(VALIDATION_MEDIUM - row.validation, 'more validation event')}, or a field observation, would."
    return f"{_count(FIELD_ALONE - row.field, 'more field observation')} would rest it on the field."


def title(row: SkillRating, framework: Framework) -> str:
    """A skill's name as people read it: `Discovery (healthcare, enterprise)`."""
    name = framework.by_competency[row.competency].name if row.competency in framework.by_competency else row.competency
    return f"{name} ({label(decode_skill(row.context))})" if row.context else name


def _preliminary(row: SkillRating) -> str:
    if row.validation:
        return f"A baseline from a single validation event ({row.validation} of {VALIDATION_ALONE} for a rating)."
    return f"A baseline from a learning quiz alone (0 of {VALIDATION_ALONE} validation events for a rating)."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
