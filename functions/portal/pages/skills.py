"""Skill definitions and achievement rules: read, change, preview person by person, publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from functions.portal.shell import words
from shared.frameworks.domain.framework import Competency, Dimension, Framework, Rule
from shared.kernel.context import Context, label

CATEGORIES = ("sales_technique", "product_knowledge", "industry_expertise", "soft_skills")


@dataclass(frozen=True)
class Version:
    """One published version of the framework."""

    version: int
    published_at: datetime | None
    published_by: str | None
    summary: str
    current: bool = False


@dataclass(frozen=True)
class Catalogue:
    """may_change: the viewer may publish. frameworks: (id, name) of all there are."""

    framework: Framework
    may_change: bool
    frameworks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SkillPage:
    """competency: with an empty skill_id for a new one. entered and errors: of a form that was refused."""

    framework: Framework
    competency: Competency
    may_change: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    entered: Mapping[str, str] | None = None
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True)
class RulePage:
    """A rule's form. entered: what the person typed (form names → text); errors: form name → what is wrong."""

    framework: Framework
    competency: Competency
    entered: Mapping[str, str]
    context: Context = ()
    new: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """What a rule change would do to one person's skill."""

    employee_id: str
    name: str
    before: str
    after: str
    why: str
    context: str = ""


@dataclass(frozen=True)
class Preview:
    """A rule change, person by person, in the rule's own context and in those that it decides for as well.

    gains, loses: status validated comes or goes in the rule's own context; others: every other change
    unchanged: people without a change in the rule's own context; more: others that are not listed
    """

    framework: Framework
    competency: Competency
    before: Rule | None
    after: Rule | None
    gains: tuple[Effect, ...]
    loses: tuple[Effect, ...]
    others: tuple[Effect, ...]
    unchanged: int
    entered: Mapping[str, str]
    context: Context = ()
    more: int = 0


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
NEEDED = (
    "Give at least one requirement: practice attempts, a practice score, customer conversations or a customer score."
)


def entered_from(rule: Rule | None) -> dict[str, str]:
    """The form's values for a rule, or for a new one."""
    if rule is None:
        return {"observation_window_days": "90", "field_overrides_validation": "yes"}
    values = {name: f"{value:g}" for name, *_ in NUMBERS if (value := getattr(rule, name)) is not None}
    return values | {name: "yes" for name in SWITCHES if getattr(rule, name)}


def rule_from(competency: str, context: Context, entered: Mapping[str, str]) -> tuple[Rule | None, dict[str, str]]:
    """(rule, errors by form name) from what a person typed; the rule is None when anything is wrong."""
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
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
    if "observation_window_days" not in values and "observation_window_days" not in errors:
        errors["observation_window_days"] = "Enter how many days back the rule looks."
    for name in SWITCHES:
        values[name] = entered.get(name) == "yes"
    if values["requires_recertification"] and "expires_after_days" not in values:
        errors.setdefault("expires_after_days", "Recertification needs an expiry: enter how many days it holds.")
    rule = Rule(competency=competency, context=context, **values)
    if not rule.wants_field and not rule.wants_validation and not errors:
        errors["min_validation_attempts"] = NEEDED
    return (None if errors else rule), errors


def address(framework_id: str, skill_id: str) -> str:
    """A skill's page."""
    return f"/skills/{quote(framework_id, safe='')}/{quote(skill_id, safe='')}"


def context_words(context: Context) -> str:
    return "Everywhere" if not context else ", ".join(words.plain(part) for part in label(context).split(", "))


def present_catalogue(view: Catalogue) -> Mapping[str, Any]:
    framework = view.framework
    groups: dict[str, list[dict[str, Any]]] = {}
    for competency in framework.competencies:
        rules = framework.rules_of.get(competency.competency, ())
        general = next((rule for rule in rules if not rule.context), None)
        groups.setdefault(competency.category, []).append(
            {
                "competency": competency,
                "address": address(framework.framework_id, competency.skill_id),
                "sentence": words.rule_sentence(general) if general else None,
                "more": sum(1 for rule in rules if rule.context),
            }
        )
    return {"view": view, "groups": groups}


def present_skill(view: SkillPage) -> Mapping[str, Any]:
    competency = view.competency
    rules = sorted(view.framework.rules_of.get(competency.competency, ()), key=lambda r: (len(r.context), r.context))
    return {
        "view": view,
        "new": not competency.skill_id,
        "address": address(view.framework.framework_id, competency.skill_id),
        "rules": [
            {
                "rule": rule,
                "where": context_words(rule.context),
                "sentence": words.rule_sentence(rule),
                "query": urlencode(context_query(rule.context)),
            }
            for rule in rules
        ],
        "categories": tuple(dict.fromkeys((*CATEGORIES, competency.category))),
        "entered": view.entered
        if view.entered is not None
        else {
            "name": competency.name,
            "description": competency.description,
            "category": competency.category,
            "core": "yes" if competency.core else "",
            "aliases": ", ".join(competency.aliases),
        },
    }


def context_query(context: Context) -> tuple[tuple[str, str], ...]:
    """A context as address parameters: (`in.industry`, `healthcare`)."""
    return tuple((f"in.{dimension}", value) for dimension, value in context)


def present_rule(view: RulePage) -> Mapping[str, Any]:
    return {
        "view": view,
        "where": context_words(view.context),
        "address": address(view.framework.framework_id, view.competency.skill_id),
        "dimensions": view.framework.dimensions,
        "query": context_query(view.context),
    }


def present_preview(view: Preview) -> Mapping[str, Any]:
    if not (view.gains or view.loses or view.others):
        verdict = "Nobody's status changes."
    else:
        verdict = (
            f"{words.count(len(view.gains), 'person', 'people')} would become validated, "
            f"{words.count(len(view.loses), 'person', 'people')} would lose it."
        )
    return {
        "view": view,
        "verdict": verdict,
        "before": words.rule_sentence(view.before) if view.before else None,
        "after": words.rule_sentence(view.after) if view.after else None,
        "where": context_words(view.context),
        "address": address(view.framework.framework_id, view.competency.skill_id),
    }


@dataclass(frozen=True)
class Dimensions:
    """The context dimensions. entered and errors: of the dimension named `editing`, after a refused change."""

    framework: Framework
    may_change: bool
    editing: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def present_dimensions(view: Dimensions) -> Mapping[str, Any]:
    return {
        "view": view,
        "dimensions": [
            {
                "dimension": dimension,
                "values": view.entered.get("values", "")
                if view.editing == dimension.dimension
                else "\n".join(dimension.values),
                "aliases": view.entered.get("aliases", "")
                if view.editing == dimension.dimension
                else "\n".join(f"{word} = {value}" for word, value in dimension.aliases),
            }
            for dimension in view.framework.dimensions
        ],
    }


def dimension_from(name: str, entered: Mapping[str, str]) -> tuple[Dimension | None, dict[str, str]]:
    """(dimension, errors) from two text areas: a value a line; `word = value` a line."""
    values = tuple(dict.fromkeys(line.strip() for line in entered.get("values", "").splitlines() if line.strip()))
    errors: dict[str, str] = {}
    if not values:
        errors["values"] = "Enter at least one value, one a line."
    aliases: list[tuple[str, str]] = []
    for line in entered.get("aliases", "").splitlines():
        if not line.strip():
            continue
        word, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not word or value not in values:
            errors["aliases"] = f"“{line.strip()}” should read: word = value, with one of the values above."
            break
        aliases.append((word.lower(), value))
    return (None if errors else Dimension(name, values, tuple(sorted(aliases)))), errors
