"""Defines what a profession calls skill: competencies, context dimensions, achievement rules, scenarios.

A framework is configuration with a version; every change makes a new version, and every status names the version of
the rule that gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Final

from shared.frameworks.domain.phrases import PhraseGroup, groups_from, reader_of
from shared.kernel.context import GENERAL, Context, context_of
from shared.kernel.errors import Rejected
from shared.kernel.unicode_form import composed, folded


@dataclass(frozen=True)
class Competency:
    """A measurable skill area.

    skill_id: stable id of the skill definition (an API path names it)
    core:     counts towards "are we ready to sell?"
    rubric:   what a score of 0-100 means, as pairs (from score, description), lowest first
    aliases:  other words for it that integrations send
    statement: the publisher's id of what it stands for in the framework's standard; None for what is in none
    """

    competency: str
    skill_id: str
    name: str
    description: str = ""
    category: str = "sales_technique"
    core: bool = False
    rubric: tuple[tuple[int, str], ...] = ()
    aliases: tuple[str, ...] = ()
    statement: str | None = None


@dataclass(frozen=True)
class Dimension:
    """A context dimension: its known values and the words that map to them.

    phrases: what free words mean that are neither a value nor an alias; the first group that is found in them decides
    names_products: they are the product's own words, for who counts what is said of it
    """

    dimension: str
    values: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    names_products: bool = False
    phrases: tuple[PhraseGroup, ...] = ()

    @cached_property
    def _mapping(self) -> dict[str, str]:
        aliases = {folded(word): value for word, value in self.aliases}
        return aliases | {folded(value): value for value in self.values}

    @cached_property
    def _meaning(self) -> Callable[[str], str | None]:
        return reader_of(self.phrases)

    def map(self, word: str) -> tuple[str, bool]:
        """Returns (value, known): the framework's value for a word; an unknown word stays as it came."""
        value = self._mapping.get(folded(word)) or (self._meaning(word) if self.phrases else None)
        return (composed(word).strip(), False) if value is None else (value, True)

    def names(self, word: str) -> bool:
        """Tells whether a word is a value or an alias, and not only has one in it."""
        return folded(word) in self._mapping


@dataclass(frozen=True)
class Rule:
    """When a skill counts as validated. Averages are plain means over the rule's own window, bars inclusive.

    An absent minimum is neutral, a count of 0 is none; at least one must be present. Scores in points 0-100, windows
    and expiry in days.
    decay_rate: points per 30 days without practice, shown as a value of its own; never changes the rating.
    version: the framework version in which this rule last changed.
    """

    competency: str
    context: Context = GENERAL
    min_validation_attempts: int | None = None
    min_validation_score: float | None = None
    min_field_observations: int | None = None
    min_field_score: float | None = None
    observation_window_days: int = 90
    expires_after_days: int | None = None
    decay_rate: float | None = None
    requires_recertification: bool = False
    field_overrides_validation: bool = True
    version: int = 1

    @property
    def wants_validation(self) -> bool:
        return bool(self.min_validation_attempts) or self.min_validation_score is not None

    @property
    def wants_field(self) -> bool:
        return bool(self.min_field_observations) or self.min_field_score is not None

    @cached_property
    def minimums(self) -> tuple[int, int, int, int]:
        """Returns (field count, field bar, validation count, validation bar): counts of at least 1 where the kind is
        wanted, 0 where it is not; bars in hundredths of a point."""
        return (
            max(1, self.min_field_observations or 0) if self.wants_field else 0,
            round((self.min_field_score or 0) * 100),
            max(1, self.min_validation_attempts or 0) if self.wants_validation else 0,
            round((self.min_validation_score or 0) * 100),
        )

    @property
    def memory_days(self) -> int:
        """Returns the days in which an observation can matter to this rule: its window, then the validity it earned."""
        return self.observation_window_days + (self.expires_after_days or 0)


@dataclass(frozen=True)
class Scenario:
    """A real activity that can be recommended: a role-play scenario, a quiz, an exam, a lab."""

    scenario_id: str
    title: str
    activity_type: str
    competencies: tuple[str, ...]
    context: Context = GENERAL
    minutes: int = 15
    url: str | None = None


FIELD_WORDS: Final = "in the field"
FIELD_UNIT: Final = "field observation"
"""What any trade may say."""


@dataclass(frozen=True)
class Framework:
    """One profession's configuration at one version.

    synthetic: invented to show, nobody is trained by it; standard: the version of the official standard that it is for
    field_words: where field observations are made, in the trade's words, such as "with customers"; field_unit: what one
    is called, such as "customer conversation"
    next_stage: which stage follows another, once somebody has reached that; next_framework: which framework follows the
    last of them. Where nothing follows, what was reached is kept fresh
    """

    framework_id: str
    name: str
    version: int
    competencies: tuple[Competency, ...]
    dimensions: tuple[Dimension, ...] = ()
    rules: tuple[Rule, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    required_by_stage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage_phrases: tuple[PhraseGroup, ...] = ()
    little_at_stake: Context = GENERAL
    synthetic: bool = False
    standard: str | None = None
    field_words: str = FIELD_WORDS
    field_unit: str = FIELD_UNIT
    next_stage: Mapping[str, str] = field(default_factory=dict)
    next_framework: str | None = None

    def is_for(self, standard: str) -> bool:
        """Tells whether it is for a standard, in whichever version. standard: its key, `ST9901@1.0`"""
        return self.standard is not None and self.standard.partition("@")[0] == standard.partition("@")[0]

    @cached_property
    def by_competency(self) -> dict[str, Competency]:
        return {item.competency: item for item in self.competencies}

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {folded(alias): item.competency for item in self.competencies for alias in item.aliases}
        return names | {folded(item.competency): item.competency for item in self.competencies}

    @cached_property
    def by_dimension(self) -> dict[str, Dimension]:
        return {item.dimension: item for item in self.dimensions}

    @cached_property
    def core(self) -> tuple[str, ...]:
        return tuple(item.competency for item in self.competencies if item.core)

    @cached_property
    def rules_of(self) -> dict[str, tuple[Rule, ...]]:
        """Returns each competency's rules, the most specific first (ties in the order of their contexts)."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.competency, []).append(rule)
        return {
            competency: tuple(sorted(rules, key=lambda rule: (-len(rule.context), rule.context)))
            for competency, rules in found.items()
        }

    @cached_property
    def rule_contexts(self) -> dict[str, tuple[Context, ...]]:
        """Returns the contexts, other than the general one, that each competency's rules name."""
        return {
            competency: tuple(rule.context for rule in rules if rule.context)
            for competency, rules in self.rules_of.items()
        }

    @cached_property
    def longest_memory_days(self) -> int:
        return max((rule.memory_days for rule in self.rules), default=0)

    def competency_named(self, word: str) -> str | None:
        """Returns the competency that a word means here: its own name or an alias, case apart; None if unknown."""
        return self._names.get(folded(word))

    @cached_property
    def _stages(self) -> dict[str, str]:
        return {_one_word(stage): stage for stage in self.required_by_stage}

    @cached_property
    def _stage_meaning(self) -> Callable[[str], str | None]:
        return reader_of(self.stage_phrases)

    def stage_named(self, word: str) -> str | None:
        """Returns the stage of `required_by_stage` that a CRM's or a calendar's word means; None if unknown."""
        return self._stages.get(_one_word(word)) or self._stage_meaning(word)

    def rule_for(self, competency: str, context: Context) -> Rule | None:
        """Returns the rule that decides about a skill: the most specific one whose context the skill includes."""
        pairs = set(context)
        for rule in self.rules_of.get(competency, ()):
            if pairs.issuperset(rule.context):
                return rule
        return None

    def to_dict(self) -> dict[str, Any]:
        """Returns the framework as plain JSON values, the shape of its YAML file and of its document."""
        return {
            "framework_id": self.framework_id,
            "name": self.name,
            "version": self.version,
            **({"synthetic": True} if self.synthetic else {}),
            "dimensions": [
                {
                    "dimension": d.dimension,
                    "values": list(d.values),
                    "aliases": dict(d.aliases),
                    **({"names_products": True} if d.names_products else {}),
                    **({"phrases": [one.to_dict() for one in d.phrases]} if d.phrases else {}),
                }
                for d in self.dimensions
            ],
            "competencies": [
                {
                    **{name: value for name, value in asdict(c).items() if name != "statement" or value},
                    "rubric": [{"from": start, "description": words} for start, words in c.rubric],
                    "aliases": list(c.aliases),
                }
                for c in self.competencies
            ],
            "rules": [rule_to_dict(rule) for rule in self.rules],
            "scenarios": [
                {**asdict(s), "competencies": list(s.competencies), "context": dict(s.context)} for s in self.scenarios
            ],
            "required_by_stage": {stage: list(names) for stage, names in self.required_by_stage.items()},
            **({"next_stage": dict(self.next_stage)} if self.next_stage else {}),
            **({"next_framework": self.next_framework} if self.next_framework else {}),
            **({"little_at_stake": dict(self.little_at_stake)} if self.little_at_stake else {}),
            **({"stage_phrases": [one.to_dict() for one in self.stage_phrases]} if self.stage_phrases else {}),
            **({"standard": self.standard} if self.standard else {}),
            **({"field_words": self.field_words} if self.field_words != FIELD_WORDS else {}),
            **({"field_unit": self.field_unit} if self.field_unit != FIELD_UNIT else {}),
        }


def _one_word(stage: str) -> str:
    return folded(stage.strip().replace(" ", "_").replace("-", "_"))


def rule_to_dict(rule: Rule) -> dict[str, Any]:
    """Returns a rule as plain JSON values, by the specification's names."""
    return {**asdict(rule), "context": dict(rule.context) or None}


def rule_from_dict(data: Mapping[str, Any], *, default_version: int = 1) -> Rule:
    """Reads what rule_to_dict writes; absent keys take the rule's defaults."""
    plain = (one.name for one in fields(Rule) if one.name not in ("competency", "context", "version"))
    rule = Rule(
        competency=data["competency"],
        context=context_of(data.get("context")),
        version=data.get("version", default_version),
        **{name: data[name] for name in plain if name in data},
    )
    if not rule.wants_field and not rule.wants_validation:
        raise Rejected(
            f"the rule for {rule.competency} needs at least one of min_validation_attempts, min_validation_score, "
            "min_field_observations, min_field_score",
            field="rule",
        )
    return rule


def framework_from_dict(data: Mapping[str, Any]) -> Framework:
    """Reads a framework from the shape of its YAML file or document; rules and scenarios must name known competencies.

    A rule or a scenario may use any word for a context that the dimensions know; it is kept in the framework's value.
    """
    dimensions = tuple(_dimension(d) for d in data.get("dimensions", ()))
    by_name = {dimension.dimension: dimension for dimension in dimensions}

    def in_our_values(context: Context) -> Context:
        return context_of({d: by_name[d].map(value)[0] if d in by_name else value for d, value in context})

    version = data.get("version", 1)
    rules = (rule_from_dict(r, default_version=version) for r in data.get("rules", ()))
    scenarios = (_scenario(s) for s in data.get("scenarios", ()))
    framework = Framework(
        framework_id=data["framework_id"],
        name=data["name"],
        version=version,
        competencies=tuple(_competency(c) for c in data["competencies"]),
        dimensions=dimensions,
        rules=tuple(replace(rule, context=in_our_values(rule.context)) for rule in rules),
        scenarios=tuple(replace(scenario, context=in_our_values(scenario.context)) for scenario in scenarios),
        required_by_stage={k: tuple(v) for k, v in data.get("required_by_stage", {}).items()},
        next_stage=dict(data.get("next_stage") or {}),
        next_framework=data.get("next_framework"),
        stage_phrases=groups_from(data.get("stage_phrases") or ()),
        little_at_stake=in_our_values(context_of(data.get("little_at_stake"))),
        synthetic=bool(data.get("synthetic")),
        standard=data.get("standard"),
        field_words=data.get("field_words") or FIELD_WORDS,
        field_unit=data.get("field_unit") or FIELD_UNIT,
    )
    _check(framework)
    return framework


def _dimension(data: Mapping[str, Any]) -> Dimension:
    aliases = ((word.lower(), value) for word, value in data.get("aliases", {}).items())
    values, names_products = tuple(data.get("values", ())), bool(data.get("names_products"))
    phrases = groups_from(data.get("phrases") or ())
    return Dimension(data["dimension"], values, tuple(sorted(aliases)), names_products, phrases)


def _competency(data: Mapping[str, Any]) -> Competency:
    return Competency(
        competency=data["competency"],
        skill_id=data.get("skill_id") or data["competency"].replace("_", "-"),
        name=data.get("name") or data["competency"].replace("_", " ").capitalize(),
        description=data.get("description", ""),
        category=data.get("category", "sales_technique"),
        core=data.get("core", False),
        rubric=tuple((step["from"], step["description"]) for step in data.get("rubric", ())),
        aliases=tuple(data.get("aliases", ())),
        statement=data.get("statement"),
    )


def _scenario(data: Mapping[str, Any]) -> Scenario:
    return Scenario(
        scenario_id=data["scenario_id"],
        title=data["title"],
        activity_type=data.get("activity_type", "role_play"),
        competencies=tuple(data["competencies"]),
        context=context_of(data.get("context")),
        minutes=data.get("minutes", 15),
        url=data.get("url"),
    )


def _check(framework: Framework) -> None:
    """Raises Rejected for a rule or scenario of an unknown competency, and for two rules of one context."""
    known = framework.by_competency
    for rule in framework.rules:
        if rule.competency not in known:
            raise Rejected(f"a rule names the unknown competency {rule.competency}", field="rules")
    for scenario in framework.scenarios:
        unknown = [name for name in scenario.competencies if name not in known]
        if unknown:
            raise Rejected(f"scenario {scenario.scenario_id} names unknown competencies {unknown}", field="scenarios")
    keys = [(rule.competency, rule.context) for rule in framework.rules]
    if len(keys) != len(set(keys)):
        raise Rejected("there is more than one rule for the same competency and context", field="rules")


def framework_for(standard: str, frameworks: Iterable[Framework]) -> Framework | None:
    """Returns the framework for a standard, in whichever version, the first by id where there are several."""
    return min((one for one in frameworks if one.is_for(standard)), key=lambda one: one.framework_id, default=None)
