"""Shows and changes one skill's definition, and adds skills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args
from urllib.parse import urlencode

from functions.portal.shell import words
from functions.portal.shell.forms import refusals, version
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from functions.portal.skills.page import address, context_words
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import Category
from shared.frameworks.domain.framework import Competency, Framework, Rule
from shared.kernel.context import Context
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.taxonomy.contract import SkillBody, SkillChange, SkillVersion

CATEGORIES: tuple[str, ...] = get_args(Category)
FIELDS = frozenset({"competency", "name", "description", "category", "aliases", "core"})
NEW = Competency(competency="", skill_id="", name="")


@dataclass(frozen=True)
class SkillPage:
    """competency: NEW for a new one. entered and errors: of a form that was refused. versions: the newest first"""

    framework: Framework
    competency: Competency
    may_change: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    entered: Mapping[str, str] | None = None
    versions: tuple[SkillVersion, ...] = ()


@dataclass(frozen=True)
class RuleRow:
    """Shows a rule. query: names its context in an address"""

    rule: Rule
    where: str
    sentence: str
    query: str


def show_skill(on: Environment, visit: Visit, framework_id: str, skill_id: str) -> PageOrRedirect:
    framework, competency = taxonomy(on).skills.skill(visit.caller, framework_id, skill_id)
    return _page(on, visit, framework, competency)


def change_skill(on: Environment, visit: Visit, framework_id: str, skill_id: str) -> PageOrRedirect:
    """Publishes a changed definition; what is wrong stands beside its field."""
    framework, competency = taxonomy(on).skills.skill(visit.caller, framework_id, skill_id)
    entered = dict(visit.form)
    try:
        change = validated(SkillChange, {**_definition(entered), "if_version": version(entered)})
        taxonomy(on).change_skills.change(framework_id, skill_id, change, visit.caller)
    except Rejected as problem:
        return _page(on, visit, framework, competency, entered, refusals(problem, FIELDS))
    return Redirect(f"{address(framework_id, skill_id)}?done=definition")


def new_skill(on: Environment, visit: Visit, framework_id: str) -> PageOrRedirect:
    framework = taxonomy(on).skills.framework(visit.caller, framework_id)
    word = visit.query.get("word", "")[:100]
    entered = {"category": NEW.category, "competency": _key(word), "name": word, "aliases": word}
    return _page(on, visit, framework, NEW, entered)


def create_skill(on: Environment, visit: Visit, framework_id: str) -> PageOrRedirect:
    framework = taxonomy(on).skills.framework(visit.caller, framework_id)
    entered = dict(visit.form)
    competency = entered.get("competency", "").strip()
    try:
        body = {**_definition(entered), "competency": competency, "framework_id": framework_id}
        created = taxonomy(on).change_skills.create(validated(SkillBody, body), visit.caller)
    except Rejected as problem:
        return _page(on, visit, framework, NEW, entered, refusals(problem, FIELDS))
    return Redirect(f"{address(framework_id, created.skill_id)}?done=created")


def _page(
    on: Environment,
    visit: Visit,
    framework: Framework,
    competency: Competency,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Page:
    versions: tuple[SkillVersion, ...] = ()
    if competency.skill_id:
        versions = tuple(
            taxonomy(on).skills.versions(visit.caller, framework.framework_id, competency.skill_id).versions
        )
    return present(SkillPage(framework, competency, visit.may("skills.write"), errors or {}, entered, versions))


def _definition(entered: Mapping[str, str]) -> dict[str, str | bool | list[str]]:
    return {
        "name": entered.get("name", "").strip(),
        "description": entered.get("description", "").strip(),
        "category": entered.get("category", ""),
        "core": entered.get("core") == "yes",
        "aliases": [word.strip() for word in entered.get("aliases", "").split(",") if word.strip()],
    }


def _key(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:60]


def present(view: SkillPage) -> Page:
    competency = view.competency
    rules = sorted(view.framework.rules_of.get(competency.competency, ()), key=lambda r: (len(r.context), r.context))
    variables = {
        "view": view,
        "new": not competency.skill_id,
        "address": address(view.framework.framework_id, competency.skill_id),
        "rules": [
            RuleRow(
                rule,
                context_words(rule.context),
                words.rule_sentence(rule, view.framework.field_unit),
                urlencode(context_query(rule.context)),
            )
            for rule in rules
        ],
        "categories": tuple(dict.fromkeys((*CATEGORIES, competency.category))),
        "entered": _entered(competency) if view.entered is None else view.entered,
    }
    return Page("skill/skill.html", variables, "skills", status=422 if view.errors else 200)


def _entered(competency: Competency) -> dict[str, str]:
    return {
        "name": competency.name,
        "description": competency.description,
        "category": competency.category,
        "core": "yes" if competency.core else "",
        "aliases": ", ".join(competency.aliases),
    }


def context_query(context: Context) -> tuple[tuple[str, str], ...]:
    """Returns a context as address parameters: (`in.industry`, `healthcare`)."""
    return tuple((f"in.{dimension}", value) for dimension, value in context)
