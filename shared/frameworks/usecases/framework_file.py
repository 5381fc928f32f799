"""Reads a framework as its file writes it, and checks that it is consistent in itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from shared.frameworks.contract import FrameworkBody, ScoreContext
from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.kernel.context import context_of
from shared.kernel.errors import FieldError, Rejected

Problem = tuple[str, str]
"""(field as a dotted path, what is wrong with it)"""


def framework_of(body: FrameworkBody, version: int) -> Framework:
    """Returns the framework at a version. Raises Rejected, naming every field that contradicts another."""
    errors: list[FieldError] = [{"field": field, "detail": f"{field}: {detail}"} for field, detail in _problems(body)]
    if errors:
        raise Rejected(errors[0]["detail"], field=errors[0]["field"], errors=errors[:20])
    data = body.model_dump(by_alias=True, exclude={"version"})
    for rule in data["rules"]:
        del rule["version"]
    return framework_from_dict({**data, "version": version})


def _problems(body: FrameworkBody) -> Iterator[Problem]:
    yield from _repeated([("dimensions", "dimension", d.dimension) for d in body.dimensions])
    yield from _repeated([("competencies", "competency", c.competency.lower()) for c in body.competencies])
    yield from _repeated([("competencies", "skill_id", c.id_of_skill) for c in body.competencies])
    yield from _repeated([("scenarios", "scenario_id", s.scenario_id) for s in body.scenarios])
    yield from _words_with_two_meanings(body)
    for index, competency in enumerate(body.competencies):
        starts = [level.from_score for level in competency.rubric]
        if starts != sorted(set(starts)):
            yield f"competencies.{index}.rubric", "its levels must rise, each from a score of its own"
    for index, competency in enumerate(body.competencies):
        if competency.statement is not None and body.standard is None:
            yield f"competencies.{index}.statement", "the framework does not say of which standard: set `standard`"
    known = {competency.competency for competency in body.competencies}
    yield from _rules(body, known)
    for index, scenario in enumerate(body.scenarios):
        yield from _unknown(f"scenarios.{index}.competencies", scenario.competencies, known)
        yield from _context(body, f"scenarios.{index}.context", scenario.context)
    for stage, names in body.required_by_stage.items():
        yield from _unknown(f"required_by_stage.{stage}", names, known)
    yield from _following(body)
    yield from _context(body, "little_at_stake", body.little_at_stake)
    for index, group in enumerate(body.stage_phrases):
        if group.means not in body.required_by_stage:
            yield f"stage_phrases.{index}.means", f"{group.means!r} is not among the stages of required_by_stage"


def _following(body: FrameworkBody) -> Iterator[Problem]:
    for stage, following in body.next_stage.items():
        for one in (stage, following):
            if one not in body.required_by_stage:
                yield f"next_stage.{stage}", f"{one!r} is not among the stages of required_by_stage"
        passed, at = {stage}, following
        while at not in passed and at in body.next_stage:
            passed.add(at)
            at = body.next_stage[at]
        if at == stage:
            yield f"next_stage.{stage}", "leads back to itself; the last stage names none"
    if body.next_framework is not None and body.next_framework == body.framework_id:
        yield "next_framework", "is the framework itself"


def _rules(body: FrameworkBody, known: Collection[str]) -> Iterator[Problem]:
    rules: set[object] = set()
    for index, rule in enumerate(body.rules):
        if rule.competency not in known:
            yield f"rules.{index}.competency", f"{rule.competency!r} is not among the competencies"
        yield from _context(body, f"rules.{index}.context", rule.context)
        key = (rule.competency, context_of(rule.context.pairs() if rule.context else None))
        if key in rules:
            yield f"rules.{index}", f"there is a rule for {rule.competency} in this context already"
        rules.add(key)


def _unknown(field: str, names: Iterable[str], known: Collection[str]) -> Iterator[Problem]:
    for position, name in enumerate(names):
        if name not in known:
            yield f"{field}.{position}", f"{name!r} is not among the competencies"


def _context(body: FrameworkBody, field: str, context: ScoreContext | None) -> Iterator[Problem]:
    values = {dimension.dimension: dimension.values for dimension in body.dimensions}
    for dimension, value in (context.pairs() if context else {}).items():
        if dimension not in values:
            yield f"{field}.{dimension}", f"{dimension!r} is not among the dimensions"
        elif value not in values[dimension]:
            yield f"{field}.{dimension}", f"{value!r} is not among the dimension's values"


def _words_with_two_meanings(body: FrameworkBody) -> Iterator[Problem]:
    meanings = {competency.competency.lower(): competency.competency for competency in body.competencies}
    for index, competency in enumerate(body.competencies):
        for position, alias in enumerate(competency.aliases):
            meaning = meanings.setdefault(alias.lower(), competency.competency)
            if meaning != competency.competency:
                yield f"competencies.{index}.aliases.{position}", f"{alias!r} already means {meaning}"


def _repeated(named: list[tuple[str, str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, (container, field, value) in enumerate(named):
        if value in seen:
            yield f"{container}.{index}.{field}", f"{value!r} stands there twice"
        seen.add(value)
