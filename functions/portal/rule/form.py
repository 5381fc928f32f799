"""Reads an achievement rule from what a person typed, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping

from shared.frameworks.domain.framework import Framework, Rule
from shared.kernel.context import Context, context_of

NUMBERS = (
    ("min_validation_attempts", int, 1, 1000),
    ("min_validation_score", float, 0, 100),
    ("min_field_observations", int, 1, 1000),
    ("min_field_score", float, 0, 100),
    ("observation_window_days", int, 1, 730),
    ("expires_after_days", int, 1, 3650),
    ("decay_rate", float, 0, 100),
)
SWITCHES = ("field_overrides_validation", "requires_recertification")
FIELDS = frozenset({"context", *(name for name, *_ in NUMBERS)})
NEEDED = (
    "Give at least one requirement: practice attempts, a practice score, customer conversations or a customer score."
)


def entered_from(rule: Rule | None) -> dict[str, str]:
    """Returns the form's values for a rule, or for a new one."""
    if rule is None:
        return {"observation_window_days": "90", "field_overrides_validation": "yes"}
    values = {name: f"{value:g}" for name, *_ in NUMBERS if (value := getattr(rule, name)) is not None}
    return values | {name: "yes" for name in SWITCHES if getattr(rule, name)}


def rule_from(competency: str, context: Context, entered: Mapping[str, str]) -> tuple[Rule | None, dict[str, str]]:
    """Returns (rule, errors by form name) from what a person typed; the rule is None when anything is wrong."""
    errors: dict[str, str] = {}
    numbers = _numbers(entered, errors)
    if "observation_window_days" not in numbers and "observation_window_days" not in errors:
        errors["observation_window_days"] = "Enter how many days back the rule looks."
    switches = {name: entered.get(name) == "yes" for name in SWITCHES}
    if switches["requires_recertification"] and "expires_after_days" not in numbers:
        errors.setdefault("expires_after_days", "Recertification needs an expiry: enter how many days it holds.")
    rule = Rule(competency=competency, context=context, **numbers, **switches)  # type: ignore[arg-type]
    if not rule.wants_field and not rule.wants_validation and not errors:
        errors["min_validation_attempts"] = NEEDED
    return (None if errors else rule), errors


def _numbers(entered: Mapping[str, str], errors: dict[str, str]) -> dict[str, int | float]:
    """Returns the numbers by form name, and adds what is wrong to the errors."""
    values: dict[str, int | float] = {}
    for name, kind, low, high in NUMBERS:
        text = entered.get(name, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            number = kind(text)
        except ValueError:
            errors[name] = "Enter a whole number." if kind is int else "Enter a number."
            continue
        if not low <= number <= high:
            errors[name] = f"Enter a number from {low} to {high}."
        else:
            values[name] = number
    return values


def context_from(values: Mapping[str, str]) -> Context:
    """Returns the context that a form or an address names: `in.industry=healthcare`."""
    return context_of({name[3:]: value for name, value in values.items() if name.startswith("in.") and value})


def rule_at(framework: Framework, competency: str, context: Context) -> Rule | None:
    """Returns a competency's rule for exactly this context."""
    rules = framework.rules_of.get(competency, ())
    return next((rule for rule in rules if rule.context == context), None)
