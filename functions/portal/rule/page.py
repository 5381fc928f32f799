"""Changes an achievement rule in three steps: edit, preview person by person, publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from functions.portal.rule import preview
from functions.portal.rule.form import FIELDS, context_from, entered_from, rule_at, rule_from
from functions.portal.shell.forms import refusals, version
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from functions.portal.skill.page import context_query
from functions.portal.skills.page import address, context_words
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import RuleBody
from shared.frameworks.domain.framework import Competency, Framework, Rule, rule_to_dict
from shared.kernel.context import Context, label
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.reading import validated
from shared.taxonomy.contract import SkillChange

MEANWHILE = "Somebody published another version meanwhile. Look at it, then make your change again."


@dataclass(frozen=True)
class RulePage:
    """A rule's form. entered: what the person typed (form names → text); errors: form name → what is wrong."""

    framework: Framework
    competency: Competency
    entered: Mapping[str, str]
    context: Context = ()
    new: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


def edit_rule(on: Environment, visit: Visit, framework_id: str, skill_id: str) -> PageOrRedirect:
    framework, competency = taxonomy(on).skills.skill(visit.caller, framework_id, skill_id)
    context = context_from(visit.query)
    rule = rule_at(framework, competency.competency, context)
    new = visit.query.get("new") == "yes"
    if context and rule is None:
        raise NotFound("there is no rule for this context; it may have been removed meanwhile")
    entered = entered_from(None if new else rule) | {"if_version": str(framework.version)}
    return present(RulePage(framework, competency, entered, () if new else context, new))


def change_rule(on: Environment, visit: Visit, framework_id: str, skill_id: str) -> PageOrRedirect:
    """Shows the form again, whom the change would affect, or publishes it: by the form's step."""
    framework, competency = taxonomy(on).skills.skill(visit.caller, framework_id, skill_id)
    entered = {name: value for name, value in visit.form.items() if name not in {"token", "step"}}
    context, new = context_from(entered), entered.get("new") == "yes"
    form = RulePage(framework, competency, entered, () if new else context, new)
    before = rule_at(framework, competency.competency, context)
    rule, errors = _entered_rule(competency.competency, context, entered, before)
    if errors or visit.form.get("step") == "edit":
        return present(replace(form, errors=errors))
    try:
        change = _change(framework, competency, context, rule, version(entered))
        if visit.form.get("step") == "publish":
            taxonomy(on).change_skills.change(framework_id, skill_id, change, visit.caller)
            return Redirect(f"{address(framework_id, skill_id)}?done=rule")
        effects = _effects(on, visit, framework_id, skill_id, change, context)
    except Conflict:
        return present(replace(form, errors={"form": MEANWHILE}))
    except Rejected as problem:
        return present(replace(form, errors=refusals(problem, FIELDS)))
    return preview.present(preview.preview_of(framework, competency, context, (before, rule), effects, entered))


def _entered_rule(
    competency: str, context: Context, entered: Mapping[str, str], before: Rule | None
) -> tuple[Rule | None, dict[str, str]]:
    """Returns (the rule as it is to be, None where it is to go; what is wrong with the form)."""
    if entered.get("remove") == "yes":
        return None, {}
    rule, errors = rule_from(competency, context, entered)
    if entered.get("new") == "yes" and before is not None:
        where = "every context" if not context else label(context)
        errors["context"] = f"There is a rule for {where} already; change that one."
    return rule, errors


def _change(
    framework: Framework, competency: Competency, context: Context, rule: Rule | None, if_version: int | None
) -> SkillChange:
    """Returns the change that puts a rule in its context's place, or takes that away."""
    others = [one for one in framework.rules_of.get(competency.competency, ()) if one.context != context]
    rules = others if rule is None else [*others, rule]
    return validated(SkillChange, {"rules": [_body(one) for one in rules], "if_version": if_version})


def _body(rule: Rule) -> dict[str, Any]:
    values = rule_to_dict(rule)
    return {name: value for name, value in values.items() if name != "version" and name in RuleBody.model_fields}


def _effects(
    on: Environment, visit: Visit, framework_id: str, skill_id: str, change: SkillChange, context: Context
) -> preview.Effects:
    """Returns what a change would do, all pages of the preview together. context: of the rule"""
    found = preview.Effects()
    after: str | None = None
    while True:
        page = taxonomy(on).preview.preview(visit.caller, framework_id, skill_id, change, context=context, after=after)
        found.add(page)
        after = page.next
        if after is None:
            return found


def present(view: RulePage) -> Page:
    variables = {
        "view": view,
        "where": context_words(view.context),
        "address": address(view.framework.framework_id, view.competency.skill_id),
        "dimensions": view.framework.dimensions,
        "query": context_query(view.context),
    }
    return Page("rule/rule.html", variables, "skills", status=422 if view.errors else 200)
