"""Makes the next version of a framework, with one skill more or one changed; nothing is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.frameworks.contract import RubricStep, RuleBody
from shared.frameworks.domain.framework import Competency, Framework, Rule, framework_from_dict
from shared.kernel.context import context_of
from shared.kernel.errors import Conflict, Rejected
from shared.taxonomy.contract import SkillBody, SkillChange


def with_skill(framework: Framework, body: SkillBody) -> tuple[Framework, Competency]:
    """Returns the next version with one more skill, and the skill. Raises Conflict, Rejected."""
    skill_id = body.competency.replace("_", "-")
    if framework.competency_named(body.competency) or any(c.skill_id == skill_id for c in framework.competencies):
        raise Conflict(
            f"competency: {body.competency!r} exists already, as a competency or an alias", field="competency"
        )
    competency = Competency(
        competency=body.competency,
        skill_id=skill_id,
        name=body.name or body.competency.replace("_", " ").capitalize(),
        description=body.description,
        category=body.category,
        core=body.core,
        rubric=_rubric(body.rubric),
        aliases=_aliases(framework, body.competency, body.aliases),
    )
    version = framework.version + 1
    after = replace(
        framework,
        version=version,
        competencies=(*framework.competencies, competency),
        rules=(*framework.rules, *_rules(body.competency, body.rules, version)),
    )
    return after, competency


def with_change(framework: Framework, competency: Competency, body: SkillChange) -> Framework:
    """Returns the next version with a skill changed; what the body leaves out stays. Raises Conflict, Rejected."""
    version = framework.version + 1
    rules = framework.rules
    if body.rules is not None:
        known = {rule.context: rule for rule in rules if rule.competency == competency.competency}
        new = [_kept(known, rule) for rule in _rules(competency.competency, body.rules, version)]
        rules = (*(rule for rule in rules if rule.competency != competency.competency), *new)
    after = _changed(framework, competency, body)
    competencies = tuple(after if one.skill_id == competency.skill_id else one for one in framework.competencies)
    whole = replace(framework, version=version, competencies=competencies, rules=rules)
    return framework_from_dict(whole.to_dict())


def _changed(framework: Framework, competency: Competency, body: SkillChange) -> Competency:
    given = body.model_dump(include={"name", "description", "category", "core"}, exclude_none=True)
    if body.rubric is not None:
        given["rubric"] = _rubric(body.rubric)
    if body.aliases is not None:
        given["aliases"] = _aliases(framework, competency.competency, body.aliases)
    return replace(competency, **given)


def _kept(known: dict[tuple[tuple[str, str], ...], Rule], rule: Rule) -> Rule:
    """Returns the rule as it was, with the version that gave it, if nothing else of it has changed."""
    old = known.get(rule.context)
    return old if old is not None and replace(old, version=rule.version) == rule else rule


def _rules(competency: str, bodies: Sequence[RuleBody], version: int) -> list[Rule]:
    rules: list[Rule] = []
    for index, body in enumerate(bodies):
        if body.competency is not None and body.competency != competency:
            raise Rejected(
                f"rules.{index}.competency: {body.competency!r} is another skill than {competency!r}",
                field=f"rules.{index}.competency",
            )
        context = context_of(body.context.pairs() if body.context else None)
        if any(rule.context == context for rule in rules):
            raise Rejected(
                f"rules.{index}.context: there is a rule for this context already", field=f"rules.{index}.context"
            )
        fields = body.model_dump(exclude={"competency", "context", "version"})
        rules.append(Rule(competency=competency, context=context, version=version, **fields))
    return rules


def _rubric(steps: Sequence[RubricStep]) -> tuple[tuple[int, str], ...]:
    if len({step.from_score for step in steps}) != len(steps):
        raise Rejected("rubric: two steps start at the same score", field="rubric")
    return tuple(sorted((step.from_score, step.description) for step in steps))


def _aliases(framework: Framework, competency: str, words: Sequence[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for word in words:
        meaning = framework.competency_named(word)
        if meaning is not None and meaning != competency:
            raise Conflict(f"aliases: {word[:60]!r} already means {meaning}", field="aliases")
        if word.lower() != competency:
            kept.setdefault(word.lower(), word)
    return tuple(kept.values())
