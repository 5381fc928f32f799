"""Skills, rules, dimensions and held scores: from forms to use cases and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from functions.portal.pages import repairs, skills
from functions.portal.services import Services
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from shared.frameworks.contract import DimensionBody, RuleBody
from shared.frameworks.domain.framework import Competency, Framework, Rule, rule_to_dict
from shared.kernel.access import require
from shared.kernel.context import Context, context_of, label
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.reading import validated
from shared.taxonomy.contract import HeldDecision, SkillBody, SkillChange

MOST_SHOWN = 200
MOST_HELD = 500


def list_skills(services: Services, visit: Visit) -> Reply:
    framework = services.skills.framework(visit.framework_id)
    frameworks = tuple((f.framework_id, f.name) for f in services.skills.frameworks())
    view = skills.Catalogue(framework, visit.may("skills.write"), frameworks)
    return Page("skills.html", skills.present_catalogue(view), "skills")


def show_skill(services: Services, visit: Visit, framework_id: str, skill_id: str) -> Reply:
    framework, competency = services.skills.skill(framework_id, skill_id)
    return _skill_page(services, visit, framework, competency)


def change_skill(services: Services, visit: Visit, framework_id: str, skill_id: str) -> Reply:
    """Publishes a changed definition; what is wrong stands beside its field."""
    framework, competency = services.skills.skill(framework_id, skill_id)
    entered = dict(visit.form)
    try:
        change = validated(SkillChange, {**_definition(entered), "if_version": _version(entered)})
        services.skills.change(framework_id, skill_id, change, visit.caller)
    except (Rejected, Conflict) as problem:
        return _skill_page(services, visit, framework, competency, entered, refusals(problem, FORM_FIELDS))
    return Redirect(f"{skills.address(framework_id, skill_id)}?done=definition")


def new_skill(services: Services, visit: Visit, framework_id: str) -> Reply:
    framework = services.skills.framework(framework_id)
    word = visit.query.get("word", "")[:100]
    entered = {"category": "sales_technique", "competency": _key(word), "name": word, "aliases": word}
    return _skill_page(services, visit, framework, NEW, entered)


def create_skill(services: Services, visit: Visit, framework_id: str) -> Reply:
    framework = services.skills.framework(framework_id)
    entered = dict(visit.form)
    try:
        body = {
            **_definition(entered),
            "competency": entered.get("competency", "").strip(),
            "framework_id": framework_id,
        }
        _, competency = services.skills.create(validated(SkillBody, body), visit.caller)
    except (Rejected, Conflict) as problem:
        return _skill_page(services, visit, framework, NEW, entered, refusals(problem, FORM_FIELDS))
    return Redirect(f"{skills.address(framework_id, competency.skill_id)}?done=created")


NEW = Competency(competency="", skill_id="", name="")


def _skill_page(
    services: Services,
    visit: Visit,
    framework: Framework,
    competency: Competency,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Page:
    versions: tuple[skills.Version, ...] = ()
    if competency.skill_id:
        found = services.skills.versions(framework.framework_id, competency.skill_id)
        versions = tuple(
            skills.Version(
                item["version"],
                datetime.fromisoformat(item["published_at"]),
                item["published_by"],
                item["change"],
                index == 0,
            )
            for index, item in enumerate(found)
        )
    view = skills.SkillPage(framework, competency, visit.may("skills.write"), errors or {}, entered, versions)
    return Page("skill.html", skills.present_skill(view), "skills", status=422 if errors else 200)


def _definition(entered: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": entered.get("name", "").strip(),
        "description": entered.get("description", "").strip(),
        "category": entered.get("category", ""),
        "core": entered.get("core") == "yes",
        "aliases": [word.strip() for word in entered.get("aliases", "").split(",") if word.strip()],
    }


def _key(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:60]


def _version(entered: Mapping[str, str]) -> int | None:
    text = entered.get("if_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


FORM_FIELDS = frozenset(
    {"competency", "name", "description", "category", "aliases", "core", "context", "values"}
    | {name for name, *_ in skills.NUMBERS}
)


# Rules


def edit_rule(services: Services, visit: Visit, framework_id: str, skill_id: str) -> Reply:
    framework, competency = services.skills.skill(framework_id, skill_id)
    context = _context(framework, visit.query)
    rule = _rule_at(framework, competency, context)
    new = visit.query.get("new") == "yes"
    if context and rule is None:
        raise NotFound("there is no rule for this context; it may have been removed meanwhile")
    entered = skills.entered_from(None if new else rule) | {"if_version": str(framework.version)}
    view = skills.RulePage(framework, competency, entered, () if new else context, new)
    return Page("rule.html", skills.present_rule(view), "skills")


def change_rule(services: Services, visit: Visit, framework_id: str, skill_id: str) -> Reply:
    """The form's three steps: edit again, preview person by person, publish."""
    framework, competency = services.skills.skill(framework_id, skill_id)
    entered = {name: value for name, value in visit.form.items() if name not in {"token", "step"}}
    context = _context(framework, entered)
    new = entered.get("new") == "yes"
    remove = entered.get("remove") == "yes"
    before = _rule_at(framework, competency, context)
    rule: Rule | None = None
    errors: dict[str, str] = {}
    if not remove:
        rule, errors = skills.rule_from(competency.competency, context, entered)
        if new and before is not None:
            where = "every context" if not context else label(context)
            errors["context"] = f"There is a rule for {where} already; change that one."
    if errors or visit.form.get("step") == "edit":
        return _rule_form(framework, competency, entered, context, new, errors)
    others = [r for r in framework.rules_of.get(competency.competency, ()) if r.context != context]
    rules = others if rule is None else [*others, rule]
    version = _version(entered)
    try:
        change = validated(SkillChange, {"rules": [_body(item) for item in rules], "if_version": version})
        if visit.form.get("step") == "publish":
            services.skills.change(framework_id, skill_id, change, visit.caller)
            return Redirect(f"{skills.address(framework_id, skill_id)}?done=rule")
        effects, people = _effects(services, framework_id, skill_id, change)
    except Conflict:
        message = "Somebody published another version meanwhile. Look at it, then make your change again."
        return _rule_form(framework, competency, entered, context, new, {"form": message})
    except Rejected as problem:
        return _rule_form(framework, competency, entered, context, new, refusals(problem, FORM_FIELDS))
    view = _preview(framework, competency, context, before, rule, effects, people, entered)
    return Page("preview.html", skills.present_preview(view), "skills")


def _rule_form(
    framework: Framework,
    competency: Competency,
    entered: Mapping[str, str],
    context: Context,
    new: bool,
    errors: Mapping[str, str],
) -> Page:
    view = skills.RulePage(framework, competency, entered, () if new else context, new, errors)
    return Page("rule.html", skills.present_rule(view), "skills", status=422 if errors else 200)


def _rule_at(framework: Framework, competency: Competency, context: Context) -> Rule | None:
    rules = framework.rules_of.get(competency.competency, ())
    return next((rule for rule in rules if rule.context == context), None)


def _context(framework: Framework, values: Mapping[str, str]) -> Context:
    """The context that a form or an address names: `in.industry=healthcare`."""
    pairs = {name[3:]: value for name, value in values.items() if name.startswith("in.") and value}
    return context_of(pairs)


def _body(rule: Rule) -> dict[str, Any]:
    values = rule_to_dict(rule)
    return {name: value for name, value in values.items() if name != "version" and name in RuleBody.model_fields}


def _effects(
    services: Services, framework_id: str, skill_id: str, change: SkillChange
) -> tuple[list[dict[str, Any]], int]:
    """(every change of a status, how many people were looked at), all pages of the preview."""
    found: list[dict[str, Any]] = []
    people = 0
    after: str | None = None
    while True:
        page = services.skills.preview(framework_id, skill_id, change, after=after)
        found += page["changes"]
        people += page["people"]
        after = page["next_cursor"]
        if after is None:
            return found, people


def _preview(
    framework: Framework,
    competency: Competency,
    context: Context,
    before: Rule | None,
    after: Rule | None,
    changes: list[dict[str, Any]],
    people: int,
    entered: Mapping[str, str],
) -> skills.Preview:
    gains: list[skills.Effect] = []
    loses: list[skills.Effect] = []
    others: list[skills.Effect] = []
    touched = set()
    for item in changes:
        at = context_of(item["context"])
        here = at == context
        effect = skills.Effect(
            item["employee_id"],
            item["name"],
            item["status_now"],
            item["status_then"],
            item["why"],
            "" if here else skills.context_words(at),
        )
        if here:
            touched.add(item["employee_id"])
        if here and item["status_then"] == "validated":
            gains.append(effect)
        elif here and item["status_now"] == "validated":
            loses.append(effect)
        else:
            others.append(effect)
    others.sort(key=lambda effect: (effect.context != "", effect.name, effect.context))
    return skills.Preview(
        framework,
        competency,
        before,
        after,
        tuple(gains),
        tuple(loses),
        tuple(others[:MOST_SHOWN]),
        people - len(touched),
        entered,
        context,
        max(0, len(others) - MOST_SHOWN),
    )


# Dimensions


def show_dimensions(services: Services, visit: Visit, framework_id: str) -> Reply:
    view = skills.Dimensions(services.skills.framework(framework_id), visit.may("skills.write"))
    return Page("dimensions.html", skills.present_dimensions(view), "skills")


def change_dimension(services: Services, visit: Visit, framework_id: str) -> Reply:
    framework = services.skills.framework(framework_id)
    name = visit.form.get("dimension", "")
    if name not in framework.by_dimension:
        raise NotFound(f"{framework.name} has no dimension {name[:60]!r}")
    dimension, errors = skills.dimension_from(name, visit.form)
    if dimension is not None:
        try:
            body = {
                "values": list(dimension.values),
                "aliases": dict(dimension.aliases),
                "if_version": _version(visit.form),
            }
            services.skills.set_dimension(framework_id, name, validated(DimensionBody, body), visit.caller)
            return Redirect(f"/dimensions/{quote(framework_id)}?done=dimension")
        except Rejected as problem:
            errors = refusals(problem, FORM_FIELDS)
    view = skills.Dimensions(framework, visit.may("skills.write"), name, dict(visit.form), errors)
    return Page("dimensions.html", skills.present_dimensions(view), "skills", status=422)


# Held scores


def list_held(services: Services, visit: Visit) -> Reply:
    return _held_page(services, visit, None, {})


def decide_held(services: Services, visit: Visit) -> Reply:
    """Maps a word to a competency (once for all its scores), or dismisses all its scores."""
    require(visit.caller, "operations.write")
    word, framework_id = visit.form.get("word", ""), visit.form.get("framework", "")
    waiting = [i for i in _held(services) if i["competency"] == word and i["framework_id"] == framework_id]
    decision = visit.form.get("decision")
    if not waiting:
        return Redirect("/held-scores?done=decided")
    if decision == "map":
        require(visit.caller, "skills.write")
        body = {"decision": "alias", "competency": visit.form.get("competency", "")}
        try:
            services.held.decide(waiting[0]["held_id"], validated(HeldDecision, body), visit.caller)
        except Rejected as problem:
            return _held_page(services, visit, word, refusals(problem, FORM_FIELDS))
        return Redirect("/held-scores?done=mapped")
    if decision == "dismiss":
        for item in waiting:
            services.held.decide(item["held_id"], HeldDecision(decision="dismiss"), visit.caller)
        return Redirect("/held-scores?done=dismissed")
    raise Rejected("decide to map or to dismiss", field="decision")


def _held(services: Services) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after = None
    while len(items) < MOST_HELD:
        page, after = services.held.list(limit=100, after=after)
        items += page
        if after is None:
            break
    return items


def _held_page(services: Services, visit: Visit, refused: str | None, errors: Mapping[str, str]) -> Page:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in _held(services):
        groups.setdefault((item["framework_id"], item["competency"]), []).append(item)
    frameworks = {f.framework_id: f for f in services.skills.frameworks()}
    view = repairs.HeldList(
        tuple(
            repairs.Held(
                word=word,
                scores=len(items),
                people=len({item["employee_id"] for item in items}),
                first_at=min(item["held_at"] for item in items),
                last_at=max(item["held_at"] for item in items),
                framework_id=framework_id,
                framework=frameworks[framework_id].name,
                competencies=tuple((c.competency, c.name) for c in frameworks[framework_id].competencies),
                add="/skills/" + quote(framework_id) + "/add?" + urlencode({"word": word}),
            )
            for (framework_id, word), items in groups.items()
        ),
        refused,
        errors,
    )
    return Page("held.html", repairs.present_held(view), "held", status=422 if errors else 200)
