"""Works out once what follows from a framework alone: its skills as numbers, their rules, and where scores go.

Entries of one *shape* (the same words in the same contexts) count for the same skills. Most entries of everybody have
one of few shapes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

from shared.frameworks.domain.framework import Framework, Rule, Scenario
from shared.kernel.context import (
    GENERAL,
    Context,
    ObservedContext,
    decode_context,
    decode_skill,
    encode_skill,
    observed,
    skills_seen,
)

Skill = tuple[str, str]
"""A competency and an encoded context."""

Use = tuple[int, int]
"""A skill, by number, and which of an entry's scores counts for it."""
Combined = tuple[int, str, Context]
"""A skill of several dimensions: its number, competency and context."""

MOST_FRAMEWORKS: Final = 16
"""Versions of frameworks that are in use at the same time, and some."""
MOST_SHAPES: Final = 5_000
"""Shapes that are kept per framework; each takes about two kilobytes."""
MOST_SKILLS: Final = 100_000
"""Skills and contexts that are kept per framework: a caller may ask for any."""


class Uses(NamedTuple):
    """Skills that the scores of a shape count for.

    columns: one after the other the skills (by number), which of an entry's scores each is about (a skill may be there
             more than once), whether the skill is there for the first time, and whether the shape brings it to a
             profile: it counts for another where something else does
    size:    how many columns
    also:    those that the shape does not bring
    known:   of how many skills of several dimensions it is known whether the shape counts for them
    by_skill: which of an entry's scores count for each skill
    """

    columns: array[int]
    size: int
    also: Sequence[Use]
    known: int
    by_skill: Mapping[int, Sequence[int]]


class Shape:
    """Holds what all entries with the same scores in the same contexts have in common, whatever the scores are."""

    __slots__ = ("_brought", "_scores", "brings", "uses")

    def __init__(self, scores: Mapping[str, Sequence[tuple[int, ObservedContext]]], brought: Sequence[Use]) -> None:
        """Takes `scores`: by competency which of an entry's scores are about it, and in which context"""
        # As counts_for has it, in one comparison each: a shape is held against thousands of skills.
        self._scores = {
            competency: [
                (position, frozenset((dimension, value) for dimension, values in seen for value in values))
                for position, seen in of_competency
            ]
            for competency, of_competency in scores.items()
        }
        self._brought = brought
        self.brings = frozenset(skill for skill, _ in brought)
        self.uses = _uses(brought, (), 0)

    def among(self, combined: Sequence[Combined]) -> Uses:
        """Returns the uses among all skills of several dimensions that are known by now, in the order they were met."""
        # Threads share this: what belongs together is written together.
        uses, known = self.uses, len(combined)
        if uses.known < known:
            brought = set(self._brought)
            met = [
                (skill, position)
                for skill, competency, context in combined[uses.known : known]
                for position, seen in self._scores.get(competency, ())
                if seen.issuperset(context) and (skill, position) not in brought
            ]
            uses = uses._replace(known=known) if not met else _uses(self._brought, (*uses.also, *met), known)
            self.uses = uses
        return uses


def _uses(brought: Sequence[Use], also: Sequence[Use], known: int) -> Uses:
    skills, positions = zip(*brought, *also, strict=True) if brought or also else ((), ())
    earliest = {skill: place for place, skill in reversed(list(enumerate(skills)))}
    first = [earliest[skill] == place for place, skill in enumerate(skills)]
    brings = [place < len(brought) for place in range(len(skills))]
    by_skill: dict[int, list[int]] = {}
    for skill, position in (*brought, *also):
        by_skill.setdefault(skill, []).append(position)
    return Uses(array("q", [*skills, *positions, *first, *brings]), len(skills), also, known, by_skill)


class FrameworkIndex:
    """A framework's skills and shapes, in the order in which they were first met.

    names:  by number the skill
    ruled:  by number the rule that decides about it, with its encoded context; None without one
    always: the skills that everybody's profile has
    combined: the skills of several dimensions, and those of values that no dimension declares: rated where one asks
    shapes: by what tells them apart
    """

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.numbers: dict[Skill, int] = {}
        self.names: dict[int, Skill] = {}
        self.ruled: dict[int, tuple[Rule, str] | None] = {}
        self.combined: list[Combined] = []
        self.shapes: dict[tuple[Any, ...], Shape] = {}
        self._unseen = count()
        self._scenarios: dict[tuple[str, Context, str | None], Scenario | None] = {}
        self._mapped: dict[ObservedContext, ObservedContext] = {}
        self._skills_in: dict[str, tuple[str, ...]] = {}
        self.always = self.named(framework.by_competency)

    @property
    def full(self) -> bool:
        """Tells whether it is time for a new one."""
        return (
            len(self.shapes) >= MOST_SHAPES
            or len(self.numbers) >= MOST_SKILLS
            or len(self._mapped) >= MOST_SKILLS
            or len(self._skills_in) >= MOST_SKILLS
            or len(self._scenarios) >= MOST_SKILLS
        )

    def number(self, competency: str, skill: str) -> int:
        """Returns a skill's number."""
        known = self.numbers.get((competency, skill))
        if known is None:
            # Shards that are rated at the same time share this: of several numbers for a skill one is ever seen.
            unseen = next(self._unseen)
            rule = self.framework.rule_for(competency, decode_skill(skill))
            self.names[unseen] = (competency, skill)
            self.ruled[unseen] = None if rule is None else (rule, encode_skill(rule.context))
            context = decode_skill(skill)
            if len(context) > 1 or not all(map(self._declares, context)):
                # Before anybody gets the number; of one that nobody gets there is no use.
                self.combined.append((unseen, competency, context))
            known = self.numbers.setdefault((competency, skill), unseen)
        return known

    def named(self, competencies: Iterable[str]) -> dict[int, None]:
        """Returns the general skill of each competency, and those that its rules name."""
        return {
            self.number(competency, encode_skill(context)): None
            for competency in competencies
            for context in (GENERAL, *self.framework.rule_contexts.get(competency, ()))
        }

    def shape_of(self, contexts: Sequence[str], words: Sequence[str], places: Sequence[int]) -> Shape:
        """Returns the shape of entries with these contexts, words, and contexts by score."""
        key = (*contexts, None, *words, *places)
        shape = self.shapes.get(key)
        if shape is None:
            shape = self.shapes[key] = self._shape(contexts, words, places)
        return shape

    def _shape(self, contexts: Sequence[str], words: Sequence[str], places: Sequence[int]) -> Shape:
        """Works out where the scores go of entries with these contexts, words, and contexts by score."""
        scores: dict[str, list[tuple[int, ObservedContext]]] = {}
        brought: list[Use] = []
        for position, (word, place) in enumerate(zip(words, places, strict=True)):
            competency = self.framework.competency_named(word)
            if competency is not None:
                scores.setdefault(competency, []).append((position, self.mapped(decode_context(contexts[place]))))
                brought += [(self.number(competency, skill), position) for skill in self._brought(contexts[place])]
        return Shape(scores, brought)

    def _brought(self, context: str) -> tuple[str, ...]:
        """Returns the encoded contexts of the skills that an observation in `context` brings to a profile.

        The state keeps an integration's own words; a framework's dimensions map them here, so that a new mapping
        applies to what came before it. What no dimension declares counts for the general skill alone: words of a call
        never become contexts of their own.
        """
        known = self._skills_in.get(context)
        if known is None:
            seen = skills_seen(self._declared(decode_context(context)))
            known = self._skills_in[context] = tuple(map(encode_skill, seen))
        return known

    def _declared(self, context: ObservedContext) -> ObservedContext:
        """Returns an observed context in the framework's own values, without what it does not declare."""
        return observed(
            {
                dimension: [value for value in values if self._declares((dimension, value))]
                for dimension, values in self.mapped(context)
            }
        )

    def _declares(self, pair: tuple[str, str]) -> bool:
        known = self.framework.by_dimension.get(pair[0])
        return known is not None and pair[1] in known.values

    def mapped(self, context: ObservedContext) -> ObservedContext:
        """Returns an observed context in the framework's own values; words that it does not know stay as they came."""
        known = self._mapped.get(context)
        if known is None:
            mapping = self.framework.by_dimension
            known = self._mapped[context] = observed(
                {
                    dimension: [mapping[dimension].map(value)[0] for value in values]
                    if dimension in mapping
                    else values
                    for dimension, values in context
                }
            )
        return known

    def skills_about(self, context: ObservedContext) -> list[Context]:
        """Returns what an observation is about in the first place: its full contexts, then the general skill."""
        seen = skills_seen(self._declared(context))
        fullest = max(map(len, seen))
        return [skill for skill in seen if len(skill) == fullest and skill] + [GENERAL]

    def scenario_for(self, competency: str, context: Context, activity_type: str | None) -> Scenario | None:
        """Returns the scenario nearest to a skill (see `gaps.scenario_for`)."""
        key = (competency, context, activity_type)
        if key not in self._scenarios:
            matches = [
                (rank, scenario)
                for scenario in self.framework.scenarios
                if competency in scenario.competencies
                and (not activity_type or scenario.activity_type == activity_type)
                and (rank := _distance(scenario, dict(context))) is not None
            ]
            self._scenarios[key] = min(matches, key=lambda match: match[0])[1] if matches else None
        return self._scenarios[key]


def _distance(scenario: Scenario, wanted: Mapping[str, str]) -> tuple[int, int, int, int, str] | None:
    """Returns how far a scenario is from a context; None for one that sets another value of a dimension."""
    agreeing = beyond = 0
    for dimension, value in scenario.context:
        if dimension not in wanted:
            beyond += 1
        elif wanted[dimension] == value:
            agreeing += 1
        else:
            return None
    return -agreeing, beyond, len(scenario.competencies), scenario.minutes, scenario.scenario_id


_indexes: dict[int, FrameworkIndex] = {}
"""By the identity of the framework, which its index keeps alive."""


def index_of(framework: Framework) -> FrameworkIndex:
    """Returns the framework's index, the same as long as it is among those used lately."""
    known = _indexes.get(id(framework))
    if known is None or known.framework is not framework or known.full:
        known = FrameworkIndex(framework)
        if len(_indexes) >= MOST_FRAMEWORKS:
            _indexes.clear()
        _indexes[id(framework)] = known
    return known
