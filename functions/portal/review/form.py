"""Reads a decision on scores from what a person entered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shared.kernel.json_values import Json, JsonObject
from shared.reviews.contract import ReviewScore

Entered = Mapping[str, str]

NO_POINTS = "Enter a number from 0 to 100, or tick “not observed”."


@dataclass(slots=True)
class _Changes:
    """Holds what a form changes. errors: by the form's fields"""

    given: dict[str, float] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.given or self.drop)


def own_scores_from(form: Entered, scores: Collection[ReviewScore], errors: dict[str, str]) -> JsonObject:
    """Returns the body of own scores, and adds what is wrong with the form to the errors. scores: of the review"""
    event_id = form.get("event_id") or None
    if form.get("own") == "skip":
        return {"skip": True, "event_id": event_id}
    given: list[JsonObject] = []
    unseen: list[Json] = []
    for one in scores:
        number = _points(form.get(f"own.{one.competency}", ""))
        if form.get(f"unseen.{one.competency}") == "yes":
            unseen.append(one.competency)
        elif number is None:
            errors[f"own.{one.competency}"] = NO_POINTS
        else:
            given.append({"competency": one.competency, "score": number})
    return {"scores": [*given], "not_observed": unseen, "event_id": event_id}


def decision_from(
    form: Entered, scores: Collection[ReviewScore], errors: dict[str, str], *, decided: bool
) -> JsonObject:
    """Returns the decision's body, and adds what is wrong with the form to the errors. scores: those of the review"""
    decision = form.get("decision", "")
    if decision == "own":
        changes, decision = _own(scores, decided=decided)
    else:
        changes = _changes(form, scores, decided=decided)
    if decision == "reject":
        changes = _Changes()
    elif trouble := _trouble(decision, changes):
        changes.errors["form"] = trouble
    errors |= changes.errors
    return {
        "decision": decision,
        "scores": [{"competency": name, "score": score} for name, score in changes.given.items()],
        "drop": changes.drop,
        "note": form.get("note", "").strip() or None,
        "event_id": form.get("event_id") or None,
    }


def _own(scores: Collection[ReviewScore], *, decided: bool) -> tuple[_Changes, str]:
    """Returns what the own scores change, and the decision that this is."""
    changes = _Changes()
    for one in scores:
        before = one.person_score if decided else one.score
        if one.own_score is None and before is not None:
            changes.drop.append(one.competency)
        elif one.own_score is not None and one.own_score != before:
            changes.given[one.competency] = one.own_score
    if all(one.own_score is None for one in scores):
        return changes, "reject"
    return changes, "correct" if changes else "confirm"


def _trouble(decision: str, changes: _Changes) -> str | None:
    if decision not in {"confirm", "correct"}:
        return "Choose to confirm, to correct or to reject."
    if decision == "confirm" and changes:
        return "You have changed scores: save the corrections, or undo them to confirm."
    if decision == "correct" and not changes and not changes.errors:
        return "Nothing is corrected: change a score, or confirm."
    return None


def _changes(form: Entered, scores: Collection[ReviewScore], *, decided: bool) -> _Changes:
    changes = _Changes()
    for one in scores:
        before = one.person_score if decided else one.score
        if form.get(f"drop.{one.competency}") == "yes":
            if before is not None:
                changes.drop.append(one.competency)
            continue
        text = form.get(f"score.{one.competency}", "")
        if not text.strip() and before is None:
            continue
        number = _points(text)
        if number is None:
            changes.errors[f"score.{one.competency}"] = NO_POINTS
        elif number != before:
            changes.given[one.competency] = number
    return changes


def _points(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= 100 else None
